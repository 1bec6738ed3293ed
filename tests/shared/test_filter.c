/* SPDX-License-Identifier: Apache-2.0 */
/* Change filters, important files, what a scheduler makes of a change, and how it is put. */
#include "ci_test.h"
#include "shared/filter.h"

#include <string.h>

#define STRS(...)                                                                                  \
    ((struct ci_strs){(const char *const[]){__VA_ARGS__},                                          \
                      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)})

static bool branch_passes(struct ci_match match, const char *branch)
{
    const struct ci_change_filter filter = {.given = true, .branch = match};
    const struct ci_candidate change = {
        .branch = branch, .repository = "r", .project = "", .codebase = ""};

    return ci_filter_matches(&filter, &change);
}

static void filter__not_given_passes_everything(void **state)
{
    const struct ci_change_filter none = {0};
    const struct ci_candidate change = {.branch = NULL};

    (void)state;
    assert_true(ci_filter_matches(&none, &change));
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
    const struct ci_candidate good = {
        .branch = "release/1", .project = "app", .repository = "https://x/app", .codebase = "lib"};
    struct ci_candidate bad;

    (void)state;
    assert_true(ci_filter_matches(&filter, &good));
    bad = good;
    bad.branch = "release/old";
    assert_false(ci_filter_matches(&filter, &bad));
    bad = good;
    bad.project = "lib";
    assert_false(ci_filter_matches(&filter, &bad));
    bad = good;
    bad.repository = "git://x/app";
    assert_false(ci_filter_matches(&filter, &bad));
    bad = good;
    bad.category = "tag";
    assert_false(ci_filter_matches(&filter, &bad));
    bad = good;
    bad.codebase = "doc";
    assert_false(ci_filter_matches(&filter, &bad));
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
    const struct ci_candidate none = {.project = "app"};
    const struct ci_candidate wrong = {.branch = "main", .project = "xapp"};
    const struct ci_candidate main_branch = {.branch = "main", .project = "app"};
    const struct ci_change_filter *filter;
    struct ci_list problems = {0};
    struct ci_config *config;

    (void)state;
    if (!ci_config_parse("t", yaml, strlen(yaml), mem, &config, &problems))
        fail_msg("%s", ((const struct ci_problem *)problems.items)->message);
    filter = &ci_config_scheduler(config, "n")->change_filter;
    assert_true(ci_filter_matches(filter, &none));
    assert_true(ci_filter_matches(filter, &main_branch));
    assert_false(ci_filter_matches(filter, &wrong));
    filter = &ci_config_scheduler(config, "m")->change_filter;
    assert_false(ci_filter_matches(filter, &none));
    assert_true(ci_filter_matches(filter, &main_branch));
}

static void important__goes_by_both_lists(void **state)
{
    const struct ci_scheduler all = {0};
    const struct ci_scheduler sources = {.important_files = STRS("src/*", "*.h")};
    const struct ci_scheduler no_docs = {.unimportant_files = STRS("docs/*", "*.md")};
    const struct ci_scheduler both = {.important_files = STRS("src/*"),
                                      .unimportant_files = STRS("*.md")};
    const struct ci_candidate none = {0};
    const struct ci_candidate code = {.files = STRS("src/deep/a.c")};
    const struct ci_candidate docs = {.files = STRS("docs/a.html", "src/README.md")};
    const struct ci_candidate mixed = {.files = STRS("docs/a.html", "src/a.c")};

    (void)state;
    assert_true(ci_change_is_important(&all, &docs));
    assert_true(ci_change_is_important(&sources, &none)); /* nothing is known of it */
    assert_true(ci_change_is_important(&sources, &code));
    assert_true(ci_change_is_important(&sources, &docs));
    assert_false(ci_change_is_important(&no_docs, &docs));
    assert_true(ci_change_is_important(&no_docs, &mixed));
    assert_false(ci_change_is_important(&both, &docs));
    assert_true(ci_change_is_important(&both, &mixed));
}

