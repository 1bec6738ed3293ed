/* SPDX-License-Identifier: Apache-2.0 */
/* State strings of finished builds. */
#include "ci_test.h"
#include "summary.h"

static const struct ci_step_flags flunks = {.flunk_on_failure = true};
static const struct ci_step_flags warns = {.warn_on_failure = true, .warn_on_warnings = true};

static void summary__names_the_steps_that_did_it(void **state)
{
    const struct summary_step steps[] = {
        {"git",     CI_SUCCESS,  flunks, 0},
        {"compile", CI_FAILURE,  flunks, 1},
        {"lint",    CI_FAILURE,  warns,  2},
        {"test",    CI_FAILURE,  flunks, 3},
        {"style",   CI_WARNINGS, warns,  4},
        {"skip",    CI_SKIPPED,  flunks, 5},
    };
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("failed compile test", summary_text(mem, CI_FAILURE, steps, 6));
    assert_string_equal("warnings lint style", summary_text(mem, CI_WARNINGS, steps, 6));
    assert_string_equal("exception", summary_text(mem, CI_EXCEPTION, steps, 6));
}

static void summary__has_words_for_every_result(void **state)
{
    const struct summary_step git = {"git", CI_EXCEPTION, flunks, 0};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("build successful", summary_text(mem, CI_SUCCESS, NULL, 0));
    assert_string_equal("exception git", summary_text(mem, CI_EXCEPTION, &git, 1));
    assert_string_equal("cancelled", summary_text(mem, CI_CANCELLED, &git, 1));
    assert_string_equal("retry", summary_text(mem, CI_RETRY, &git, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary__names_the_steps_that_did_it),
        cmocka_unit_test(summary__has_words_for_every_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
