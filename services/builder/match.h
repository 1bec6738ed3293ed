/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching pending requests with agents that wait: by priority, then age, and
 * a builder without a free worker holds up nobody else. No I/O.
 */
#pragma once

#include "shared/config.h"

/* An agent that waits with free slots. */
struct match_worker {
    int64_t workerid, session;
    const char *name;
    json_t *labels; /* {key: value} */
    int slots;      /* that its agent offers */
    int free;       /* of them and of max_builds, as far as this replica knows */
};

struct match_builder {
    int64_t builderid;
    const struct ci_builder *spec;
    int pending;    /* requests of it among those given; counted by match_requests() */
    bool truncated; /* it has more pending requests than were read */
};

/* A pending request, as read. */
struct match_request {
    int64_t buildrequestid, builderid;
    int priority;
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
};

/* Whether this builder's builds may run on this worker: its names and its labels both allow it. */
bool match_fits(const struct ci_builder *builder, const struct match_worker *worker);

/* Whether any worker with a free slot fits. */
bool match_any(const struct ci_builder *builder, const struct match_worker *workers, size_t count);

/*
 * Gives each request in turn the fitting worker with the most free slots.
 * Ends early, with *more set, where a truncated builder's unread requests
 * would come before the next one. Returns the number of pairs in `out`,
 * which has room for as many as there are requests.
 */
size_t match_requests(const struct match_input *input, void *mem, struct match_pair *out,
                      bool *more);
