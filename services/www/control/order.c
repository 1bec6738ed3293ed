/* SPDX-License-Identifier: Apache-2.0 */
/* Makes buildsets for people; see order.h. */
#include "control/order.h"

#include "id_row.h"
#include "shared/collapse.h"
#include "www_sql.h"

#include <stdio.h>
#include <string.h>

bool order_make(struct control *control, struct ci_tx *tx, const struct ci_buildset_request *wanted,
                order_answer *answer, struct ci_err *err)
{
    struct ci_app *app = control->www->app;
    void *mem = control->request->mem;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct ci_superseded superseded = {0};
    struct ci_buildset_made made;

    if (!ci_buildset_add(tx, wanted, control->request->now, mem, &made, err) ||
        !ci_buildset_supersede(tx, config, &made, control->request->now, mem, &superseded, err))
        return false;
    control->result = answer(&made, wanted->builderids);
    if (!control_audit(
            control, tx,
            json_pack("{s:I, s:s?}", "buildset", (json_int_t)made.bsid, "reason", wanted->reason),
            err) ||
        !ci_tx_commit(tx, err))
        return false;
    ci_buildset_announce(app->db, app->bus, &made, mem);
    ci_superseded_announce(app->bus, &superseded);
    return true;
}

struct named_builder {
    int64_t builderid;
    const char *name;
};
static const struct ci_field named_builder_fields[] = {
    CI_FIELD(struct named_builder, builderid, 0),
    CI_FIELD(struct named_builder, name, 0),
};
static const struct ci_record named_builder_record =
    CI_RECORD("builder", struct named_builder, named_builder_fields);

bool order_builders(struct ci_tx *tx, struct ci_strs names, void *mem, struct ci_i64s *out,
                    struct ci_err *err)
{
    struct ci_list rows;

    if (!ci_db_rows(tx, &sql_builders_by_name, CI_ARGS(ci_arg(names)), &named_builder_record, mem,
                    &rows, err))
        return false;
    if (!rows.count)
        return ci_fail(err, CI_ECONFLICT, "the scheduler's builders are not in force any more");
    int64_t *ids = ci_mem_array(mem, int64_t, rows.count);
    size_t count = 0;
    CI_FOREACH(const struct named_builder, builder, rows)
        ids[count++] = builder->builderid;
    *out = (struct ci_i64s){ids, count};
    return true;
}

/* Below the checkout, and staying there; the agent checks it again. */
static bool stays_below(const char *folder)
{
    for (const char *part = folder; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
        if (strcspn(part, "/") == 2 && strncmp(part, "..", 2) == 0)
            return false;
    }
    return *folder != '/';
}

bool order_patch_add(struct ci_tx *tx, const struct order_patch *patch, void *mem, int64_t *patchid,
                     struct ci_err *err)
{
    struct id_row row = {0};

    if (patch->subdir && !stays_below(patch->subdir))
        return ci_fail(err, CI_EINVALID, "patch: subdir \"%.100s\" leaves the checkout",
                       patch->subdir);
    if (patch->level < 0 || patch->level > ORDER_LEVEL_MAX)
        return ci_fail(err, CI_EINVALID, "patch: level must be a number from 0 to %d",
                       ORDER_LEVEL_MAX);
    if (!ci_db_one(tx, &sql_patch_add,
                   CI_ARGS(ci_arg(patch->level), ci_arg(patch->subdir), ci_arg(patch->author),
                           ci_arg(patch->comment), ci_arg(patch->body)),
                   &id_row_record, mem, &row, err))
        return false;
    *patchid = row.id;
    return true;
}

json_t *order_requests(struct ci_i64s brids, struct ci_i64s builderids)
{
    json_t *requests = json_object();

    for (size_t i = 0; i < brids.count; i++) {
        char key[24];

        snprintf(key, sizeof(key), "%lld", (long long)builderids.items[i]);
        json_object_set_new(requests, key, json_integer(brids.items[i]));
    }
    return requests;
}

json_t *order_reply(const struct ci_buildset_made *made, struct ci_i64s builderids)
{
    return json_pack("[I, o]", (json_int_t)made->bsid, order_requests(made->brids, builderids));
}
