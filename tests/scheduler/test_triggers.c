/* SPDX-License-Identifier: Apache-2.0 */
/* Triggers: what trigger steps ask for becomes buildsets, all of it or nothing. */
#include "loops_test.h"

static const char schedulers[] =
    "  - {type: triggerable, name: t1, builders: [a], priority: 3, properties: {depth: 1, own: 2}}\n"
    "  - {type: triggerable, name: t2, builders: [a, b], codebases: {app: {repository: ra,\n"
    "     branch: main}, lib: {repository: rl, branch: stable}}}\n"
    "  - {type: nightly_triggerable, name: n, cron: \"0 0 * * *\", builders: [b]}\n"
    "  - {type: single_branch, name: s, branch: main, builders: [a]}\n";

/* A build of builder a with the priority that its request has, whose steps may trigger. */
static void start_parent(int priority)
{
    CI_AUTO_MEM mem = ci_mem_new();

    db_test_sql(db_test.db, "INSERT INTO workers (name) VALUES ('w') ON CONFLICT DO NOTHING");
    db_test_sql(db_test.db, "INSERT INTO buildsets (reason, submitted_at, open_requests) VALUES "
                            "('parent', now(), 1)");
    db_test_sql(db_test.db, "INSERT INTO sourcestamps (repository, branch, codebase) VALUES "
                            "('ra', 'main', 'app')");
    db_test_sql(db_test.db, "INSERT INTO buildset_sourcestamps SELECT max(bsid), (SELECT max(ssid) "
                            "FROM sourcestamps) FROM buildsets");
    db_test_sql(db_test.db,
                ci_mem_printf(mem,
                              "INSERT INTO buildrequests (buildsetid, builderid, priority, "
                              "submitted_at, claimed) SELECT max(bsid), (SELECT builderid FROM "
                              "builders WHERE name = 'a'), %d, now(), true FROM buildsets",
                              priority));
    db_test_sql(db_test.db,
                "INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, "
                "attempt, token, started_at) SELECT 7, builderid, buildrequestid, "
                "(SELECT max(workerid) FROM workers), (SELECT max(version) FROM config_versions), "
                "1, 'x', now() FROM buildrequests WHERE claimed");
}

static int clean(void **state)
{
    (void)loops_test_clean(state);
    db_test_sql(db_test.db, "TRUNCATE patches RESTART IDENTITY CASCADE");
    use_config(schedulers);
    start_parent(10);
    return 0;
}

static void ask(int step, const char *request)
{
    CI_AUTO_MEM mem = ci_mem_new();

    db_test_sql(db_test.db,
                ci_mem_printf(mem,
                              "INSERT INTO triggers (buildid, step, request) SELECT max(buildid), "
                              "%d, '%s' FROM builds",
                              step, request));
}

#define CHILDREN "buildsets WHERE parent_buildid IS NOT NULL"

static void trigger__makes_a_buildset_for_each_scheduler(void **state)
{
    (void)state;
    ask(2, "{\"schedulers\": [\"t1\", \"t2\"], \"unimportant\": [\"t2\"], \"waited_for\": true, "
           "\"sources\": [{\"codebase\": \"app\", \"repository\": \"ra\", \"branch\": \"main\", "
           "\"revision\": \"r5\"}], \"set_properties\": {\"depth\": 9, \"list\": [1, 2]}, "
           "\"parent_relationship\": \"Child of\"}");
    tick(tick_triggers, noon);
    assert_int_equal(2, count(CHILDREN " AND parent_relationship = 'Child of'"));
    assert_int_equal(3, count("buildrequests WHERE waited_for"));
    assert_int_equal(1, count("buildsets WHERE scheduler = 't1' AND properties @> '{\"depth\": [9, "
                              "\"Trigger\"], \"own\": [2, \"Scheduler\"], \"list\": [[1, 2], "
                              "\"Trigger\"]}' AND reason = 'The Triggerable scheduler named ''t1'' "
                              "triggered this build'"));
    assert_int_equal(1,
                     count("triggers WHERE done AND error IS NULL AND buildsets @> "
                           "'[{\"scheduler\": \"t1\", \"important\": true}, {\"scheduler\": "
                           "\"t2\", \"important\": false}]' AND (buildsets -> 0 ->> 'bsid')::int "
                           "IN (SELECT bsid FROM buildsets WHERE scheduler = 't1')"));
    tick(tick_triggers, noon);
    assert_int_equal(2, count(CHILDREN));
}

