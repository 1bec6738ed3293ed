/* SPDX-License-Identifier: Apache-2.0 */
/* Web hooks are taken at the public address and handed to the changes service. */
#pragma once

#include "shared/http_client.h"

/* Clients not in use, each with its connection kept open. Any thread. */
struct forwarders;
struct forwarders *forwarders_new(void);
void forwarders_free(struct forwarders *forwarders); /* NULL-safe; none may be in use */

/* The request's path and query behind `base`, encoded again, in the request's mem. */
const char *forward_url(const char *base, const struct ci_request *request);
