/* SPDX-License-Identifier: Apache-2.0 */
/* Lease arithmetic. */
#include "ci_test.h"
#include "lease.h"

static void lease__a_start_or_a_break_pushes(void **state)
{
    const struct ci_dur lease = {60 * 1000000};
    struct lease_watch watch = {{0}};

    (void)state;
    assert_int_equal(LEASE_PUSH, lease_next(&watch, (struct ci_time){1000}, lease));
    watch.last.us = 1000;
    assert_int_equal(LEASE_EXPIRE, lease_next(&watch, (struct ci_time){1000 + 30000000}, lease));
    assert_int_equal(LEASE_PUSH, lease_next(&watch, (struct ci_time){1001 + 30000000}, lease));
}

static void lease__agents_poll_often_enough_to_keep_theirs(void **state)
{
    const struct ci_dur ten = {10000000};

    (void)state;
    assert_int_equal(10000000, lease_heartbeat(ten, (struct ci_dur){60000000}).us);
    assert_int_equal(10000000, lease_heartbeat(ten, (struct ci_dur){30000000}).us);
    assert_int_equal(5000000, lease_heartbeat(ten, (struct ci_dur){17000000}).us);
    assert_int_equal(1000000, lease_heartbeat(ten, (struct ci_dur){4000000}).us);
    assert_int_equal(1000000, lease_heartbeat(ten, (struct ci_dur){2000000}).us);
}

static void lease__the_verdict_counts_attempts(void **state)
{
    (void)state;
    assert_int_equal(CI_RETRY, lease_verdict(1, 5, false));
    assert_int_equal(CI_RETRY, lease_verdict(4, 5, false));
    assert_int_equal(CI_EXCEPTION, lease_verdict(5, 5, false));
    assert_int_equal(CI_EXCEPTION, lease_verdict(6, 5, false));
    assert_int_equal(CI_CANCELLED, lease_verdict(1, 5, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lease__a_start_or_a_break_pushes),
        cmocka_unit_test(lease__agents_poll_often_enough_to_keep_theirs),
        cmocka_unit_test(lease__the_verdict_counts_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
