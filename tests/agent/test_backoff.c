/* SPDX-License-Identifier: Apache-2.0 */
/* The pauses between tries. */
#include "backoff.h"
#include "ci_test.h"

static void backoff__doubles_up_to_ten_seconds(void **state)
{
    (void)state;
    struct backoff backoff = {0};
    int64_t expected = 50000;

    for (int i = 0; i < 20; i++) {
        assert_int_equal(backoff_next(&backoff, 0).us, expected);
        expected = expected * 2 > 5000000 ? 5000000 : expected * 2;
    }
}

static void backoff__stays_within_its_bounds(void **state)
{
    (void)state;
    for (uint32_t random = 0; random < 100000; random += 37) {
        struct backoff backoff = {.tries = random % 12};
        int64_t us = backoff_next(&backoff, random).us;

        assert_in_range(us, 50000, 10000000);
    }
}

static void backoff__begins_anew_after_a_success(void **state)
{
    (void)state;
    struct backoff backoff = {.tries = 7};

    backoff_reset(&backoff);
    assert_int_equal(backoff_next(&backoff, 0).us, 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backoff__doubles_up_to_ten_seconds),
        cmocka_unit_test(backoff__stays_within_its_bounds),
        cmocka_unit_test(backoff__begins_anew_after_a_success),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
