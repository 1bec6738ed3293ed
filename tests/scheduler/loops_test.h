/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scheduler service without its threads: fixtures, a configuration, changes,
 * and ticks at the times that a test says. Works on db_test's database.
 */
#pragma once

#include "db_test.h"
#include "loops.h"
#include "shared/service.h"

/* 2026-01-05, a Monday, 12:00 UTC. */
static const struct ci_time noon = {INT64_C(1767614400) * 1000000};

static struct ci_app app;

static inline struct ci_time after(int64_t seconds)
{
    return ci_time_add(noon, ci_seconds(seconds));
}

/* Group setup. */
static inline int loops_test_open(void **state)
{
    struct ci_err err = {0};

    if (db_test_open(state) != 0)
        return -1;
    ci_log_setup("test", CI_ERROR + 1); /* they fail on purpose */
    app = (struct ci_app){.db = db_test.db};
    assert_ok(ci_bus_open(NULL, "test", &app.bus, &err), err);
    return 0;
}

/* Group teardown. */
static inline int loops_test_close(void **state)
{
    ci_config_cache_free(app.config);
    ci_bus_close(app.bus);
    return db_test_close(state);
}

/* Test setup: nothing is known, and no configuration. */
static inline int loops_test_clean(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "TRUNCATE changes, sourcestamps, buildsets, schedulers, builders, "
                            "config_current RESTART IDENTITY CASCADE");
    ci_config_cache_free(app.config);
    app.config = ci_config_cache_new(db_test.db);
    return 0;
}

/* Applies a configuration of builders `a` and `b` and these schedulers (YAML lines). */
static inline void store_config(const char *schedulers)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *yaml = ci_mem_printf(mem,
                                     "builders:\n"
                                     "  - {name: a, steps: [{run: \"true\"}]}\n"
                                     "  - {name: b, steps: [{run: \"true\"}]}\n"
                                     "schedulers:\n%s",
                                     schedulers);
    struct ci_err err = {0};
    CI_AUTO_TX tx = {0};
    int64_t version;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml, "test", "", mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
}

/* The same, and the service has taken it up. */
static inline void use_config(const char *schedulers)
{
    struct ci_err err = {0};

    store_config(schedulers);
    assert_ok(ci_config_cache_refresh(app.config, NULL, &err), err);
}

/* A change of https://x/app, in the inbox. `files` as a text[] literal. */
static inline void push(const char *branch, const char *revision, const char *files)
{
    CI_AUTO_MEM mem = ci_mem_new();

    db_test_sql(db_test.db,
                ci_mem_printf(mem,
                              "WITH s AS (INSERT INTO sourcestamps (branch, revision, repository) "
                              "VALUES ('%s', '%s', 'https://x/app') RETURNING ssid), "
                              "c AS (INSERT INTO changes (ssid, author, branch, revision, "
                              "repository, files, when_timestamp, source) SELECT ssid, 'Ada', "
                              "'%s', '%s', 'https://x/app', '%s', now(), 'test' FROM s "
                              "RETURNING changeid) INSERT INTO change_inbox SELECT changeid FROM c",
                              branch, revision, branch, revision, files));
}

/* Ticks until there is nothing more to do; returns when the loop wants to be called again. */
static inline struct ci_time tick(ci_tick_fn *fn, struct ci_time now)
{
    struct ci_err err = {0};
    bool again = true;
    struct ci_time due = {0};

    while (again) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_tick one = {.mem = mem, .now = now};

        assert_ok(fn(&app, &one, &err), err);
        again = one.again;
        due = one.due;
    }
    return due;
}

static inline int64_t count(const char *what)
{
    CI_AUTO_MEM mem = ci_mem_new();

    return db_test_number(db_test.db, ci_mem_printf(mem, "SELECT count(*) AS n FROM %s", what));
}
