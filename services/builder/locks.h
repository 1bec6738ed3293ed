/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may have a lock, in Buildbot's sense: any number of counting users up to
 * the lock's maximum, or one exclusive one; first come, first served, so that
 * one who waits is overtaken by nobody who came later. All locks of a user are
 * taken at once or none. No I/O; locks_store.h has the database's side.
 */
#pragma once

#include "shared/match.h"

/* A lock as one build, step or request wants it. */
struct locks_use {
    const char *name;
    int64_t workerid; /* of a lock that each worker has for itself; else 0 */
    bool exclusive;
    int count; /* counting: how many of `max`; 0 is allowed */
    int max;   /* of the lock, on this worker */
};

enum { LOCKS_BUILD = -1 }; /* the step of a claim that the build as a whole has */

/* A row of lock_claims. */
struct locks_claim {
    int64_t claimid;
    const char *name;
    int64_t workerid, buildid;
    int step;
    bool exclusive, granted;
    int count;
};

/* Whether `use` can be granted beside `load`: ci_lock_fits(). */
bool locks_fits(const struct locks_use *use, const struct ci_lock_load *load);

/*
 * What stands before a claim on its lock: everyone who holds it, and those who
 * wait with a lower claimid; `claimid` 0: everyone who waits. Claims of
 * (buildid, step) itself are passed over.
 */
struct ci_lock_load locks_before(const struct locks_use *use, struct ci_list claims,
                                 int64_t claimid, int64_t buildid, int step);

/*
 * What `first` and `second` (struct ci_lock_use) ask for together on that
 * worker, each lock once: struct locks_use in mem. Locks that the configuration
 * does not know are left out.
 */
struct ci_list locks_resolve(const struct ci_config *config, struct ci_list first,
                             struct ci_list second, const char *worker_name, int64_t workerid,
                             void *mem);

/* Whether a claim is on the lock that `use` wants. */
bool locks_same(const struct locks_use *use, const struct locks_claim *claim);

/*
 * Who waits for whom. What waits is a step of a build, a build as a whole
 * (step LOCKS_BUILD), which ends when its steps have, or a request that has no
 * build yet; each is a number, so that locks_waits.sql can make them.
 */
struct locks_wait {
    int64_t waiter, holder;
};
static inline int64_t locks_node(int64_t buildid, int step)
{
    return buildid * 1048576 + step + 1;
}
static inline int64_t locks_node_request(int64_t buildrequestid)
{
    return -buildrequestid;
}
/* 0: it is a request. */
static inline int64_t locks_node_build(int64_t node)
{
    return node > 0 ? node / 1048576 : 0;
}

/*
 * A circle of waits through `start`: who waits for whom, `start` first, in
 * mem; count 0: there is none. Looks at each wait (struct locks_wait) once.
 */
struct ci_i64s locks_circle(struct ci_list waits, int64_t start, void *mem);
