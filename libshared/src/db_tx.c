/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions, and the calls that run statements in them. */
#include "db_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool ci_tx_begin(struct ci_db *db, struct ci_tx *tx, struct ci_err *err)
{
    struct ci_conn *conn;

    assert(!tx->conn);
    if (!ci_conn_acquire(db, &conn, err))
        return false;
    *tx = (struct ci_tx){.db = db, .conn = conn, .transaction = true};
    return true;
}

bool ci_tx_read(struct ci_db *db, struct ci_tx *tx, struct ci_err *err)
{
    if (!ci_tx_begin(db, tx, err))
        return false;
    tx->transaction = false;
    return true;
}

static void end(struct ci_tx *tx)
{
    ci_conn_release(tx->db, tx->conn);
    *tx = (struct ci_tx){0};
}

bool ci_tx_commit(struct ci_tx *tx, struct ci_err *err)
{
    bool ok = true;

    assert(tx->conn);
    if (tx->begun)
        ok = ci_conn_run(tx, NULL, 0, CI_RUN_COMMIT, NULL, err);
    end(tx);
    return ok;
}

void ci_tx_rollback(struct ci_tx *tx)
{
    static const struct ci_stmt rollback = {"rollback", "ROLLBACK"};
    const struct ci_query query = {.stmt = &rollback};
    CI_AUTO_RESULT result = NULL;
    struct ci_err ignored;

    if (!tx->conn)
        return;
    /* What can't be rolled back is closed by the release, which comes to the same. */
    if (tx->begun && !tx->conn->broken && PQtransactionStatus(tx->conn->pg) != PQTRANS_IDLE)
        (void)!ci_conn_run(tx, &query, 1, CI_RUN_UNPREPARED, &result, &ignored);
    end(tx);
}

bool ci_db_ping(struct ci_db *db, struct ci_err *err)
{
    static const struct ci_stmt one = {"ping", "SELECT 1"};
    const struct ci_query query = {.stmt = &one};
    CI_AUTO_RESULT result = NULL;
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) && ci_conn_run(&tx, &query, 1, CI_RUN_UNPREPARED, &result, err);
}

static int64_t affected_by(PGresult *result)
{
    /* "" for statements that touch no rows, which reads as 0. */
    return strtoll(PQcmdTuples(result), NULL, 10);
}

bool ci_db_exec(struct ci_tx *tx, const struct ci_stmt *stmt, const struct ci_arg *args,
                size_t nargs, int64_t *affected, struct ci_err *err)
{
    const struct ci_query query = {.stmt = stmt, .args = args, .nargs = nargs};
    CI_AUTO_RESULT result = NULL;

    if (!ci_conn_run(tx, &query, 1, 0, &result, err))
        return false;
    if (affected)
        *affected = affected_by(result);
    return true;
}

bool ci_db_one(struct ci_tx *tx, const struct ci_stmt *stmt, const struct ci_arg *args,
               size_t nargs, const struct ci_record *record, void *mem, void *out,
               struct ci_err *err)
{
    const struct ci_query query = {.stmt = stmt, .args = args, .nargs = nargs};
    CI_AUTO_RESULT result = NULL;

    if (!ci_conn_run(tx, &query, 1, 0, &result, err))
        return false;
    if (PQntuples(result) == 0)
        return ci_fail(err, CI_ENOTFOUND, "%s: no row", stmt->name);
    if (PQntuples(result) > 1)
        return ci_fail(err, CI_EINTERNAL, "%s: %d rows instead of one", stmt->name,
                       PQntuples(result));
    return ci_result_one(&result, stmt->name, record, mem, out, err);
}

static bool rows(struct ci_tx *tx, const struct ci_query *query, unsigned flags, void *mem,
                 struct ci_err *err)
{
    CI_AUTO_RESULT result = NULL;

    return ci_conn_run(tx, query, 1, flags, &result, err) &&
           ci_result_rows(&result, query->stmt->name, query->record, mem, query->rows, err);
}

bool ci_db_rows(struct ci_tx *tx, const struct ci_stmt *stmt, const struct ci_arg *args,
                size_t nargs, const struct ci_record *record, void *mem, struct ci_list *out,
                struct ci_err *err)
{
    const struct ci_query query = {
        .stmt = stmt, .args = args, .nargs = nargs, .record = record, .rows = out};

    return rows(tx, &query, 0, mem, err);
}

bool ci_db_rows_text(struct ci_tx *tx, const char *text, const struct ci_arg *args, size_t nargs,
                     const struct ci_record *record, void *mem, struct ci_list *out,
                     struct ci_err *err)
{
    const struct ci_stmt stmt = {"query", text};
    const struct ci_query query = {
        .stmt = &stmt, .args = args, .nargs = nargs, .record = record, .rows = out};

    return rows(tx, &query, CI_RUN_UNPREPARED, mem, err);
}

static bool take_result(const struct ci_query *query, PGresult **result, void *mem,
                        struct ci_err *err)
{
    if (query->affected)
        *query->affected = affected_by(*result);
    if (!query->record)
        return true;
    return ci_result_rows(result, query->stmt->name, query->record, mem, query->rows, err);
}

static bool pipeline(struct ci_tx *tx, const struct ci_query *queries, size_t count, unsigned flags,
                     void *mem, struct ci_err *err)
{
    CI_AUTO_MEM own = ci_mem_new();
    PGresult **results = ci_mem_array(own, PGresult *, count);
    bool ok = ci_conn_run(tx, queries, count, flags, results, err);

    for (size_t i = 0; i < count; i++) {
        ok = ok && take_result(&queries[i], &results[i], mem, err);
        PQclear(results[i]);
    }
    return ok;
}

bool ci_db_pipeline(struct ci_tx *tx, const struct ci_query *queries, size_t count, void *mem,
                    struct ci_err *err)
{
    return count == 0 || pipeline(tx, queries, count, 0, mem, err);
}

bool ci_db_pipeline_commit(struct ci_tx *tx, const struct ci_query *queries, size_t count,
                           void *mem, struct ci_err *err)
{
    bool ok;

    if (count == 0)
        return ci_tx_commit(tx, err);
    ok = pipeline(tx, queries, count, tx->transaction ? CI_RUN_COMMIT : 0, mem, err);
    if (ok)
        end(tx);
    return ok;
}
