/* SPDX-License-Identifier: Apache-2.0 */
/* Buildsets and timer keys. */
#include "ci_test.h"
#include "plan.h"

#include <string.h>

static void key__parts_branches_of_an_any_branch_only(void **state)
{
    const struct ci_scheduler single = {.type = CI_SCHED_SINGLE_BRANCH},
                              any = {.type = CI_SCHED_ANY_BRANCH};
    const struct ci_candidate a = {
        .codebase = "", .project = "p", .repository = "r", .branch = "a"};
    struct ci_candidate b = a;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("", plan_timer_key(&single, &a, mem));
    assert_string_equal("[\"\",\"p\",\"r\",\"a\"]", plan_timer_key(&any, &a, mem));
    b.branch = NULL;
    assert_string_equal("[\"\",\"p\",\"r\",null]", plan_timer_key(&any, &b, mem));
    b.branch = "a\",\"";
    assert_string_equal("[\"\",\"p\",\"r\",\"a\\\",\\\"\"]", plan_timer_key(&any, &b, mem));
}

static void reason__is_buildbots_or_its_own(void **state)
{
    static const struct {
        enum ci_scheduler_type type;
        const char *text;
    } expected[] = {
        {CI_SCHED_SINGLE_BRANCH,
         "The SingleBranchScheduler scheduler named 'n' triggered this build"                           },
        {CI_SCHED_ANY_BRANCH,          "The AnyBranchScheduler scheduler named 'n' triggered this build"},
        {CI_SCHED_PERIODIC,            "The Periodic scheduler named 'n' triggered this build"          },
        {CI_SCHED_NIGHTLY,             "The Nightly scheduler named 'n' triggered this build"           },
        {CI_SCHED_DEPENDENT,           "downstream"                                                     },
        {CI_SCHED_TRIGGERABLE,         "The Triggerable scheduler named 'n' triggered this build"       },
        {CI_SCHED_NIGHTLY_TRIGGERABLE,
         "The NightlyTriggerable scheduler named 'n' triggered this build"                              },
    };
    struct ci_scheduler scheduler = {.name = "n"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(expected); i++) {
        scheduler.type = expected[i].type;
        assert_string_equal(expected[i].text, plan_reason(&scheduler, mem));
    }
    scheduler.reason = "because";
    assert_string_equal("because", plan_reason(&scheduler, mem));
}

static void changes__newest_of_each_codebase_decides(void **state)
{
    const struct ci_candidate changes[] = {
        {.changeid = 1,
         .codebase = "app",
         .repository = "ra",
         .project = "p",
         .branch = "main",
         .revision = "a1"},
        {.changeid = 2,
         .codebase = "lib",
         .repository = "rl",
         .project = "p",
         .branch = NULL,
         .revision = "l1"},
        {.changeid = 3,
         .codebase = "app",
         .repository = "ra",
         .project = "q",
         .branch = "rel",
         .revision = "a2"},
    };
    struct ci_scheduler scheduler = {.type = CI_SCHED_SINGLE_BRANCH, .name = "n", .priority = 7};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buildset_request out;

    (void)state;
    scheduler.properties = ci_mem_json(mem, json_pack("{s:i}", "depth", 3));
    out = plan_from_changes(&scheduler, changes, CI_COUNT(changes), NULL, mem);
    assert_int_equal(2, out.source_count);
    assert_string_equal("app", out.sources[0].codebase);
    assert_string_equal("a2", out.sources[0].revision);
    assert_string_equal("rel", out.sources[0].branch);
    assert_string_equal("q", out.sources[0].project);
    assert_string_equal("l1", out.sources[1].revision);
    assert_null(out.sources[1].branch);
    assert_int_equal(3, out.changeids.count);
    assert_int_equal(3, out.changeids.items[2]);
    assert_int_equal(7, out.priority);
    assert_string_equal("n", out.scheduler);
    assert_string_equal("Scheduler", json_string_value(json_array_get(
                                         json_object_get(out.properties, "depth"), 1)));
}