static void judge__asks_the_type_first(void **state)
{
    const struct ci_candidate change = {.branch = "main", .codebase = "", .repository = "r"};
    struct ci_scheduler scheduler = {.type = CI_SCHED_FORCE};

    (void)state;
    assert_int_equal(CI_VERDICT_IGNORED, ci_scheduler_judge(&scheduler, &change));
    scheduler.type = CI_SCHED_SINGLE_BRANCH;
    assert_int_equal(CI_VERDICT_IMPORTANT, ci_scheduler_judge(&scheduler, &change));
    scheduler.type = CI_SCHED_ANY_BRANCH;
    assert_int_equal(CI_VERDICT_IMPORTANT, ci_scheduler_judge(&scheduler, &change));
    scheduler.type = CI_SCHED_NIGHTLY;
    assert_int_equal(CI_VERDICT_IGNORED, ci_scheduler_judge(&scheduler, &change));
    scheduler.only_if_changed = true;
    assert_int_equal(CI_VERDICT_IMPORTANT, ci_scheduler_judge(&scheduler, &change));
}

static void judge__drops_or_keeps_the_unimportant(void **state)
{
    const struct ci_candidate docs = {.branch = "main", .codebase = "", .files = STRS("README.md")};
    struct ci_scheduler scheduler = {.type = CI_SCHED_SINGLE_BRANCH,
                                     .unimportant_files = STRS("*.md")};

    (void)state;
    assert_int_equal(CI_VERDICT_UNIMPORTANT, ci_scheduler_judge(&scheduler, &docs));
    scheduler.only_important = true;
    assert_int_equal(CI_VERDICT_REFUSED, ci_scheduler_judge(&scheduler, &docs));
}

static void judge__of_a_timed_one_goes_by_its_sources(void **state)
{
    const struct ci_scheduler scheduler = {.type = CI_SCHED_NIGHTLY,
                                           .only_if_changed = true,
                                           .branch = "main",
                                           .codebase = "app",
                                           .repository = "git@host:app.git"};
    const struct ci_candidate good = {
        .branch = "main", .codebase = "app", .repository = "https://host/app"};
    struct ci_candidate bad = good;

    (void)state;
    assert_int_equal(CI_VERDICT_IMPORTANT, ci_scheduler_judge(&scheduler, &good));
    bad.branch = NULL;
    assert_int_equal(CI_VERDICT_REFUSED, ci_scheduler_judge(&scheduler, &bad));
    bad = good;
    bad.codebase = "lib";
    assert_int_equal(CI_VERDICT_REFUSED, ci_scheduler_judge(&scheduler, &bad));
    bad = good;
    bad.repository = "https://host/lib";
    assert_int_equal(CI_VERDICT_REFUSED, ci_scheduler_judge(&scheduler, &bad));
}

/* ---- properties ---- */

static struct ci_change_filter property_filter(struct ci_property_match *match)
{
    return (struct ci_change_filter){
        .given = true, .properties = {match, 1}
    };
}

static bool property_passes(struct ci_match match, const char *properties)
{
    struct ci_property_match wanted = {.name = "event", .match = match};
    const struct ci_change_filter filter = property_filter(&wanted);
    json_auto_t *json = properties ? json_loads(properties, 0, NULL) : NULL;
    const struct ci_candidate change = {.branch = "main", .properties = json};

    return ci_filter_matches(&filter, &change);
}

static void filter__property_eq(void **state)
{
    const struct ci_match match = {.given = true, .eq = STRS("push", "12", "true")};
    const struct ci_match null = {.given = true, .eq_null = true};

    (void)state;
    assert_true(property_passes(match, "{\"event\": [\"push\", \"Change\"]}"));
    assert_true(property_passes(match, "{\"event\": [12, \"Change\"]}"));
    assert_true(property_passes(match, "{\"event\": [true, \"Change\"]}"));
    assert_false(property_passes(match, "{\"event\": [\"tag\", \"Change\"]}"));
    assert_false(property_passes(match, "{\"other\": [\"push\", \"Change\"]}"));
    assert_false(property_passes(match, NULL));
    assert_true(property_passes(null, "{}"));
    assert_false(property_passes(null, "{\"event\": [\"push\", \"Change\"]}"));
}

