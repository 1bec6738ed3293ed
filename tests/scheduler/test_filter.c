/* SPDX-License-Identifier: Apache-2.0 */
/* Change filters, important files, and what a scheduler makes of a change. */
#include "ci_test.h"
#include "filter.h"

#include <string.h>

#define STRS(...)                                                                                  \
    ((struct ci_strs){(const char *const[]){__VA_ARGS__},                                          \
                      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)})

static bool branch_passes(struct ci_match match, const char *branch)
{
    const struct ci_change_filter filter = {.given = true, .branch = match};
    const struct change change = {
        .branch = branch, .repository = "r", .project = "", .codebase = ""};

    return filter_matches(&filter, &change);
}

static void filter__not_given_passes_everything(void **state)
{
    const struct ci_change_filter none = {0};
    const struct change change = {.branch = NULL};

    (void)state;
    assert_true(filter_matches(&none, &change));
    assert_true(branch_passes((struct ci_match){0}, NULL));
    assert_true(branch_passes((struct ci_match){0}, "main"));
}

static void filter__eq_is_one_or_a_list(void **state)
{
    const struct ci_match one = {.given = true, .eq = STRS("main")};
    const struct ci_match list = {.given = true, .eq = STRS("main", "release")};

    (void)state;
    assert_true(branch_passes(one, "main"));
    assert_false(branch_passes(one, "mainly"));
    assert_false(branch_passes(one, NULL));
    assert_true(branch_passes(list, "release"));
    assert_false(branch_passes(list, "other"));
}

static void filter__null_is_a_value_of_eq(void **state)
{
    const struct ci_match null = {.given = true, .eq_null = true};
    const struct ci_match either = {.given = true, .eq_null = true, .eq = STRS("main")};

    (void)state;
    assert_true(branch_passes(null, NULL));
    assert_false(branch_passes(null, "main"));
    assert_true(branch_passes(either, NULL));
    assert_true(branch_passes(either, "main"));
    assert_false(branch_passes(either, "other"));
}

static void filter__not_eq_lets_null_pass(void **state)
{
    const struct ci_match match = {.given = true, .not_eq = STRS("main", "wip")};

    (void)state;
    assert_false(branch_passes(match, "wip"));
    assert_true(branch_passes(match, "release"));
    assert_true(branch_passes(match, NULL));
}

static void filter__patterns_match_at_the_start(void **state)
{
    const struct ci_match match = {.given = true, .re = STRS("rel(ease)?/", "v[0-9]+$")};

    (void)state;
    assert_true(branch_passes(match, "release/1.0"));
    assert_true(branch_passes(match, "v12"));
    assert_false(branch_passes(match, "old/release/1.0"));
    assert_false(branch_passes(match, "v12b"));
    assert_false(branch_passes(match, NULL)); /* null never matches */
}

static void filter__not_re_lets_null_pass(void **state)
{
    const struct ci_match match = {.given = true, .not_re = STRS("wip/", "tmp")};

    (void)state;
    assert_false(branch_passes(match, "wip/x"));
    assert_false(branch_passes(match, "tmpfile"));
    assert_true(branch_passes(match, "my/wip/x"));
    assert_true(branch_passes(match, NULL));
}

static void filter__all_conditions_must_hold(void **state)
{
    const struct ci_match branch = {
        .given = true, .re = STRS("release/"), .not_eq = STRS("release/old")};
    const struct ci_match project = {.given = true, .eq = STRS("app")};
    const struct ci_match repository = {.given = true, .re = STRS("https://")};
    const struct ci_match category = {.given = true, .not_eq = STRS("tag")};
    const struct ci_match codebase = {.given = true, .eq = STRS("", "lib")};
    const struct ci_change_filter filter = {.given = true,
                                            .branch = branch,
                                            .project = project,
                                            .repository = repository,
                                            .category = category,
                                            .codebase = codebase};
    const struct change good = {
        .branch = "release/1", .project = "app", .repository = "https://x/app", .codebase = "lib"};
    struct change bad;

    (void)state;
    assert_true(filter_matches(&filter, &good));
    bad = good;
    bad.branch = "release/old";
    assert_false(filter_matches(&filter, &bad));
    bad = good;
    bad.project = "lib";
    assert_false(filter_matches(&filter, &bad));
    bad = good;
    bad.repository = "git://x/app";
    assert_false(filter_matches(&filter, &bad));
    bad = good;
    bad.category = "tag";
    assert_false(filter_matches(&filter, &bad));
    bad = good;
    bad.codebase = "doc";
    assert_false(filter_matches(&filter, &bad));
}

