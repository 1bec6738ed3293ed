/* SPDX-License-Identifier: Apache-2.0 */
/* Token buckets: what goes at once, what comes back with time, and who counts as whom. */
#include "ci_test.h"
#include "edge/limits.h"

static const struct ci_limits config = {
    .requests_per_minute = 60,
    .requests_burst = 5,
    .writes_per_minute = 6,
    .writes_burst = 2,
};

static struct ci_time at(double seconds)
{
    return (struct ci_time){1700000000000000 + (int64_t)(seconds * 1e6)};
}

static int setup(void **state)
{
    *state = limits_new();
    return 0;
}

static int teardown(void **state)
{
    limits_free(*state);
    return 0;
}

static void take__gives_a_burst_and_then_a_rate(void **state)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(0, limits_take(*state, &config, "a", false, at(0)));
    assert_int_equal(2, limits_take(*state, &config, "a", false, at(0)));
    assert_int_equal(1, limits_take(*state, &config, "a", false, at(0.5)));
    assert_int_equal(0, limits_take(*state, &config, "a", false, at(1)));
    assert_int_not_equal(0, limits_take(*state, &config, "a", false, at(1)));
    for (int i = 0; i < 5; i++)
        assert_int_equal(0, limits_take(*state, &config, "a", false, at(3600)));
    assert_int_not_equal(0, limits_take(*state, &config, "a", false, at(3600)));
}

static void take__keeps_writes_apart(void **state)
{
    assert_int_equal(0, limits_take(*state, &config, "a", true, at(0)));
    assert_int_equal(0, limits_take(*state, &config, "a", true, at(0)));
    assert_int_equal(11, limits_take(*state, &config, "a", true, at(0)));
    /* What was refused took nothing: reads go on. */
    for (int i = 0; i < 3; i++)
        assert_int_equal(0, limits_take(*state, &config, "a", false, at(0)));
    assert_int_not_equal(0, limits_take(*state, &config, "a", false, at(0)));
    assert_int_equal(0, limits_take(*state, &config, "a", true, at(10)));
}

static void take__knows_clients_apart(void **state)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(0, limits_take(*state, &config, "a", false, at(0)));
    assert_int_not_equal(0, limits_take(*state, &config, "a", false, at(0)));
    assert_int_equal(0, limits_take(*state, &config, "b", false, at(0)));
}

static void take__bears_a_clock_that_steps_back(void **state)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(0, limits_take(*state, &config, "a", false, at(100)));
    assert_int_not_equal(0, limits_take(*state, &config, "a", false, at(0)));
    assert_int_equal(0, limits_take(*state, &config, "a", false, at(1)));
}

static void take__never_refuses_without_a_rate(void **state)
{
    static const struct ci_limits none = {.requests_burst = 1, .writes_burst = 1};

    for (int i = 0; i < 1000; i++)
        assert_int_equal(0, limits_take(*state, &none, "a", true, at(0)));
}

/* A flood of names fills the table, which forgets the oldest and never grows. */
static void take__forgets_the_oldest(void **state)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(0, limits_take(*state, &config, "a", false, at(0)));
    for (int i = 0; i < 100000; i++) {
        char name[32];

        snprintf(name, sizeof(name), "flood %d", i);
        assert_int_equal(0, limits_take(*state, &config, name, false, at(0.1)));
    }
    assert_int_equal(0, limits_take(*state, &config, "a", false, at(0.2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(take__gives_a_burst_and_then_a_rate, setup, teardown),
        cmocka_unit_test_setup_teardown(take__keeps_writes_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(take__knows_clients_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(take__bears_a_clock_that_steps_back, setup, teardown),
        cmocka_unit_test_setup_teardown(take__never_refuses_without_a_rate, setup, teardown),
        cmocka_unit_test_setup_teardown(take__forgets_the_oldest, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
