/* SPDX-License-Identifier: Apache-2.0 */
/* Retention: what goes, what stays, and that nobody waits for it. */
#include "fixture.h"
#include "janitor.h"
#include "janitor_partitions.h"

#define NUMBER(text) db_test_number(db_test.db, (text))

static const char kept_yaml[] = "builders:\n"
                                "  - name: linux\n"
                                "    steps: [{run: 'true'}]\n"
                                "    retention: {builds: 30d, min_builds: 2}\n"
                                "  - name: other\n"
                                "    steps: [{run: 'true'}]\n"
                                "    retention: {max_builds: 3, min_builds: 0}\n"
                                "retention: {logs: 10d, changes: 60d, builds: 300d, audit: 400d}\n";

/* A complete build of that builder, `days` old, with one log of one chunk. */
static void add_build(const char *builder, int days)
{
    db_test_sql(
        db_test.db,
        ci_mem_printf(
            fixture.mem,
            "WITH t AS (SELECT now() - interval '1 day' * %d AS at),"
            " b AS (UPDATE builders SET last_number = last_number + 1 WHERE name = '%s'"
            "       RETURNING builderid, last_number),"
            " w AS (INSERT INTO workers (name) VALUES ('old') ON CONFLICT (name) DO UPDATE"
            "       SET active = true RETURNING workerid),"
            " s AS (INSERT INTO buildsets (reason, submitted_at, complete, complete_at,"
            "       open_requests) SELECT 'test', at, true, at, 0 FROM t RETURNING bsid),"
            " r AS (INSERT INTO buildrequests (buildsetid, builderid, claimed, complete,"
            "       complete_at, results, submitted_at)"
            "       SELECT bsid, builderid, true, true, at, 0, at FROM s, b, t"
            "       RETURNING buildrequestid),"
            " u AS (INSERT INTO builds (number, builderid, buildrequestid, workerid,"
            "       config_version, attempt, token, started_at, complete, complete_at, results)"
            "       SELECT last_number, builderid, buildrequestid, workerid, version, 1, 't', at,"
            "       true, at, 0 FROM b, r, w, t, config_current RETURNING buildid),"
            " p AS (INSERT INTO steps (buildid, number, name, complete) SELECT buildid, 0, 's',"
            "       true FROM u RETURNING stepid),"
            " l AS (INSERT INTO logs (stepid, name, slug, complete, num_lines, day)"
            "       SELECT stepid, 'stdio', 'stdio', true, 1, current_date FROM p"
            "       RETURNING logid, day)"
            "INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content, day)"
            " SELECT logid, 0, 1, 1, 'x', day FROM l",
            days, builder));
}

static struct janitor_done run(void)
{
    struct janitor_done done = {0};
    struct ci_err err = {0};

    assert_ok(janitor_run(fixture.builder, ci_time_now(), fixture.mem, &done, &err), err);
    return done;
}

static void retention__removes_old_builds_but_the_newest(void **state)
{
    struct janitor_done done;

    (void)state;
    fixture_apply(kept_yaml);
    for (int days = 100; days >= 40; days -= 10)
        add_build("linux", days);
    done = run();
    assert_int_equal(5, done.builds);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM builds"));
    assert_int_equal(6, NUMBER("SELECT min(number) AS n FROM builds"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM steps"));
    assert_int_equal(0, run().builds);
}

static void retention__keeps_at_most_so_many(void **state)
{
    (void)state;
    fixture_apply(kept_yaml);
    for (int i = 0; i < 5; i++)
        add_build("other", 1);
    assert_int_equal(2, run().builds);
    assert_int_equal(3, NUMBER("SELECT min(number) AS n FROM builds"));
}

static void retention__keeps_what_is_pinned_or_running(void **state)
{
    (void)state;
    fixture_apply(kept_yaml);
    for (int days = 100; days >= 60; days -= 10)
        add_build("linux", days);
    db_test_sql(db_test.db, "UPDATE builds SET pinned = true WHERE number = 1");
    db_test_sql(db_test.db, "UPDATE builds SET complete = false WHERE number = 2");
    assert_int_equal(1, run().builds);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM builds WHERE pinned"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM log_chunks JOIN logs USING (logid)"
                               " JOIN steps USING (stepid) JOIN builds USING (buildid)"
                               " WHERE builds.number <= 2"));
}

static void retention__removes_lines_before_builds(void **state)
{
    (void)state;
    fixture_apply(kept_yaml);
    add_build("linux", 20);
    add_build("linux", 5);
    assert_int_equal(1, run().logs);
    assert_int_equal(1,
                     NUMBER("SELECT count(*) AS n FROM logs WHERE type = 'd' AND num_lines = 0"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM log_chunks"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM builds"));
    assert_int_equal(0, run().logs);
}

