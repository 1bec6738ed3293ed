/* SPDX-License-Identifier: Apache-2.0 */
/* The schema's numbered files, applied once each, and the checks of statements against it. */
#include "db_internal.h"
#include "migrations_sql.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKSUM_TEXT = crypto_hash_sha256_BYTES * 2 + 1 };

/* The key is "slipway" in ASCII, which nobody else's advisory locks will meet. */
static const char lock_sql[] = "SELECT pg_advisory_lock(32488822435963257)";
static const char unlock_sql[] = "SELECT pg_advisory_unlock(32488822435963257)";
static const char table_sql[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version int PRIMARY KEY, name text NOT NULL,"
    " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";

/* A file's number is what its name begins with: 0001_core. */
static int version_of(const struct ci_stmt *file)
{
    return (int)strtol(file->name, NULL, 10);
}

static void checksum_of(const struct ci_stmt *file, char out[CHECKSUM_TEXT])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    crypto_hash_sha256(hash, (const unsigned char *)file->text, strlen(file->text));
    sodium_bin2hex(out, CHECKSUM_TEXT, hash, sizeof(hash));
}

/* The simple protocol takes several statements at once; params only go with one. */
static bool run(PGconn *pg, const char *what, const char *text, const char *const *params,
                int nparams, PGresult **out, struct ci_err *err)
{
    CI_AUTO_RESULT result = nparams > 0
                                ? PQexecParams(pg, text, nparams, NULL, params, NULL, NULL, 0)
                                : PQexec(pg, text);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        return ci_result_fail(result, what, err);
    if (out)
        *out = CI_STEAL(result);
    return true;
}

static bool command(PGconn *pg, const char *what, const char *text, struct ci_err *err)
{
    return run(pg, what, text, NULL, 0, NULL, err);
}

/* Fails when the file was applied with another text; *applied says whether it was at all. */
static bool compare(PGconn *pg, const struct ci_stmt *file, const char *version,
                    const char *checksum, bool *applied, struct ci_err *err)
{
    CI_AUTO_RESULT result = NULL;

    if (!run(pg, file->name, "SELECT checksum FROM schema_migrations WHERE version = $1", &version,
             1, &result, err))
        return false;
    *applied = PQntuples(result) > 0;
    if (*applied && strcmp(PQgetvalue(result, 0, 0), checksum) != 0)
        return ci_fail(err, CI_EINVALID,
                       "migration %s: the database was made with another text of it", file->name);
    return true;
}

static bool apply(PGconn *pg, const struct ci_stmt *file, const char *version, const char *checksum,
                  struct ci_err *err)
{
    const char *const row[] = {version, file->name, checksum};

    return command(pg, file->name, "BEGIN", err) && command(pg, file->name, file->text, err) &&
           run(pg, file->name,
               "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)", row,
               CI_COUNT(row), NULL, err) &&
           command(pg, file->name, "COMMIT", err);
}

static bool bring_up(PGconn *pg, const struct ci_stmt *file, struct ci_err *err)
{
    char version[16], checksum[CHECKSUM_TEXT];
    bool applied = false;

    snprintf(version, sizeof(version), "%d", version_of(file));
    checksum_of(file, checksum);
    return compare(pg, file, version, checksum, &applied, err) &&
           (applied || apply(pg, file, version, checksum, err));
}

static bool migrate(PGconn *pg, const struct ci_stmt *const *files, struct ci_err *err)
{
    if (!command(pg, "migration lock", lock_sql, err) ||
        !command(pg, "schema_migrations", table_sql, err))
        return false;
    for (; *files; files++)
        if (!bring_up(pg, *files, err))
            return false;
    return command(pg, "migration lock", unlock_sql, err);
}

bool ci_db_migrate_files(struct ci_db *db, const struct ci_stmt *const *files, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    bool ok;

    if (!ci_tx_read(db, &tx, err))
        return false;
    ok = PQexitPipelineMode(tx.conn->pg) && migrate(tx.conn->pg, files, err);
    /* Closing the connection also lets go of the lock and of a transaction left half done. */
    if (!ok || !PQenterPipelineMode(tx.conn->pg))
        tx.conn->broken = true;
    return ok;
}

bool ci_db_migrate(struct ci_db *db, struct ci_err *err)
{
    return ci_db_migrate_files(db, migrations_sql_all, err);
}

/* Prepares the statement without a name and describes it. Not in pipeline mode. */
static bool describe(PGconn *pg, const struct ci_stmt *stmt, PGresult **out, struct ci_err *err)
{
    CI_AUTO_RESULT parsed = PQprepare(pg, "", stmt->text, 0, NULL);

    if (PQresultStatus(parsed) != PGRES_COMMAND_OK)
        return ci_result_fail(parsed, stmt->name, err);
    *out = PQdescribePrepared(pg, "");
    if (PQresultStatus(*out) != PGRES_COMMAND_OK)
        return ci_result_fail(*out, stmt->name, err);
    return true;
}

static bool check(struct ci_db *db, const struct ci_stmt *stmt, const struct ci_record *record,
                  struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    CI_AUTO_RESULT result = NULL;
    bool ok;

    if (!ci_tx_read(db, &tx, err))
        return false;
    ok = PQexitPipelineMode(tx.conn->pg) && describe(tx.conn->pg, stmt, &result, err) &&
         (!record || ci_result_matches(result, stmt->name, record, err));
    if (!PQenterPipelineMode(tx.conn->pg))
        tx.conn->broken = true;
    return ok;
}

bool ci_db_check(struct ci_db *db, const struct ci_stmt *const *stmts, struct ci_err *err)
{
    for (; *stmts; stmts++)
        if (!check(db, *stmts, NULL, err))
            return false;
    return true;
}

bool ci_db_check_record(struct ci_db *db, const struct ci_stmt *stmt,
                        const struct ci_record *record, struct ci_err *err)
{
    return check(db, stmt, record, err);
}
