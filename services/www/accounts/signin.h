/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in: what /auth/login and /auth/callback do; see docs/sign-in.md. */
#pragma once

#include "accounts/session.h"

struct ci_sign_in;

/*
 * Seconds that the client or the user name, folded to one spelling, is shut out for after too many
 * failures; 0: may try. The answer 429 with Retry-After is signin_shut_out().
 */
int signin_wait(struct www *www, const struct ci_request *request, const char *folded);
bool signin_shut_out(const struct ci_request *request, struct ci_response *response, int seconds);

/* Counts a failure against both. */
void signin_count(struct www *www, const struct ci_request *request, const char *folded);

/* The client by whom throttles count, in request->mem: its address, of IPv6 its network. */
const char *signin_client(const struct ci_request *request);

/* Records a failure in the audit log. */
void signin_failed(struct www *www, const struct ci_request *request, const char *username,
                   const char *provider, const char *why);

/* Sends the browser to the provider, to be sent back to `place` in the end. */
CI_MUST_USE bool signin_start(struct www *www, const struct ci_request *request,
                              struct ci_response *response, const struct ci_config *config,
                              const struct ci_sign_in *provider, const char *place,
                              struct ci_err *err);

/* The browser comes back from the provider. */
CI_MUST_USE bool signin_finish(struct www *www, const struct ci_request *request,
                               struct ci_response *response, const struct ci_config *config,
                               const struct ci_sign_in *provider, struct ci_err *err);

/* What /config says in `auth`. */
json_t *signin_config(const struct ci_config *config);

/* "<url>auth/callback/<provider>", which is registered with the provider. In mem. */
const char *signin_callback(const struct ci_config *config, const struct ci_sign_in *provider,
                            void *mem);
