/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of builders at a glance: what a page that shows many of them asks for once. */
#include "access/access.h"
#include "shared/model.h"
#include "tables/tables.h"
#include "www_sql.h"

#include <stdlib.h>

struct summary_row {
    int64_t builderid;
    const char *name;
    struct ci_strs tags;
    struct ci_maybe projectid;
    bool active;
    int64_t running, pending;
    struct ci_maybe usual_duration_s;
    json_t *last_builds;
};
static const struct ci_field summary_row_fields[] = {
    CI_FIELD(struct summary_row, builderid, 0),   CI_FIELD(struct summary_row, name, 0),
    CI_FIELD(struct summary_row, tags, 0),        CI_FIELD(struct summary_row, projectid, 0),
    CI_FIELD(struct summary_row, active, 0),      CI_FIELD(struct summary_row, running, 0),
    CI_FIELD(struct summary_row, pending, 0),     CI_FIELD(struct summary_row, usual_duration_s, 0),
    CI_FIELD(struct summary_row, last_builds, 0),
};
static const struct ci_record summary_row_record =
    CI_RECORD("builder_summary", struct summary_row, summary_row_fields);

/* What the statement adds to a builder. */
static const struct ci_field glance_fields[] = {
    CI_FIELD(struct summary_row, builderid, 0),   CI_FIELD(struct summary_row, running, 0),
    CI_FIELD(struct summary_row, pending, 0),     CI_FIELD(struct summary_row, usual_duration_s, 0),
    CI_FIELD(struct summary_row, last_builds, 0),
};
static const struct ci_record glance_record =
    CI_RECORD("builder_glance", struct summary_row, glance_fields);

static int by_builderid(const void *a, const void *b)
{
    const struct summary_row *x = a, *y = b;

    return (x->builderid > y->builderid) - (x->builderid < y->builderid);
}

/* Not part of the list's own statement: which builds are hidden is more than a builder's row tells.
 */
static bool finish_summaries(struct www *www, struct ci_tx *tx, const struct access_view *view,
                             struct ci_list rows, void *mem, struct ci_err *err)
{
    const struct ci_strs hidden = view && !view->everything ? view->sources : (struct ci_strs){0};
    int64_t *ids = ci_mem_array(mem, int64_t, rows.count + 1);
    struct ci_list glances;
    size_t n = 0;

    (void)www;
    CI_FOREACH(const struct summary_row, row, rows)
        ids[n++] = row->builderid;
    if (!ci_db_rows(tx, &sql_builder_summaries,
                    CI_ARGS(ci_arg_i64s((struct ci_i64s){ids, n}), ci_arg_strs(hidden)),
                    &glance_record, mem, &glances, err))
        return false;
    if (glances.count)
        qsort(glances.items, glances.count, sizeof(struct summary_row), by_builderid);
    CI_FOREACH(struct summary_row, row, rows) {
        const struct summary_row *glance =
            glances.count ? bsearch(row, glances.items, glances.count, sizeof(*row), by_builderid)
                          : NULL;

        if (!glance)
            continue;
        row->running = glance->running;
        row->pending = glance->pending;
        row->usual_duration_s = glance->usual_duration_s;
        row->last_builds = glance->last_builds;
    }
    return true;
}

/* What a glance tells is no column: it is shown, never filtered. */
static const struct rest_field summary_fields[] = {
    {"builderid",        "bd.builderid", REST_INT,    false, NULL},
    {"name",             "bd.name",      REST_STR,    false, NULL},
    {"tags",             "bd.tags",      REST_STRS,   false, NULL},
    {"projectid",        "bd.projectid", REST_INT,    true,  NULL},
    {"active",           "bd.active",    REST_BOOL,   false, NULL},
    {"running",          "0::bigint",    REST_OPAQUE, false, NULL},
    {"pending",          "0::bigint",    REST_OPAQUE, false, NULL},
    {"usual_duration_s", "NULL::bigint", REST_OPAQUE, true,  NULL},
    {"last_builds",      "'[]'::jsonb",  REST_OPAQUE, false, NULL},
};
const struct rest_resource rest_builder_summaries = REST_RESOURCE(
    "builder_summaries", "builders bd", "bd.builderid", summary_fields, &summary_row_record,
    .help =
        "A builder at a glance: its 20 newest builds, how many of the newest 100 are running, how "
        "many requests wait (at most 1000), and the median time of its newest good builds.",
    .finish = finish_summaries, .hidden = "bd.builderid = ANY($B)");
