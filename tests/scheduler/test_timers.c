/* SPDX-License-Identifier: Apache-2.0 */
/* Periodic and nightly builds, and that nothing fires twice. */
#include "loops_test.h"

#include <pthread.h>

static void periodic__builds_at_once_then_by_its_period(void **state)
{
    (void)state;
    use_config(
        "  - {type: periodic, name: p, period: 1h, builders: [a], repository: \"https://x/app\"}\n");
    tick(tick_sync, noon);
    assert_int_equal(after(3600).us, tick(tick_timers, noon).us);
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(1, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE revision "
                              "IS NULL AND repository = 'https://x/app'"));
    tick(tick_sync, after(1800));
    tick(tick_timers, after(3599));
    assert_int_equal(1, count("buildsets"));
    tick(tick_timers, after(3600));
    assert_int_equal(2, count("buildsets"));
    tick(tick_timers, after(5 * 3600)); /* the service was away: once, not four times */
    assert_int_equal(3, count("buildsets"));
    assert_int_equal(after(6 * 3600).us, tick(tick_timers, after(5 * 3600)).us);
}

static void nightly__builds_in_its_zone(void **state)
{
    (void)state;
    use_config(
        "  - {type: nightly, name: n, cron: \"30 3 * * *\", time_zone: Asia/Shanghai, builders: [a]}\n");
    tick(tick_sync, noon);
    assert_int_equal(after(27000).us, tick(tick_timers, noon).us); /* 19:30 UTC */
    assert_int_equal(0, count("buildsets"));
    assert_int_equal(after(27000 + 86400).us, tick(tick_timers, after(27000)).us);
    assert_int_equal(1, count("buildsets"));
}

