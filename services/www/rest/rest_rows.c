/* SPDX-License-Identifier: Apache-2.0 */
/* From a matched path to its rows, as far as who asks may see them; see rest.h. */
#include "rest/rest.h"

#include <string.h>

static bool resolve(struct www *www, struct ci_tx *tx, const struct path_match *match,
                    const struct access_view *view, void *mem, struct rest_scope *out,
                    struct ci_err *err)
{
    const struct rest_path *path = match->path;

    *out = (struct rest_scope){path->where, path->within, match->args, match->nargs, view};
    return !path->resolve || path->resolve(www, tx, out, mem, err);
}

/* Whether there is a row of that path for who asks. */
static bool is_there(struct www *www, struct ci_tx *tx, const struct path_match *match,
                     const struct access_view *view, void *mem, struct ci_err *err)
{
    struct query_options options = {0};
    struct rest_scope scope;
    int64_t count;

    return resolve(www, tx, match, view, mem, &scope, err) &&
           rest_count(tx, match->path->resource, &scope, &options, 1, mem, &count, err) &&
           (count > 0 || ci_fail(err, CI_ENOTFOUND, "no such resource"));
}

/*
 * Every beginning of the path that is a path of one row has to be there: what is below a hidden
 * build tells of it, be it the number of its changes.
 */
static bool way_is_open(struct www *www, struct ci_tx *tx, const struct path_match *match,
                        const struct access_view *view, void *mem, struct ci_err *err)
{
    const char *slash = match->text;
    struct path_match above;

    if (!view || view->everything)
        return true;
    while ((slash = strchr(slash, '/')) != NULL) {
        const char *path = ci_mem_strndup(mem, match->text, (size_t)(slash - match->text));

        if (paths_match(rest_paths, path, mem, &above) && above.path->kind == REST_SINGLE &&
            !is_there(www, tx, &above, view, mem, err))
            return false;
        slash++;
    }
    return true;
}

bool rest_scope(struct www *www, struct ci_tx *tx, const struct path_match *match,
                const struct access_view *view, void *mem, struct rest_scope *out,
                struct ci_err *err)
{
    return way_is_open(www, tx, match, view, mem, err) &&
           resolve(www, tx, match, view, mem, out, err);
}

bool rest_rows(struct www *www, struct ci_tx *tx, const struct rest_resource *resource,
               const struct rest_scope *scope, const struct query_options *options, void *mem,
               struct ci_list *out, struct ci_err *err)
{
    struct query_sql sql;

    query_rows(resource, scope, options, mem, &sql);
    return ci_db_rows_text(tx, sql.text, sql.args, sql.nargs, resource->record, mem, out, err) &&
           (!resource->finish || resource->finish(www, tx, scope->view, *out, mem, err));
}

struct count_row {
    int64_t count;
};
static const struct ci_field count_row_fields[] = {CI_FIELD(struct count_row, count, 0)};
static const struct ci_record count_row_record =
    CI_RECORD("count", struct count_row, count_row_fields);

bool rest_count(struct ci_tx *tx, const struct rest_resource *resource,
                const struct rest_scope *scope, const struct query_options *options, int64_t bound,
                void *mem, int64_t *out, struct ci_err *err)
{
    struct query_sql sql;
    struct ci_list counted;

    query_count(resource, scope, options, bound, mem, &sql);
    if (!ci_db_rows_text(tx, sql.text, sql.args, sql.nargs, &count_row_record, mem, &counted, err))
        return false;
    *out = ((const struct count_row *)counted.items)->count;
    return true;
}

bool rest_row(struct www *www, struct ci_tx *tx, const struct path_match *match,
              const struct access_view *view, void *mem, void **out, struct ci_err *err)
{
    struct query_options options = {.limit = ci_some(1)};
    struct rest_scope scope;
    struct ci_list rows;

    if (!rest_scope(www, tx, match, view, mem, &scope, err) ||
        !rest_rows(www, tx, match->path->resource, &scope, &options, mem, &rows, err))
        return false;
    if (!rows.count)
        return ci_fail(err, CI_ENOTFOUND, "no such resource");
    *out = rows.items;
    return true;
}
