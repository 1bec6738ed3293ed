/* SPDX-License-Identifier: Apache-2.0 */
/* The pool of connections: opened when needed, replaced when lost, with a growing pause between
 * tries. */
#include "db_internal.h"
#include "shared/clock.h"

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAUSE_FIRST_US = 50000, PAUSE_MAX_US = 5000000, WAIT_DEFAULT_S = 10 };

struct ci_db {
    char *url, *application;
    int max;
    bool free_plans;
    struct ci_dur wait;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct ci_conn *idle;    /* guarded by lock; the last one returned is the next one taken */
    int open;                /* guarded by lock; idle, lent and being opened */
    struct ci_dur pause;     /* guarded by lock; after the next failure to connect */
    struct ci_mono retry_at; /* guarded by lock; no connecting before */
    struct ci_err failure;   /* guarded by lock; why the last connecting failed */
};

static char *copy_text(const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        abort();
    return copy;
}

static void init_locks(struct ci_db *db)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&db->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&db->freed, &attr);
    pthread_condattr_destroy(&attr);
}

bool ci_db_open(const struct ci_db_options *options, struct ci_db **out, struct ci_err *err)
{
    char *message = NULL;
    PQconninfoOption *parsed = PQconninfoParse(options->url, &message);
    struct ci_db *db;

    if (!parsed) {
        ci_fail(err, CI_EINVALID, "database address: %.*s",
                message ? (int)strcspn(message, "\n") : 13, message ? message : "out of memory");
        PQfreemem(message);
        return false;
    }
    PQconninfoFree(parsed);
    if (options->connections < 1)
        return ci_fail(err, CI_EINVALID, "a database pool needs at least one connection");
    db = calloc(1, sizeof(*db));
    if (!db)
        abort();
    db->url = copy_text(options->url);
    db->application = copy_text(options->application ? options->application : "slipway");
    db->max = options->connections;
    db->free_plans = options->free_plans;
    db->wait = options->wait.us > 0 ? options->wait : ci_seconds(WAIT_DEFAULT_S);
    db->pause.us = PAUSE_FIRST_US;
    init_locks(db);
    *out = db;
    return true;
}

static void free_conn(struct ci_conn *conn)
{
    if (!conn)
        return;
    PQfinish(conn->pg);
    for (size_t i = 0; i < CI_PREPARED_SLOTS; i++) {
        while (conn->prepared[i]) {
            struct ci_prepared *entry = conn->prepared[i];

            conn->prepared[i] = entry->chain;
            free(entry);
        }
    }
    free(conn);
}

void ci_db_close(struct ci_db *db)
{
    if (!db)
        return;
    while (db->idle) {
        struct ci_conn *conn = db->idle;

        db->idle = conn->next;
        db->open--;
        free_conn(conn);
    }
    assert(db->open == 0);
    pthread_cond_destroy(&db->freed);
    pthread_mutex_destroy(&db->lock);
    free(db->url);
    free(db->application);
    free(db);
}

struct ci_prepared *ci_conn_prepared(struct ci_conn *conn, const struct ci_stmt *stmt,
                                     uint64_t signature)
{
    uint64_t mixed = ((uint64_t)(uintptr_t)stmt >> 4) ^ signature;
    struct ci_prepared **slot = &conn->prepared[(mixed ^ mixed >> 17) % CI_PREPARED_SLOTS];
    struct ci_prepared *entry;

    for (entry = *slot; entry; entry = entry->chain)
        if (entry->stmt == stmt && entry->signature == signature)
            return entry;
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        abort();
    entry->stmt = stmt;
    entry->signature = signature;
    /* The server keeps 63 bytes of a name, so what makes it unique comes first. */
    snprintf(entry->name, sizeof(entry->name), "%u_%s", conn->serial++, stmt->name);
    entry->chain = *slot;
    *slot = entry;
    return entry;
}

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* What every statement may rely on. Compiling one takes longer than any of ours runs; a replica
 * that hangs in a transaction must not hold its locks for ever. */
#define SETTINGS                                                                                   \
    "SELECT set_config('TimeZone', 'UTC', false), set_config('jit', 'off', false),"                \
    " set_config('idle_in_transaction_session_timeout', '60000', false)"

/*
 * Statements that look rows up, each by an index made for it. The planner is
 * told so: what it believes of a table that has just begun to fill, or has just
 * been emptied, makes it read the whole of it, and a plan once prepared stays.
 */
#define LOOKUP_SETTINGS                                                                            \
    ", set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),"   \
    " set_config('enable_mergejoin', 'off', false), set_config('random_page_cost', '1.1', false)," \
    " set_config('plan_cache_mode', 'force_generic_plan', false)"

static bool set_up(PGconn *pg, bool free_plans, struct ci_err *err)
{
    CI_AUTO_RESULT result = PQexec(pg, free_plans ? SETTINGS : SETTINGS LOOKUP_SETTINGS);

    if (PQresultStatus(result) != PGRES_TUPLES_OK || !PQenterPipelineMode(pg))
        return ci_conn_fail(pg, CI_EUNAVAILABLE, "database", err);
    return true;
}