/* The filter as it is written in the file. */
static void filter__reads_from_the_configuration(void **state)
{
    static const char yaml[] = "builders: [{name: b, steps: [{run: \"true\"}]}]\n"
                               "schedulers:\n"
                               "  - {type: single_branch, name: n, builders: [b],\n"
                               "     change_filter: {branch: [null, main], project_not_re: x}}\n"
                               "  - {type: single_branch, name: m, builders: [b], branch: main}\n";
    CI_AUTO_MEM mem = ci_mem_new();
    const struct change none = {.project = "app"};
    const struct change wrong = {.branch = "main", .project = "xapp"};
    const struct change main_branch = {.branch = "main", .project = "app"};
    const struct ci_change_filter *filter;
    struct ci_list problems = {0};
    struct ci_config *config;

    (void)state;
    if (!ci_config_parse("t", yaml, strlen(yaml), mem, &config, &problems))
        fail_msg("%s", ((const struct ci_problem *)problems.items)->message);
    filter = &ci_config_scheduler(config, "n")->change_filter;
    assert_true(filter_matches(filter, &none));
    assert_true(filter_matches(filter, &main_branch));
    assert_false(filter_matches(filter, &wrong));
    filter = &ci_config_scheduler(config, "m")->change_filter;
    assert_false(filter_matches(filter, &none));
    assert_true(filter_matches(filter, &main_branch));
}

static void important__goes_by_both_lists(void **state)
{
    const struct ci_scheduler all = {0};
    const struct ci_scheduler sources = {.important_files = STRS("src/*", "*.h")};
    const struct ci_scheduler no_docs = {.unimportant_files = STRS("docs/*", "*.md")};
    const struct ci_scheduler both = {.important_files = STRS("src/*"),
                                      .unimportant_files = STRS("*.md")};
    const struct change none = {0};
    const struct change code = {.files = STRS("src/deep/a.c")};
    const struct change docs = {.files = STRS("docs/a.html", "src/README.md")};
    const struct change mixed = {.files = STRS("docs/a.html", "src/a.c")};

    (void)state;
    assert_true(change_is_important(&all, &docs));
    assert_true(change_is_important(&sources, &none)); /* nothing is known of it */
    assert_true(change_is_important(&sources, &code));
    assert_true(change_is_important(&sources, &docs));
    assert_false(change_is_important(&no_docs, &docs));
    assert_true(change_is_important(&no_docs, &mixed));
    assert_false(change_is_important(&both, &docs));
    assert_true(change_is_important(&both, &mixed));
}

static void judge__asks_the_type_first(void **state)
{
    const struct change change = {.branch = "main", .codebase = "", .repository = "r"};
    struct ci_scheduler scheduler = {.type = CI_SCHED_FORCE};

    (void)state;
    assert_int_equal(VERDICT_IGNORED, scheduler_judge(&scheduler, &change));
    scheduler.type = CI_SCHED_SINGLE_BRANCH;
    assert_int_equal(VERDICT_IMPORTANT, scheduler_judge(&scheduler, &change));
    scheduler.type = CI_SCHED_ANY_BRANCH;
    assert_int_equal(VERDICT_IMPORTANT, scheduler_judge(&scheduler, &change));
    scheduler.type = CI_SCHED_NIGHTLY;
    assert_int_equal(VERDICT_IGNORED, scheduler_judge(&scheduler, &change));
    scheduler.only_if_changed = true;
    assert_int_equal(VERDICT_IMPORTANT, scheduler_judge(&scheduler, &change));
}

static void judge__drops_or_keeps_the_unimportant(void **state)
{
    const struct change docs = {.branch = "main", .codebase = "", .files = STRS("README.md")};
    struct ci_scheduler scheduler = {.type = CI_SCHED_SINGLE_BRANCH,
                                     .unimportant_files = STRS("*.md")};

    (void)state;
    assert_int_equal(VERDICT_UNIMPORTANT, scheduler_judge(&scheduler, &docs));
    scheduler.only_important = true;
    assert_int_equal(VERDICT_IGNORED, scheduler_judge(&scheduler, &docs));
}

static void judge__of_a_timed_one_goes_by_its_sources(void **state)
{
    const struct ci_scheduler scheduler = {.type = CI_SCHED_NIGHTLY,
                                           .only_if_changed = true,
                                           .branch = "main",
                                           .codebase = "app",
                                           .repository = "git@host:app.git"};
    const struct change good = {
        .branch = "main", .codebase = "app", .repository = "https://host/app"};
    struct change bad = good;

    (void)state;
    assert_int_equal(VERDICT_IMPORTANT, scheduler_judge(&scheduler, &good));
    bad.branch = NULL;
    assert_int_equal(VERDICT_IGNORED, scheduler_judge(&scheduler, &bad));
    bad = good;
    bad.codebase = "lib";
    assert_int_equal(VERDICT_IGNORED, scheduler_judge(&scheduler, &bad));
    bad = good;
    bad.repository = "https://host/lib";
    assert_int_equal(VERDICT_IGNORED, scheduler_judge(&scheduler, &bad));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filter__not_given_passes_everything),
        cmocka_unit_test(filter__eq_is_one_or_a_list),
        cmocka_unit_test(filter__null_is_a_value_of_eq),
        cmocka_unit_test(filter__not_eq_lets_null_pass),
        cmocka_unit_test(filter__patterns_match_at_the_start),
        cmocka_unit_test(filter__not_re_lets_null_pass),
        cmocka_unit_test(filter__all_conditions_must_hold),
        cmocka_unit_test(filter__reads_from_the_configuration),
        cmocka_unit_test(important__goes_by_both_lists),
        cmocka_unit_test(judge__asks_the_type_first),
        cmocka_unit_test(judge__drops_or_keeps_the_unimportant),
        cmocka_unit_test(judge__of_a_timed_one_goes_by_its_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
