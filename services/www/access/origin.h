/* SPDX-License-Identifier: Apache-2.0 */
/* Which pages a browser may call from (CORS): our own, those of the configured URL and of
 * www.allowed_origins. */
#pragma once

#include "www.h"

/* False for a foreign Origin. True without one; with one of ours the CORS headers are set. */
bool origin_allows(struct www *www, const struct ci_request *request, struct ci_response *response);

/* Whether the request bears an Origin whose host is the one it was sent to, or the configured. */
bool origin_is_ours(struct www *www, const struct ci_request *request);
/* The same of any URL. */
bool origin_is_ours_url(struct www *www, const struct ci_request *request, const char *url);
/* Whether the URL is of that "host:port". */
bool origin_same_host(const char *url, const char *host);
