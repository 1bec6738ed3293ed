/* SPDX-License-Identifier: Apache-2.0 */
/* Matching requests with workers (Buildbot's "Requests, collapsing, distribution"). */
#include "ci_test.h"
#include "match.h"

#include <string.h>

#define REQUEST(id, builder, urgency)                                                              \
    {                                                                                              \
        .buildrequestid = (id), .builderid = (builder), .priority = (urgency)                      \
    }

static const char *const linux_names[] = {"w1", "w2"};
static const struct ci_pair_kv mac_label[] = {
    {"os", "mac"}
};
static const struct ci_builder any = {.name = "any"};
static const struct ci_builder named = {
    .name = "named", .workers = {linux_names, 2}
};
static const struct ci_builder mac = {
    .name = "mac", .worker_labels = {mac_label, 1}
};

/* The pairs of `requests` with `workers`, as "request>worker" numbers; returns how many. */
static size_t run(struct match_builder *builders, size_t builder_count,
                  const struct match_request *requests, size_t request_count,
                  struct match_worker *workers, size_t worker_count, struct match_pair *pairs,
                  bool *more)
{
    const struct match_input input = {
        .requests = requests,
        .request_count = request_count,
        .builders = builders,
        .builder_count = builder_count,
        .workers = workers,
        .worker_count = worker_count,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct match_outcome outcome;
    const size_t count = match_requests(&input, mem, pairs, &outcome);

    *more = outcome.more;
    return count;
}

static void match__names_and_labels_must_both_hold(void **state)
{
    json_auto_t *labels = json_pack("{s:s,s:s}", "os", "mac", "arch", "arm");
    const struct match_worker w1 = {.name = "w1", .labels = NULL};
    const struct match_worker m1 = {.name = "m1", .labels = labels};
    const struct ci_builder both = {
        .workers = {linux_names, 2},
          .worker_labels = {mac_label,   1}
    };

    (void)state;
    assert_true(match_fits(&any, &w1) && match_fits(&any, &m1));
    assert_true(match_fits(&named, &w1));
    assert_false(match_fits(&named, &m1));
    assert_true(match_fits(&mac, &m1));
    assert_false(match_fits(&mac, &w1));
    assert_false(match_fits(&both, &w1) || match_fits(&both, &m1));
}

static void match__a_builder_without_workers_blocks_nobody(void **state)
{
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &mac},
        {.builderid = 2, .spec = &any}
    };
    const struct match_request requests[] = {REQUEST(10, 1, 9), REQUEST(11, 1, 9),
                                             REQUEST(12, 2, 0)};
    struct match_worker workers[] = {
        {.name = "w1", .free = 1}
    };
    struct match_pair pairs[3];
    bool more;

    (void)state;
    assert_int_equal(1, run(builders, 2, requests, 3, workers, 1, pairs, &more));
    assert_int_equal(2, pairs[0].request);
    assert_int_equal(1, pairs[0].builder);
    assert_false(more);
}

static void match__spreads_builds_over_the_roomiest(void **state)
{
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any}
    };
    const struct match_request requests[] = {REQUEST(1, 1, 0), REQUEST(2, 1, 0), REQUEST(3, 1, 0),
                                             REQUEST(4, 1, 0)};
    struct match_worker workers[] = {
        {.name = "w1", .free = 1},
        {.name = "w2", .free = 3}
    };
    struct match_pair pairs[4];
    bool more;

    (void)state;
    assert_int_equal(4, run(builders, 1, requests, 4, workers, 2, pairs, &more));
    assert_int_equal(1, pairs[0].worker);
    assert_int_equal(1, pairs[1].worker);
    assert_int_equal(0, workers[0].free + workers[1].free);
}

static void match__never_gives_more_than_there_is_room(void **state)
{
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any}
    };
    const struct match_request requests[] = {REQUEST(1, 1, 0), REQUEST(2, 1, 0), REQUEST(3, 1, 0)};
    struct match_worker workers[] = {
        {.name = "w1", .free = 2}
    };
    struct match_pair pairs[3];
    bool more;

    (void)state;
    assert_int_equal(2, run(builders, 1, requests, 3, workers, 1, pairs, &more));
    assert_int_equal(0, pairs[0].request);
    assert_int_equal(1, pairs[1].request);
}

