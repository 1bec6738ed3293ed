/* SPDX-License-Identifier: Apache-2.0 */
/* Which of the workers that fit a builder is taken. */
#include "policy.h"

#include <limits.h>

void policy_begin(struct policy *policy, const struct match_input *input,
                  const struct match_builder *builder, void *mem)
{
    *policy = (struct policy){
        .workers = ci_mem_array(mem, size_t, input->worker_count + 1),
        .level = INT_MAX,
        .random = input->seed | 1,
    };
    for (size_t i = 0; i < input->worker_count; i++) {
        if (builder->fits ? builder->fits[i] : match_fits(builder->spec, &input->workers[i]))
            policy->workers[policy->count++] = i;
    }
}

static int free_of(const struct policy *policy, const struct match_input *input, size_t at)
{
    return input->workers[policy->workers[at]].free;
}

/* Free slots only become fewer in a run, so a full worker is full to its end. */
static void drop_full(struct policy *policy, const struct match_input *input)
{
    size_t kept = 0;

    for (size_t i = 0; i < policy->count; i++) {
        if (free_of(policy, input, i) > 0)
            policy->workers[kept++] = policy->workers[i];
    }
    policy->count = kept;
    policy->cursor = 0;
}

/* The most free slots of any, or 0. */
static int top_level(const struct policy *policy, const struct match_input *input)
{
    int top = 0;

    for (size_t i = 0; i < policy->count; i++) {
        if (free_of(policy, input, i) > top)
            top = free_of(policy, input, i);
    }
    return top;
}

/*
 * Moves the cursor to the next worker that has as many free slots as any. A
 * worker that was passed had fewer, so it need not be looked at again before
 * the level falls.
 */
static bool find_roomiest(struct policy *policy, const struct match_input *input)
{
    while (policy->count > 0) {
        while (policy->cursor < policy->count) {
            if (free_of(policy, input, policy->cursor) >= policy->level)
                return true;
            policy->cursor++;
        }
        drop_full(policy, input);
        policy->level = top_level(policy, input);
    }
    return false;
}

bool policy_any(struct policy *policy, const struct match_input *input)
{
    return find_roomiest(policy, input);
}

static bool passes(policy_test *test, void *user, size_t worker)
{
    return !test || test(user, worker);
}

/* Where some may not be taken: all are looked at. */
static bool roomiest_that_passes(const struct policy *policy, const struct match_input *input,
                                 policy_test *test, void *user, size_t *out)
{
    int best = 0;

    for (size_t i = 0; i < policy->count; i++) {
        const int room = free_of(policy, input, i);

        if (room > best && test(user, policy->workers[i])) {
            best = room;
            *out = policy->workers[i];
        }
    }
    return best > 0;
}

/* xorshift: fair enough for spreading builds, and the same seed gives the same run. */
static uint32_t next_random(struct policy *policy)
{
    policy->random ^= policy->random << 13;
    policy->random ^= policy->random >> 17;
    policy->random ^= policy->random << 5;
    return policy->random;
}

static bool any_that_passes(struct policy *policy, const struct match_input *input,
                            policy_test *test, void *user, size_t *out)
{
    const size_t start = policy->count > 0 ? next_random(policy) % policy->count : 0;

    for (size_t i = 0; i < policy->count; i++) {
        const size_t at = (start + i) % policy->count;

        if (free_of(policy, input, at) > 0 && passes(test, user, policy->workers[at])) {
            *out = policy->workers[at];
            return true;
        }
    }
    return false;
}

static bool preferred(const struct policy *policy, const struct match_input *input,
                      struct ci_i64s wanted, policy_test *test, void *user, size_t *out)
{
    for (size_t w = 0; w < wanted.count; w++) {
        for (size_t i = 0; i < policy->count; i++) {
            const size_t worker = policy->workers[i];

            if (input->workers[worker].workerid == wanted.items[w] &&
                free_of(policy, input, i) > 0 && passes(test, user, worker)) {
                *out = worker;
                return true;
            }
        }
    }
    return false;
}

bool policy_pick(struct policy *policy, const struct match_input *input,
                 const struct match_builder *builder, policy_test *test, void *user, size_t *out)
{
    if (preferred(policy, input, builder->preferred, test, user, out))
        return true;
    if (builder->spec->next_worker == CI_WORKER_RANDOM)
        return any_that_passes(policy, input, test, user, out);
    if (test)
        return roomiest_that_passes(policy, input, test, user, out);
    if (!find_roomiest(policy, input))
        return false;
    *out = policy->workers[policy->cursor];
    return true;
}
