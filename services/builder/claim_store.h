/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of a claim, and the structs that their rows fill. */
#pragma once

#include "batch.h"
#include "match.h"
#include "shared/model.h"

struct claim_builder {
    int64_t builderid;
    const char *name;
};

/* A locked worker. */
struct claim_worker {
    int64_t workerid, session;
    bool willing; /* active, not paused, not leaving */
    int max_builds;
    json_t *properties, *default_properties;
    int64_t running; /* its unfinished builds that take a slot */
};

/* A taken request; begins as a ci_buildrequest, which events tell of. */
struct claim_request {
    struct ci_buildrequest request;
    int64_t attempts;
    json_t *buildset_properties, *sources, *changes;
};

/* A build that is to be made of it. */
struct claim_build {
    const struct claim_request *request;
    const char *recipe;     /* name of the request's builder */
    size_t builder, worker; /* indexes of the run */
    int64_t workerid;
    int64_t builderid; /* under which it appears: the request's, or a virtual one's */
    int64_t number;
    const char *token;
    json_t *properties, *worker_facts;
    json_t *secrets;       /* {name: value} */
    struct ci_maybe ended; /* it is over before it begins, with this result ... */
    const char *state;     /* ... and this state */
};

/* A worker that a builder takes before others. */
struct claim_preferred {
    int64_t builderid, workerid;
};

/* Whether any request waits, of whichever builder. */
CI_MUST_USE bool claim_pending(struct ci_db *db, void *mem, bool *out, struct ci_err *err);
/* The builders of the configuration in force, struct claim_builder by id. */
CI_MUST_USE bool claim_builders(struct ci_db *db, void *mem, struct ci_list *out,
                                struct ci_err *err);
/* Pending requests of these builders, struct match_request; at most `limit` of each. `judged`:
 * whose properties are asked for. */
CI_MUST_USE bool claim_candidates(struct ci_db *db, struct ci_i64s builders, int64_t limit,
                                  struct ci_i64s judged, void *mem, struct ci_list *out,
                                  struct ci_err *err);
/* Workers with an environment of these builders, and those that built them last: struct
 * claim_preferred, the best first. */
CI_MUST_USE bool claim_warm(struct ci_db *db, struct ci_i64s builders, struct ci_time now,
                            void *mem, struct ci_list *out, struct ci_err *err);
CI_MUST_USE bool claim_last_used(struct ci_db *db, struct ci_i64s builders, void *mem,
                                 struct ci_list *out, struct ci_err *err);
/* Locks workers; those that are locked elsewhere are missing in *out, struct claim_worker. */
CI_MUST_USE bool claim_lock_workers(struct ci_tx *tx, struct ci_i64s workers, struct ci_time now,
                                    void *mem, struct ci_list *out, struct ci_err *err);
/* Takes requests; struct claim_request. */
CI_MUST_USE bool claim_take(struct ci_tx *tx, struct ci_i64s requests, struct ci_time now,
                            void *mem, struct ci_list *out, struct ci_err *err);
/* Finds or makes the builders that appear instead of the builds' own. */
CI_MUST_USE bool claim_virtual(struct ci_tx *tx, struct claim_build *builds, size_t count,
                               void *mem, struct ci_err *err);
/* Gives each build its number, and tells its properties. */
CI_MUST_USE bool claim_number(struct ci_tx *tx, struct claim_build *builds, size_t count, void *mem,
                              struct ci_err *err);

/* What all builds of a claim have in common. */
struct claim_terms {
    int64_t version; /* of the configuration */
    struct ci_time now, lease_until;
};
/* Adds the statement that makes the builds; struct ci_build. */
void claim_add_builds(struct batch *batch, const struct claim_build *builds, size_t count,
                      const struct claim_terms *terms, struct ci_list *out);
