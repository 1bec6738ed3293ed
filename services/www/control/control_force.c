/* SPDX-License-Identifier: Apache-2.0 */
/* The call `force`: a filled-in form becomes a buildset. */
#include "control/force.h"
#include "control/order.h"
#include "tables/tables.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

struct builder_name {
    int64_t builderid;
    const char *name;
};
static const struct ci_field builder_name_fields[] = {
    CI_FIELD(struct builder_name, builderid, 0),
    CI_FIELD(struct builder_name, name, 0),
};
static const struct ci_record builder_name_record =
    CI_RECORD("builder", struct builder_name, builder_name_fields);

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
    if (!ci_db_rows(tx, &sql_builder_name, CI_ARGS(ci_arg(id)), &builder_name_record,
                    control->request->mem, &rows, err))
        return false;
    if (rows.count)
        *name = ((const struct builder_name *)rows.items)->name;
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

static bool keep_patches(struct ci_tx *tx, struct force_order *order, void *mem, struct ci_err *err)
{
    CI_FOREACH(const struct force_patch, patch, order->patches) {
        const struct order_patch row = {
            .level = patch->level,
            .subdir = patch->subdir,
            .author = patch->author,
            .comment = patch->comment,
            .body = {patch->body, strlen(patch->body)},
        };

        if (!order_patch_add(tx, &row, mem, &order->sources[patch->source].patchid, err))
            return false;
    }
    return true;
}

static bool make_buildset(struct control *control, struct ci_tx *tx, const char *scheduler,
                          struct force_order *order, struct ci_err *err)
{
    void *mem = control->request->mem;

    if (!keep_patches(tx, order, mem, err))
        return false;
    struct ci_buildset_request wanted = {
        .scheduler = scheduler,
        .reason = order->reason,
        .sources = order->sources,
        .source_count = order->source_count,
        .changeids = order->changeids,
        .properties = order->properties,
        .priority = order->priority,
    };
    return order_builders(tx, order->builders, mem, &wanted.builderids, err) &&
           order_make(control, tx, &wanted, order_reply, err);
}

bool control_force(struct control *control, struct ci_err *err)
{
    const struct forcescheduler_row *row = control->row;
    const char *name = row->name;
    void *mem = control->request->mem;
    CI_AUTO_CONFIG config = ci_config_get(control->www->app->config);
    const struct ci_scheduler *scheduler = ci_config_scheduler(config, name);
    const char *builder;
    struct force_world world;
    struct force_order order;
    json_t *complaints;
    CI_AUTO_TX tx = {0};

    if (!scheduler || scheduler->type != CI_SCHED_FORCE)
        return ci_fail(err, CI_ENOTFOUND, "no force scheduler \"%s\"", name);
    if (!ci_tx_begin(control->www->app->db, &tx, err) ||
        !find_builder(control, &tx, &builder, err) ||
        !force_world_read(&tx, config, control->view, scheduler, mem, &world, err) ||
        !force_world_inherit(&tx, scheduler, control->params, mem, &world, err))
        return false;
    world.says_who = !control_person(control);
    if (!force_read(&world, scheduler, control->params, control->user, builder, mem, &order,
                    &complaints))
        return refuse_form(control, complaints);
    return control_may_order(control, CI_ACTION_FORCE, scheduler, order.builders,
                             (struct ci_list){order.sources, order.source_count}, err) &&
           make_buildset(control, &tx, name, &order, err);
}
