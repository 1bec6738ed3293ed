/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that no worker can ever take, because a lock that they need is held
 * until they have ended. No I/O.
 */
#pragma once

#include "locks.h"

struct stuck_request {
    int64_t buildrequestid;
    const char *builder;
};

struct stuck_worker {
    int64_t workerid;
    const char *name;
    json_t *labels;
};

struct stuck {
    const struct ci_config *config;
    struct ci_list waits;    /* struct locks_wait */
    struct ci_list requests; /* struct stuck_request: all that somebody waits for */
    struct ci_list claims;   /* struct locks_claim: all on the locks of the configuration */
    struct ci_list workers;  /* struct stuck_worker: all that may come to take builds */
};

/* Adds to `waits` those of the requests for who holds a lock that they need on every worker. */
void stuck_complete(struct stuck *stuck, void *mem);

/*
 * The circle of waits in which a request is, or count 0, in mem: over a lock
 * that it needs anywhere, or on each worker that fits it over one that it needs
 * there; then one of these. Call stuck_complete() before.
 */
struct ci_i64s stuck_circle(const struct stuck *stuck, const struct stuck_request *request,
                            void *mem);
