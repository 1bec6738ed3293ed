/* SPDX-License-Identifier: Apache-2.0 */
/* What forms show of the database: workers, and builds to take properties from. */
#include "access/access.h"
#include "control/force.h"
#include "shared/match.h"
#include "tables/tables.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

enum { BUILDS_SHOWN = 10 }; /* of each builder */

/* ---- which of it the parameters ask for ---- */

static bool any_of(struct ci_list params, enum ci_param_type type)
{
    CI_FOREACH(const struct ci_force_param, param, params)
        if (param->type == type || any_of(param->fields, type))
            return true;
    return false;
}

static bool asks_for(const struct ci_config *config, const struct ci_scheduler *only,
                     enum ci_param_type type)
{
    if (only)
        return any_of(only->parameters, type);
    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers)
        if (any_of(scheduler->parameters, type))
            return true;
    return false;
}

/* ---- workers ---- */

static json_t *served_builders(const struct ci_config *config, const struct worker_brief *worker)
{
    json_t *names = json_array();

    CI_FOREACH(const struct ci_builder, builder, config->builders)
        if (ci_worker_fits(builder, worker->name, worker->labels))
            json_array_append_new(names, json_string(builder->name));
    return names;
}

static bool read_workers(struct ci_tx *tx, const struct ci_config *config, void *mem,
                         struct force_world *out, struct ci_err *err)
{
    struct ci_list rows;

    if (!ci_db_rows(tx, &sql_worker_briefs, CI_NO_ARGS, &worker_brief_record, mem, &rows, err))
        return false;
    out->workers = ci_mem_json(mem, json_array());
    CI_FOREACH(const struct worker_brief, worker, rows)
        json_array_append_new(out->workers, json_pack("{s:s, s:o}", "name", worker->name,
                                                      "builders", served_builders(config, worker)));
    return true;
}

/* ---- builds to choose from ---- */

struct named_build {
    const char *builder;
    int64_t number;
};
static const struct ci_field named_build_fields[] = {
    CI_FIELD(struct named_build, builder, 0),
    CI_FIELD(struct named_build, number, 0),
};
static const struct ci_record named_build_record =
    CI_RECORD("build", struct named_build, named_build_fields);

/* The builders whose builds a list shows; a set. */
static void add_builders(json_t *names, const struct access_view *view,
                         const struct ci_scheduler *scheduler, struct ci_list params)
{
    CI_FOREACH(const struct ci_force_param, param, params) {
        struct ci_strs builders =
            param->compatible_builds.count ? param->compatible_builds : scheduler->builders;

        add_builders(names, view, scheduler, param->fields);
        for (size_t i = 0; param->type == CI_PARAM_INHERIT_BUILD && i < builders.count; i++)
            if (!view || !access_hides_builder_name(view, builders.items[i]))
                json_object_set_new(names, builders.items[i], json_true());
    }
}

static struct ci_strs keys_of(json_t *object, void *mem)
{
    const char **keys = ci_mem_array(mem, const char *, json_object_size(object)), *key;
    size_t count = 0;
    json_t *value;

    json_object_foreach(object, key, value)
        keys[count++] = key;
    return (struct ci_strs){keys, count};
}

static struct ci_strs hidden_sources(const struct access_view *view)
{
    return view ? view->sources : (struct ci_strs){0};
}

static bool read_builds(struct ci_tx *tx, const struct ci_config *config,
                        const struct ci_scheduler *only, void *mem, struct force_world *out,
                        struct ci_err *err)
{
    json_t *names = ci_mem_json(mem, json_object());
    struct ci_list rows;

    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers)
        if (!only || scheduler == only)
            add_builders(names, out->view, scheduler, scheduler->parameters);
    if (!ci_db_rows(tx, &sql_force_builds,
                    CI_ARGS(ci_arg(keys_of(names, mem)), ci_arg((int)BUILDS_SHOWN),
                            ci_arg(hidden_sources(out->view))),
                    &named_build_record, mem, &rows, err))
        return false;
    out->builds = ci_mem_json(mem, json_object());
    CI_FOREACH(const struct named_build, build, rows) {
        json_t *list = json_object_get(out->builds, build->builder);

        if (!list)
            json_object_set_new(out->builds, build->builder, list = json_array());
        json_array_append_new(list,
                              json_sprintf("%s/%lld", build->builder, (long long)build->number));
    }
    return true;
}