static void timed__builds_what_is_named_or_the_only_source(void **state)
{
    struct ci_change_source sources[] = {
        {.name = "a", .repository = "https://x/a.git", .project = "pa", .codebase = "ca"},
        {.name = "b", .repository = "https://x/b.git", .project = "pb", .codebase = "cb"},
    };
    const struct ci_config one =
                               {
                                   .change_sources = {sources, 1}
    },
                           two = {.change_sources = {sources, 2}}, none = {0};
    struct ci_scheduler scheduler = {.type = CI_SCHED_NIGHTLY, .name = "n", .branch = "rel"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buildset_request out;

    (void)state;
    out = plan_timed(&one, &scheduler, NULL, mem);
    assert_int_equal(1, out.source_count);
    assert_int_equal(0, out.changeids.count);
    assert_string_equal("https://x/a.git", out.sources->repository);
    assert_string_equal("pa", out.sources->project);
    assert_string_equal("rel", out.sources->branch);
    assert_null(out.sources->revision);
    assert_null(plan_timed(&two, &scheduler, NULL, mem).sources->repository);
    scheduler.repository = "ssh://git@x/b";
    scheduler.project = "mine";
    out = plan_timed(&two, &scheduler, NULL, mem);
    assert_string_equal("ssh://git@x/b", out.sources->repository); /* as it is written */
    assert_string_equal("mine", out.sources->project);
    assert_string_equal("cb", out.sources->codebase);
    assert_string_equal("ssh://git@x/b",
                        plan_timed(&none, &scheduler, NULL, mem).sources->repository);
}

static const struct ci_source_spec specs[] = {
    {.codebase = "app",   .repository = "ra", .branch = "main"    },
    { .codebase = "lib", .repository = "rl", .branch = "stable", .revision = "pinned"},
};
static const struct ci_list codebases = {(void *)(uintptr_t)specs, CI_COUNT(specs)};

static void codebases__without_a_change_have_their_defaults(void **state)
{
    const struct ci_scheduler scheduler = {
        .type = CI_SCHED_SINGLE_BRANCH, .name = "n", .codebases = codebases};
    const struct ci_candidate change = {
        .changeid = 1, .codebase = "app", .repository = "fork", .branch = "x", .revision = "a1"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buildset_request out = plan_from_changes(&scheduler, &change, 1, NULL, mem);

    (void)state;
    assert_int_equal(2, out.source_count);
    assert_string_equal("fork", out.sources[0].repository);
    assert_string_equal("a1", out.sources[0].revision);
    assert_string_equal("lib", out.sources[1].codebase);
    assert_string_equal("stable", out.sources[1].branch);
    assert_string_equal("pinned", out.sources[1].revision);
    out = plan_timed(&(struct ci_config){0}, &scheduler, NULL, mem);
    assert_int_equal(2, out.source_count);
    assert_string_equal("main", out.sources[0].branch);
    assert_null(out.sources[0].revision);
}

static void absolute__source_stamps_have_what_was_seen_last(void **state)
{
    const struct ci_scheduler scheduler = {
        .type = CI_SCHED_SINGLE_BRANCH, .name = "n", .codebases = codebases};
    const struct ci_candidate app = {
        .changeid = 2, .codebase = "app", .repository = "ra", .branch = "main", .revision = "a1"};
    const struct ci_candidate lib = {
        .changeid = 1, .codebase = "lib", .repository = "rl2", .branch = NULL, .revision = "l7"};
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *seen = ci_mem_json(mem, json_pack("{s:o}", "lib", plan_seen(&lib)));
    struct ci_buildset_request out = plan_from_changes(&scheduler, &app, 1, seen, mem);

    (void)state;
    assert_string_equal("a1", out.sources[0].revision);
    assert_string_equal("l7", out.sources[1].revision);
    assert_string_equal("rl2", out.sources[1].repository);
    assert_null(out.sources[1].branch);
    out = plan_timed(&(struct ci_config){0}, &scheduler, seen, mem);
    assert_null(out.sources[0].revision);
    assert_string_equal("l7", out.sources[1].revision);
}

static void priority__of_the_branch_is_added(void **state)
{
    const struct ci_pair_kv rules[] = {
        {"main",      "10"},
        {"release/*", "5" },
        {"*",         "-3"}
    };
    const struct ci_scheduler scheduler = {
        .type = CI_SCHED_ANY_BRANCH,
        .name = "n",
        .priority = 100,
        .branch_priorities = {rules, CI_COUNT(rules)}
    };
    struct ci_candidate change = {.codebase = "", .branch = "main"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_int_equal(110, plan_from_changes(&scheduler, &change, 1, NULL, mem).priority);
    change.branch = "release/2";
    assert_int_equal(105, plan_from_changes(&scheduler, &change, 1, NULL, mem).priority);
    change.branch = "topic";
    assert_int_equal(97, plan_from_changes(&scheduler, &change, 1, NULL, mem).priority);
    change.branch = NULL;
    assert_int_equal(100, plan_from_changes(&scheduler, &change, 1, NULL, mem).priority);
}

static void downstream__takes_the_sources_over(void **state)
{
    const struct ci_scheduler scheduler = {.type = CI_SCHED_DEPENDENT, .name = "d"};
    const int64_t ids[] = {4, 5};
    json_auto_t *sources = json_pack("[{s:s,s:s,s:s,s:n,s:s,s:i}]", "codebase", "app", "repository",
                                     "r", "project", "p", "branch", "revision", "a1", "patchid", 9);
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buildset_request out =
        plan_downstream(&scheduler, sources, (struct ci_i64s){ids, 2}, mem);

    (void)state;
    assert_string_equal("downstream", out.reason);
    assert_int_equal(1, out.source_count);
    assert_string_equal("a1", out.sources[0].revision);
    assert_null(out.sources[0].branch);
    assert_int_equal(9, out.sources[0].patchid);
    assert_int_equal(2, out.changeids.count);
}

static json_t *property(const struct ci_buildset_request *request, const char *name)
{
    return json_object_get(request->properties, name);
}

static void triggered__merges_over_the_defaults(void **state)
{
    struct ci_scheduler scheduler = {
        .type = CI_SCHED_TRIGGERABLE, .name = "t", .codebases = codebases};
    json_auto_t *given =
        json_pack("[{s:s,s:s,s:s,s:n}, {s:s,s:s}]", "codebase", "lib", "revision", "l9",
                  "repository", "", "branch", "codebase", "unknown", "revision", "u1");
    json_auto_t *set = json_pack("{s:i,s:[i,i]}", "depth", 1, "list", 2, 3);
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buildset_request out;

    (void)state;
    scheduler.properties = ci_mem_json(mem, json_pack("{s:i,s:s}", "depth", 0, "own", "yes"));
    out = plan_triggered(&scheduler, given, set, mem);
    assert_int_equal(2, out.source_count);
    assert_string_equal("main", out.sources[0].branch);
    assert_null(out.sources[0].revision);
    assert_string_equal("rl", out.sources[1].repository);
    assert_string_equal("stable", out.sources[1].branch);
    assert_string_equal("l9", out.sources[1].revision);
    assert_string_equal("The Triggerable scheduler named 't' triggered this build", out.reason);
    assert_int_equal(1, json_integer_value(json_array_get(property(&out, "depth"), 0)));
    assert_string_equal("Trigger", json_string_value(json_array_get(property(&out, "depth"), 1)));
    assert_string_equal("Scheduler", json_string_value(json_array_get(property(&out, "own"), 1)));
    assert_int_equal(2, json_array_size(json_array_get(property(&out, "list"), 0)));
    scheduler.codebases = (struct ci_list){0}; /* one that lists none takes any */
    out = plan_triggered(&scheduler, given, NULL, mem);
    assert_int_equal(2, out.source_count);
    assert_string_equal("u1", out.sources[1].revision);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key__parts_branches_of_an_any_branch_only),
        cmocka_unit_test(reason__is_buildbots_or_its_own),
        cmocka_unit_test(changes__newest_of_each_codebase_decides),
        cmocka_unit_test(timed__builds_what_is_named_or_the_only_source),
        cmocka_unit_test(codebases__without_a_change_have_their_defaults),
        cmocka_unit_test(absolute__source_stamps_have_what_was_seen_last),
        cmocka_unit_test(priority__of_the_branch_is_added),
        cmocka_unit_test(downstream__takes_the_sources_over),
        cmocka_unit_test(triggered__merges_over_the_defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