static void nightly__skips_without_important_changes(void **state)
{
    static const char yaml[] =
        "  - {type: nightly, name: n, cron: \"0 0 * * *\", only_if_changed: true, builders: [a],\n"
        "     branch: main, unimportant_files: [\"*.md\"]}\n";

    (void)state;
    use_config(yaml);
    tick(tick_sync, noon);
    tick(tick_timers, after(43200));
    assert_int_equal(1, count("buildsets")); /* the very first */
    push("main", "r1", "{README.md}");
    push("other", "r2", "{a.c}");
    tick(tick_inbox, after(50000));
    tick(tick_timers, after(43200 + 86400));
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(1, count("scheduler_changes"));
    push("main", "r3", "{a.c}");
    tick(tick_inbox, after(43200 + 90000));
    assert_int_equal(1, count("buildsets")); /* the clock decides when */
    tick(tick_timers, after(43200 + 2 * 86400));
    assert_int_equal(2, count("buildsets"));
    assert_int_equal(2, count("buildset_changes"));
    assert_int_equal(
        1, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE revision = 'r3'"));
    assert_int_equal(0, count("scheduler_changes"));
    tick(tick_timers, after(43200 + 3 * 86400));
    assert_int_equal(2, count("buildsets"));
}

static void nightly__builds_once_when_only_if_changed_is_switched_on(void **state)
{
    (void)state;
    use_config("  - {type: nightly, name: n, cron: \"0 0 * * *\", builders: [a]}\n");
    tick(tick_sync, noon);
    tick(tick_timers, after(43200));
    use_config(
        "  - {type: nightly, name: n, cron: \"0 0 * * *\", only_if_changed: true, builders: [a]}\n");
    tick(tick_timers, after(43200 + 86400));
    assert_int_equal(2, count("buildsets"));
    tick(tick_timers, after(43200 + 2 * 86400));
    assert_int_equal(2, count("buildsets"));
}

static void definition__that_changes_moves_the_timer(void **state)
{
    (void)state;
    use_config("  - {type: nightly, name: n, cron: \"0 3 * * *\", builders: [a]}\n"
               "  - {type: periodic, name: p, period: 10h, builders: [a]}\n");
    tick(tick_sync, noon);
    tick(tick_timers, noon);
    assert_int_equal(1, count("buildsets")); /* p */
    use_config("  - {type: nightly, name: n, cron: \"0 14 * * *\", builders: [b]}\n"
               "  - {type: periodic, name: p, period: 1h, builders: [a]}\n");
    tick(tick_sync, after(60));
    assert_int_equal(1, count("scheduler_timers WHERE due_at = '2026-01-05 14:00+00'"));
    assert_int_equal(1, count("scheduler_timers WHERE due_at = '2026-01-05 13:00+00'"));
    tick(tick_sync, after(120)); /* an unchanged one stays */
    assert_int_equal(1, count("scheduler_timers WHERE due_at = '2026-01-05 14:00+00'"));
    use_config("  - {type: nightly, name: n, cron: \"0 9 * * *\", builders: [b]}\n");
    tick(tick_sync, after(180)); /* 09:00 was before: not made up for */
    assert_int_equal(1, count("scheduler_timers WHERE due_at = '2026-01-06 09:00+00'"));
    assert_int_equal(1, count("scheduler_timers"));
}

static void disabled__timed_one_goes_on_ticking_without_building(void **state)
{
    (void)state;
    use_config("  - {type: periodic, name: p, period: 1h, builders: [a]}\n");
    tick(tick_sync, noon);
    tick(tick_timers, noon);
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false");
    assert_int_equal(after(7200).us, tick(tick_timers, after(3600)).us);
    assert_int_equal(1, count("buildsets"));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = true");
    tick(tick_timers, after(7200));
    assert_int_equal(2, count("buildsets"));
}

/* The check refuses such a line, but a zone may go from the machine: others must go on. */
static void broken__scheduler_does_not_hold_up_the_others(void **state)
{
    const char *yaml =
        "  - {type: nightly, name: bad, cron: \"0 3 * * *\", time_zone: Europe/Paris, builders: [a]}\n"
        "  - {type: periodic, name: p, period: 1h, builders: [a]}\n";

    (void)state;
    use_config(yaml);
    /* The configuration is decoded into memory of ours; only its name of the zone is spoilt. */
    CI_AUTO_CONFIG config = ci_config_get(app.config);
    struct ci_scheduler *bad = (struct ci_scheduler *)(uintptr_t)ci_config_scheduler(config, "bad");

    bad->time_zone = "Atlantis/Capital";
    tick(tick_sync, noon);
    assert_int_equal(1, count("scheduler_timers"));
    db_test_sql(db_test.db, "INSERT INTO scheduler_timers SELECT schedulerid, '', '2026-01-01' "
                            "FROM schedulers WHERE name = 'bad'");
    tick(tick_timers, noon);
    assert_int_equal(1, count("buildsets WHERE scheduler = 'p'"));
    assert_int_equal(1, count("scheduler_timers"));
    tick(tick_timers, after(3600));
    assert_int_equal(2, count("buildsets WHERE scheduler = 'p'"));
}

static void nightly__builds_at_force_at_without_changes(void **state)
{
    (void)state;
    use_config("  - {type: nightly, name: n, cron: \"0 0 * * *\", only_if_changed: true, builders: "
               "[a],\n     force_at: \"0 0 * * thu\"}\n");
    tick(tick_sync, noon);
    tick(tick_timers, after(43200)); /* Tuesday: the very first */
    assert_int_equal(1, count("buildsets"));
    tick(tick_timers, after(43200 + 86400));
    assert_int_equal(1, count("buildsets"));
    tick(tick_timers, after(43200 + 2 * 86400)); /* Thursday */
    assert_int_equal(2, count("buildsets"));
    tick(tick_timers, after(43200 + 3 * 86400));
    assert_int_equal(2, count("buildsets"));
    tick(tick_timers, after(43200 + 12 * 86400)); /* away over a Thursday: once */
    assert_int_equal(3, count("buildsets"));
}

static void nightly__only_important_lists_no_others(void **state)
{
    (void)state;
    use_config("  - {type: nightly, name: n, cron: \"0 0 * * *\", only_if_changed: true, builders: "
               "[a],\n     only_important: true, unimportant_files: [\"*.md\"]}\n");
    tick(tick_sync, noon);
    tick(tick_timers, after(43200));
    push("main", "r1", "{a.c}");
    push("main", "r2", "{README.md}");
    tick(tick_inbox, after(50000));
    tick(tick_timers, after(43200 + 86400));
    assert_int_equal(2, count("buildsets"));
    assert_int_equal(1, count("buildset_changes"));
    assert_int_equal(
        1, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE revision = 'r1'"));
}

static void nightly__of_codebases_builds_all_of_them(void **state)
{
    (void)state;
    use_config("  - {type: nightly, name: n, cron: \"0 0 * * *\", builders: [a],\n"
               "     codebases: {app: {repository: ra, branch: main}, lib: {repository: rl}}}\n");
    tick(tick_sync, noon);
    tick(tick_timers, after(43200));
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(2, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE "
                              "(codebase, repository, coalesce(branch, '-')) IN (('app', 'ra', "
                              "'main'), ('lib', 'rl', '-')) AND revision IS NULL"));
}

/* ---- exactly once ---- */

enum { THREADS = 4, CHANGES = 200 };

struct replica {
    pthread_t thread;
    ci_tick_fn *fn;
    struct ci_time now;
    int failures;
};

static int64_t left(ci_tick_fn *fn)
{
    return fn == tick_inbox ? count("change_inbox")
                            : count("scheduler_timers WHERE due_at <= '2026-01-05 12:01+00'");
}

/* What the loop driver does: ticks until nothing is left, again after a lost race. */
static void *replicate(void *arg)
{
    struct replica *replica = arg;

    while (left(replica->fn) > 0) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_tick one = {.mem = mem, .now = replica->now};
        struct ci_err err = {0};

        if (!replica->fn(&app, &one, &err) && err.code != CI_ECONFLICT)
            replica->failures++;
    }
    return NULL;
}

