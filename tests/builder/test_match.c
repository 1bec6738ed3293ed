/* SPDX-License-Identifier: Apache-2.0 */
/* Matching requests with workers. */
#include "ci_test.h"
#include "match.h"

#include <string.h>

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
    const struct match_input input = {requests,      request_count, builders,
                                      builder_count, workers,       worker_count};
    CI_AUTO_MEM mem = ci_mem_new();

    return match_requests(&input, mem, pairs, more);
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
    const struct match_request requests[] = {
        {10, 1, 9},
        {11, 1, 9},
        {12, 2, 0}
    };
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
    const struct match_request requests[] = {
        {1, 1, 0},
        {2, 1, 0},
        {3, 1, 0},
        {4, 1, 0}
    };
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
    const struct match_request requests[] = {
        {1, 1, 0},
        {2, 1, 0},
        {3, 1, 0}
    };
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
    const struct match_request requests[] = {
        {1, 1, 9},
        {2, 1, 9},
        {3, 2, 0}
    };
    struct match_worker workers[] = {
        {.name = "w1", .free = 3}
    };
    struct match_pair pairs[3];
    bool more;

    (void)state;
    assert_int_equal(2, run(builders, 2, requests, 3, workers, 1, pairs, &more));
    assert_true(more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match__names_and_labels_must_both_hold),
        cmocka_unit_test(match__a_builder_without_workers_blocks_nobody),
        cmocka_unit_test(match__spreads_builds_over_the_roomiest),
        cmocka_unit_test(match__never_gives_more_than_there_is_room),
        cmocka_unit_test(match__stops_where_unread_requests_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
