/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A notifier without its server, loops and bus, on a fresh database with a
 * configuration in force. Ticks are called directly; mail goes into a maildir.
 */
#pragma once

#include "db_test.h"
#include "loops.h"
#include "shared/compress.h"
#include "shared/service.h"
#include "store.h"

#include <ftw.h>

struct fixture {
    struct ci_app app;
    struct ci_common_settings common;
    void *mem; /* of one test */
    char maildir[64];
};
static struct fixture fixture;

/* `notifiers` is a YAML list; "%s" in it is the maildir. */
static inline void fixture_apply(const char *notifiers)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    struct ci_buf yaml;
    int64_t version = 0;

    ci_buf_init(&yaml, fixture.mem);
    ci_buf_puts(&yaml, "title: Test\nurl: http://localhost/\n"
                       "builders: [{name: linux, steps: [{run: 'true'}]}]\nnotifiers:\n");
    for (const char *at = notifiers; *at; at++) {
        bool is_maildir = strncmp(at, "%s", 2) == 0;

        ci_buf_add(&yaml, is_maildir ? fixture.maildir : at,
                   is_maildir ? strlen(fixture.maildir) : 1);
        at += is_maildir;
    }
    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml.text, "test", "", fixture.mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_ok(ci_config_cache_refresh(fixture.app.config, NULL, &err), err);
}

static const char fixture_notifiers[] = "  - type: mail\n"
                                        "    from: CI <ci@example.org>\n"
                                        "    mode: all\n"
                                        "    relay: {maildir: '%s'}\n"
                                        "    extra_recipients: [team@example.org]\n";

/* Runs statements that take their values from a format. */
static inline void fixture_sql(const char *fmt, ...) CI_PRINTF(1, 2);
static inline void fixture_sql(const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(fixture.mem, fmt, args);
    va_end(args);
    db_test_sql(db_test.db, text);
}

static inline int64_t fixture_count(const char *where)
{
    return db_test_number(db_test.db, ci_mem_printf(fixture.mem,
                                                    "SELECT count(*) AS n FROM notifications"
                                                    " WHERE %s",
                                                    where));
}

