/* SPDX-License-Identifier: Apache-2.0 */
/* When timed schedulers fire, and whether they then build. */
#include "ci_test.h"
#include "fire.h"

#include <string.h>

/* 2026-01-05 was a Monday. */
static struct ci_time at(int64_t day, int hour, int minute)
{
    return (struct ci_time){((20458 + day) * 86400 + hour * 3600 + minute * 60) * INT64_C(1000000)};
}

static void definition__differs_with_the_times_only(void **state)
{
    struct ci_scheduler a = {
        .type = CI_SCHED_NIGHTLY, .name = "a", .cron = "0 3 * * *", .time_zone = "UTC"};
    struct ci_scheduler b = a;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    b.name = "b";
    b.only_if_changed = true;
    assert_string_equal(fire_definition(&a, mem), fire_definition(&b, mem));
    b.time_zone = "Asia/Shanghai";
    assert_string_not_equal(fire_definition(&a, mem), fire_definition(&b, mem));
    b = (struct ci_scheduler){.type = CI_SCHED_PERIODIC, .period = ci_seconds(60)};
    assert_string_not_equal(fire_definition(&a, mem), fire_definition(&b, mem));
}

static struct ci_time next(const struct ci_scheduler *scheduler, struct ci_time last,
                           struct ci_time now)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_time out = {0};
    struct ci_err err = {0};

    assert_ok(fire_next(scheduler, last, now, mem, &out, &err), err);
    return out;
}

static void next__of_a_periodic(void **state)
{
    const struct ci_scheduler hourly = {.type = CI_SCHED_PERIODIC, .period = ci_seconds(3600)};
    const struct ci_time never = {0};

    (void)state;
    assert_int_equal(at(0, 12, 0).us, next(&hourly, never, at(0, 12, 0)).us);
    assert_int_equal(at(0, 12, 30).us, next(&hourly, at(0, 11, 30), at(0, 12, 0)).us);
    assert_int_equal(at(0, 12, 0).us, next(&hourly, at(0, 3, 0), at(0, 12, 0)).us); /* overdue */
}

static void next__of_a_nightly_in_its_zone(void **state)
{
    struct ci_scheduler nightly = {
        .type = CI_SCHED_NIGHTLY, .name = "n", .cron = "30 3 * * *", .time_zone = "UTC"};
    const struct ci_time never = {0};

    (void)state;
    assert_int_equal(at(1, 3, 30).us, next(&nightly, never, at(0, 12, 0)).us);
    assert_int_equal(at(1, 3, 30).us, next(&nightly, at(0, 3, 30), at(0, 3, 30)).us);
    assert_int_equal(at(3, 9, 0).us,
                     next(&nightly, at(0, 3, 30), at(3, 9, 0)).us); /* three missed, one made up */
    nightly.time_zone = "Asia/Shanghai"; /* eight hours ahead, no summer time */
    assert_int_equal(at(0, 19, 30).us, next(&nightly, never, at(0, 12, 0)).us);
    nightly.cron = "30 2 * * *";
    nightly.time_zone = "Europe/Berlin"; /* 2026-03-29: 02:30 does not exist, 03:00 is 01:00 UTC */
    assert_int_equal(at(83, 1, 0).us, next(&nightly, never, at(82, 12, 0)).us);
    nightly.cron = "0 6 * * mon";
    nightly.time_zone = "UTC";
    assert_int_equal(at(7, 6, 0).us, next(&nightly, never, at(0, 12, 0)).us);
}

