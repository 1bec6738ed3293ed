/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of agents: who may begin one, and whose token it is that comes with a call. */
#pragma once

#include "builder.h"
#include "shared/model.h"

/* How the agent proves its name: a password, or else the enrolment token. */
struct session_proof {
    const char *name;
    const char *password;  /* NULL: enrolment */
    const char *enrolment; /* token as it came, or NULL */
};

struct session_offer {
    int slots;
    json_t *labels, *info; /* objects, or NULL */
};

struct session {
    int64_t workerid, session;
    const char *token; /* in mem; only its hash is stored */
    struct ci_worker_row worker;
};

/*
 * Begins a session and ends the one before. CI_EUNAUTHENTICATED a wrong proof
 * or an unknown name, CI_EDENIED enrolment under a configured name,
 * CI_EUNAVAILABLE a configured worker whose password is not taken up yet.
 */
CI_MUST_USE bool session_open(struct builder *builder, const struct session_proof *proof,
                              const struct session_offer *offer, struct ci_time now, void *mem,
                              struct session *out, struct ci_err *err);

/*
 * Whose token this is. CI_EUNAUTHENTICATED never known, CI_ECONFLICT a newer
 * session has replaced it.
 */
CI_MUST_USE bool session_find(struct builder *builder, const char *token, void *mem,
                              struct ci_principal *out, struct ci_err *err);
