/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to buildsets: at once, and when the tree is stable. */
#include "loops_test.h"

static void branch__builds_each_important_change_at_once(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: s, branch: main, unimportant_files: [\"*.md\"],\n"
               "     builders: [b, a], priority: 3, properties: {depth: 2}}\n");
    push("main", "r1", "{a.c}");
    push("main", "r2", "{README.md}");
    push("other", "r3", "{a.c}");
    push("main", "r4", "{a.c,README.md}");
    tick(tick_inbox, noon);
    assert_int_equal(0, count("change_inbox"));
    assert_int_equal(0, count("scheduler_changes"));
    assert_int_equal(
        2, count("buildsets WHERE scheduler = 's' AND properties->'depth'->>1 = 'Scheduler'"));
    assert_int_equal(4, count("buildrequests WHERE priority = 3 AND NOT claimed"));
    assert_int_equal(1, count("buildsets JOIN buildset_sourcestamps USING (bsid) JOIN sourcestamps "
                              "USING (ssid) WHERE revision = 'r4'"));
    /* Requests come in the order of the scheduler's builders. */
    assert_int_equal(1,
                     count("buildrequests q JOIN builders USING (builderid) WHERE name = 'b' "
                           "AND buildrequestid = (SELECT min(buildrequestid) FROM buildrequests)"));
    assert_int_equal(2, count("buildset_changes"));
}

