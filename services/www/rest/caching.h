/* SPDX-License-Identifier: Apache-2.0 */
/* How long a client may keep an answer of the REST API: www.json_cache_seconds. */
#pragma once

#include "www.h"

/* Buildbot's two headers where the configuration gives seconds; else it has to ask each time. */
void caching_headers(struct www *www, const struct ci_request *request,
                     struct ci_response *response);
