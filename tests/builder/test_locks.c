/* SPDX-License-Identifier: Apache-2.0 */
/* Who may have a lock, and who waits for whom (Buildbot's "Locks"; its pain S6). */
#include "ci_test.h"
#include "locks.h"

#include <string.h>

static bool fits(bool exclusive, int count, int max, int64_t counting, int excl, int waiting)
{
    const struct locks_use use = {"l", 0, exclusive, count, max};
    const struct ci_lock_load load = {counting, excl, waiting};

    return locks_fits(&use, &load);
}

static void locks__counting_access_up_to_max_count(void **state)
{
    (void)state;
    assert_true(fits(false, 1, 1, 0, 0, 0));
    assert_false(fits(false, 1, 1, 1, 0, 0));
    assert_true(fits(false, 2, 3, 1, 0, 0));
    assert_false(fits(false, 3, 3, 1, 0, 0));
    assert_true(fits(false, 0, 1, 1, 0, 0)); /* count 0 is allowed */
}

static void locks__exclusive_access_is_alone(void **state)
{
    (void)state;
    assert_true(fits(true, 1, 5, 0, 0, 0));
    assert_false(fits(true, 1, 5, 1, 0, 0));
    assert_false(fits(true, 1, 5, 0, 1, 0));
    assert_false(fits(false, 1, 5, 0, 1, 0));
    assert_false(fits(false, 0, 5, 0, 1, 0));
}

/* Build 1 holds one of two; 2 waits for it exclusively; 3 and 4 came later. */
static const struct locks_claim line[] = {
    {1, "l", 0, 1, -1, false, true,  1},
    {2, "l", 0, 2, 0,  true,  false, 1},
    {3, "l", 0, 3, 0,  false, false, 1},
    {4, "m", 0, 4, 0,  false, true,  1},
    {5, "l", 7, 5, 0,  false, true,  1},
};
static struct ci_list claims_of(struct locks_claim *copy)
{
    memcpy(copy, line, sizeof(line));
    return (struct ci_list){copy, CI_COUNT(line)};
}

static bool may(int64_t claimid, int64_t build, bool exclusive)
{
    struct locks_claim copy[CI_COUNT(line)];
    const struct locks_use use = {"l", 0, exclusive, 1, 2};
    const struct ci_lock_load load = locks_before(&use, claims_of(copy), claimid, build, 0);

    return locks_fits(&use, &load);
}

static void locks__first_come_first_served(void **state)
{
    (void)state;
    assert_false(may(2, 2, true));  /* 1 holds */
    assert_false(may(3, 3, false)); /* there is room, but 2 was here before */
    assert_false(may(0, 9, false)); /* nor does one overtake who has not asked yet */
}

static void locks__another_workers_lock_is_another_lock(void **state)
{
    struct locks_claim copy[CI_COUNT(line)];
    const struct locks_use use = {"l", 7, false, 1, 1}, other = {"l", 8, false, 1, 1};
    const struct ci_lock_load seven = locks_before(&use, claims_of(copy), 0, 0, 0);
    const struct ci_lock_load eight = locks_before(&other, claims_of(copy), 0, 0, 0);

    (void)state;
    assert_false(locks_fits(&use, &seven));
    assert_true(locks_fits(&other, &eight));
}

/* ---- configuration ---- */

static struct ci_lock all_locks[] = {
    {.name = "db",       .max_count = 3                              },
    { .name = "disk",
     .max_count = 2,
     .per_worker = true,
     .max_count_for_worker = {(struct ci_pair_kv[]){{"big", "5"}}, 1}},
};
static const struct ci_config config = {
    .locks = {all_locks, 2}
};

static void locks__max_count_for_worker(void **state)
{
    (void)state;
    assert_int_equal(3, ci_lock_max(&all_locks[0], "big"));
    assert_int_equal(5, ci_lock_max(&all_locks[1], "big"));
    assert_int_equal(2, ci_lock_max(&all_locks[1], "small"));
}

static void locks__a_builder_and_its_worker_ask_together(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_lock_use of_builder[] = {
        {"db",   false, 1},
        {"disk", false, 1}
    };
    struct ci_lock_use of_worker[] = {
        {"db",      false, 2},
        {"unknown", false, 1}
    };
    const struct ci_list uses = locks_resolve(&config, (struct ci_list){of_builder, 2},
                                              (struct ci_list){of_worker, 2}, "big", 4, mem);
    const struct locks_use *use = uses.items;

    (void)state;
    assert_int_equal(2, uses.count);
    assert_string_equal("db", use[0].name);
    assert_int_equal(3, use[0].count);
    assert_int_equal(0, use[0].workerid);
    assert_int_equal(4, use[1].workerid);
    assert_int_equal(5, use[1].max);
}

/* ---- circles ---- */

static size_t circle(const struct locks_wait *waits, size_t count, int64_t start, int64_t *second)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct locks_wait *copy = ci_mem_dup(mem, waits, count * sizeof(*waits));
    const struct ci_i64s found = locks_circle((struct ci_list){copy, count}, start, mem);

    if (found.count > 0)
        assert_int_equal(start, found.items[0]);
    *second = found.count > 1 ? found.items[1] : 0;
    return found.count;
}

static void locks__a_circle_of_waits_is_found(void **state)
{
    static const struct locks_wait waits[] = {
        {3, 1},
        {1, 2},
        {2, 9},
        {2, 3},
        {9, 8},
        {7, 1},
        {1, 8}
    };
    int64_t second;

    (void)state;
    assert_int_equal(3, circle(waits, 7, 1, &second));
    assert_int_equal(2, second);
    assert_int_equal(0, circle(waits, 7, 9, &second));
    assert_int_equal(0,
                     circle(waits, 7, 7, &second)); /* it waits for a circle, but is none of it */
    assert_int_equal(0, circle(waits, 0, 1, &second));
}

static void locks__a_build_that_waits_for_itself_is_a_circle(void **state)
{
    const int64_t step = locks_node(5, 2), build = locks_node(5, LOCKS_BUILD);
    const struct locks_wait waits[] = {
        {step,  build}, /* the build holds what its step wants ... */
        {build, step }  /* ... and ends after it */
    };
    int64_t second;

    (void)state;
    assert_int_equal(2, circle(waits, 2, step, &second));
    assert_int_equal(5, locks_node_build(step));
    assert_int_equal(5, locks_node_build(build));
    assert_int_equal(0, locks_node_build(locks_node_request(5)));
}

static void locks__a_long_line_is_searched_in_passing(void **state)
{
    enum { LONG = 20000 };
    CI_AUTO_MEM mem = ci_mem_new();
    struct locks_wait *waits = ci_mem_array(mem, struct locks_wait, 2 * LONG);
    int64_t second;

    (void)state;
    for (int i = 0; i < LONG; i++) {
        waits[2 * i] = (struct locks_wait){i + 1, i + 2};
        waits[2 * i + 1] = (struct locks_wait){i + 1, LONG - i};
    }
    assert_true(circle(waits, 2 * LONG, 1, &second) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks__counting_access_up_to_max_count),
        cmocka_unit_test(locks__exclusive_access_is_alone),
        cmocka_unit_test(locks__first_come_first_served),
        cmocka_unit_test(locks__another_workers_lock_is_another_lock),
        cmocka_unit_test(locks__max_count_for_worker),
        cmocka_unit_test(locks__a_builder_and_its_worker_ask_together),
        cmocka_unit_test(locks__a_circle_of_waits_is_found),
        cmocka_unit_test(locks__a_build_that_waits_for_itself_is_a_circle),
        cmocka_unit_test(locks__a_long_line_is_searched_in_passing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