static void timer__is_started_by_important_and_moved_by_all(void **state)
{
    struct ci_time due;

    (void)state;
    use_config("  - {type: single_branch, name: s, branch: main, unimportant_files: [\"*.md\"],\n"
               "     builders: [a], tree_stable_timer: 10s}\n");
    push("main", "r1", "{README.md}");
    tick(tick_inbox, noon);
    assert_int_equal(0, count("scheduler_timers")); /* alone it builds nothing */
    assert_int_equal(1, count("scheduler_changes"));
    assert_int_equal(0, tick(tick_timers, after(100)).us);
    push("main", "r2", "{a.c}");
    tick(tick_inbox, after(200));
    push("main", "r3", "{README.md}");
    tick(tick_inbox, after(205));
    due = tick(tick_timers, after(210));
    assert_int_equal(0, count("buildsets"));
    assert_int_equal(after(215).us, due.us);
    tick(tick_timers, after(215));
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(3, count("buildset_changes"));
    assert_int_equal(
        1, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE revision = 'r3'"));
    assert_int_equal(0, count("scheduler_changes"));
    assert_int_equal(0, count("scheduler_timers"));
}

static void any_branch__keeps_branches_apart(void **state)
{
    (void)state;
    use_config("  - {type: any_branch, name: s, builders: [a], tree_stable_timer: 10s}\n");
    push("main", "r1", "{}");
    push("feature", "r2", "{}");
    push("main", "r3", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(2, count("scheduler_timers"));
    push("feature", "r4", "{}");
    tick(tick_inbox, after(5));
    tick(tick_timers, after(10));
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(
        1, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE revision = 'r3'"));
    tick(tick_timers, after(15));
    assert_int_equal(2, count("buildsets"));
    assert_int_equal(4, count("buildset_changes"));
}

static void unimportant__are_dropped_by_only_important(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: s, branch: main, important_files: [\"*.c\"],\n"
               "     only_important: true, builders: [a], tree_stable_timer: 10s}\n");
    push("main", "r1", "{a.c}");
    tick(tick_inbox, noon);
    push("main", "r2", "{README.md}");
    tick(tick_inbox, after(5));
    tick(tick_timers, after(10)); /* not moved */
    assert_int_equal(1, count("buildset_changes"));
    assert_int_equal(
        1, count("buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE revision = 'r1'"));
}

static void disabled__keeps_its_changes_until_it_is_enabled(void **state)
{
    (void)state;
    use_config(
        "  - {type: single_branch, name: s, branch: main, builders: [a], tree_stable_timer: 10s}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false");
    tick(tick_timers, after(20));
    assert_int_equal(0, count("buildsets"));
    assert_int_equal(0, count("scheduler_timers"));
    assert_int_equal(1, count("scheduler_changes"));
    push("main", "r2", "{}"); /* disabled ones see nothing */
    tick(tick_inbox, after(25));
    tick(tick_sync, after(30));
    assert_int_equal(0, count("scheduler_timers"));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = true");
    tick(tick_sync, after(40));
    assert_int_equal(after(50).us, tick(tick_timers, after(40)).us);
    tick(tick_timers, after(50));
    assert_int_equal(1, count("buildset_changes"));
}

/* A change is never shown to the schedulers of a configuration that is over. */
static void configuration__is_taken_up_before_a_change_is_judged(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: old, branch: old, builders: [a]}\n");
    store_config("  - {type: single_branch, name: new, branch: main, builders: [a]}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(1, count("buildsets WHERE scheduler = 'new'"));
}

static void scheduler__that_left_fires_no_more(void **state)
{
    (void)state;
    use_config(
        "  - {type: single_branch, name: s, branch: main, builders: [a], tree_stable_timer: 10s}\n"
        "  - {type: single_branch, name: t, branch: main, builders: [a], tree_stable_timer: 10s}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(2, count("scheduler_timers"));
    use_config(
        "  - {type: single_branch, name: t, branch: main, builders: [a], tree_stable_timer: 10s}\n");
    push("main", "r2", "{}");
    tick(tick_inbox, after(1));
    tick(tick_timers, after(20));
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(0, count("scheduler_timers"));
    use_config(
        "  - {type: single_branch, name: s, branch: main, builders: [a], tree_stable_timer: 10s}\n"
        "  - {type: periodic, name: t, period: 1h, builders: [a]}\n");
    db_test_sql(db_test.db, "UPDATE schedulers SET active = false WHERE name = 't'");
    tick(tick_sync, after(30)); /* s is back, with what it had kept */
    assert_int_equal(1, count("scheduler_timers"));
    tick(tick_timers, after(40));
    assert_int_equal(1, count("buildsets WHERE scheduler = 's'"));
}

static void timer__left_without_stable_timer_builds_what_was_kept(void **state)
{
    (void)state;
    use_config(
        "  - {type: single_branch, name: s, branch: main, builders: [a], tree_stable_timer: 1h}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    db_test_sql(db_test.db, "DELETE FROM scheduler_timers");
    use_config("  - {type: single_branch, name: s, branch: main, builders: [a]}\n");
    tick(tick_sync, after(1));
    tick(tick_timers, after(1));
    assert_int_equal(1, count("buildset_changes"));
}

static void force__takes_no_changes(void **state)
{
    (void)state;
    use_config("  - {type: force, name: f, builders: [a]}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(0, count("change_inbox"));
    assert_int_equal(0, count("buildsets"));
}

/* ---- why changes built nothing ---- */

#define VERDICT "change_verdicts JOIN schedulers USING (schedulerid) WHERE name = "

static void verdicts__are_written_for_changes_that_none_took(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: main, branch: main, builders: [a]}\n"
               "  - {type: any_branch, name: code, branches: [topic], builders: [a],\n"
               "     unimportant_files: [\"*.md\"]}\n"
               "  - {type: any_branch, name: off, builders: [a]}\n"
               "  - {type: force, name: f, builders: [a]}\n");
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 'off'");
    push("main", "r1", "{a.c}");
    push("topic", "r2", "{README.md}");
    tick(tick_inbox, noon);
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(0, count("change_verdicts WHERE changeid = 1"));
    assert_int_equal(3, count("change_verdicts WHERE changeid = 2"));
    assert_int_equal(1, count(VERDICT "'main' AND verdict = 'refused' AND reason = 'branch "
                                      "\"topic\" is none of main'"));
    assert_int_equal(1, count(VERDICT "'code' AND verdict = 'unimportant' AND reason = 'none of "
                                      "its files is important: README.md'"));
    assert_int_equal(1, count(VERDICT "'off' AND verdict = 'refused' AND reason = 'the scheduler "
                                      "is switched off'"));
}

static void verdicts__are_bounded(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf yaml;

    (void)state;
    ci_buf_init(&yaml, mem);
    for (int i = 0; i < 80; i++)
        ci_buf_printf(&yaml, "  - {type: single_branch, name: s%d, branch: b%d, builders: [a]}\n",
                      i, i);
    use_config(yaml.text);
    push("main", "r1", "{}");
    push("other", "r2", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(100, count("change_verdicts"));
}

/* ---- codebases ---- */

/* A change of a codebase, in the inbox. */
static void push_codebase(const char *codebase, const char *revision)
{
    CI_AUTO_MEM mem = ci_mem_new();

    push("main", revision, "{}");
    db_test_sql(db_test.db, ci_mem_printf(mem,
                                          "UPDATE changes SET codebase = '%s', repository = "
                                          "'https://x/%s' WHERE revision = '%s'",
                                          codebase, codebase, revision));
}

#define SOURCES                                                                                    \
    "buildset_sourcestamps JOIN sourcestamps USING (ssid) WHERE bsid = (SELECT max(bsid) FROM "    \
    "buildsets) AND "

static void codebases__that_are_not_listed_are_refused(void **state)
{
    (void)state;
    use_config("  - {type: any_branch, name: s, builders: [a], codebases: {app: {}, lib: {}}}\n");
    push_codebase("doc", "r1");
    tick(tick_inbox, noon);
    assert_int_equal(0, count("buildsets"));
    assert_int_equal(1, count(VERDICT "'s' AND reason = 'codebase \"doc\" is none of app, lib'"));
}

static void codebases__without_a_change_have_their_defaults(void **state)
{
    (void)state;
    use_config("  - {type: any_branch, name: s, builders: [a], codebases: {app: {repository:\n"
               "     \"https://x/app\"}, lib: {repository: \"https://x/lib\", branch: stable,\n"
               "     revision: pinned}}}\n");
    push_codebase("app", "r1");
    tick(tick_inbox, noon);
    assert_int_equal(2, count(SOURCES "true"));
    assert_int_equal(1, count(SOURCES "codebase = 'app' AND revision = 'r1'"));
    assert_int_equal(1, count(SOURCES "codebase = 'lib' AND branch = 'stable' AND revision = "
                                      "'pinned'"));
}

static void create_absolute_source_stamps__remembers_the_last(void **state)
{
    (void)state;
    use_config("  - {type: single_branch, name: s, builders: [a], branch: main,\n"
               "     create_absolute_source_stamps: true,\n"
               "     codebases: {app: {}, lib: {branch: stable}}}\n");
    push_codebase("lib", "l1");
    tick(tick_inbox, noon);
    push_codebase("lib", "l2");
    tick(tick_inbox, noon);
    push_codebase("app", "a1");
    tick(tick_inbox, noon);
    assert_int_equal(1, count(SOURCES "codebase = 'lib' AND branch = 'main' AND revision = 'l2'"));
    assert_int_equal(1, count(SOURCES "codebase = 'app' AND revision = 'a1'"));
    /* A replica that is late does not put an older one back. */
    db_test_sql(db_test.db, "INSERT INTO change_inbox VALUES (1)");
    tick(tick_inbox, noon);
    push_codebase("app", "a2");
    tick(tick_inbox, noon);
    assert_int_equal(1, count(SOURCES "codebase = 'lib' AND revision = 'l2'"));
}

static void property_filter__decides(void **state)
{
    (void)state;
    use_config("  - {type: any_branch, name: s, builders: [a],\n"
               "     change_filter: {property_eq: {event: [push, tag]}}}\n");
    push("main", "r1", "{}");
    push("main", "r2", "{}");
    db_test_sql(db_test.db, "UPDATE changes SET properties = '{\"event\": [\"tag\", \"Change\"]}' "
                            "WHERE revision = 'r2'");
    tick(tick_inbox, noon);
    assert_int_equal(1, count("buildsets"));
    assert_int_equal(1, count(VERDICT "'s' AND reason = 'property event null is none of push, "
                                      "tag'"));
}

static void branch_priorities__are_added(void **state)
{
    (void)state;
    use_config("  - {type: any_branch, name: s, builders: [a], priority: 2,\n"
               "     branch_priorities: {main: 10, \"release/*\": 5}}\n");
    push("main", "r1", "{}");
    push("release/1", "r2", "{}");
    push("topic", "r3", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(1, count("buildrequests WHERE priority = 12"));
    assert_int_equal(1, count("buildrequests WHERE priority = 7"));
    assert_int_equal(1, count("buildrequests WHERE priority = 2"));
}

/* Who is disabled stays so: over a restart, a new version, and having been away from the file. */
static void enabled__is_kept_over_restarts_and_versions(void **state)
{
    static const char yaml[] = "  - {type: any_branch, name: s, builders: [a]}\n";

    (void)state;
    use_config(yaml);
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false");
    use_config("  - {type: any_branch, name: s, builders: [a, b], priority: 1}\n");
    push("main", "r1", "{}");
    tick(tick_inbox, noon);
    use_config("  - {type: any_branch, name: other, builders: [a]}\n");
    use_config(yaml);
    ci_config_cache_free(app.config);
    app.config = ci_config_cache_new(db_test.db);
    use_config(yaml);
    push("main", "r2", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(0, count("buildsets"));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = true");
    push("main", "r3", "{}");
    tick(tick_inbox, noon);
    assert_int_equal(1, count("buildsets"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, loops_test_clean)
    const struct CMUnitTest tests[] = {
        TEST(branch__builds_each_important_change_at_once),
        TEST(timer__is_started_by_important_and_moved_by_all),
        TEST(any_branch__keeps_branches_apart),
        TEST(unimportant__are_dropped_by_only_important),
        TEST(disabled__keeps_its_changes_until_it_is_enabled),
        TEST(configuration__is_taken_up_before_a_change_is_judged),
        TEST(scheduler__that_left_fires_no_more),
        TEST(timer__left_without_stable_timer_builds_what_was_kept),
        TEST(force__takes_no_changes),
        TEST(verdicts__are_written_for_changes_that_none_took),
        TEST(verdicts__are_bounded),
        TEST(codebases__that_are_not_listed_are_refused),
        TEST(codebases__without_a_change_have_their_defaults),
        TEST(create_absolute_source_stamps__remembers_the_last),
        TEST(property_filter__decides),
        TEST(branch_priorities__are_added),
        TEST(enabled__is_kept_over_restarts_and_versions),
    };

    return cmocka_run_group_tests(tests, loops_test_open, loops_test_close);
}
