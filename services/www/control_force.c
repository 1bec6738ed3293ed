/* SPDX-License-Identifier: Apache-2.0 */
/* The call `force`: a filled-in form becomes a buildset. */
#include "buildset_reply.h"
#include "force.h"
#include "rpc.h"
#include "tables.h"
#include "www_sql.h"

#include <stdio.h>
#include <stdlib.h>

json_t *buildset_reply(const struct ci_buildset_made *made, struct ci_i64s builderids)
{
    json_t *requests = json_object();

    for (size_t i = 0; i < made->brids.count; i++) {
        char key[24];

        snprintf(key, sizeof(key), "%lld", (long long)builderids.items[i]);
        json_object_set_new(requests, key, json_integer(made->brids.items[i]));
    }
    return json_pack("[I, o]", (json_int_t)made->bsid, requests);
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

/* The name of params.builderid's builder; NULL when there is none. */
static bool find_builder(struct control *control, struct ci_tx *tx, const char **name,
                         struct ci_err *err)
{
    const json_t *given = json_object_get(control->params, "builderid");
    int64_t id = json_is_string(given) ? strtoll(json_string_value(given), NULL, 10)
                                       : json_integer_value(given);
    struct ci_list rows;

    *name = NULL;
    if (!given || json_is_null(given))
        return true;
    if (!ci_db_rows(tx, &sql_builder_name, CI_ARGS(ci_arg(id)), &named_builder_record,
                    control->request->mem, &rows, err))
        return false;
    if (rows.count)
        *name = ((const struct named_builder *)rows.items)->name;
    return true;
}

static bool find_ids(struct ci_tx *tx, struct ci_strs names, void *mem, struct ci_i64s *out,
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

/* Refuses with the complaints as the error's message. */
static bool refuse_form(struct control *control, json_t *complaints)
{
    control->error->status = 400;
    control->error->code = RPC_INVALID_PARAMS;
    control->error->message = complaints;
    return false;
}

static bool make_buildset(struct control *control, struct ci_tx *tx, const char *scheduler,
                          const struct force_order *order, struct ci_err *err)
{
    struct ci_app *app = control->www->app;
    void *mem = control->request->mem;
    struct ci_buildset_request wanted = {
        .scheduler = scheduler,
        .reason = order->reason,
        .sources = &order->source,
        .source_count = 1,
        .properties = order->properties,
        .priority = order->priority,
    };
    struct ci_buildset_made made;

    if (!find_ids(tx, order->builders, mem, &wanted.builderids, err) ||
        !ci_buildset_add(tx, &wanted, control->request->now, mem, &made, err) ||
        !ci_tx_commit(tx, err))
        return false;
    ci_buildset_announce(app->db, app->bus, &made, mem);
    control->result = buildset_reply(&made, wanted.builderids);
    return true;
}

bool control_force(struct control *control, struct ci_err *err)
{
    const struct forcescheduler_row *row = control->row;
    const char *name = row->name;
    CI_AUTO_CONFIG config = ci_config_get(control->www->app->config);
    const struct ci_scheduler *scheduler = ci_config_scheduler(config, name);
    const char *builder;
    struct force_order order;
    json_t *complaints;
    CI_AUTO_TX tx = {0};

    if (!scheduler || scheduler->type != CI_SCHED_FORCE)
        return ci_fail(err, CI_ENOTFOUND, "no force scheduler \"%s\"", name);
    if (!ci_tx_begin(control->www->app->db, &tx, err) || !find_builder(control, &tx, &builder, err))
        return false;
    if (!force_read(config, scheduler, control->params, control->user, builder,
                    control->request->mem, &order, &complaints))
        return refuse_form(control, complaints);
    return make_buildset(control, &tx, name, &order, err);
}
