/* SPDX-License-Identifier: Apache-2.0 */
/* Removing the pieces that no artifact needs. */
#include "artifact.h"
#include "builder_sql.h"

#include <string.h>

enum { LOOK_AT = 2000, REMOVE = 100 };

/* A piece must have been left alone for so long: an upload may be about to use it. */
static const struct ci_dur grace = {3600 * 1000000LL};

struct look {
    const char *last; /* the last piece looked at, or NULL: there are no more after them */
    struct ci_strs unused;
};
static const struct ci_field look_fields[] = {
    CI_FIELD(struct look, last, 0),
    CI_FIELD(struct look, unused, 0),
};
static const struct ci_record look_record = CI_RECORD("look", struct look, look_fields);

struct unused {
    const char *sha256;
};
static const struct ci_field unused_fields[] = {CI_FIELD(struct unused, sha256, 0)};
static const struct ci_record unused_record = CI_RECORD("unused", struct unused, unused_fields);

/* Some of the pieces found, while their rows are locked: who wants one again waits until it is
 * gone, and then stores it anew. */
static bool remove_some(struct builder *builder, struct ci_strs found, struct ci_time before,
                        void *mem, struct ci_err *err)
{
    struct ci_list rows = {0};
    CI_AUTO_STORE store = NULL;
    CI_AUTO_TX tx = {0};

    if (!ci_depot_take(builder->depot, &store, err) || !ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_artifact_remove, CI_ARGS(ci_arg(found), ci_arg(before)),
                    &unused_record, mem, &rows, err))
        return false;
    CI_FOREACH(struct unused, piece, rows) {
        if (!ci_blob_remove(store->blobs, artifact_key(mem, piece->sha256), err))
            return false;
    }
    if (!ci_tx_commit(&tx, err))
        return false;
    if (rows.count > 0)
        ci_log(CI_INFO, "artifacts.swept", ci_kv("pieces", (int64_t)rows.count));
    return true;
}

bool artifacts_sweep(struct builder *builder, struct ci_time now, void *mem, bool *more,
                     struct ci_err *err)
{
    const struct ci_time before = {now.us - grace.us};
    struct look look = {0};
    CI_AUTO_TX tx = {0};

    *more = false;
    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_one(
            &tx, &sql_artifact_unused,
            CI_ARGS(ci_arg((const char *)builder->swept_to), ci_arg(before), ci_arg((int)LOOK_AT)),
            &look_record, mem, &look, err))
        return false;
    ci_tx_rollback(&tx);
    for (size_t at = 0; at < look.unused.count; at += REMOVE) {
        const size_t left = look.unused.count - at;
        const struct ci_strs some = {look.unused.items + at, left < REMOVE ? left : REMOVE};

        if (!remove_some(builder, some, before, mem, err))
            return false;
    }
    *more = look.last != NULL;
    (void)memset(builder->swept_to, 0, sizeof(builder->swept_to));
    if (look.last)
        (void)strncpy(builder->swept_to, look.last, sizeof(builder->swept_to) - 1);
    return true;
}