/* Builder 1 has more urgent requests than were read: builder 2 must not overtake them. */
static void match__stops_where_unread_requests_come_first(void **state)
{
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any, .truncated = true},
        {.builderid = 2,              .spec = &any            }
    };
    const struct match_request requests[] = {REQUEST(1, 1, 9), REQUEST(2, 1, 9), REQUEST(3, 2, 0)};
    struct match_worker workers[] = {
        {.name = "w1", .free = 3}
    };
    struct match_pair pairs[3];
    bool more;

    (void)state;
    assert_int_equal(2, run(builders, 2, requests, 3, workers, 1, pairs, &more));
    assert_true(more);
}

/* ---- chosen workers and conditions ---- */

static void match__a_chosen_worker_is_enforced(void **state)
{
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any}
    };
    const struct match_request requests[] = {
        {.buildrequestid = 1, .builderid = 1,   .workername = "w2"},
        {.buildrequestid = 2,                   .builderid = 1,                 .workername = "w2"},
        {.buildrequestid = 3, .builderid = 1, .workername = "gone"},
        {.buildrequestid = 4,     .builderid = 1},
    };
    struct match_worker workers[] = {
        {.name = "w1", .free = 5},
        {.name = "w2", .free = 1}
    };
    struct match_pair pairs[4];
    bool more;

    (void)state;
    assert_int_equal(2, run(builders, 1, requests, 4, workers, 2, pairs, &more));
    assert_int_equal(0, pairs[0].request);
    assert_int_equal(1, pairs[0].worker);
    assert_int_equal(3, pairs[1].request);
    assert_int_equal(0, pairs[1].worker);
}

static void match__can_start_build_vetoes_pairs(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *big = ci_mem_json(mem, json_pack("{s:s}", "size", "big"));
    json_t *props = ci_mem_json(mem, json_pack("{s:[b,s]}", "heavy", 1, "Force"));
    struct ci_condition *condition = NULL;
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any}
    };
    const struct match_request requests[] = {
        {.buildrequestid = 1,  .builderid = 1, .properties = props},
        {.buildrequestid = 2,                    .builderid = 1,                .properties = props},
        {.buildrequestid = 3, .builderid = 1},
    };
    struct match_worker workers[] = {
        {.name = "small", .free = 5    },
        { .name = "large",      .free = 1, .labels = big}
    };
    struct match_pair pairs[3];
    struct ci_err err = {0};
    int offset = 0;
    bool more;

    (void)state;
    assert_ok(ci_condition_parse("not prop.heavy or worker.size == 'big'", mem, &condition, &offset,
                                 &err),
              err);
    builders[0].can_start = condition;
    assert_int_equal(2, run(builders, 1, requests, 3, workers, 2, pairs, &more));
    assert_int_equal(0, pairs[0].request);
    assert_int_equal(1, pairs[0].worker);
    assert_int_equal(2, pairs[1].request);
    assert_int_equal(0, pairs[1].worker);
}

/* ---- next_worker ---- */

static void match__next_worker_last_used_comes_first(void **state)
{
    static const int64_t before[] = {12};
    static const struct ci_builder faithful = {.name = "f", .next_worker = CI_WORKER_LAST_USED};
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &faithful, .preferred = {before, 1}}
    };
    const struct match_request requests[] = {REQUEST(1, 1, 0), REQUEST(2, 1, 0)};
    struct match_worker workers[] = {
        {.workerid = 11, .name = "w1", .free = 5},
        {.workerid = 12, .name = "w2", .free = 1}
    };
    struct match_pair pairs[2];
    bool more;

    (void)state;
    assert_int_equal(2, run(builders, 1, requests, 2, workers, 2, pairs, &more));
    assert_int_equal(1, pairs[0].worker);
    assert_int_equal(0, pairs[1].worker); /* full: the roomiest */
}

