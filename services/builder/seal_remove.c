/* SPDX-License-Identifier: Apache-2.0 */
/* Removing the objects of logs that are gone. */
#include "builder_sql.h"
#include "seal.h"

struct due {
    const char *key;
};
static const struct ci_field due_fields[] = {CI_FIELD(struct due, key, 0)};
static const struct ci_record due_record = CI_RECORD("removal", struct due, due_fields);

/* While the rows are locked: who seals that log again waits, and then puts its objects anew. */
bool seal_remove(struct builder *builder, struct ci_time now, void *mem, int64_t *count,
                 struct ci_err *err)
{
    struct ci_list rows = {0};
    struct ci_strs keys;
    const char **items;
    CI_AUTO_STORE store = NULL;
    CI_AUTO_TX tx = {0};

    *count = 0;
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_blobs_due, CI_ARGS(ci_arg(now), ci_arg((int)SEAL_REMOVE)),
                    &due_record, mem, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    if (!ci_depot_take(builder->depot, &store, err))
        return false;
    items = ci_mem_array(mem, const char *, rows.count);
    keys = (struct ci_strs){items, rows.count};
    for (size_t i = 0; i < rows.count; i++) {
        items[i] = ((const struct due *)rows.items)[i].key;
        if (!ci_blob_remove(store->blobs, items[i], err))
            return false;
    }
    if (!ci_db_exec(&tx, &sql_blobs_forget, CI_ARGS(ci_arg(keys)), NULL, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    *count = (int64_t)rows.count;
    return true;
}
