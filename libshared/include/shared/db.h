/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL access: statements in, records out, over a pool of connections.
 *
 * Statements come from .sql files (one each, embedded by CMake as
 * `sql_<stem>`), are prepared once per connection on first use and answer in
 * the binary format. A struct ci_tx holds one connection of the pool, for one
 * thread; left without ci_tx_commit() it is rolled back. BEGIN travels with
 * the first statement and COMMIT with the last of ci_db_pipeline_commit(), so
 * a transaction known in advance costs one round trip.
 *
 * Errors: CI_EUNAVAILABLE the server can't be reached or is stopping,
 * CI_ECONFLICT serialization, deadlock and unique or foreign key violation,
 * CI_ENOTFOUND no row where one was asked for, CI_EINTERNAL the rest.
 */
#pragma once

#include "shared/record.h"

struct ci_db;

/* Known by its address once prepared, so it must be static. */
struct ci_stmt {
    const char *name; /* the .sql file's stem */
    const char *text;
};

struct ci_db_options {
    const char *url;         /* libpq connection string or URI */
    const char *application; /* application_name, e.g. "slipway-builder" */
    int connections;         /* at most, opened when needed */
    struct ci_dur wait;      /* for a free connection before CI_EUNAVAILABLE; 0 = 10 s */
    bool free_plans;         /* statements may read whole tables: those that callers put together */
};

/*
 * Makes the pool; connects to nothing yet. *out is freed by ci_db_close().
 * Any thread may use it. A lost connection is replaced at the next use, with
 * a growing pause (50 ms to 5 s) between tries during which calls fail at once.
 */
CI_MUST_USE bool ci_db_open(const struct ci_db_options *options, struct ci_db **out,
                            struct ci_err *err);
void ci_db_close(struct ci_db *db); /* NULL-safe; no transaction may be open */

/* True when a statement goes through now. For /readyz. */
CI_MUST_USE bool ci_db_ping(struct ci_db *db, struct ci_err *err);

/* Arguments: how each C type is sent. Strings are sent as text, so they suit text, jsonb, enums. */
enum ci_arg_kind {
    CI_ARG_NULL,
    CI_ARG_I64,
    CI_ARG_BOOL,
    CI_ARG_STR,
    CI_ARG_TIME,
    CI_ARG_BYTES,
    CI_ARG_I64S,
    CI_ARG_STRS,
    CI_ARG_DOUBLE
};

struct ci_arg {
    enum ci_arg_kind kind;
    enum ci_arg_kind type; /* of a null: the kind it would have had */
    int64_t i64;
    double f64;
    const char *str;
    struct ci_bytes bytes;
    struct ci_i64s i64s;
    struct ci_strs strs;
};

struct ci_arg ci_arg_i64(int64_t value);
struct ci_arg ci_arg_bool(bool value);
struct ci_arg ci_arg_double(double value);
struct ci_arg ci_arg_str(const char *value);     /* NULL is SQL NULL */
struct ci_arg ci_arg_time(struct ci_time value); /* 0 is SQL NULL */
struct ci_arg ci_arg_dur(struct ci_dur value);   /* int8 microseconds */
struct ci_arg ci_arg_maybe(struct ci_maybe value);
struct ci_arg ci_arg_bytes(struct ci_bytes value); /* data NULL is SQL NULL */
struct ci_arg ci_arg_i64s(struct ci_i64s value);
struct ci_arg ci_arg_strs(struct ci_strs value);
struct ci_arg ci_arg_json(void *mem,
                          const json_t *value); /* compact text in mem; NULL is SQL NULL */

#define ci_arg(value)                                                                              \
    _Generic((value),                                                                              \
             bool: ci_arg_bool,                                                                    \
             int: ci_arg_i64,                                                                      \
             unsigned: ci_arg_i64,                                                                 \
             int64_t: ci_arg_i64,                                                                  \
             size_t: ci_arg_i64,                                                                   \
             double: ci_arg_double,                                                                \
             char *: ci_arg_str,                                                                   \
             const char *: ci_arg_str,                                                             \
             struct ci_time: ci_arg_time,                                                          \
             struct ci_dur: ci_arg_dur,                                                            \
             struct ci_maybe: ci_arg_maybe,                                                        \
             struct ci_bytes: ci_arg_bytes,                                                        \
             struct ci_i64s: ci_arg_i64s,                                                          \
             struct ci_strs: ci_arg_strs)(value)