static void trigger__merges_sources_over_the_defaults(void **state)
{
    (void)state;
    ask(0,
        "{\"schedulers\": [\"t2\"], \"sources\": [{\"codebase\": \"app\", \"revision\": \"r5\", "
        "\"branch\": null, \"repository\": \"\"}, {\"codebase\": \"doc\", \"repository\": \"d\"}]}");
    tick(tick_triggers, noon);
#define STAMPS                                                                                     \
    "buildsets JOIN buildset_sourcestamps USING (bsid) JOIN sourcestamps USING (ssid) WHERE "      \
    "scheduler = 't2' AND "
    assert_int_equal(1, count(STAMPS "codebase = 'app' AND repository = 'ra' AND branch = 'main' "
                                     "AND revision = 'r5'"));
    assert_int_equal(1, count(STAMPS "codebase = 'lib' AND repository = 'rl' AND branch = 'stable' "
                                     "AND revision IS NULL"));
    assert_int_equal(2, count(STAMPS "true"));
}

static void trigger__without_sources_builds_the_latest(void **state)
{
    (void)state;
    ask(0, "{\"schedulers\": [\"t2\"], \"sources\": null}");
    tick(tick_triggers, noon);
    assert_int_equal(2, count(STAMPS "revision IS NULL"));
    assert_int_equal(1, count(CHILDREN " AND parent_relationship = 'Triggered from'"));
    assert_int_equal(0, count("buildrequests WHERE waited_for"));
}

static void trigger__takes_the_higher_priority(void **state)
{
    (void)state;
    ask(0, "{\"schedulers\": [\"t1\"]}");
    tick(tick_triggers, noon);
    assert_int_equal(1, count("buildrequests WHERE NOT claimed AND priority = 10"));
    db_test_sql(db_test.db, "UPDATE buildrequests SET priority = -1 WHERE claimed");
    ask(1, "{\"schedulers\": [\"t1\"]}");
    tick(tick_triggers, noon);
    assert_int_equal(1, count("buildrequests WHERE NOT claimed AND priority = 3"));
}

static void trigger__keeps_the_patch_of_its_sources(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "INSERT INTO patches (body) VALUES ('diff')");
    db_test_sql(db_test.db, "UPDATE sourcestamps SET patchid = 1");
    ask(0, "{\"schedulers\": [\"t2\"], \"sources\": [{\"codebase\": \"app\", \"repository\": "
           "\"ra\", \"branch\": \"main\", \"patch\": {\"level\": 1, \"body\": \"ZGlmZg==\"}}]}");
    ask(1, "{\"schedulers\": [\"t1\"], \"sources\": [{\"codebase\": \"app\", \"repository\": "
           "\"ra\", \"branch\": \"main\"}]}");
    tick(tick_triggers, noon);
    assert_int_equal(1, count(STAMPS "patchid = 1"));
    assert_int_equal(0, count("buildsets JOIN buildset_sourcestamps USING (bsid) JOIN sourcestamps "
                              "USING (ssid) WHERE scheduler = 't1' AND patchid IS NOT NULL"));
}

static void assert_error(const char *request, const char *error)
{
    CI_AUTO_MEM mem = ci_mem_new();

    db_test_sql(db_test.db, "TRUNCATE triggers");
    ask(0, request);
    tick(tick_triggers, noon);
    if (count(ci_mem_printf(mem, "triggers WHERE done AND error LIKE '%s' AND buildsets = '[]'",
                            error)) != 1)
        fail_msg("not refused with: %s", error);
    assert_int_equal(0, count(CHILDREN));
}

static void trigger__that_cannot_be_makes_nothing(void **state)
{
    (void)state;
    assert_error("{\"schedulers\": [\"t1\", \"nobody\"]}",
                 "unknown triggered scheduler: ''nobody''");
    assert_error("{\"schedulers\": [\"t1\", \"s\"]}",
                 "triggered scheduler is not triggerable: ''s''");
    assert_error("{\"schedulers\": [], \"builders\": null}", "nothing to trigger");
    assert_error("{\"builders\": [\"a\", \"nobody\"]}", "unknown triggered builder: ''nobody''");
    assert_error("{}", "nothing to trigger");
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 't2'");
    assert_error("{\"schedulers\": [\"t1\", \"t2\"]}", "triggered scheduler is disabled: ''t2''");
    db_test_sql(db_test.db, "UPDATE builds SET complete = true");
    assert_error("{\"schedulers\": [\"t1\"]}", "the build is over");
}