static void retention__follows_to_requests_and_buildsets(void **state)
{
    (void)state;
    fixture_apply(kept_yaml);
    for (int i = 0; i < 4; i++)
        add_build("linux", 400);
    assert_int_equal(2, run().builds);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildrequests"));
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM buildsets"));
}

/* A poll's row goes by the last poll that counts on it. */
static void retention__removes_old_deliveries(void **state)
{
    (void)state;
    db_test_sql(
        db_test.db,
        "INSERT INTO deliveries (kind, source, verdict, received_at, last_at) VALUES"
        " ('hook', 'base', 'refused', now() - interval '91 days', now() - interval '91 days'),"
        " ('hook', 'base', 'changes', now() - interval '89 days', now() - interval '89 days'),"
        " ('poll', 'app', 'idle', now() - interval '200 days', now())");
    db_test_sql(db_test.db, "INSERT INTO replays (deliveryid, requested_by)"
                            " SELECT min(deliveryid), 'x' FROM deliveries");
    assert_int_equal(1, run().deliveries);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM deliveries"));
    assert_int_equal(0, NUMBER("SELECT count(*) AS n FROM replays"));
    db_test_sql(db_test.db, "DELETE FROM deliveries");
}

static void retention__removes_old_lines_of_the_audit_log(void **state)
{
    (void)state;
    fixture_apply(kept_yaml);
    db_test_sql(db_test.db,
                "INSERT INTO audit (at, username, action, target, outcome)"
                " SELECT now() - interval '1 day' * d, 'ann', 'stop', 'builds/1', 'done'"
                " FROM unnest(ARRAY[500, 401, 399]) AS x (d)");
    assert_int_equal(2, run().audit);
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM audit"));
    db_test_sql(db_test.db, "DELETE FROM audit");
}

static void retention__removes_changes_that_nothing_names(void **state)
{
    (void)state;
    fixture_apply(kept_yaml);
    db_test_sql(db_test.db, "INSERT INTO sourcestamps (revision) VALUES ('janitor')"
                            " ON CONFLICT DO NOTHING");
    db_test_sql(db_test.db,
                "INSERT INTO changes (ssid, author, when_timestamp, received_at, source)"
                " SELECT ssid, 'a', now(), now() - interval '1 day' * d, 'test'"
                " FROM sourcestamps, unnest(ARRAY[100, 90, 10]) AS x (d)"
                " WHERE revision = 'janitor'");
    db_test_sql(db_test.db, "INSERT INTO change_inbox SELECT min(changeid) FROM changes");
    assert_int_equal(1, run().changes);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM changes"));
    db_test_sql(db_test.db, "DELETE FROM changes");
}

static void retention__removes_artifacts_when_their_time_is_over(void **state)
{
    (void)state;
    fixture_apply("builders: [{name: linux, steps: [{run: 'true'}], retention: {artifacts: 5d}}]");
    add_build("linux", 1);
    db_test_sql(db_test.db,
                "INSERT INTO artifacts (buildid, step, name, size, sha256, chunks, created_at,"
                " expires_at) SELECT buildid, 0, n, 1, 'x', '{}', now() - interval '1 day' * a,"
                " now() + interval '1 day' * e FROM builds, (VALUES ('old', 6, NULL::int),"
                " ('young', 4, NULL), ('kept longer', 6, 1), ('kept shorter', 1, -1))"
                " AS x (n, a, e)");
    assert_int_equal(2, run().artifacts);
    assert_int_equal(2, NUMBER("SELECT count(*) AS n FROM artifacts WHERE name IN ('young',"
                               " 'kept longer')"));
}

static void retention__is_one_replicas_work(void **state)
{
    static const struct ci_stmt lock = {
        "hold", "SELECT pg_advisory_xact_lock(hashtext('slipway janitor'))"};
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};

    (void)state;
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_db_exec(&tx, &lock, CI_NO_ARGS, NULL, &err), err);
    assert_true(run().idle);
    ci_tx_rollback(&tx);
    assert_false(run().idle);
}

/* ---- partitions ---- */

#define PARTITIONS "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'log_chunks'::regclass"

static int64_t drop(struct ci_time since)
{
    int64_t count = 0;
    struct ci_err err = {0};

    assert_ok(janitor_partitions_drop(db_test.db, since, fixture.mem, &count, &err), err);
    return count;
}

/* A partition for the week before the first one; days far back, which every test database has not.
 */
