/* SPDX-License-Identifier: Apache-2.0 */
/* Every mode against every result and every build before it, and the filters. */
#include "ci_test.h"
#include "mode.h"

#include <string.h>

/* The build before: none, still running, or one of the results. */
static const struct previous none = {false, 0}, running = {true, CI_RESULT_NONE};

static bool is_reported(int result)
{
    return result != CI_RETRY && result != CI_SKIPPED;
}

static void expect(bool wanted, unsigned mode, int result, struct previous previous)
{
    if (mode_wants(mode, result, previous) != wanted)
        fail_msg("mode %#x, result %s after %s: should be %s", mode, ci_result_name(result),
                 previous.exists ? ci_result_name(previous.results) : "nothing",
                 wanted ? "wanted" : "not wanted");
}

/* Calls check(result, previous) for all of them. */
static void for_all(void (*check)(int result, struct previous previous))
{
    for (int result = 0; result < CI_RESULT_COUNT; result++) {
        check(result, none);
        check(result, running);
        for (int before = 0; before < CI_RESULT_COUNT; before++)
            check(result, (struct previous){true, before});
    }
}

static void check_plain(int result, struct previous previous)
{
    expect(result == CI_FAILURE, CI_MODE_FAILING, result, previous);
    expect(result == CI_SUCCESS, CI_MODE_PASSING, result, previous);
    expect(result == CI_WARNINGS, CI_MODE_WARNINGS, result, previous);
    expect(result == CI_EXCEPTION, CI_MODE_EXCEPTION, result, previous);
    expect(result == CI_CANCELLED, CI_MODE_CANCELLED, result, previous);
    expect(false, 0, result, previous);
}

static void modes__of_one_result_look_at_it_alone(void **state)
{
    (void)state;
    for_all(check_plain);
}

static void check_change(int result, struct previous previous)
{
    expect(is_reported(result) && previous.exists && previous.results != result, CI_MODE_CHANGE,
           result, previous);
}

static void change__is_another_result_than_before(void **state)
{
    (void)state;
    for_all(check_change);
    expect(false, CI_MODE_CHANGE, CI_FAILURE, none);
    expect(true, CI_MODE_CHANGE, CI_FAILURE, running);
}

static void check_problem(int result, struct previous previous)
{
    expect(result == CI_FAILURE && previous.exists && previous.results != CI_FAILURE,
           CI_MODE_PROBLEM, result, previous);
}

static void problem__is_a_failure_after_none(void **state)
{
    (void)state;
    for_all(check_problem);
    expect(false, CI_MODE_PROBLEM, CI_FAILURE, none);
    expect(true, CI_MODE_PROBLEM, CI_FAILURE, running);
    expect(true, CI_MODE_PROBLEM, CI_FAILURE, (struct previous){true, CI_CANCELLED});
}

static void check_all(int result, struct previous previous)
{
    unsigned all = CI_MODE_FAILING | CI_MODE_PASSING | CI_MODE_WARNINGS | CI_MODE_EXCEPTION |
                   CI_MODE_CANCELLED;

    expect(is_reported(result), all, result, previous);
    expect(is_reported(result), ~0U, result, previous);
}

static void all__is_every_result_but_retry_and_skipped(void **state)
{
    (void)state;
    for_all(check_all);
}

static void check_combined(int result, struct previous previous)
{
    for (unsigned a = 1; a <= CI_MODE_CANCELLED; a <<= 1)
        for (unsigned b = 1; b <= CI_MODE_CANCELLED; b <<= 1)
            expect(mode_wants(a, result, previous) || mode_wants(b, result, previous), a | b,
                   result, previous);
}

static void modes__combine_by_or(void **state)
{
    (void)state;
    for_all(check_combined);
}

static void modes__refuse_results_that_are_none(void **state)
{
    (void)state;
    expect(false, ~0U, CI_RESULT_NONE, none);
    expect(false, ~0U, CI_RESULT_COUNT, none);
}

static const char *const names[] = {"linux", "mac"};
static const struct ci_strs two_names = {names, 2};

static bool covers(struct ci_notifier notifier)
{
    static const char *const tags[] = {"slow", "mac"};
    json_t *properties = json_pack("{s:[s,s],s:[s,s],s:[i,s]}", "branch", "mac", "Change",
                                   "scheduler", "linux", "Scheduler", "count", 3, "Build");
    const struct build_facts build = {
        .builder = "linux", .tags = {tags, 2},
             .properties = properties
    };
    bool result = notifier_covers(&notifier, &build);

    json_decref(properties);
    return result;
}

static void filters__all_have_to_let_it_through(void **state)
{
    static const char *const others[] = {"bsd"};
    static const struct ci_strs other = {others, 1};

    (void)state;
    assert_true(covers((struct ci_notifier){.name = "mail"}));
    assert_true(covers((struct ci_notifier){.builders = two_names}));
    assert_true(covers((struct ci_notifier){.tags = two_names}));
    assert_true(covers((struct ci_notifier){.branches = two_names, .schedulers = two_names}));
    assert_false(covers((struct ci_notifier){.builders = other}));
    assert_false(covers((struct ci_notifier){.tags = other}));
    assert_false(covers((struct ci_notifier){.branches = other, .schedulers = two_names}));
    assert_false(covers((struct ci_notifier){.branches = two_names, .schedulers = other}));
}

static void filters__take_no_build_without_the_property(void **state)
{
    const struct build_facts bare = {.builder = "linux"};

    (void)state;
    assert_false(notifier_covers(&(struct ci_notifier){.branches = two_names}, &bare));
    assert_false(notifier_covers(&(struct ci_notifier){.schedulers = two_names}, &bare));
    assert_false(notifier_covers(&(struct ci_notifier){.tags = two_names}, &bare));
    assert_true(notifier_covers(&(struct ci_notifier){.builders = two_names}, &bare));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes__of_one_result_look_at_it_alone),
        cmocka_unit_test(change__is_another_result_than_before),
        cmocka_unit_test(problem__is_a_failure_after_none),
        cmocka_unit_test(all__is_every_result_but_retry_and_skipped),
        cmocka_unit_test(modes__combine_by_or),
        cmocka_unit_test(modes__refuse_results_that_are_none),
        cmocka_unit_test(filters__all_have_to_let_it_through),
        cmocka_unit_test(filters__take_no_build_without_the_property),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