static void filter__property_not_eq(void **state)
{
    const struct ci_match match = {.given = true, .not_eq = STRS("tag")};

    (void)state;
    assert_false(property_passes(match, "{\"event\": [\"tag\", \"Change\"]}"));
    assert_true(property_passes(match, "{\"event\": [\"push\", \"Change\"]}"));
    assert_true(property_passes(match, "{}"));
}

static void filter__property_re(void **state)
{
    const struct ci_match match = {.given = true, .re = STRS("pull(_request)?$")};

    (void)state;
    assert_true(property_passes(match, "{\"event\": [\"pull_request\", \"Change\"]}"));
    assert_false(property_passes(match, "{\"event\": [\"pull_requests\", \"Change\"]}"));
    assert_false(property_passes(match, "{\"event\": [null, \"Change\"]}"));
    assert_false(property_passes(match, "{}"));
}

static void filter__property_not_re(void **state)
{
    const struct ci_match match = {.given = true, .not_re = STRS("pull")};

    (void)state;
    assert_false(property_passes(match, "{\"event\": [\"pull_request\", \"Change\"]}"));
    assert_true(property_passes(match, "{\"event\": [\"push\", \"Change\"]}"));
    assert_true(property_passes(match, "{}"));
}

/* ---- why not ---- */

static void assert_explains(const char *expected, struct ci_match branch, const char *name)
{
    const struct ci_change_filter filter = {.given = true, .branch = branch};
    const struct ci_candidate change = {.branch = name};
    CI_AUTO_MEM mem = ci_mem_new();
    const char *why = ci_filter_explain(&filter, &change, mem);

    if (!expected)
        assert_null(why);
    else
        assert_string_equal(expected, why);
}

static void explain__names_the_condition(void **state)
{
    const struct ci_match eq = {.given = true, .eq = STRS("main", "release/1")};
    const struct ci_match null = {.given = true, .eq = STRS("main"), .eq_null = true};
    const struct ci_match not_eq = {.given = true, .not_eq = STRS("wip")};
    const struct ci_match re = {.given = true, .re = STRS("release/", "v[0-9]")};
    const struct ci_match not_re = {.given = true, .not_re = STRS("wip/")};

    (void)state;
    assert_explains(NULL, eq, "main");
    assert_explains("branch \"x\" is none of main, release/1", eq, "x");
    assert_explains("branch null is none of main, release/1", eq, NULL);
    assert_explains("branch \"x\" is none of main, null", null, "x");
    assert_explains("branch \"wip\" is one of those left out: wip", not_eq, "wip");
    assert_explains("branch \"x\" matches none of release/, v[0-9]", re, "x");
    assert_explains("branch \"wip/x\" matches one of those left out: wip/", not_re, "wip/x");
}

static void explain__names_the_property(void **state)
{
    struct ci_property_match wanted = {
        .name = "event", .match = {.given = true, .eq = STRS("push")}
    };
    const struct ci_change_filter filter = property_filter(&wanted);
    json_auto_t *json = json_pack("{s:[i,s]}", "event", 7, "Change");
    struct ci_candidate change = {.branch = "main", .properties = json};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("property event \"7\" is none of push",
                        ci_filter_explain(&filter, &change, mem));
    change.properties = NULL;
    assert_string_equal("property event null is none of push",
                        ci_filter_explain(&filter, &change, mem));
}

