/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the database layer share: connections, batches, and the two codecs. */
#pragma once

#include "shared/db.h"

#include <libpq-fe.h>

enum { CI_PREPARED_SLOTS = 256 };

/* A statement as one connection knows it: prepared once for each set of argument types. */
struct ci_prepared {
    const struct ci_stmt *stmt;
    uint64_t signature; /* of the argument types */
    char name[48];      /* on the server */
    bool ready;
    struct ci_prepared *chain;
};

/* A connection, always in pipeline mode; one thread at a time. */
struct ci_conn {
    PGconn *pg;
    bool broken; /* closed instead of going back to the pool */
    unsigned serial;
    struct ci_prepared *prepared[CI_PREPARED_SLOTS];
    struct ci_conn *next; /* in the pool */
};

/* Takes a connection of the pool, which lends it until ci_conn_release(). */
CI_MUST_USE bool ci_conn_acquire(struct ci_db *db, struct ci_conn **out, struct ci_err *err);
void ci_conn_release(struct ci_db *db, struct ci_conn *conn);

/* The entry of a statement, made if need be; it lives as long as the connection. */
struct ci_prepared *ci_conn_prepared(struct ci_conn *conn, const struct ci_stmt *stmt,
                                     uint64_t signature);

enum ci_run_flags {
    CI_RUN_COMMIT = 1 << 0,     /* with a COMMIT at the end */
    CI_RUN_UNPREPARED = 1 << 1, /* texts composed at run time */
};

/*
 * Sends the queries in one batch, after a BEGIN if the transaction needs one,
 * and waits for all answers. results (count of them, NULL before) get the
 * answers, which the caller clears, also after a failure.
 */
CI_MUST_USE bool ci_conn_run(struct ci_tx *tx, const struct ci_query *queries, size_t count,
                             unsigned flags, PGresult **results, struct ci_err *err);

/* For CI_CLEANUP. */
void ci_result_cleanup(PGresult **result);
#define CI_AUTO_RESULT CI_CLEANUP(ci_result_cleanup) PGresult *

/* Fails with "what: the server's message" and the code that its SQLSTATE stands for. */
bool ci_result_fail(const PGresult *result, const char *what, struct ci_err *err);

/* The connection's last message in one line, as *err. */
bool ci_conn_fail(const PGconn *pg, enum ci_errc code, const char *what, struct ci_err *err);

/* Arguments as libpq takes them; the arrays live in mem, the values there or where they were. */
struct ci_params {
    int count;
    Oid *types;
    const char **values;
    int *lengths, *formats;
    uint64_t signature;
};
struct ci_params ci_params_encode(const struct ci_arg *args, size_t nargs, void *mem);

/*
 * The rows as an array in mem, or the first row into `one`. Strings and
 * bytes point into the result; if there are any it is tied to mem and
 * *result is NULL after.
 */
CI_MUST_USE bool ci_result_rows(PGresult **result, const char *what, const struct ci_record *record,
                                void *mem, struct ci_list *out, struct ci_err *err);
CI_MUST_USE bool ci_result_one(PGresult **result, const char *what, const struct ci_record *record,
                               void *mem, void *one, struct ci_err *err);

/* Do the result's columns match the record? */
CI_MUST_USE bool ci_result_matches(const PGresult *result, const char *what,
                                   const struct ci_record *record, struct ci_err *err);

/* As ci_db_migrate() with another list of files than ours. */
CI_MUST_USE bool ci_db_migrate_files(struct ci_db *db, const struct ci_stmt *const *files,
                                     struct ci_err *err);