bool force_world_read(struct ci_tx *tx, const struct ci_config *config,
                      const struct access_view *view, const struct ci_scheduler *scheduler,
                      void *mem, struct force_world *out, struct ci_err *err)
{
    *out = (struct force_world){.config = config, .view = view};
    return (!asks_for(config, scheduler, CI_PARAM_WORKER_CHOICE) ||
            read_workers(tx, config, mem, out, err)) &&
           (!asks_for(config, scheduler, CI_PARAM_INHERIT_BUILD) ||
            read_builds(tx, config, scheduler, mem, out, err));
}

/* ---- the build that was chosen ---- */

struct heritage {
    json_t *properties;
    struct ci_i64s changeids;
};
static const struct ci_field heritage_fields[] = {
    CI_FIELD(struct heritage, properties, 0),
    CI_FIELD(struct heritage, changeids, 0),
};
static const struct ci_record heritage_record =
    CI_RECORD("inherited build", struct heritage, heritage_fields);

static json_t *heritage_json(const struct heritage *row)
{
    json_t *changes = json_array();

    for (size_t i = 0; i < row->changeids.count; i++)
        json_array_append_new(changes, json_integer(row->changeids.items[i]));
    return json_pack("{s:O, s:o}", "properties", row->properties, "changes", changes);
}

static bool is_one_of(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++)
        if (strcmp(names.items[i], name) == 0)
            return true;
    return false;
}

/* What to say of a text that names no build to inherit from; NULL when it may. */
static json_t *check_build(const struct access_view *view, const char *build, const char *slash,
                           struct ci_strs builders, const char *builder)
{
    if (!slash || slash == build || !slash[1] || strspn(slash + 1, "0123456789") > 18 ||
        slash[1 + strspn(slash + 1, "0123456789")])
        return json_pack("{s:o}", "error", json_sprintf("bad build: %s", build));
    if (!is_one_of(builders, builder) || (view && access_hides_builder_name(view, builder)))
        return json_pack("{s:o}", "error",
                         json_sprintf("unknown builder: %s in %s", builder, build));
    return NULL;
}

/* "builder/12": the number stands after the last slash. */
static bool inherit(struct ci_tx *tx, const char *build, struct ci_strs builders, void *mem,
                    struct force_world *world, struct ci_err *err)
{
    const char *slash = strrchr(build, '/');
    const char *builder = ci_mem_strndup(mem, build, slash ? (size_t)(slash - build) : 0);
    json_t *found = check_build(world->view, build, slash, builders, builder);
    struct ci_list rows = {0};

    if (!found) {
        int64_t number = strtoll(slash + 1, NULL, 10);

        if (!ci_db_rows(
                tx, &sql_force_inherit,
                CI_ARGS(ci_arg(builder), ci_arg(number), ci_arg(hidden_sources(world->view))),
                &heritage_record, mem, &rows, err))
            return false;
        found =
            rows.count
                ? heritage_json(rows.items)
                : json_pack("{s:o}", "error",
                            json_sprintf("unknown build: %lld in %s", (long long)number, build));
    }
    json_object_set_new(world->inherited, build, found);
    return true;
}

static const char *given_text(const json_t *params, const char *name)
{
    const json_t *given = json_object_get(params, name);
    const char *text = json_string_value(json_is_array(given) ? json_array_get(given, 0) : given);

    return text ? text : "";
}

static bool inherit_all(struct ci_tx *tx, const struct ci_scheduler *scheduler,
                        struct ci_list fields, const char *parent, const json_t *params, void *mem,
                        struct force_world *world, struct ci_err *err)
{
    CI_FOREACH(const struct ci_force_param, param, fields) {
        const char *full_name = force_full_name(parent, param->name, mem);
        const char *build = given_text(params, full_name);
        struct ci_strs builders =
            param->compatible_builds.count ? param->compatible_builds : scheduler->builders;

        if (param->type == CI_PARAM_INHERIT_BUILD && *build &&
            !inherit(tx, build, builders, mem, world, err))
            return false;
        if (!inherit_all(tx, scheduler, param->fields, full_name, params, mem, world, err))
            return false;
    }
    return true;
}

bool force_world_inherit(struct ci_tx *tx, const struct ci_scheduler *scheduler,
                         const json_t *params, void *mem, struct force_world *world,
                         struct ci_err *err)
{
    world->inherited = ci_mem_json(mem, json_object());
    return inherit_all(tx, scheduler, scheduler->parameters, "", params, mem, world, err);
}