static inline int fixture_begin(void **state)
{
    struct ci_err err = {0};

    (void)state;
    fixture.mem = ci_mem_new();
    snprintf(fixture.maildir, sizeof(fixture.maildir), "/tmp/slipway-maildir-XXXXXX");
    assert_non_null(mkdtemp(fixture.maildir));
    db_test_sql(db_test.db, "TRUNCATE config_versions, config_current, builders, workers, changes,"
                            " buildsets, buildrequests, builds, steps, logs, log_chunks,"
                            " notification_events, notifications RESTART IDENTITY CASCADE");
    fixture.app = (struct ci_app){
        .common = &fixture.common,
        .db = db_test.db,
        .config = ci_config_cache_new(db_test.db),
    };
    assert_ok(ci_bus_open("", "slipway-test", &fixture.app.bus, &err), err); /* without a bus */
    fixture_apply(fixture_notifiers);
    db_test_sql(db_test.db, "INSERT INTO workers (name) VALUES ('w1')");
    return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

static inline int fixture_end(void **state)
{
    (void)state;
    ci_bus_close(fixture.app.bus);
    ci_config_cache_free(fixture.app.config);
    nftw(fixture.maildir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    ci_mem_free(fixture.mem);
    return 0;
}

/* A finished build of "linux" with that result, by the configuration in force; its id. */
static inline int64_t fixture_build(int result)
{
    int64_t id;

    fixture_sql("WITH s AS (INSERT INTO buildsets (reason, submitted_at, open_requests)"
                " VALUES ('a push', now(), 0) RETURNING bsid), r AS ("
                "INSERT INTO buildrequests (buildsetid, builderid, submitted_at)"
                " SELECT bsid, builderid, now() FROM s, builders WHERE name = 'linux'"
                " RETURNING buildrequestid, builderid)"
                "INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version,"
                " attempt, token, started_at, complete, complete_at, results, state_string,"
                " properties) SELECT (SELECT count(*) + 1 FROM builds), builderid, buildrequestid,"
                " 1, version, 1, 't', now(), true, now(), %d, 'over',"
                " '{\"branch\": [\"main\", \"Change\"]}' FROM r, config_current",
                result);
    id = db_test_number(db_test.db, "SELECT max(buildid) AS n FROM builds");
    fixture_sql("INSERT INTO notification_events (buildid) VALUES (%lld)", (long long)id);
    return id;
}

/* A change of the build's buildset. */
static inline void fixture_change(int64_t buildid, const char *author)
{
    fixture_sql("WITH p AS (INSERT INTO sourcestamps (revision) VALUES (gen_random_uuid()::text)"
                " RETURNING ssid, revision), c AS ("
                "INSERT INTO changes (ssid, author, comments, revision, when_timestamp, source)"
                " SELECT ssid, '%s', 'Add', revision, now(), 'test' FROM p RETURNING changeid)"
                "INSERT INTO buildset_changes (bsid, changeid) SELECT buildsetid, changeid"
                " FROM c, builds JOIN buildrequests USING (buildrequestid) WHERE buildid = %lld",
                author, (long long)buildid);
}

/* A failed step "test" with an empty stdio log; the log's id. */
static inline int64_t fixture_log(int64_t buildid)
{
    fixture_sql("WITH s AS (INSERT INTO steps (buildid, number, name, complete, results,"
                " state_string) VALUES (%lld, 0, 'test', true, 2, 'failed') RETURNING stepid)"
                "INSERT INTO logs (stepid, name, slug) SELECT stepid, 'stdio', 'stdio' FROM s",
                (long long)buildid);
    return db_test_number(db_test.db, "SELECT max(logid) AS n FROM logs");
}

/* Appends a chunk of whole lines. */
static inline void fixture_chunk(int64_t logid, const char *lines)
{
    static const struct ci_stmt add = {
        "test_chunk_add",
        "WITH l AS (UPDATE logs SET num_lines = num_lines + $2::bigint WHERE logid = $1"
        " RETURNING num_lines - $2::bigint AS first)"
        "INSERT INTO log_chunks (logid, first_line, line_count, raw_bytes, content)"
        " SELECT $1, first, $2::bigint, $3::bigint, $4 FROM l"};
    struct ci_bytes plain = {lines, strlen(lines)};
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    int count = 0;

    for (const char *p = lines; *p; p++)
        count += *p == '\n';
    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(ci_db_exec(&tx, &add,
                         CI_ARGS(ci_arg(logid), ci_arg(count), ci_arg(plain.len),
                                 ci_arg(ci_compress(fixture.mem, plain))),
                         NULL, &err),
              err);
}

/* One tick; its verdict and what it asked for. */
static inline bool fixture_try(ci_tick_fn *tick_fn, struct ci_tick *tick, struct ci_err *err)
{
    *tick = (struct ci_tick){.mem = fixture.mem, .now = ci_time_now()};
    return tick_fn(&fixture.app, tick, err);
}

/* Ticks until there is nothing more to do; how often that was more than looking. */
static inline int fixture_drain(ci_tick_fn *tick_fn)
{
    struct ci_tick tick;
    struct ci_err err = {0};
    int count = 0;

    for (;;) {
        assert_ok(fixture_try(tick_fn, &tick, &err), err);
        if (!tick.again)
            return count;
        count++;
    }
}

/* One text column of the only message. */
static inline const char *fixture_text(const char *column)
{
    struct text {
        const char *text;
    };
    static const struct ci_field fields[] = {CI_FIELD(struct text, text, 0)};
    static const struct ci_record record = CI_RECORD("text", struct text, fields);
    CI_AUTO_TX tx = {0};
    struct ci_list rows = {0};
    struct ci_err err = {0};
    const char *query = ci_mem_printf(fixture.mem, "SELECT %s AS text FROM notifications", column);

    assert_ok(ci_tx_read(db_test.db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, query, CI_NO_ARGS, &record, fixture.mem, &rows, &err), err);
    assert_int_equal(1, rows.count);
    return ((const struct text *)rows.items)->text;
}

#define fixture_test(test) cmocka_unit_test_setup_teardown(test, fixture_begin, fixture_end)
