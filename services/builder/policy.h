/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the workers that fit a builder is taken (`next_worker`): the one
 * with the most free slots, any, or one that is preferred. Each worker is
 * passed a few times in a run, however many requests ask. No I/O.
 */
#pragma once

#include "match.h"

/* The workers of one builder that may still have room. */
struct policy {
    size_t *workers, count; /* indexes; full ones are dropped when they are met */
    size_t cursor;          /* where the next worker with `level` free slots may stand */
    int level;              /* no worker has more free slots than this */
    uint32_t random;
};

/* Whether this worker may be taken for the request at hand. */
typedef bool policy_test(void *user, size_t worker);

/* All workers that fit `builder`. */
void policy_begin(struct policy *policy, const struct match_input *input,
                  const struct match_builder *builder, void *mem);
/* Whether any of them has a free slot. */
bool policy_any(struct policy *policy, const struct match_input *input);
/* The best worker that passes the test (NULL: all do); false: there is none. */
bool policy_pick(struct policy *policy, const struct match_input *input,
                 const struct match_builder *builder, policy_test *test, void *user, size_t *out);