static void match__next_worker_random_reaches_every_worker(void **state)
{
    static const struct ci_builder random_one = {.name = "r", .next_worker = CI_WORKER_RANDOM};
    bool reached[4] = {false};

    (void)state;
    for (uint32_t seed = 1; seed < 200; seed++) {
        struct match_builder builders[] = {
            {.builderid = 1, .spec = &random_one}
        };
        const struct match_request requests[] = {REQUEST(1, 1, 0)};
        struct match_worker workers[4] = {
            {.name = "a", .free = 1},
            {.name = "b", .free = 9},
            {.name = "c"},
            {.name = "d",  .free = 1         }
        };
        const struct match_input input = {
            .requests = requests,
            .request_count = 1,
            .builders = builders,
            .builder_count = 1,
            .workers = workers,
            .worker_count = 4,
            .seed = seed,
        };
        CI_AUTO_MEM mem = ci_mem_new();
        struct match_outcome outcome;
        struct match_pair pair;

        assert_int_equal(1, match_requests(&input, mem, &pair, &outcome));
        reached[pair.worker] = true;
    }
    assert_true(reached[0] && reached[1] && reached[3]);
    assert_false(reached[2]);
}

/* Whether a request of that age is given the cold worker, and until when it is held else. */
static bool gets_cold(bool warm, int64_t age_s, struct ci_time *due)
{
    static const struct ci_builder env = {
        .name = "e", .next_worker = CI_WORKER_WARMEST, .environment_wait = {10000000}};
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &env, .warm = warm}
    };
    const struct ci_time now = {1000000000};
    const struct match_request requests[] = {
        {.buildrequestid = 1, .builderid = 1, .submitted_at = {now.us - age_s * 1000000}}
    };
    struct match_worker workers[] = {
        {.workerid = 1, .name = "cold", .free = 1}
    };
    const struct match_input input = {
        .requests = requests,
        .request_count = 1,
        .builders = builders,
        .builder_count = 1,
        .workers = workers,
        .worker_count = 1,
        .now = now,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct match_outcome outcome;
    struct match_pair pair;
    const size_t count = match_requests(&input, mem, &pair, &outcome);

    *due = outcome.due;
    return count == 1;
}

static void match__next_worker_warmest_is_waited_for_within_bounds(void **state)
{
    struct ci_time due;

    (void)state;
    assert_false(gets_cold(true, 3, &due)); /* the warm one is busy */
    assert_int_equal(1000000000 + 7000000, due.us);
    assert_true(gets_cold(true, 10, &due));
    assert_true(gets_cold(false, 3, &due)); /* none is connected */
    assert_int_equal(0, due.us);
}

/* ---- locks ---- */

static const struct ci_lock lock_a = {.name = "a", .max_count = 2};
static const struct ci_lock lock_each = {.name = "each", .max_count = 1, .per_worker = true};

/* Builders 1 (counting a), 2 (exclusive a) and 3 (no lock); one worker with room. */
static size_t run_locked(const struct match_request *requests, size_t request_count, int held,
                         struct match_pair *pairs)
{
    static const struct match_use counting = {0, false, 1}, exclusive = {0, true, 1};
    struct match_builder builders[] = {
        {.builderid = 1,  .spec = &any,     .uses = &counting, .use_count = 1},
        {.builderid = 2, .spec = &any,                 .uses = &exclusive, .use_count = 1},
        {.builderid = 3,   .spec = &any}
    };
    struct ci_lock_load load = {.counting = held};
    struct match_lock locks[] = {
        {&lock_a, &load}
    };
    struct match_worker workers[] = {
        {.name = "w", .free = 9}
    };
    const struct match_input input = {
        .requests = requests,
        .request_count = request_count,
        .builders = builders,
        .builder_count = 3,
        .workers = workers,
        .worker_count = 1,
        .locks = locks,
        .lock_count = 1,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct match_outcome outcome;

    return match_requests(&input, mem, pairs, &outcome);
}

static void match__counting_locks_let_max_count_run(void **state)
{
    const struct match_request requests[] = {REQUEST(1, 1, 0), REQUEST(2, 1, 0), REQUEST(3, 1, 0),
                                             REQUEST(4, 3, 0)};
    struct match_pair pairs[4];

    (void)state;
    assert_int_equal(3, run_locked(requests, 4, 0, pairs));
    assert_int_equal(3, pairs[2].request); /* another builder's request is not held up */
    assert_int_equal(2, run_locked(requests, 4, 1, pairs));
}

static void match__an_exclusive_waiter_is_not_overtaken(void **state)
{
    const struct match_request requests[] = {REQUEST(1, 2, 0), REQUEST(2, 1, 0), REQUEST(3, 3, 0)};
    struct match_pair pairs[3];

    (void)state;
    assert_int_equal(1, run_locked(requests, 3, 1, pairs)); /* held once: all wait in order */
    assert_int_equal(2, pairs[0].request);
    assert_int_equal(2, run_locked(requests, 3, 0, pairs)); /* free: the exclusive one has it */
    assert_int_equal(0, pairs[0].request);
    assert_int_equal(2, pairs[1].request);
}

static void match__a_lock_per_worker_leads_to_another_worker(void **state)
{
    static const struct match_use use = {0, false, 1};
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any, .uses = &use, .use_count = 1}
    };
    struct ci_lock_load loads[2] = {{0}};
    struct match_lock locks[] = {
        {&lock_each, loads}
    };
    struct match_worker workers[] = {
        {.name = "w1", .free = 9},
        {.name = "w2", .free = 2}
    };
    const struct match_request requests[] = {REQUEST(1, 1, 0), REQUEST(2, 1, 0), REQUEST(3, 1, 0)};
    const struct match_input input = {
        .requests = requests,
        .request_count = 3,
        .builders = builders,
        .builder_count = 1,
        .workers = workers,
        .worker_count = 2,
        .locks = locks,
        .lock_count = 1,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct match_pair pairs[3];
    struct match_outcome outcome;

    (void)state;
    assert_int_equal(2, match_requests(&input, mem, pairs, &outcome));
    assert_int_equal(0, pairs[0].worker);
    assert_int_equal(1, pairs[1].worker);
    assert_int_equal(1, outcome.held_by_locks);
}