static void explain__of_a_scheduler(void **state)
{
    const struct ci_source_spec specs[] = {{.codebase = "app"}, {.codebase = ""}};
    struct ci_scheduler scheduler = {
        .type = CI_SCHED_SINGLE_BRANCH,
        .codebases = {(void *)(uintptr_t)specs, 2},
        .unimportant_files = STRS("*.md"),
    };
    struct ci_candidate change = {
        .branch = "main", .repository = "r", .codebase = "lib", .files = STRS("a.md")};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("codebase \"lib\" is none of app, \"\"",
                        ci_scheduler_explain(&scheduler, &change, mem));
    change.codebase = "app";
    assert_string_equal("none of its files is important: a.md",
                        ci_scheduler_explain(&scheduler, &change, mem));
    change.files = STRS("a.md", "b.md", "c.md", "d.md", "e.md");
    assert_string_equal("none of its files is important: a.md, b.md, c.md and 2 more",
                        ci_scheduler_explain(&scheduler, &change, mem));
    scheduler.branch = "rel";
    assert_string_equal("branch \"main\" is not rel",
                        ci_scheduler_explain(&scheduler, &change, mem));
    scheduler.branch = NULL;
    scheduler.repository = "https://x/y";
    assert_string_equal("repository \"r\" is not https://x/y",
                        ci_scheduler_explain(&scheduler, &change, mem));
    scheduler.repository = NULL;
    change.files = STRS("a.c");
    assert_null(ci_scheduler_explain(&scheduler, &change, mem));
    scheduler.type = CI_SCHED_FORCE;
    change.codebase = "lib";
    assert_null(ci_scheduler_explain(&scheduler, &change, mem));
}

static void judge__refuses_codebases_that_are_not_listed(void **state)
{
    const struct ci_source_spec specs[] = {{.codebase = "app"}, {.codebase = "lib"}};
    struct ci_scheduler scheduler = {.type = CI_SCHED_ANY_BRANCH};
    struct ci_candidate change = {.branch = "main", .repository = "r", .codebase = "doc"};

    (void)state;
    assert_int_equal(CI_VERDICT_IMPORTANT, ci_scheduler_judge(&scheduler, &change));
    scheduler.codebases = (struct ci_list){(void *)(uintptr_t)specs, 2};
    assert_int_equal(CI_VERDICT_REFUSED, ci_scheduler_judge(&scheduler, &change));
    change.codebase = "lib";
    assert_int_equal(CI_VERDICT_IMPORTANT, ci_scheduler_judge(&scheduler, &change));
}

/* ---- random filters against a model that is plain to see ---- */

static const char *const words[] = {"main", "rel", "release/1", "wip/x", "v1", "x"};
/* Each as a pattern, and the words that begin with it by hand. */
static const struct {
    const char *pattern;
    unsigned matches; /* bits of words */
} patterns[] = {
    {"rel",       1 << 1 | 1 << 2},
    {"release/",  1 << 2         },
    {"(main|x)$", 1 << 0 | 1 << 5},
    {"v[0-9]+",   1 << 4         },
    {"wip/.",     1 << 3         },
    {"ain",       0              },
    {".*",        0x3f           },
};

/* A condition, and which values it passes: bits of words, and bit 6 for null. */
struct model {
    struct ci_match match;
    const char *eq[2], * not_eq [2], *re[2], *not_re[2];
    unsigned passes;
};

/* 64-bit LCG of Knuth's MMIX: the same filters in every run. */
static unsigned next_random(uint64_t *seed, unsigned below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*seed >> 33) % below;
}

