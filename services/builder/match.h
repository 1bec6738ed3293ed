/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching pending requests with agents that wait: by priority, then age, and
 * a builder without a free worker holds up nobody else. Where a request waits
 * for a lock, no later one that wants it is served before it. No I/O.
 */
#pragma once

#include "locks.h"
#include "shared/condition.h"

/* A lock as the requests and workers of one run want it. */
struct match_lock {
    const struct ci_lock *spec;
    struct ci_lock_load *loads; /* one, or one for each worker where spec->per_worker */
};
struct match_use {
    size_t lock; /* index */
    bool exclusive;
    int count;
};

/* An agent that waits with free slots. */
struct match_worker {
    int64_t workerid, session;
    const char *name;
    json_t *labels;               /* {key: value} */
    json_t *properties;           /* {name: value}, or NULL */
    int64_t facts;                /* changes whenever one of those above does */
    int slots;                    /* that its agent offers */
    int free;                     /* of them and of max_builds, as far as this replica knows */
    const struct match_use *uses; /* of its own locks */
    size_t use_count;
};

struct match_builder {
    int64_t builderid;
    const struct ci_builder *spec;
    const bool *fits; /* for each worker; NULL: ask match_fits() */
    const struct match_use *uses;
    size_t use_count;
    const struct ci_condition *can_start; /* parsed spec->can_start_build, or NULL */
    struct ci_i64s preferred;             /* workerids to take before others, the best first */
    bool warm;      /* some connected worker has the environment, here or at another replica */
    int pending;    /* requests of it among those given; counted by match_requests() */
    bool truncated; /* it has more pending requests than were read */
};

/* A pending request, as read. */
struct match_request {
    int64_t buildrequestid, builderid;
    int priority;
    struct ci_time submitted_at;
    const char *workername; /* somebody has chosen it (property workername), or NULL */
    json_t *properties;     /* of its buildset, for can_start_build; or NULL */
};

struct match_pair {
    size_t request, worker, builder; /* indexes */
};

struct match_input {
    const struct match_request *requests; /* by priority, then age */
    size_t request_count;
    struct match_builder *builders; /* by builderid */
    size_t builder_count;
    struct match_worker *workers; /* their `free` is counted down */
    size_t worker_count;
    struct match_lock *locks; /* their loads are added to */
    size_t lock_count;
    struct ci_time now;
    uint32_t seed; /* of next_worker: random */
};

/* What came of it beside the pairs. */
struct match_outcome {
    bool more;            /* unread requests come first: read again at once */
    struct ci_time due;   /* a request is held for a warm worker until then; 0: none is */
    size_t held_by_locks; /* requests that wait for a lock only */
};

/* Whether this builder's builds may run on this worker: its names and its labels both allow it. */
bool match_fits(const struct ci_builder *builder, const struct match_worker *worker);

/*
 * Gives each request in turn a fitting worker by its builder's policy. Ends
 * early, with more set, where a truncated builder's unread requests would come
 * before the next one. Returns the number of pairs in `out`, which has room for
 * as many as there are requests.
 */
size_t match_requests(const struct match_input *input, void *mem, struct match_pair *out,
                      struct match_outcome *outcome);
