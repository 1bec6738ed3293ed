/* SPDX-License-Identifier: Apache-2.0 */
/* What only the configuration knows: which builder runs on which worker, and the force schedulers.
 */
#include "access/access.h"
#include "control/force.h"
#include "control/try.h"
#include "id_row.h"
#include "shared/match.h"
#include "shared/model.h"
#include "tables/tables.h"
#include "www.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

static const struct ci_field worker_brief_fields[] = {
    CI_FIELD(struct worker_brief, workerid, 0),
    CI_FIELD(struct worker_brief, name, 0),
    CI_FIELD(struct worker_brief, labels, 0),
    CI_FIELD(struct worker_brief, active, 0),
};
const struct ci_record worker_brief_record =
    CI_RECORD("worker", struct worker_brief, worker_brief_fields);

struct builder_id {
    int64_t builderid;
    const char *name;
};
static const struct ci_field builder_id_fields[] = {
    CI_FIELD(struct builder_id, builderid, 0),
    CI_FIELD(struct builder_id, name, 0),
};
static const struct ci_record builder_id_record =
    CI_RECORD("builder", struct builder_id, builder_id_fields);

bool resolve_builders_of_worker(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                void *mem, struct ci_err *err)
{
    struct worker_brief worker = {0};

    if (!ci_db_one(tx, &sql_worker_brief, CI_ARGS(scope->args[0]), &worker_brief_record, mem,
                   &worker, err))
        return false;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const char **names = ci_mem_array(mem, const char *, config->builders.count + 1);
    size_t count = 0;
    CI_FOREACH(const struct ci_builder, builder, config->builders) {
        if (worker.active && ci_worker_fits(builder, worker.name, worker.labels))
            names[count++] = ci_mem_strdup(mem, builder->name);
    }
    scope->args[0] = ci_arg_strs((struct ci_strs){names, count});
    return true;
}

/* Puts the ids of the builder's workers in place of the builder's id, argument `at`. */
static bool put_workers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, size_t at,
                        void *mem, struct ci_err *err)
{
    struct builder_id found = {0};
    struct ci_list workers;

    if (!ci_db_one(tx, &sql_builder_id, CI_ARGS(scope->args[at]), &builder_id_record, mem, &found,
                   err) ||
        !ci_db_rows(tx, &sql_worker_briefs, CI_NO_ARGS, &worker_brief_record, mem, &workers, err))
        return false;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const struct ci_builder *builder = ci_config_builder(config, found.name);
    int64_t *ids = ci_mem_array(mem, int64_t, workers.count + 1);
    size_t count = 0;
    CI_FOREACH(const struct worker_brief, worker, workers) {
        if (builder && ci_worker_fits(builder, worker->name, worker->labels))
            ids[count++] = worker->workerid;
    }
    scope->args[at] = ci_arg_i64s((struct ci_i64s){ids, count});
    return true;
}

bool resolve_workers_of_builder(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                void *mem, struct ci_err *err)
{
    return put_workers(www, tx, scope, 0, mem, err);
}

bool resolve_workers_of_masters_builder(struct www *www, struct ci_tx *tx, struct rest_scope *scope,
                                        void *mem, struct ci_err *err)
{
    return put_workers(www, tx, scope, 1, mem, err);
}

/* Replaces the first two arguments, a builder and a number, by the build's id. */
static bool put_build(struct ci_tx *tx, const struct ci_stmt *stmt, struct rest_scope *scope,
                      void *mem, struct ci_err *err)
{
    struct id_row build = {0};

    if (!ci_db_one(tx, stmt, CI_ARGS(scope->args[0], scope->args[1]), &id_row_record, mem, &build,
                   err))
        return false;
    scope->args[0] = ci_arg(build.id);
    scope->nargs = 1;
    return true;
}

bool resolve_build_by_number(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err)
{
    (void)www;
    return put_build(tx, &sql_build_id_by_number, scope, mem, err);
}

bool resolve_build_by_name(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                           struct ci_err *err)
{
    (void)www;
    return put_build(tx, &sql_build_id_by_name, scope, mem, err);
}