static bool connect_to(const struct ci_db *db, struct ci_conn **out, struct ci_err *err)
{
    /* Those after dbname win over the address, those before it give way to it. */
    static const char *const keys[] = {
        "connect_timeout",
        "keepalives_idle",
        "tcp_user_timeout",
        "dbname",
        "application_name",
        "client_encoding",
        NULL,
    };
    const char *const values[] = {"5", "30", "30000", db->url, db->application, "UTF8", NULL};
    struct ci_conn *conn = calloc(1, sizeof(*conn));

    if (!conn)
        abort();
    conn->pg = PQconnectdbParams(keys, values, 1);
    if (PQstatus(conn->pg) != CONNECTION_OK) {
        ci_conn_fail(conn->pg, CI_EUNAVAILABLE, "database", err);
        free_conn(conn);
        return false;
    }
    PQsetNoticeReceiver(conn->pg, ignore_notice, NULL);
    if (!set_up(conn->pg, db->free_plans, err)) {
        free_conn(conn);
        return false;
    }
    *out = conn;
    return true;
}

/* The server has no reason to speak to an idle connection, but to end it. */
static bool is_stale(const struct ci_conn *conn)
{
    struct pollfd pfd = {.fd = PQsocket(conn->pg), .events = POLLIN | POLLRDHUP};

    return PQstatus(conn->pg) != CONNECTION_OK || poll(&pfd, 1, 0) != 0;
}

static struct timespec to_timespec(struct ci_mono t)
{
    return (struct timespec){.tv_sec = t.us / 1000000, .tv_nsec = t.us % 1000000 * 1000};
}

static void forget_one(struct ci_db *db)
{
    pthread_mutex_lock(&db->lock);
    db->open--;
    pthread_cond_broadcast(&db->freed);
    pthread_mutex_unlock(&db->lock);
}

/* Opens the connection that db->open already counts. */
static bool open_counted(struct ci_db *db, struct ci_conn **out, struct ci_err *err)
{
    bool ok = connect_to(db, out, err);
    struct ci_mono now = ci_mono_now();

    pthread_mutex_lock(&db->lock);
    if (ok) {
        db->pause.us = PAUSE_FIRST_US;
        db->retry_at.us = 0;
    } else {
        db->failure = *err;
        db->open--;
        /* Threads that failed together count as one failure. */
        if (now.us >= db->retry_at.us) {
            db->retry_at = ci_mono_add(now, db->pause);
            db->pause.us = db->pause.us * 2 < PAUSE_MAX_US ? db->pause.us * 2 : PAUSE_MAX_US;
        }
        /* All of those that wait are to fail now, as nobody will wake the next one. */
        pthread_cond_broadcast(&db->freed);
    }
    pthread_mutex_unlock(&db->lock);
    return ok;
}

enum claim { CLAIM_FAILED, CLAIM_IDLE, CLAIM_OPEN };

/* Waits for an idle connection (*out) or for the right to open one. */
static enum claim claim_slot(struct ci_db *db, struct ci_conn **out, struct ci_err *err)
{
    struct timespec deadline = to_timespec(ci_mono_add(ci_mono_now(), db->wait));
    int wait_failed = 0;

    for (;;) {
        if (db->idle) {
            *out = db->idle;
            db->idle = (*out)->next;
            return CLAIM_IDLE;
        }
        if (db->open < db->max) {
            if (ci_mono_now().us < db->retry_at.us) {
                *err = db->failure;
                return CLAIM_FAILED;
            }
            db->open++;
            return CLAIM_OPEN;
        }
        if (wait_failed) {
            ci_fail(err, CI_EUNAVAILABLE,
                    "none of %d database connections became free within %lld ms", db->max,
                    (long long)db->wait.us / 1000);
            return CLAIM_FAILED;
        }
        wait_failed = pthread_cond_timedwait(&db->freed, &db->lock, &deadline);
    }
}

bool ci_conn_acquire(struct ci_db *db, struct ci_conn **out, struct ci_err *err)
{
    for (;;) {
        struct ci_conn *conn = NULL;
        enum claim claim;

        pthread_mutex_lock(&db->lock);
        claim = claim_slot(db, &conn, err);
        pthread_mutex_unlock(&db->lock);
        switch (claim) {
        case CLAIM_FAILED:
            return false;
        case CLAIM_OPEN:
            return open_counted(db, out, err);
        case CLAIM_IDLE:
            break;
        }
        if (!is_stale(conn)) {
            *out = conn;
            return true;
        }
        free_conn(conn);
        forget_one(db);
    }
}

void ci_conn_release(struct ci_db *db, struct ci_conn *conn)
{
    if (conn->broken || PQtransactionStatus(conn->pg) != PQTRANS_IDLE) {
        free_conn(conn);
        forget_one(db);
        return;
    }
    pthread_mutex_lock(&db->lock);
    conn->next = db->idle;
    db->idle = conn;
    pthread_cond_signal(&db->freed);
    pthread_mutex_unlock(&db->lock);
}
