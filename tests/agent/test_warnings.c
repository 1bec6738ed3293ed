/* SPDX-License-Identifier: Apache-2.0 */
/* Which lines count as warnings. */
#include "ci_test.h"
#include "warnings.h"

static struct warnings *make(void *mem, const struct ci_compile_args *args)
{
    struct warnings *warnings;
    struct ci_err err;

    assert_ok(warnings_new(args, mem, &warnings, &err), err);
    return warnings;
}

static void warnings__count_what_compilers_say(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_compile_args args = {0};
    struct warnings *warnings = make(mem, &args);

    assert_true(warnings_line(warnings, "a.c:3:5: warning: unused variable 'x' [-Wunused]"));
    assert_true(warnings_line(warnings, "WARNING there is no"));
    assert_false(warnings_line(warnings, "a.c:3:5: error: no"));
    assert_false(warnings_line(warnings, "2 warnings generated"));
    assert_false(warnings_line(warnings, "warnings, warning"));
    assert_false(warnings_line(warnings, ""));
    assert_int_equal(warnings_count(warnings), 2);
}

static void warnings__match_at_the_beginning(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_compile_args custom = {.warning_pattern = "W[0-9]+:"};
    const struct ci_compile_args none = {.warning_pattern = ""};
    const struct ci_compile_args bad = {.warning_pattern = "("};
    struct warnings *warnings = make(mem, &custom), *out;
    struct ci_err err;

    assert_true(warnings_line(warnings, "W12: no"));
    assert_false(warnings_line(warnings, " W12: no"));
    assert_true(warnings_line(warnings, "w12: no"));
    assert_false(warnings_line(make(mem, &none), "warning: no"));
    assert_false(warnings_new(&bad, mem, &out, &err));
    assert_int_equal(err.code, CI_EINVALID);
}

static void warnings__can_be_suppressed(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_compile_args args = {0};
    struct warnings *warnings = make(mem, &args);
    struct ci_err err;

    assert_ok(warnings_suppress(warnings,
                                "# from others\n\n"
                                "third/party/.* : .*\n"
                                " gen\\.c : unused.*variable : 10-20 \n"
                                "one\\.c : .* : 7\n"
                                "two\\.c: note: this",
                                &err),
              err);
    assert_false(warnings_line(warnings, "third/party/x.c:1:1: warning: y"));
    assert_false(warnings_line(warnings, "src/gen.c:15:1: warning: unused old variable"));
    assert_true(warnings_line(warnings, "src/gen.c:21:1: warning: unused old variable"));
    assert_true(warnings_line(warnings, "src/gen.c:15:1: warning: other"));
    assert_false(warnings_line(warnings, "one.c(7): warning C12: x"));
    assert_true(warnings_line(warnings, "one.c:8: warning: x"));
    assert_true(warnings_line(warnings, "two.c:8: warning: x"));
    assert_true(warnings_line(warnings, "warning: x"));
    assert_false(warnings_suppress(warnings, "a : b\nnonsense\n", &err));
    assert_string_equal(err.msg, "line 2: no \":\" between file and text");
    assert_false(warnings_suppress(warnings, "a : (\n", &err));
}

static void warnings__know_the_directory(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_warning_rule rules[] = {{.file = "^/src/lib/old\\.c$"}};
    struct ci_compile_args args = {0};
    struct warnings *warnings;

    args.suppress = (struct ci_list){.items = rules, .count = 1};
    warnings = make(mem, &args);
    assert_true(warnings_line(warnings, "old.c:1: warning: x"));
    assert_false(warnings_line(warnings, "make[1]: Entering directory '/src/lib'"));
    assert_false(warnings_line(warnings, "old.c:1: warning: x"));
    assert_false(warnings_line(warnings, "make[2]: Entering directory '/src/lib/deep'"));
    assert_true(warnings_line(warnings, "old.c:1: warning: x"));
    assert_false(warnings_line(warnings, "make[2]: Leaving directory '/src/lib/deep'"));
    assert_false(warnings_line(warnings, "old.c:1: warning: x"));
    assert_false(warnings_line(warnings, "make[1]: Leaving directory '/src/lib'"));
    assert_false(warnings_line(warnings, "make[1]: Leaving directory '/src/lib'"));
    assert_true(warnings_line(warnings, "old.c:1: warning: x"));
}

static void warnings__take_the_pattern_s_groups(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_warning_rule rules[] = {
        {.file = "x\\.f", .first_line = 3, .last_line = 5}
    };
    struct ci_compile_args args = {.warning_pattern = "W ([^ ]+) at ([0-9]+) (.*)"};
    struct warnings *warnings;

    args.suppress = (struct ci_list){.items = rules, .count = 1};
    warnings = make(mem, &args);
    assert_false(warnings_line(warnings, "W x.f at 5 old"));
    assert_true(warnings_line(warnings, "W x.f at 6 old"));
    assert_true(warnings_line(warnings, "W y.f at 5 old"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings__count_what_compilers_say),
        cmocka_unit_test(warnings__match_at_the_beginning),
        cmocka_unit_test(warnings__can_be_suppressed),
        cmocka_unit_test(warnings__know_the_directory),
        cmocka_unit_test(warnings__take_the_pattern_s_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
