/* SPDX-License-Identifier: Apache-2.0 */
#include "events/plant_events.h"

#include "rest/rest.h"
#include "shared/event.h"
#include "www_sql.h"

#include <string.h>

enum { SILENT_US = 60 * 1000000 }; /* several of the builder's rounds */

struct item {
    const char *kind;
    int64_t id;
    const char *name;
    bool active;
    const char *look;
};
static const struct ci_field item_fields[] = {
    CI_FIELD(struct item, kind, 0), CI_FIELD(struct item, id, 0),
    CI_FIELD(struct item, name, 0), CI_FIELD(struct item, active, 0),
    CI_FIELD(struct item, look, 0),
};
static const struct ci_record item_record = CI_RECORD("item", struct item, item_fields);

/* How a kind is told, as REST shows it. */
static const struct kind {
    const char *name, *what;
    const struct rest_resource *resource;
    const char *where;
    bool starts; /* coming and going have events of their own */
} kinds[] = {
    {"builders",   "update",  &rest_builders,   "bd.builderid = $1::bigint",   true },
    {"schedulers", "updated", &rest_schedulers, "sc.schedulerid = $1::bigint", false},
};

bool plant_look(struct ci_tx *tx, void *mem, struct ci_list *out, struct ci_err *err)
{
    return ci_db_rows(tx, &sql_plant_look, CI_NO_ARGS, &item_record, mem, out, err);
}

/* What can't be read is not told. */
static void tell_row(struct www *www, struct ci_tx *tx, const struct kind *kind, int64_t id,
                     void *mem)
{
    struct ci_arg arg = ci_arg(id);
    const struct rest_scope scope = {.where = kind->where, .args = &arg, .nargs = 1};
    const struct query_options options = {0};
    struct ci_list rows;
    struct ci_err ignored;

    if (rest_rows(www, tx, kind->resource, &scope, &options, mem, &rows, &ignored) && rows.count)
        ci_event_publish(www->app->bus, kind->name, id, kind->what, kind->resource->record,
                         rows.items);
}

/* Buildbot's payload of a builder that starts or stops at a master. */
static void tell_turn(struct www *www, const struct item *builder, const char *what)
{
    json_auto_t *payload = json_pack("{s:I, s:i, s:s}", "builderid", (json_int_t)builder->id,
                                     "masterid", 1, "name", builder->name);

    ci_event_publish_json(www->app->bus, "builders", builder->id, what, payload);
}

/* before NULL: it is new. */
static void tell_item(struct www *www, struct ci_tx *tx, const struct item *before,
                      const struct item *after, void *mem)
{
    const struct kind *kind = kinds;

    while (strcmp(kind->name, after->kind) != 0)
        kind++;
    const bool was = before && before->active;
    if (kind->starts && was != after->active)
        tell_turn(www, after, after->active ? "started" : "stopped");
    else if (!before || strcmp(before->look, after->look) != 0)
        tell_row(www, tx, kind, after->id, mem);
}

static int compare(const struct item *a, const struct item *b)
{
    int order = strcmp(a->kind, b->kind);

    return order ? order : (a->id > b->id) - (a->id < b->id);
}

void plant_tell(struct www *www, struct ci_list before, struct ci_list after, void *mem)
{
    const struct item *old = before.items, *end = old ? old + before.count : NULL;
    struct ci_err ignored;
    CI_AUTO_TX tx = {0};

    if (!ci_bus_connected(www->app->bus) || !ci_tx_read(www->app->db, &tx, &ignored))
        return;
    CI_FOREACH(const struct item, new, after) {
        while (old != end && compare(old, new) < 0)
            old++;
        tell_item(www, &tx, old != end && compare(old, new) == 0 ? old : NULL, new, mem);
    }
}

bool plant_stopped(struct www *www, struct ci_time now, void *mem, struct ci_err *err)
{
    const struct ci_time since = {now.us - SILENT_US};
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(www->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_masters_stopped, CI_ARGS(ci_arg(since)), &ci_master_row_record, mem,
                    &rows, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    CI_FOREACH(const struct ci_master_row, master, rows)
        ci_event_publish_master(www->app->bus, master, "stopped");
    return true;
}
