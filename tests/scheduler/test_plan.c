/* SPDX-License-Identifier: Apache-2.0 */
/* Buildsets, timer keys and fire times. */
#include "ci_test.h"
#include "plan.h"

#include <string.h>

/* 2026-01-05 was a Monday. */
static struct ci_time at(int64_t day, int hour, int minute)
{
    return (struct ci_time){((20458 + day) * 86400 + hour * 3600 + minute * 60) * INT64_C(1000000)};
}

static void key__parts_branches_of_an_any_branch_only(void **state)
{
    const struct ci_scheduler single = {.type = CI_SCHED_SINGLE_BRANCH},
                              any = {.type = CI_SCHED_ANY_BRANCH};
    const struct change a = {.codebase = "", .project = "p", .repository = "r", .branch = "a"};
    struct change b = a;
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
         "The SingleBranchScheduler scheduler named 'n' triggered this build"                     },
        {CI_SCHED_ANY_BRANCH,    "The AnyBranchScheduler scheduler named 'n' triggered this build"},
        {CI_SCHED_PERIODIC,      "The Periodic scheduler named 'n' triggered this build"          },
        {CI_SCHED_NIGHTLY,       "The Nightly scheduler named 'n' triggered this build"           },
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
    const struct change changes[] = {
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
    out = plan_from_changes(&scheduler, changes, CI_COUNT(changes), mem);
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
    out = plan_timed(&one, &scheduler, mem);
    assert_int_equal(1, out.source_count);
    assert_int_equal(0, out.changeids.count);
    assert_string_equal("https://x/a.git", out.sources->repository);
    assert_string_equal("pa", out.sources->project);
    assert_string_equal("rel", out.sources->branch);
    assert_null(out.sources->revision);
    assert_null(plan_timed(&two, &scheduler, mem).sources->repository);
    scheduler.repository = "ssh://git@x/b";
    scheduler.project = "mine";
    out = plan_timed(&two, &scheduler, mem);
    assert_string_equal("ssh://git@x/b", out.sources->repository); /* as it is written */
    assert_string_equal("mine", out.sources->project);
    assert_string_equal("cb", out.sources->codebase);
    assert_string_equal("ssh://git@x/b", plan_timed(&none, &scheduler, mem).sources->repository);
}

static void definition__differs_with_the_times_only(void **state)
{
    struct ci_scheduler a = {
        .type = CI_SCHED_NIGHTLY, .name = "a", .cron = "0 3 * * *", .time_zone = "UTC"};
    struct ci_scheduler b = a;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    b.name = "b";
    b.only_if_changed = true;
    assert_string_equal(plan_definition(&a, mem), plan_definition(&b, mem));
    b.time_zone = "Asia/Shanghai";
    assert_string_not_equal(plan_definition(&a, mem), plan_definition(&b, mem));
    b = (struct ci_scheduler){.type = CI_SCHED_PERIODIC, .period = ci_seconds(60)};
    assert_string_not_equal(plan_definition(&a, mem), plan_definition(&b, mem));
}

static struct ci_time next(const struct ci_scheduler *scheduler, struct ci_time last,
                           struct ci_time now)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_time out = {0};
    struct ci_err err = {0};

    assert_ok(plan_next(scheduler, last, now, mem, &out, &err), err);
    return out;
}

static void next__of_a_periodic(void **state)
{
    const struct ci_scheduler hourly = {.type = CI_SCHED_PERIODIC, .period = ci_seconds(3600)};
    const struct ci_time never = {0};

    (void)state;
    assert_int_equal(at(0, 12, 0).us, next(&hourly, never, at(0, 12, 0)).us);
    assert_int_equal(at(0, 12, 30).us, next(&hourly, at(0, 11, 30), at(0, 12, 0)).us);
    assert_int_equal(at(0, 12, 0).us, next(&hourly, at(0, 3, 0), at(0, 12, 0)).us); /* overdue */
}

static void next__of_a_nightly_in_its_zone(void **state)
{
    struct ci_scheduler nightly = {
        .type = CI_SCHED_NIGHTLY, .name = "n", .cron = "30 3 * * *", .time_zone = "UTC"};
    const struct ci_time never = {0};

    (void)state;
    assert_int_equal(at(1, 3, 30).us, next(&nightly, never, at(0, 12, 0)).us);
    assert_int_equal(at(1, 3, 30).us, next(&nightly, at(0, 3, 30), at(0, 3, 30)).us);
    assert_int_equal(at(3, 9, 0).us,
                     next(&nightly, at(0, 3, 30), at(3, 9, 0)).us); /* three missed, one made up */
    nightly.time_zone = "Asia/Shanghai"; /* eight hours ahead, no summer time */
    assert_int_equal(at(0, 19, 30).us, next(&nightly, never, at(0, 12, 0)).us);
    nightly.cron = "30 2 * * *";
    nightly.time_zone = "Europe/Berlin"; /* 2026-03-29: 02:30 does not exist, 03:00 is 01:00 UTC */
    assert_int_equal(at(83, 1, 0).us, next(&nightly, never, at(82, 12, 0)).us);
    nightly.cron = "0 6 * * mon";
    nightly.time_zone = "UTC";
    assert_int_equal(at(7, 6, 0).us, next(&nightly, never, at(0, 12, 0)).us);
}

static void next__says_when_there_is_none(void **state)
{
    struct ci_scheduler nightly = {
        .type = CI_SCHED_NIGHTLY, .name = "n", .cron = "0 0 30 2 *", .time_zone = "UTC"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    struct ci_time out;

    (void)state;
    assert_false(plan_next(&nightly, (struct ci_time){0}, at(0, 0, 0), mem, &out, &err));
    assert_non_null(strstr(err.msg, "scheduler \"n\""));
    nightly.cron = "0 0 * * *";
    nightly.time_zone = "Atlantis/Capital";
    assert_false(plan_next(&nightly, (struct ci_time){0}, at(0, 0, 0), mem, &out, &err));
}

static void timed__skips_only_without_changes(void **state)
{
    const struct ci_time never = {0}, once = {1};
    struct ci_scheduler scheduler = {.type = CI_SCHED_NIGHTLY};

    (void)state;
    assert_true(plan_timed_builds(&scheduler, false, once, false));
    scheduler.only_if_changed = true;
    assert_true(plan_timed_builds(&scheduler, false, never, false));
    assert_true(plan_timed_builds(&scheduler, false, once, false)); /* has just been switched on */
    assert_false(plan_timed_builds(&scheduler, false, once, true));
    assert_true(plan_timed_builds(&scheduler, true, once, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key__parts_branches_of_an_any_branch_only),
        cmocka_unit_test(reason__is_buildbots_or_its_own),
        cmocka_unit_test(changes__newest_of_each_codebase_decides),
        cmocka_unit_test(timed__builds_what_is_named_or_the_only_source),
        cmocka_unit_test(definition__differs_with_the_times_only),
        cmocka_unit_test(next__of_a_periodic),
        cmocka_unit_test(next__of_a_nightly_in_its_zone),
        cmocka_unit_test(next__says_when_there_is_none),
        cmocka_unit_test(timed__skips_only_without_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