static void next__says_when_there_is_none(void **state)
{
    struct ci_scheduler nightly = {
        .type = CI_SCHED_NIGHTLY, .name = "n", .cron = "0 0 30 2 *", .time_zone = "UTC"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct ci_time out;

    (void)state;
    assert_false(fire_next(&nightly, (struct ci_time){0}, at(0, 0, 0), mem, &out, &err));
    assert_non_null(strstr(err.msg, "scheduler \"n\""));
    nightly.cron = "0 0 * * *";
    nightly.time_zone = "Atlantis/Capital";
    assert_false(fire_next(&nightly, (struct ci_time){0}, at(0, 0, 0), mem, &out, &err));
}

static bool builds(const struct ci_scheduler *scheduler, struct fire_facts facts)
{
    return fire_builds(scheduler, &facts);
}

static void timed__skips_only_without_changes(void **state)
{
    const struct ci_time once = {1};
    struct ci_scheduler scheduler = {.type = CI_SCHED_NIGHTLY};

    (void)state;
    assert_true(builds(&scheduler, (struct fire_facts){.last = once}));
    scheduler.only_if_changed = true;
    assert_true(builds(&scheduler, (struct fire_facts){0}));
    /* It has just been switched on. */
    assert_true(builds(&scheduler, (struct fire_facts){.last = once}));
    assert_false(
        builds(&scheduler, (struct fire_facts){.last = once, .last_only_if_changed = true}));
    assert_true(
        builds(&scheduler,
               (struct fire_facts){.last = once, .last_only_if_changed = true, .important = true}));
    assert_true(
        builds(&scheduler,
               (struct fire_facts){.last = once, .last_only_if_changed = true, .forced = true}));
}

static void forced__is_a_time_of_both_lines(void **state)
{
    struct ci_scheduler nightly = {.type = CI_SCHED_NIGHTLY,
                                   .name = "n",
                                   .cron = "0 */6 * * *",
                                   .force_at = "0 6 * * mon",
                                   .time_zone = "UTC"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_true(fire_is_forced(&nightly, at(0, 6, 0), at(0, 6, 0), mem));
    assert_false(fire_is_forced(&nightly, at(0, 12, 0), at(0, 12, 0), mem));
    assert_false(fire_is_forced(&nightly, at(1, 6, 0), at(1, 6, 0), mem));
    /* Away from Saturday to Tuesday: Monday's is among what was missed. */
    assert_true(fire_is_forced(&nightly, at(-2, 6, 0), at(1, 9, 0), mem));
    assert_false(fire_is_forced(&nightly, at(0, 12, 0), at(6, 18, 0), mem));
    nightly.force_at = "30 6 * * mon"; /* the cron line never comes to it */
    assert_false(fire_is_forced(&nightly, at(-20, 6, 0), at(20, 6, 0), mem));
    nightly.force_at = NULL;
    assert_false(fire_is_forced(&nightly, at(0, 6, 0), at(0, 6, 0), mem));
}

static void forced__goes_by_the_zone(void **state)
{
    const struct ci_scheduler nightly = {.type = CI_SCHED_NIGHTLY,
                                         .name = "n",
                                         .cron = "0 3 * * *",
                                         .force_at = "0 3 6 * *",
                                         .time_zone = "Asia/Shanghai"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_true(fire_is_forced(&nightly, at(0, 19, 0), at(0, 19, 0), mem)); /* the 6th there */
    assert_false(fire_is_forced(&nightly, at(1, 19, 0), at(1, 19, 0), mem));
}

static void timed__are_those_with_a_clock(void **state)
{
    struct ci_scheduler scheduler = {0};
    const enum ci_scheduler_type timed[] = {CI_SCHED_PERIODIC, CI_SCHED_NIGHTLY,
                                            CI_SCHED_NIGHTLY_TRIGGERABLE};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(timed); i++) {
        scheduler.type = timed[i];
        assert_true(fire_is_timed(&scheduler));
    }
    scheduler.type = CI_SCHED_TRIGGERABLE;
    assert_false(fire_is_timed(&scheduler));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definition__differs_with_the_times_only),
        cmocka_unit_test(next__of_a_periodic),
        cmocka_unit_test(next__of_a_nightly_in_its_zone),
        cmocka_unit_test(next__says_when_there_is_none),
        cmocka_unit_test(timed__skips_only_without_changes),
        cmocka_unit_test(forced__is_a_time_of_both_lines),
        cmocka_unit_test(forced__goes_by_the_zone),
        cmocka_unit_test(timed__are_those_with_a_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
