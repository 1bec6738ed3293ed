/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in at a builder service, and calls in the session's name. */
#pragma once

#include "agent.h"

/* A new session at the server in use. CI_ECONFLICT, CI_EUNAUTHENTICATED ... as http.h has them. */
CI_MUST_USE bool session_open(struct agent *agent, struct ci_client *client, struct ci_err *err);

enum called {
    CALLED,          /* reply is filled, any status but those below */
    CALL_NO_SESSION, /* there is none, or it was refused just now */
    CALL_NO_ANSWER,  /* err says why */
};

/*
 * Makes the call at `path` of the server in use with the session's token; url
 * and bearer of `call` are filled in. A server that does not answer is left
 * for the next one.
 */
enum called session_call(struct agent *agent, struct ci_client *client, struct ci_call *call,
                         const char *path, void *mem, struct ci_reply *reply, struct ci_err *err);

/* A client as all threads of the agent have it. */
struct ci_client *session_client(void);

/* The "error" of a reply, or its status in words; in mem. */
const char *session_error(const struct ci_reply *reply, void *mem);
