/* SPDX-License-Identifier: Apache-2.0 */
/* Every pair of results under every combination of flags, against Buildbot's rules. */
#include "ci_test.h"
#include "shared/result.h"

/* Weakest first, as buildbot/process/results.py ranks them. */
static const enum ci_result ranked[] = {
    CI_SKIPPED, CI_SUCCESS, CI_WARNINGS, CI_FAILURE, CI_EXCEPTION, CI_RETRY, CI_CANCELLED,
};

static enum ci_result by_rank(enum ci_result a, enum ci_result b)
{
    enum ci_result worst = a;

    for (size_t i = 0; i < CI_COUNT(ranked); i++)
        if (ranked[i] == a || ranked[i] == b)
            worst = ranked[i];
    return worst;
}

static void worst__follows_the_ranking(void **state)
{
    (void)state;
    for (int a = 0; a < CI_RESULT_COUNT; a++)
        for (int b = 0; b < CI_RESULT_COUNT; b++)
            assert_int_equal(by_rank((enum ci_result)a, (enum ci_result)b),
                             ci_result_worst((enum ci_result)a, (enum ci_result)b));
}

static struct ci_step_flags flags_of(unsigned bits)
{
    return (struct ci_step_flags){
        .halt_on_failure = bits & 1,
        .flunk_on_failure = bits & 2,
        .warn_on_failure = bits & 4,
        .flunk_on_warnings = bits & 8,
        .warn_on_warnings = bits & 16,
        .always_run = bits & 32,
    };
}

/* computeResultAndTermination() of results.py, statement by statement. */
/* NOLINTNEXTLINE(readability-function-cognitive-complexity): kept as like the original as can be */
static struct ci_fold buildbot_fold(enum ci_result previous, enum ci_result result,
                                    const struct ci_step_flags *obj)
{
    enum ci_result possible = result;
    bool terminate = false;

    if (result == CI_FAILURE) {
        if (!obj->flunk_on_failure)
            possible = CI_SUCCESS;
        if (obj->warn_on_failure)
            possible = CI_WARNINGS;
        if (obj->flunk_on_failure)
            possible = CI_FAILURE;
        if (obj->halt_on_failure)
            terminate = true;
    } else if (result == CI_WARNINGS) {
        if (!obj->warn_on_warnings)
            possible = CI_SUCCESS;
        else
            possible = CI_WARNINGS;
        if (obj->flunk_on_warnings)
            possible = CI_FAILURE;
    } else if (result == CI_EXCEPTION || result == CI_RETRY || result == CI_CANCELLED) {
        terminate = true;
    }
    return (struct ci_fold){.build = by_rank(previous, possible), .stop = terminate};
}

static void fold__does_as_buildbot_does(void **state)
{
    (void)state;
    for (int before = 0; before < CI_RESULT_COUNT; before++) {
        for (int step = 0; step < CI_RESULT_COUNT; step++) {
            for (unsigned bits = 0; bits < 64; bits++) {
                const struct ci_step_flags flags = flags_of(bits);
                const struct ci_fold start = {.build = (enum ci_result)before};
                struct ci_fold want =
                    buildbot_fold((enum ci_result)before, (enum ci_result)step, &flags);
                struct ci_fold got = ci_result_fold(start, (enum ci_result)step, &flags);

                assert_int_equal(want.build, got.build);
                assert_int_equal(want.stop, got.stop);
            }
        }
    }
}

static void fold__stays_stopped(void **state)
{
    const struct ci_step_flags flags = {.always_run = true};
    const struct ci_fold stopped = {.build = CI_FAILURE, .stop = true};
    struct ci_fold after = ci_result_fold(stopped, CI_SUCCESS, &flags);

    (void)state;
    assert_true(after.stop);
    assert_int_equal(CI_FAILURE, after.build);
}

static void names__go_both_ways(void **state)
{
    static const char *const names[] = {"success",   "warnings", "failure",  "skipped",
                                        "exception", "retry",    "cancelled"};
    enum ci_result result = CI_RETRY;

    (void)state;
    for (int i = 0; i < CI_RESULT_COUNT; i++) {
        assert_string_equal(names[i], ci_result_name(i));
        assert_true(ci_result_parse(names[i], &result));
        assert_int_equal(i, result);
    }
    assert_string_equal("running", ci_result_name(CI_RESULT_NONE));
    assert_string_equal("running", ci_result_name(7));
    assert_false(ci_result_parse("running", &result));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worst__follows_the_ranking),
        cmocka_unit_test(fold__does_as_buildbot_does),
        cmocka_unit_test(fold__stays_stopped),
        cmocka_unit_test(names__go_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