static void match__a_workers_own_locks_count_for_each_build(void **state)
{
    static const struct match_use use = {0, true, 1};
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any}
    };
    struct ci_lock_load load = {0};
    struct match_lock locks[] = {
        {&lock_a, &load}
    };
    struct match_worker workers[] = {
        {.name = "w1", .free = 9, .uses = &use, .use_count = 1},
        {.name = "w2", .free = 8, .uses = &use, .use_count = 1}
    };
    const struct match_request requests[] = {REQUEST(1, 1, 0), REQUEST(2, 1, 0)};
    const struct match_input input = {
        .requests = requests,
        .request_count = 2,
        .builders = builders,
        .builder_count = 1,
        .workers = workers,
        .worker_count = 2,
        .locks = locks,
        .lock_count = 1,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct match_pair pairs[2];
    struct match_outcome outcome;

    (void)state;
    assert_int_equal(1, match_requests(&input, mem, pairs, &outcome));
}

/* 1,000 workers and as many requests are matched in passing (P5). */
static void match__a_thousand_workers_are_no_matter(void **state)
{
    enum { MANY = 1000 };
    struct match_builder builders[] = {
        {.builderid = 1, .spec = &any}
    };
    struct match_request requests[MANY];
    struct match_worker workers[MANY];
    struct match_pair pairs[MANY];
    bool more;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        requests[i] = (struct match_request){.buildrequestid = i, .builderid = 1};
        workers[i] = (struct match_worker){.workerid = i, .name = "w", .free = 1};
    }
    assert_int_equal(MANY, run(builders, 1, requests, MANY, workers, MANY, pairs, &more));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(0, workers[i].free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match__names_and_labels_must_both_hold),
        cmocka_unit_test(match__a_builder_without_workers_blocks_nobody),
        cmocka_unit_test(match__spreads_builds_over_the_roomiest),
        cmocka_unit_test(match__never_gives_more_than_there_is_room),
        cmocka_unit_test(match__stops_where_unread_requests_come_first),
        cmocka_unit_test(match__a_chosen_worker_is_enforced),
        cmocka_unit_test(match__can_start_build_vetoes_pairs),
        cmocka_unit_test(match__next_worker_last_used_comes_first),
        cmocka_unit_test(match__next_worker_random_reaches_every_worker),
        cmocka_unit_test(match__next_worker_warmest_is_waited_for_within_bounds),
        cmocka_unit_test(match__counting_locks_let_max_count_run),
        cmocka_unit_test(match__an_exclusive_waiter_is_not_overtaken),
        cmocka_unit_test(match__a_lock_per_worker_leads_to_another_worker),
        cmocka_unit_test(match__a_workers_own_locks_count_for_each_build),
        cmocka_unit_test(match__a_thousand_workers_are_no_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