bool resolve_builder_by_name(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err)
{
    struct id_row builder = {0};

    (void)www;
    if (!ci_db_one(tx, &sql_builder_id_by_name, CI_ARGS(scope->args[0]), &id_row_record, mem,
                   &builder, err))
        return false;
    scope->args[0] = ci_arg(builder.id);
    return true;
}

/* Takes `list`: the schedulers come before the path's own arguments. */
static void put_list_first(struct rest_scope *scope, json_t *list, void *mem)
{
    struct ci_arg *args = ci_mem_array(mem, struct ci_arg, scope->nargs + 1);

    args[0] = ci_arg_json(mem, ci_mem_json(mem, list));
    for (size_t i = 0; i < scope->nargs; i++)
        args[i + 1] = scope->args[i];
    scope->args = args;
    scope->nargs++;
}

bool resolve_forceschedulers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                             struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    struct force_world world;

    if (!force_world_read(tx, config, scope->view, NULL, mem, &world, err))
        return false;
    put_list_first(scope, force_schedulers_json(&world), mem);
    return true;
}

bool resolve_tryschedulers(struct www *www, struct ci_tx *tx, struct rest_scope *scope, void *mem,
                           struct ci_err *err)
{
    (void)tx;
    (void)err;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    put_list_first(scope, try_schedulers_json(config, scope->view), mem);
    return true;
}

/* The configured builders as they are shown, so that no worker makes them again. */
struct pairing {
    json_t *shown;
    const struct ci_builder *builder;
};

static struct ci_list pair_builders(const struct ci_config *config, const struct access_view *view,
                                    struct ci_list ids, void *mem)
{
    struct pairing *pairings = ci_mem_array(mem, struct pairing, ids.count + 1);
    size_t count = 0;

    CI_FOREACH(const struct builder_id, id, ids) {
        const struct ci_builder *builder = ci_config_builder(config, id->name);

        if (builder && !(view && access_hides_builder(view, id->builderid)))
            pairings[count++] = (struct pairing){
                ci_mem_json(mem, json_pack("{s:i, s:I}", "masterid", 1, "builderid",
                                           (json_int_t)id->builderid)),
                builder};
    }
    return (struct ci_list){pairings, count};
}

static json_t *configured_on(struct ci_list pairings, const struct ci_worker_row *worker)
{
    json_t *list = json_array();

    CI_FOREACH(const struct pairing, pairing, pairings) {
        if (ci_worker_fits(pairing->builder, worker->name, worker->labels))
            json_array_append(list, pairing->shown);
    }
    return list;
}

static int by_workerid(const void *a, const void *b)
{
    const struct worker_brief *left = a, *right = b;

    return left->workerid < right->workerid ? -1 : left->workerid > right->workerid;
}

bool finish_workers(struct www *www, struct ci_tx *tx, const struct access_view *view,
                    struct ci_list rows, void *mem, struct ci_err *err)
{
    struct ci_list ids, briefs;

    if (!rows.count)
        return true;
    if (!ci_db_rows(tx, &sql_builder_ids, CI_NO_ARGS, &builder_id_record, mem, &ids, err) ||
        !ci_db_rows(tx, &sql_worker_briefs, CI_NO_ARGS, &worker_brief_record, mem, &briefs, err))
        return false;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    struct ci_list pairings = pair_builders(config, view, ids, mem);
    CI_FOREACH(struct ci_worker_row, worker, rows) {
        struct worker_brief key = {.workerid = worker->workerid};

        if (briefs.count && bsearch(&key, briefs.items, briefs.count, sizeof(key), by_workerid))
            worker->configured_on = ci_mem_json(mem, configured_on(pairings, worker));
    }
    return true;
}

static json_t *name_list(struct ci_strs names)
{
    json_t *list = json_array();

    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(list, json_string(names.items[i]));
    return list;
}

bool finish_schedulers(struct www *www, struct ci_tx *tx, const struct access_view *view,
                       struct ci_list rows, void *mem, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    (void)tx, (void)err;
    CI_FOREACH(struct ci_scheduler_row, row, rows) {
        const struct ci_scheduler *scheduler = ci_config_scheduler(config, row->name);

        if (scheduler)
            row->builder_names =
                ci_mem_json(mem, name_list(access_shown(view, scheduler->builders, mem)));
    }
    return true;
}
