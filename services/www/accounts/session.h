/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of browsers: begun at a sign-in, ended at a sign-out; see cookie.h and identity.h. */
#pragma once

#include "www.h"

/*
 * Begins a session for `who` and sets its cookie, recording the sign-in in the
 * audit log. `who->provider` says how it came about. The session that the
 * browser had ends.
 */
CI_MUST_USE bool session_begin(struct www *www, const struct ci_request *request,
                               struct ci_response *response, const struct identity *who,
                               struct ci_err *err);

/* Ends the request's session, if it has one, and takes its cookie away. */
CI_MUST_USE bool session_end(struct www *www, const struct ci_request *request,
                             struct ci_response *response, struct ci_err *err);
