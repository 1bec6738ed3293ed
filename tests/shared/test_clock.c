/* SPDX-License-Identifier: Apache-2.0 */
#include "ci_test.h"
#include "shared/clock.h"

static void format__is_iso_8601(void **state)
{
    char text[CI_TIME_TEXT];

    (void)state;
    ci_time_format((struct ci_time){1767323045678901}, true, text);
    assert_string_equal("2026-01-02T03:04:05.678901Z", text);
    ci_time_format((struct ci_time){1767323045678901}, false, text);
    assert_string_equal("2026-01-02T03:04:05Z", text);
    ci_time_format((struct ci_time){-1}, true, text);
    assert_string_equal("1969-12-31T23:59:59.999999Z", text);
    ci_time_format((struct ci_time){INT64_MAX}, true, text);
    ci_time_format((struct ci_time){INT64_MIN}, true, text);
}

static void clocks__go_forward(void **state)
{
    struct ci_mono before = ci_mono_now();

    (void)state;
    assert_true(ci_mono_since(ci_mono_now(), before).us >= 0);
    /* 2020-01-01: whoever runs this does so later. */
    assert_true(ci_time_now().us > 1577836800000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(format__is_iso_8601),
        cmocka_unit_test(clocks__go_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
