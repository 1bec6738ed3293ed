/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches in libpq's pipeline mode: BEGIN when due, the statements (each
 * prepared at its first use), COMMIT when asked for, then a sync; one round
 * trip. After a failure the server skips what is left up to the sync, so the
 * connection is in step again whatever happened.
 *
 * The connection is blocking: libpq reads while it can't send, so a batch
 * whose answers fill the socket does not lock up.
 */
#include "db_internal.h"

#include <assert.h>
#include <string.h>

/* One answer that is due. */
struct item {
    const char *what;
    struct ci_prepared *prepares; /* a Parse of this entry, or NULL */
    PGresult **keep;              /* where the answer goes, or NULL */
    bool commits;
};

struct batch {
    struct ci_conn *conn;
    void *mem;
    struct item *items;
    size_t count;
};

void ci_result_cleanup(PGresult **result)
{
    PQclear(*result);
}

/* SQLSTATE decides what the caller can do about it. */
static enum ci_errc code_of(const char *state)
{
    static const struct {
        const char *prefix;
        enum ci_errc code;
    } codes[] = {
        {"08",    CI_EUNAVAILABLE}, /* connection exception */
        {"53",    CI_EUNAVAILABLE}, /* insufficient resources */
        {"57P",   CI_EUNAVAILABLE}, /* the server stops or starts */
        {"57014", CI_EUNAVAILABLE}, /* canceled */
        {"25006", CI_EUNAVAILABLE}, /* read-only: a standby after a failover */
        {"25P03", CI_EUNAVAILABLE}, /* idle in transaction for too long */
        {"40",    CI_ECONFLICT   }, /* serialization, deadlock */
        {"23503", CI_ECONFLICT   }, /* foreign key */
        {"23505", CI_ECONFLICT   }, /* unique */
        {"23P01", CI_ECONFLICT   }, /* exclusion */
        {"55P03", CI_ECONFLICT   }, /* lock not available */
    };

    for (size_t i = 0; state && i < CI_COUNT(codes); i++)
        if (strncmp(state, codes[i].prefix, strlen(codes[i].prefix)) == 0)
            return codes[i].code;
    return state ? CI_EINTERNAL : CI_EUNAVAILABLE;
}

bool ci_result_fail(const PGresult *result, const char *what, struct ci_err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (!message)
        message = PQresultErrorMessage(result);
    if (!message || !*message)
        message = "the connection was lost";
    return ci_fail(err, code_of(state), "%s: %.*s", what, (int)strcspn(message, "\n"), message);
}

bool ci_conn_fail(const PGconn *pg, enum ci_errc code, const char *what, struct ci_err *err)
{
    const char *message = PQerrorMessage(pg);

    return ci_fail(err, code, "%s: %.*s", what, (int)strcspn(message, "\n"), message);
}

static struct item *add_item(struct batch *batch, const char *what)
{
    struct item *item = &batch->items[batch->count++];

    item->what = what;
    return item;
}

static bool send_command(struct batch *batch, const char *text)
{
    add_item(batch, text);
    return PQsendQueryParams(batch->conn->pg, text, 0, NULL, NULL, NULL, NULL, 1);
}

static bool send_unprepared(struct batch *batch, const struct ci_query *query, PGresult **keep)
{
    struct ci_params p = ci_params_encode(query->args, query->nargs, batch->mem);

    add_item(batch, query->stmt->name)->keep = keep;
    return PQsendQueryParams(batch->conn->pg, query->stmt->text, p.count, p.types, p.values,
                             p.lengths, p.formats, 1);
}

static bool send_prepared(struct batch *batch, const struct ci_query *query, PGresult **keep)
{
    struct ci_params p = ci_params_encode(query->args, query->nargs, batch->mem);
    struct ci_prepared *entry = ci_conn_prepared(batch->conn, query->stmt, p.signature);

    if (!entry->ready) {
        add_item(batch, query->stmt->name)->prepares = entry;
        if (!PQsendPrepare(batch->conn->pg, entry->name, query->stmt->text, p.count, p.types))
            return false;
        /* Taken back if the answer says otherwise; until then the batch may use it again. */
        entry->ready = true;
    }
    add_item(batch, query->stmt->name)->keep = keep;
    return PQsendQueryPrepared(batch->conn->pg, entry->name, p.count, p.values, p.lengths,
                               p.formats, 1);
}

static bool send_all(struct batch *batch, struct ci_tx *tx, const struct ci_query *queries,
                     size_t count, unsigned flags, PGresult **results)
{
    if (tx->transaction && !tx->begun) {
        tx->begun = true;
        if (!send_command(batch, "BEGIN"))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (flags & CI_RUN_UNPREPARED) {
            if (!send_unprepared(batch, &queries[i], &results[i]))
                return false;
        } else if (!send_prepared(batch, &queries[i], &results[i])) {
            return false;
        }
    }
    if (flags & CI_RUN_COMMIT) {
        if (!send_command(batch, "COMMIT"))
            return false;
        batch->items[batch->count - 1].commits = true;
    }
    return PQpipelineSync(batch->conn->pg);
}

