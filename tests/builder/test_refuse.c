/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that end without a worker: those that waited too long (W3) and those in a circle (S6).
 */
#include "fixture.h"
#include "refuse.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

static const char yaml[] =
    "locks: [{name: db}]\n"
    "schedulers: [{type: triggerable, name: t, builders: [child]}]\n"
    "builders:\n"
    "  - {name: parent, locks: [db], steps: [{run: 'true'}]}\n"
    "  - {name: child, locks: [db], steps: [{run: 'true'}]}\n"
    "  - {name: hasty, queue_timeout: 60s, worker_labels: {os: plan9}, steps: [{run: 'true'}]}\n";

static void refuse__queue_timeout_ends_a_request_as_exception(void **state)
{
    const int64_t second = 1000000;

    (void)state;
    fixture_apply(yaml);
    (void)fixture_request("hasty", 2, 0);
    db_test_sql(db_test.db, "UPDATE buildrequests SET submitted_at = now() - interval '2 min'"
                            " WHERE buildrequestid = 1");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE complete AND results = 4"
                               " AND workerid IS NULL AND number = 1"
                               " AND state_string LIKE '%queue_timeout%'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete"
                               " AND results = 4"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete"));
    fixture_tick(loop_figures, (struct ci_time){ci_time_now().us + 61 * second});
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete"));
}

/* A build that was lost a moment ago has not waited for long. */
static void refuse__queue_timeout_counts_from_the_last_loss(void **state)
{
    (void)state;
    fixture_apply(yaml);
    (void)fixture_request("hasty", 1, 0);
    db_test_sql(db_test.db, "UPDATE buildrequests SET submitted_at = now() - interval '1 h',"
                            " attempts = 1");
    db_test_sql(db_test.db,
                "INSERT INTO builds (number, builderid, buildrequestid, config_version, attempt,"
                " token, started_at, complete, complete_at, results) SELECT 1, builderid, 1,"
                " (SELECT version FROM config_current), 1, '', now(), true, now(), 5"
                " FROM builders WHERE name = 'hasty'");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM buildrequests WHERE complete"));
}

static void refuse__a_child_that_needs_its_parents_lock_is_refused(void **state)
{
    struct test_agent agent = fixture_agent("a1", 4);

    (void)state;
    fixture_apply(yaml);
    (void)fixture_request("parent", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    (void)fixture_request("child", 1, 0);
    assert_int_equal(0, fixture_work(&agent));
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete"));
    db_test_sql(db_test.db, "UPDATE buildrequests SET waited_for = true WHERE buildrequestid = 2");
    db_test_sql(db_test.db, "INSERT INTO triggers (buildid, step, request, done, buildsets)"
                            " VALUES (1, 0, '{}', true, '[{\"bsid\": 2}]')");
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE results = 4 AND"
                               " state_string LIKE 'exception: deadlock: %(parent/1)'"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE NOT complete"));
}

/* Another worker would do, as long as there is one. */
static void refuse__a_child_is_refused_when_its_parent_has_the_lock_on_every_worker(void **state)
{
    struct test_agent agent = fixture_agent("a1", 4);

    (void)state;
    fixture_apply(
        "locks: [{name: disk, per_worker: true}]\n"
        "schedulers: [{type: triggerable, name: t, builders: [child]}]\n"
        "builders:\n"
        "  - {name: parent, locks: [disk], steps: [{run: 'true'}]}\n"
        "  - {name: child, locks: [disk], worker_labels: {arch: x86}, steps: [{run: 'true'}]}\n");
    (void)fixture_request("parent", 1, 0);
    assert_int_equal(1, fixture_work(&agent));
    (void)fixture_request("child", 1, 0);
    db_test_sql(db_test.db, "UPDATE buildrequests SET waited_for = true WHERE buildrequestid = 2");
    db_test_sql(db_test.db, "INSERT INTO triggers (buildid, step, request, done, buildsets)"
                            " VALUES (1, 0, '{}', true, '[{\"bsid\": 2}]')");
    db_test_sql(db_test.db,
                "INSERT INTO workers (name, labels) VALUES ('a2', '{\"arch\": \"x86\"}')");
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM buildsets WHERE complete"));
    db_test_sql(db_test.db, "UPDATE workers SET active = false WHERE name = 'a2'");
    fixture_tick(loop_control, ci_time_now());
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE results = 4 AND"
                               " state_string LIKE 'exception: deadlock: %(parent/1)'"));
}

static void refuse__a_completed_buildset_wakes_dependents_if_there_are_any(void **state)
{
    static const char dependent[] =
        "schedulers:\n"
        "  - {type: force, name: force, builders: [hasty]}\n"
        "  - {type: dependent, name: after, upstream: force, builders: [hasty]}\n"
        "builders:\n"
        "  - {name: hasty, queue_timeout: 60s, steps: [{run: 'true'}]}\n";

    (void)state;
    fixture_apply(yaml);
    (void)fixture_request("hasty", 1, 0);
    db_test_sql(db_test.db, "UPDATE buildrequests SET submitted_at = now() - interval '2 min'");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM completions"));
    fixture_apply(dependent);
    (void)fixture_request("hasty", 1, 0);
    db_test_sql(db_test.db, "UPDATE buildrequests SET submitted_at = now() - interval '2 min'");
    fixture_tick(loop_figures, ci_time_now());
    assert_int_equal(2, NUMBER("SELECT bsid AS n FROM completions"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(refuse__queue_timeout_ends_a_request_as_exception),
        fixture_test(refuse__queue_timeout_counts_from_the_last_loss),
        fixture_test(refuse__a_child_that_needs_its_parents_lock_is_refused),
        fixture_test(refuse__a_child_is_refused_when_its_parent_has_the_lock_on_every_worker),
        fixture_test(refuse__a_completed_buildset_wakes_dependents_if_there_are_any),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}
