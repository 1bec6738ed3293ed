/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fresh, migrated database for one test program: db_test_open() and
 * db_test_close() are its group fixtures, db_test.db is the pool. The cluster
 * is the one of SLIPWAY_TEST_DATABASE_URL (a superuser's URL, see
 * scripts/with-postgres), so programs may run at once.
 */
#pragma once

#include "ci_test.h"
#include "shared/clock.h"
#include "shared/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct db_test {
    struct ci_db *db;  /* 8 connections to the fresh database */
    char name[64];     /* of the database */
    char url[1024];    /* of the database */
    struct ci_db *all; /* one connection to the cluster's own */
};

static struct db_test db_test;

/* Runs a statement without arguments that returns no columns; fails the test if it fails. */
static inline void db_test_sql(struct ci_db *db, const char *text)
{
    static const struct ci_record nothing = {.name = "nothing"};
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    struct ci_list none = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_read(db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, text, CI_NO_ARGS, &nothing, mem, &none, &err), err);
}

/* The whole number a query returns in its one column, which must be called n. */
static inline int64_t db_test_number(struct ci_db *db, const char *text)
{
    struct number {
        int64_t n;
    };
    static const struct ci_field fields[] = {CI_FIELD(struct number, n, 0)};
    static const struct ci_record record = CI_RECORD("number", struct number, fields);
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};
    struct ci_list rows = {0};
    struct ci_err err = {0};

    assert_ok(ci_tx_read(db, &tx, &err), err);
    assert_ok(ci_db_rows_text(&tx, text, CI_NO_ARGS, &record, mem, &rows, &err), err);
    assert_int_equal(1, rows.count);
    return ((const struct number *)rows.items)->n;
}

/* A pool of `connections` to `url`; fails the test if it can't be made. */
static inline struct ci_db *db_test_pool(const char *url, int connections)
{
    const struct ci_db_options options = {
        .url = url, .application = "slipway-test", .connections = connections};
    struct ci_db *db = NULL;
    struct ci_err err = {0};

    assert_ok(ci_db_open(&options, &db, &err), err);
    return db;
}

/* `url` with its path, the database's name, replaced. */
static inline void db_test_rename(const char *url, const char *name, char *out, size_t size)
{
    const char *authority = strstr(url, "://");
    const char *path = authority ? strchr(authority + 3, '/') : NULL;
    const char *query = path ? strchr(path, '?') : NULL;

    if (!path)
        fail_msg("SLIPWAY_TEST_DATABASE_URL must look like postgresql://user@host/database");
    snprintf(out, size, "%.*s/%s%s", (int)(path - url), url, name, query ? query : "");
}

/* Group setup. Makes the database without its tables. */
static inline int db_test_open_empty(void **state)
{
    const char *url = getenv("SLIPWAY_TEST_DATABASE_URL");
    char text[128];

    (void)state;
    if (!url) {
        fprintf(stderr,
                "SLIPWAY_TEST_DATABASE_URL is not set; run this by scripts/with-postgres\n");
        return -1;
    }
    snprintf(db_test.name, sizeof(db_test.name), "test_%d_%lld", (int)getpid(),
             (long long)ci_time_now().us);
    db_test_rename(url, db_test.name, db_test.url, sizeof(db_test.url));
    db_test.all = db_test_pool(url, 1);
    snprintf(text, sizeof(text), "CREATE DATABASE %s", db_test.name);
    db_test_sql(db_test.all, text);
    db_test.db = db_test_pool(db_test.url, 8);
    return 0;
}

/* Group setup. Makes the database with its tables. */
static inline int db_test_open(void **state)
{
    struct ci_err err = {0};

    if (db_test_open_empty(state) != 0)
        return -1;
    assert_ok(ci_db_migrate(db_test.db, &err), err);
    return 0;
}

/* Group teardown. */
static inline int db_test_close(void **state)
{
    char text[128];

    (void)state;
    /* cmocka comes here after a failed setup, too. */
    ci_db_close(db_test.db);
    if (!db_test.all)
        return 0;
    snprintf(text, sizeof(text), "DROP DATABASE IF EXISTS %s WITH (FORCE)", db_test.name);
    db_test_sql(db_test.all, text);
    ci_db_close(db_test.all);
    db_test = (struct db_test){0};
    return 0;
}