static void add_old_partition(const char *name, const char *begins, const char *ends)
{
    db_test_sql(db_test.db, "ALTER TABLE log_chunks DETACH PARTITION log_chunks_first");
    db_test_sql(db_test.db,
                ci_mem_printf(fixture.mem,
                              "CREATE TABLE %s PARTITION OF log_chunks FOR VALUES FROM ('%s')"
                              " TO ('%s')",
                              name, begins, ends));
    db_test_sql(db_test.db,
                ci_mem_printf(fixture.mem,
                              "DO $$ BEGIN EXECUTE format('ALTER TABLE log_chunks ATTACH PARTITION"
                              " log_chunks_first FOR VALUES FROM (%%L) TO (%%L)', '%s'::date,"
                              " current_date + 1); END $$",
                              ends));
}

static void partitions__of_the_weeks_to_come_are_there(void **state)
{
    struct ci_err err = {0};

    (void)state;
    assert_int_equal(0, NUMBER("SELECT log_partitions_add(8) AS n"));
    assert_true(NUMBER(PARTITIONS) >= 9);
    assert_ok(janitor_partitions_add(db_test.db, fixture.mem, &err), err);
    assert_true(NUMBER("SELECT log_partitions_add(10) AS n") > 0);
}

static void partitions__go_when_they_are_over_and_empty(void **state)
{
    const struct ci_time never = {0};

    (void)state;
    fixture_apply(kept_yaml);
    add_build("linux", 1);
    add_old_partition("log_chunks_20200101", "2020-01-01", "2020-01-08");
    db_test_sql(db_test.db, "UPDATE logs SET day = '2020-01-02'");
    db_test_sql(db_test.db, "UPDATE log_chunks SET day = '2020-01-02'");
    assert_int_equal(0, drop(never));
    db_test_sql(db_test.db, "DELETE FROM log_chunks");
    assert_int_equal(1, drop(never));
}

static void partitions__go_by_age_but_not_what_is_pinned(void **state)
{
    const struct ci_time now = ci_time_now();

    (void)state;
    fixture_apply(kept_yaml);
    add_build("linux", 1);
    add_build("linux", 1);
    db_test_sql(db_test.db, "UPDATE builds SET pinned = true WHERE number = 1");
    add_old_partition("log_chunks_20210101", "2021-01-01", "2021-01-08");
    db_test_sql(db_test.db, "UPDATE logs SET day = '2021-01-02'");
    db_test_sql(db_test.db, "UPDATE log_chunks SET day = '2021-01-02'");
    assert_int_equal(1, drop(now));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM log_chunks c JOIN logs l USING (logid,"
                               " day) JOIN steps USING (stepid) JOIN builds USING (buildid)"
                               " WHERE pinned AND c.day = current_date"));
    assert_int_equal(1, NUMBER("SELECT count(*) AS n FROM logs WHERE type = 'd'"));
}

static void logs_since__is_the_longest_of_all(void **state)
{
    const struct ci_time now = {INT64_C(86400000000) * 1000};
    struct ci_builder builders[] = {
        {.name = "a", .retention = {.logs = {INT64_C(86400000000) * 10}}},
        {.name = "b", .retention = {.logs = {INT64_C(86400000000) * 20}}},
    };
    struct ci_config config = {
        .builders = {builders, 2},
          .retention = {.logs = {INT64_C(86400000000) * 5}       }
    };

    (void)state;
    assert_int_equal(now.us - INT64_C(86400000000) * 20, janitor_logs_since(&config, now).us);
    builders[0].retention.logs.us = 0;
    assert_int_equal(0, janitor_logs_since(&config, now).us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(retention__removes_old_builds_but_the_newest),
        fixture_test(retention__keeps_at_most_so_many),
        fixture_test(retention__keeps_what_is_pinned_or_running),
        fixture_test(retention__removes_lines_before_builds),
        fixture_test(retention__follows_to_requests_and_buildsets),
        fixture_test(retention__removes_changes_that_nothing_names),
        fixture_test(retention__removes_old_deliveries),
        fixture_test(retention__removes_old_lines_of_the_audit_log),
        fixture_test(retention__removes_artifacts_when_their_time_is_over),
        fixture_test(retention__is_one_replicas_work),
        fixture_test(partitions__of_the_weeks_to_come_are_there),
        fixture_test(partitions__go_when_they_are_over_and_empty),
        fixture_test(partitions__go_by_age_but_not_what_is_pinned),
        cmocka_unit_test(logs_since__is_the_longest_of_all),
    };

    return cmocka_run_group_tests_name("builder.janitor", tests, fixture_open, db_test_close);
}
