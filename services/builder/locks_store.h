/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The locks of steps and builds as rows of lock_claims. The row of a lock in
 * `locks` is held FOR UPDATE while its claims are judged, in one order by
 * everybody, so replicas agree and never wait for each other in a circle.
 */
#pragma once

#include "batch.h"
#include "locks.h"
#include "shared/bus.h"

struct locks_answer {
    bool granted;
    struct ci_strs held_by; /* "builder/number" of who holds what is wanted; in mem */
    struct ci_strs circle;  /* a deadlock: the builds in it, the asking one first; in mem */
};

/*
 * Asks for all locks of a step (struct locks_use) at once; the first call puts
 * it in line, later ones look again, and all may be repeated. The caller
 * commits whatever the answer is: who would wait in a circle has left the line.
 */
CI_MUST_USE bool locks_try(struct ci_tx *tx, int64_t buildid, int step, struct ci_list uses,
                           struct ci_time now, void *mem, struct locks_answer *out,
                           struct ci_err *err);
/*
 * Gives back what a step has or waits for; *released: there was something. After the commit call
 * locks_announce(). (What a build has goes with its end.)
 */
CI_MUST_USE bool locks_release(struct ci_tx *tx, int64_t buildid, int step, bool *released,
                               struct ci_err *err);

/* Tells those who wait, on every replica, to look again. `bus` may be NULL. */
void locks_announce(struct ci_bus *bus);

/* Locks the rows of these locks (struct locks_use) and reads, for who is not in line yet, sums of
 * their claims as struct locks_claim. */
CI_MUST_USE bool locks_hold_loads(struct ci_tx *tx, struct ci_list uses, void *mem,
                                  struct ci_list *loads, struct ci_err *err);
/* Those sums, without holding the locks. */
CI_MUST_USE bool locks_read_loads(struct ci_tx *tx, struct ci_strs names, void *mem,
                                  struct ci_list *loads, struct ci_err *err);
/* Reads the claims on these locks, whichever worker's, without holding them. */
CI_MUST_USE bool locks_read(struct ci_tx *tx, struct ci_strs names, void *mem,
                            struct ci_list *claims, struct ci_err *err);

/* Who waits for whom now, struct locks_wait. */
CI_MUST_USE bool locks_waits(struct ci_tx *tx, void *mem, struct ci_list *out, struct ci_err *err);
/* The builds of a circle as people know them, each once. */
CI_MUST_USE bool locks_name_circle(struct ci_tx *tx, struct ci_i64s circle, void *mem,
                                   struct ci_strs *out, struct ci_err *err);

/* Adds to the batch that makes the builds: what the builds of these requests hold from now on.
 * Lists of one length. */
struct locks_grants {
    struct column_i64 requests, workers, exclusive, counts;
    struct column_str names;
};
struct locks_grants locks_grants_new(void *mem, size_t room);
void locks_grants_add(struct locks_grants *grants, int64_t buildrequestid,
                      const struct locks_use *use);
void locks_grants_batch(struct batch *batch, const struct locks_grants *grants, struct ci_time now);