static void run_replicas(ci_tick_fn *fn, struct ci_time now)
{
    struct replica replicas[THREADS];

    for (int i = 0; i < THREADS; i++) {
        replicas[i] = (struct replica){.fn = fn, .now = now};
        assert_int_equal(0, pthread_create(&replicas[i].thread, NULL, replicate, &replicas[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(replicas[i].thread, NULL);
        assert_int_equal(0, replicas[i].failures);
    }
}

static void many__replicas_build_each_change_once(void **state)
{
    (void)state;
    use_config(
        "  - {type: any_branch, name: now, builders: [a, b]}\n"
        "  - {type: single_branch, name: main, branch: main, builders: [a]}\n"
        "  - {type: any_branch, name: calm, builders: [a], tree_stable_timer: 10s}\n"
        "  - {type: single_branch, name: still, branch: main, builders: [a], tree_stable_timer: 10s}\n");
    db_test_sql(
        db_test.db,
        "INSERT INTO sourcestamps (branch, revision) SELECT CASE WHEN i % 2 = 0 THEN 'main' "
        "ELSE 'b' || i % 7 END, 'r' || i FROM generate_series(1, 200) AS i");
    db_test_sql(db_test.db,
                "INSERT INTO changes (ssid, author, branch, revision, when_timestamp, source) "
                "SELECT ssid, 'Ada', branch, revision, now(), 'test' FROM sourcestamps");
    db_test_sql(db_test.db, "INSERT INTO change_inbox SELECT changeid FROM changes");
    run_replicas(tick_inbox, noon);
    assert_int_equal(CHANGES, count("buildsets WHERE scheduler = 'now'"));
    assert_int_equal(CHANGES,
                     count("(SELECT DISTINCT changeid FROM buildset_changes JOIN buildsets "
                           "USING (bsid) WHERE scheduler = 'now') AS d"));
    assert_int_equal(CHANGES / 2, count("buildsets WHERE scheduler = 'main'"));
    assert_int_equal(8 + 1, count("scheduler_timers"));
    run_replicas(tick_timers, after(10));
    assert_int_equal(8, count("buildsets WHERE scheduler = 'calm'"));
    assert_int_equal(1, count("buildsets WHERE scheduler = 'still'"));
    assert_int_equal(
        CHANGES, count("buildset_changes JOIN buildsets USING (bsid) WHERE scheduler = 'calm'"));
    assert_int_equal(
        CHANGES / 2,
        count("buildset_changes JOIN buildsets USING (bsid) WHERE scheduler = 'still'"));
    assert_int_equal(0, count("scheduler_changes"));
}

static void many__replicas_fire_each_timer_once(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf yaml;

    (void)state;
    ci_buf_init(&yaml, mem);
    for (int i = 0; i < 30; i++)
        ci_buf_printf(&yaml, "  - {type: periodic, name: p%d, period: 1h, builders: [a]}\n", i);
    use_config(yaml.text);
    tick(tick_sync, noon);
    run_replicas(tick_timers, noon);
    assert_int_equal(30, count("buildsets"));
    assert_int_equal(30, count("(SELECT DISTINCT scheduler FROM buildsets) AS d"));
    assert_int_equal(30, count("scheduler_timers WHERE due_at = '2026-01-05 13:00+00'"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, loops_test_clean)
    const struct CMUnitTest tests[] = {
        TEST(periodic__builds_at_once_then_by_its_period),
        TEST(nightly__builds_in_its_zone),
        TEST(nightly__skips_without_important_changes),
        TEST(nightly__builds_once_when_only_if_changed_is_switched_on),
        TEST(definition__that_changes_moves_the_timer),
        TEST(disabled__timed_one_goes_on_ticking_without_building),
        TEST(broken__scheduler_does_not_hold_up_the_others),
        TEST(many__replicas_build_each_change_once),
        TEST(many__replicas_fire_each_timer_once),
        TEST(nightly__builds_at_force_at_without_changes),
        TEST(nightly__only_important_lists_no_others),
        TEST(nightly__of_codebases_builds_all_of_them),
    };

    return cmocka_run_group_tests(tests, loops_test_open, loops_test_close);
}