#define CI_ARGS(...)                                                                               \
    (const struct ci_arg[]){__VA_ARGS__},                                                          \
        sizeof((const struct ci_arg[]){__VA_ARGS__}) / sizeof(struct ci_arg)
#define CI_NO_ARGS NULL, (size_t)0

struct ci_conn;

struct ci_tx {
    struct ci_db *db;
    struct ci_conn *conn;
    bool transaction; /* false: each statement is its own (ci_tx_read) */
    bool begun;       /* BEGIN was sent */
};

#define CI_AUTO_TX CI_CLEANUP(ci_tx_rollback) struct ci_tx

/* Takes a connection; the transaction begins with its first statement. `tx` must be zeroed. */
CI_MUST_USE bool ci_tx_begin(struct ci_db *db, struct ci_tx *tx, struct ci_err *err);
/* Takes a connection without a transaction: for reading, one statement each. End it like the other.
 */
CI_MUST_USE bool ci_tx_read(struct ci_db *db, struct ci_tx *tx, struct ci_err *err);
CI_MUST_USE bool ci_tx_commit(struct ci_tx *tx, struct ci_err *err);
void ci_tx_rollback(struct ci_tx *tx); /* harmless after a commit and on a zeroed tx */

/*
 * Run one statement in `tx`. Columns are matched to the record by name: a
 * column without a field and a field without a column are both CI_EINTERNAL,
 * except that fields of types that rows can't hold are passed over. What is
 * read lives in `mem`, which keeps the whole answer: strings and bytes point
 * into it. SQL NULL leaves the field as it was.
 *   _exec  no rows wanted; *affected (may be NULL) = rows touched
 *   _one   exactly one row into *out (zeroed by the caller); CI_ENOTFOUND if none
 *   _rows  all rows as an array in mem: out->items, out->count
 */
CI_MUST_USE bool ci_db_exec(struct ci_tx *tx, const struct ci_stmt *stmt, const struct ci_arg *args,
                            size_t nargs, int64_t *affected, struct ci_err *err);
CI_MUST_USE bool ci_db_one(struct ci_tx *tx, const struct ci_stmt *stmt, const struct ci_arg *args,
                           size_t nargs, const struct ci_record *record, void *mem, void *out,
                           struct ci_err *err);
CI_MUST_USE bool ci_db_rows(struct ci_tx *tx, const struct ci_stmt *stmt, const struct ci_arg *args,
                            size_t nargs, const struct ci_record *record, void *mem,
                            struct ci_list *out, struct ci_err *err);

/* As ci_db_rows for a statement text composed at run time (REST filters only); never prepared. */
CI_MUST_USE bool ci_db_rows_text(struct ci_tx *tx, const char *text, const struct ci_arg *args,
                                 size_t nargs, const struct ci_record *record, void *mem,
                                 struct ci_list *out, struct ci_err *err);

/* One statement of a pipeline. record NULL: rows are ignored; else *rows is filled from mem. */
struct ci_query {
    const struct ci_stmt *stmt;
    const struct ci_arg *args;
    size_t nargs;
    const struct ci_record *record;
    struct ci_list *rows;
    int64_t *affected; /* may be NULL */
};

/* Sends all with one round trip; the first failure is reported and the rest are not run. */
CI_MUST_USE bool ci_db_pipeline(struct ci_tx *tx, const struct ci_query *queries, size_t count,
                                void *mem, struct ci_err *err);
/* The same, with the COMMIT in the same round trip. */
CI_MUST_USE bool ci_db_pipeline_commit(struct ci_tx *tx, const struct ci_query *queries,
                                       size_t count, void *mem, struct ci_err *err);

/*
 * Brings the schema to this code's version, one transaction per numbered
 * file, under an advisory lock so that many replicas may start at once.
 * Refuses (CI_EINVALID) a database whose applied file differs from ours; one
 * that is newer than the code is accepted, as migrations only ever add.
 */
CI_MUST_USE bool ci_db_migrate(struct ci_db *db, struct ci_err *err);

/*
 * For tests: prepares every statement (NULL-terminated) against the schema,
 * so that a typo fails here and not in production.
 */
CI_MUST_USE bool ci_db_check(struct ci_db *db, const struct ci_stmt *const *stmts,
                             struct ci_err *err);
/* For tests: the statement's result columns are exactly the record's fields. */
CI_MUST_USE bool ci_db_check_record(struct ci_db *db, const struct ci_stmt *stmt,
                                    const struct ci_record *record, struct ci_err *err);