static void random_match(struct model *model, uint64_t *seed)
{
    enum { EQ_COUNT = 2, NULL_BIT = 1 << 6, ALL = 0x7f };
    size_t eq = next_random(seed, 3), not_eq = next_random(seed, 2), re = next_random(seed, 3),
           not_re = next_random(seed, 2);
    unsigned wanted = 0, found = 0;

    *model = (struct model){.passes = ALL};
    model->match.given = next_random(seed, 4) > 0;
    model->match.eq_null = next_random(seed, 4) == 0;
    for (size_t i = 0; i < eq; i++) {
        unsigned word = next_random(seed, CI_COUNT(words));
        model->eq[i] = words[word];
        wanted |= 1U << word;
    }
    if (model->match.eq_null)
        wanted |= NULL_BIT;
    if (wanted)
        model->passes &= wanted;
    for (size_t i = 0; i < not_eq ; i++) {
        unsigned word = next_random(seed, CI_COUNT(words));
        model->not_eq [i] = words[word];
        model->passes &= ~(1U << word);
    }
    for (size_t i = 0; i < re; i++) {
        unsigned pattern = next_random(seed, CI_COUNT(patterns));
        model->re[i] = patterns[pattern].pattern;
        found |= patterns[pattern].matches;
    }
    if (re)
        model->passes &= found;
    for (size_t i = 0; i < not_re; i++) {
        unsigned pattern = next_random(seed, CI_COUNT(patterns));
        model->not_re[i] = patterns[pattern].pattern;
        model->passes &= ~patterns[pattern].matches;
    }
    if (!model->match.given)
        model->passes = ALL;
    model->match.eq = (struct ci_strs){model->eq, eq};
    model->match.not_eq = (struct ci_strs){model->not_eq, not_eq };
    model->match.re = (struct ci_strs){model->re, re};
    model->match.not_re = (struct ci_strs){model->not_re, not_re};
}

static const char *word_of(unsigned word)
{
    return word < CI_COUNT(words) ? words[word] : NULL;
}

static bool model_passes(const struct model *model, unsigned word)
{
    return model->passes >> word & 1;
}

static void filters__agree_with_a_plain_model(void **state)
{
    enum { FILTERS = 3000, CHANGES = 12, PARTS = 6 };
    uint64_t seed = 20261123;

    (void)state;
    for (int i = 0; i < FILTERS; i++) {
        struct model models[PARTS];
        CI_AUTO_MEM mem = ci_mem_new();

        for (size_t part = 0; part < PARTS; part++)
            random_match(&models[part], &seed);
        struct ci_property_match property = {.name = "p", .match = models[5].match};
        const struct ci_change_filter filter = {
            .given = next_random(&seed, 8) > 0,
            .project = models[0].match,
            .repository = models[1].match,
            .branch = models[2].match,
            .category = models[3].match,
            .codebase = models[4].match,
            .properties = {&property, 1}
        };
        for (int j = 0; j < CHANGES; j++) {
            unsigned at[PARTS];
            bool expected = true;

            for (size_t part = 0; part < PARTS; part++) {
                at[part] = next_random(&seed, CI_COUNT(words) + 1);
                expected = expected && model_passes(&models[part], at[part]);
            }
            json_auto_t *properties = json_pack("{s:[s?,s]}", "p", word_of(at[5]), "Change");
            const struct ci_candidate change = {.project = word_of(at[0]),
                                                .repository = word_of(at[1]),
                                                .branch = word_of(at[2]),
                                                .category = word_of(at[3]),
                                                .codebase = word_of(at[4]),
                                                .properties = properties};
            assert_int_equal(!filter.given || expected, ci_filter_matches(&filter, &change));
            assert_int_equal(ci_filter_matches(&filter, &change),
                             !ci_filter_explain(&filter, &change, mem));
        }
    }
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
        cmocka_unit_test(judge__refuses_codebases_that_are_not_listed),
        cmocka_unit_test(filter__property_eq),
        cmocka_unit_test(filter__property_not_eq),
        cmocka_unit_test(filter__property_re),
        cmocka_unit_test(filter__property_not_re),
        cmocka_unit_test(explain__names_the_condition),
        cmocka_unit_test(explain__names_the_property),
        cmocka_unit_test(explain__of_a_scheduler),
        cmocka_unit_test(filters__agree_with_a_plain_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