static void trigger__of_builders_is_one_buildset(void **state)
{
    (void)state;
    ask(4, "{\"builders\": [\"b\", \"a\"], \"waited_for\": true, \"sources\": [{\"codebase\": "
           "\"app\", \"repository\": \"ra\", \"branch\": \"main\", \"revision\": \"r5\"}], "
           "\"set_properties\": {\"os\": \"linux\"}}");
    tick(tick_triggers, noon);
    assert_int_equal(1, count(CHILDREN " AND scheduler IS NULL AND reason = 'Triggered by a/7' AND "
                                       "properties = '{\"os\": [\"linux\", \"Trigger\"]}'"));
    assert_int_equal(2, count("buildrequests WHERE waited_for AND priority = 10"));
    assert_int_equal(1, count("triggers WHERE done AND buildsets @> '[{\"important\": true}]'"));
    assert_int_equal(1, count("buildsets JOIN buildset_sourcestamps USING (bsid) JOIN sourcestamps "
                              "USING (ssid) WHERE parent_buildid IS NOT NULL AND revision = 'r5'"));
}

static void nightly_triggerable__keeps_the_last_for_its_time(void **state)
{
    (void)state;
    tick(tick_sync, noon);
    tick(tick_timers, after(43200)); /* nothing was triggered */
    assert_int_equal(0, count(CHILDREN));
    ask(0, "{\"schedulers\": [\"n\"], \"waited_for\": true, \"set_properties\": {\"x\": 1}}");
    tick(tick_triggers, after(43300));
    ask(1, "{\"schedulers\": [\"n\"], \"waited_for\": true, \"set_properties\": {\"x\": 2}}");
    tick(tick_triggers, after(43400));
    assert_int_equal(2, count("triggers WHERE done AND error IS NULL AND buildsets = '[]'"));
    assert_int_equal(0, count(CHILDREN));
    tick(tick_timers, after(43200 + 86400));
    assert_int_equal(1, count(CHILDREN
                              " AND properties -> 'x' -> 0 = '2' AND reason = 'The "
                              "NightlyTriggerable scheduler named ''n'' triggered this build'"));
    assert_int_equal(0, count("buildrequests WHERE waited_for"));
    assert_int_equal(0, count("scheduler_state WHERE key = 'last_trigger'"));
    tick(tick_timers, after(43200 + 2 * 86400));
    assert_int_equal(1, count(CHILDREN));
}

static void nightly_triggerable__survives_restarts_and_being_disabled(void **state)
{
    (void)state;
    tick(tick_sync, noon);
    ask(0, "{\"schedulers\": [\"n\"]}");
    tick(tick_triggers, noon);
    ci_config_cache_free(app.config);
    app.config = ci_config_cache_new(db_test.db);
    use_config(schedulers);
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = false WHERE name = 'n'");
    tick(tick_timers, after(43200));
    assert_int_equal(0, count(CHILDREN));
    db_test_sql(db_test.db, "UPDATE schedulers SET enabled = true WHERE name = 'n'");
    tick(tick_timers, after(43200 + 86400));
    assert_int_equal(1, count(CHILDREN));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        TEST(trigger__makes_a_buildset_for_each_scheduler),
        TEST(trigger__merges_sources_over_the_defaults),
        TEST(trigger__without_sources_builds_the_latest),
        TEST(trigger__takes_the_higher_priority),
        TEST(trigger__keeps_the_patch_of_its_sources),
        TEST(trigger__that_cannot_be_makes_nothing),
        TEST(trigger__of_builders_is_one_buildset),
        TEST(nightly_triggerable__keeps_the_last_for_its_time),
        TEST(nightly_triggerable__survives_restarts_and_being_disabled),
    };

    return cmocka_run_group_tests(tests, loops_test_open, loops_test_close);
}
