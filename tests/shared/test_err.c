/* SPDX-License-Identifier: Apache-2.0 */
#include "ci_test.h"

#include <string.h>

static void fail__fills_code_and_message(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_false(ci_fail(&err, CI_EDENIED, "user %d", 7));
    assert_int_equal(CI_EDENIED, err.code);
    assert_string_equal("user 7", err.msg);
}

static void fail_in__adds_context_and_keeps_the_code(void **state)
{
    struct ci_err err = {0};

    (void)state;
    ci_fail(&err, CI_EGONE, "attempt 3 is over");
    assert_false(ci_fail_in(&err, "build %d", 9));
    assert_int_equal(CI_EGONE, err.code);
    assert_string_equal("build 9: attempt 3 is over", err.msg);
}

static void fail__may_quote_the_old_message(void **state)
{
    struct ci_err err = {0};

    (void)state;
    ci_fail(&err, CI_EINVALID, "cause");
    ci_fail(&err, CI_EINTERNAL, "again: %s", err.msg);
    assert_string_equal("again: cause", err.msg);
}

static void fail__cuts_what_is_too_long(void **state)
{
    char text[1000];
    struct ci_err err = {0};

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ci_fail(&err, CI_EINVALID, "%s", text);
    assert_int_equal(sizeof(err.msg) - 1, strlen(err.msg));
    ci_fail_in(&err, "context");
    assert_int_equal(sizeof(err.msg) - 1, strlen(err.msg));
    ci_fail_in(&err, "%s", text);
    assert_int_equal(sizeof(err.msg) - 1, strlen(err.msg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail__fills_code_and_message),
        cmocka_unit_test(fail_in__adds_context_and_keeps_the_code),
        cmocka_unit_test(fail__may_quote_the_old_message),
        cmocka_unit_test(fail__cuts_what_is_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
