/* SPDX-License-Identifier: Apache-2.0 */
/* The pauses between tries. */
#include "backoff.h"
#include "ci_test.h"

static const struct ci_time created = {1000000};

static int64_t pause_after(int attempt)
{
    struct ci_time next = {0};

    assert_true(backoff_next(attempt, created, created, &next));
    return (next.us - created.us) / 1000000;
}

static void backoff__doubles_from_30_seconds_to_6_hours(void **state)
{
    (void)state;
    assert_int_equal(30, pause_after(1));
    assert_int_equal(60, pause_after(2));
    assert_int_equal(120, pause_after(3));
    assert_int_equal(30 << 9, pause_after(10));
    assert_int_equal(6 * 3600, pause_after(11));
    assert_int_equal(6 * 3600, pause_after(1000000));
}

static void backoff__gives_up_after_5_days(void **state)
{
    const struct ci_time last = ci_time_add(created, ci_seconds(5 * 86400));
    const struct ci_time over = ci_time_add(last, ci_seconds(1));
    struct ci_time next = {42};

    (void)state;
    assert_true(backoff_next(30, created, last, &next));
    assert_true(next.us > last.us);
    next.us = 42;
    assert_false(backoff_next(30, created, over, &next));
    assert_int_equal(42, next.us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff__doubles_from_30_seconds_to_6_hours),
        cmocka_unit_test(backoff__gives_up_after_5_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