/* States of the connection that only a new one cures. */
static void note_trouble(struct ci_conn *conn, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    /* A prepared statement is gone, or what it selects from has changed its shape. */
    if (state && (strcmp(state, "26000") == 0 || strcmp(state, "0A000") == 0))
        conn->broken = true;
    if (PQstatus(conn->pg) != CONNECTION_OK)
        conn->broken = true;
}

/* True when the answer is a good one. *err is only written by the batch's first failure. */
static bool judge(struct batch *batch, const struct item *item, PGresult *result, bool failed,
                  struct ci_err *err)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        /* The server answers the COMMIT of a failed transaction with a cheerful "ROLLBACK". */
        if (!item->commits || strcmp(PQcmdStatus(result), "COMMIT") == 0)
            return true;
        if (!failed)
            ci_fail(err, CI_EINTERNAL, "COMMIT: a statement of the transaction had failed");
        return false;
    case PGRES_PIPELINE_ABORTED:
        return false;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        batch->conn->broken = true;
        if (!failed)
            ci_fail(err, CI_EINTERNAL, "%s: COPY is not supported", item->what);
        return false;
    default:
        note_trouble(batch->conn, result);
        if (!failed)
            ci_result_fail(result, item->what, err);
        return false;
    }
}

static bool lost(struct batch *batch, const char *what, bool failed, struct ci_err *err)
{
    batch->conn->broken = true;
    if (!failed)
        ci_fail(err, CI_EUNAVAILABLE, "%s: the connection was lost", what);
    return false;
}

/* Takes the answer of one item and the NULL that ends it. */
static bool receive_item(struct batch *batch, const struct item *item, bool failed,
                         struct ci_err *err)
{
    PGresult *result = PQgetResult(batch->conn->pg), *end = NULL;
    bool good;

    if (!result)
        return lost(batch, item->what, failed, err);
    good = judge(batch, item, result, failed, err);
    if (!good && item->prepares)
        item->prepares->ready = false;
    if (good && item->keep)
        *item->keep = result;
    else
        PQclear(result);
    if (batch->conn->broken && PQstatus(batch->conn->pg) != CONNECTION_OK)
        return false;
    end = PQgetResult(batch->conn->pg);
    if (end) {
        PQclear(end);
        batch->conn->broken = true;
    }
    return good;
}

/* Reads up to the sync, where the server may still refuse what it had put off to the end. */
static bool receive_sync(struct batch *batch, bool failed, struct ci_err *err)
{
    const struct item sync = {.what = "end of batch"};
    bool good = true;

    for (int empty = 0; empty < 2;) {
        CI_AUTO_RESULT result = PQgetResult(batch->conn->pg);

        if (!result) {
            empty++;
            continue;
        }
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
            return good;
        good = judge(batch, &sync, result, failed || !good, err) && good;
    }
    return lost(batch, sync.what, failed || !good, err);
}

static bool receive_all(struct batch *batch, struct ci_err *err)
{
    bool good = true;

    for (size_t i = 0; i < batch->count; i++) {
        /* After a loss nothing more comes; the entries go with the connection. */
        if (batch->conn->broken && PQstatus(batch->conn->pg) != CONNECTION_OK)
            return false;
        good = receive_item(batch, &batch->items[i], !good, err) && good;
    }
    if (batch->conn->broken && PQstatus(batch->conn->pg) != CONNECTION_OK)
        return false;
    return receive_sync(batch, !good, err) && good;
}

bool ci_conn_run(struct ci_tx *tx, const struct ci_query *queries, size_t count, unsigned flags,
                 PGresult **results, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct batch batch = {.conn = tx->conn, .mem = mem};

    assert(tx->conn);
    if (tx->conn->broken)
        return ci_fail(err, CI_EUNAVAILABLE, "%s: the connection was lost",
                       count > 0 ? queries[0].stmt->name : "COMMIT");
    /* A statement may need a Parse besides; BEGIN and COMMIT come on top. */
    batch.items = ci_mem_array(mem, struct item, count * 2 + 2);
    if (!send_all(&batch, tx, queries, count, flags, results)) {
        tx->conn->broken = true;
        return ci_conn_fail(
            tx->conn->pg, PQstatus(tx->conn->pg) == CONNECTION_OK ? CI_EINTERNAL : CI_EUNAVAILABLE,
            batch.items[batch.count - 1].what, err);
    }
    return receive_all(&batch, err);
}
