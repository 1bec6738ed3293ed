/* SPDX-License-Identifier: Apache-2.0 */
/* GET below /api/v2: path, options, one statement, envelope. */
#include "access/origin.h"
#include "contents/artifacts.h"
#include "contents/log_search.h"
#include "contents/logs.h"
#include "contents/page.h"
#include "reply.h"
#include "rest/caching.h"
#include "rest/query_index.h"
#include "rest/rest.h"
#include "shared/model.h"

#include <string.h>

/*
 * A page's total is counted this far beyond the page: more costs more than it
 * tells. Who asks with limit=0 wants the number alone, and it goes as far as
 * queries may read without an index.
 */
enum { COUNT_BOUND = 1000 };

const char *rest_path_of(const struct ci_request *request)
{
    static const char *const roots[] = {"/api/v2", "/api/latest"};

    for (size_t i = 0; i < CI_COUNT(roots); i++) {
        size_t len = strlen(roots[i]);

        if (strncmp(request->path, roots[i], len) != 0)
            continue;
        if (request->path[len] == '/')
            return request->path + len + 1;
        if (request->path[len] == '\0')
            return request->path + len;
    }
    return NULL;
}

/* How many rows there are in all; a page that is not full tells without counting. */
static bool find_total(struct www *www, struct ci_tx *tx, const struct rest_resource *resource,
                       const struct rest_scope *scope, const struct query_options *options,
                       size_t rows, void *mem, int64_t *out, struct ci_err *err)
{
    int64_t offset = options->offset.set ? options->offset.value : 0;
    bool full = options->limit.set && (int64_t)rows >= options->limit.value;

    *out = offset + (int64_t)rows;
    if (!full && (rows || !offset))
        return true;
    int64_t beyond = options->limit.set && !options->limit.value ? www->settings->query_rows : 0;
    beyond = beyond > COUNT_BOUND ? beyond : COUNT_BOUND;
    int64_t bound = *out > INT64_MAX - beyond ? INT64_MAX : *out + beyond;
    return rest_count(tx, resource, scope, options, bound, mem, out, err);
}

static bool is_selected(const struct query_options *options, const char *name)
{
    for (size_t i = 0; i < options->fields.count; i++)
        if (strcmp(options->fields.items[i], name) == 0)
            return true;
    return options->fields.count == 0;
}

json_t *rest_encode(const struct rest_resource *resource, const void *row,
                    const struct query_options *options)
{
    json_t *json = ci_record_to_json(resource->record, row);

    if (resource->bare) {
        json_t *value = json_incref(json_object_get(json, resource->fields[0].name));

        json_decref(json);
        return value;
    }
    for (size_t i = 0; i < resource->count; i++)
        if (!is_selected(options, resource->fields[i].name))
            json_object_del(json, resource->fields[i].name);
    return json;
}

static json_t *encode_rows(const struct rest_resource *resource, struct ci_list rows,
                           const struct query_options *options, json_t *meta)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rows.count; i++) {
        const char *row = (const char *)rows.items + i * resource->record->size;

        json_array_append_new(list, rest_encode(resource, row, options));
    }
    return json_pack("{s:o, s:o}", resource->plural, list, "meta", meta);
}

/* What a matched path needs to be read. */
struct reading {
    struct www *www;
    const struct ci_request *request;
    struct ci_response *response;
    const struct path_match *match;
    struct query_options options;
    const struct identity *who;
};

/* The path's scope, without what is hidden from who asks. */
static bool scope_of(struct reading *reading, struct ci_tx *tx, struct rest_scope *out,
                     struct ci_err *err)
{
    void *mem = reading->request->mem;
    struct access_view *view = ci_mem_zero(mem, struct access_view);

    return access_view(reading->www, tx, reading->who, mem, view, err) &&
           rest_scope(reading->www, tx, reading->match, view, mem, out, err);
}

static bool not_found(const struct reading *reading)
{
    return reply_error(reading->request, reading->response, 404,
                       "not found while getting from %s with arguments of the path %s",
                       reading->match->path->pattern, reading->request->path);
}

/* The options of a first page: one row more than it holds tells that there is more. */
static struct query_options first_page(const struct rest_resource *resource,
                                       const struct query_options *options)
{
    struct query_options page = *options;

    if (rest_streams(resource) && (!page.limit.set || page.limit.value > REST_PAGE))
        page.limit = ci_some(REST_PAGE + 1);
    return page;
}

static bool send_stream(struct reading *reading, struct ci_tx *tx, const struct rest_scope *scope,
                        struct ci_err *err)
{
    const struct rest_resource *resource = reading->match->path->resource;
    const struct ci_request *request = reading->request;
    struct rest_stream *stream;
    int64_t total;
    size_t keys;

    if (!rest_stream_open(reading->www, tx, request, resource, scope, &reading->options, &stream,
                          &keys, err) ||
        !find_total(reading->www, tx, resource, scope, &reading->options, keys, request->mem,
                    &total, err))
        return false;
    rest_stream_send(stream, total, request, reading->response);
    return true;
}

static bool read_rows(struct reading *reading, struct ci_tx *tx, const struct rest_scope *scope,
                      struct ci_err *err)
{
    const struct rest_resource *resource = reading->match->path->resource;
    struct query_options page = first_page(resource, &reading->options);
    void *mem = reading->request->mem;
    struct ci_list rows;
    int64_t total;

    if (!rest_rows(reading->www, tx, resource, scope, &page, mem, &rows, err))
        return false;
    if (rows.count > REST_PAGE && rest_streams(resource))
        return send_stream(reading, tx, scope, err);
    if (!find_total(reading->www, tx, resource, scope, &reading->options, rows.count, mem, &total,
                    err))
        return false;
    ci_tx_rollback(tx); /* encoding a long list needs no connection */
    reply_json(reading->request, reading->response,
               encode_rows(resource, rows, &reading->options,
                           json_pack("{s:I}", "total", (json_int_t)total)));
    return true;
}

static bool read_collection(struct reading *reading, struct ci_err *err)
{
    const struct rest_resource *resource = reading->match->path->resource;
    void *mem = reading->request->mem;
    const char *refusal;
    struct rest_scope scope;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(reading->www->app->db, &tx, err) || !scope_of(reading, &tx, &scope, err))
        return false;
    query_follow_range(resource, &scope, &reading->options, mem);
    if (!rest_bounded(reading->www, &tx, resource, &scope, &reading->options, mem, &refusal, err))
        return false;
    if (refusal)
        return reply_error(reading->request, reading->response, 400, "%s", refusal);
    return read_rows(reading, &tx, &scope, err);
}

static bool read_row(struct reading *reading, void **row, struct ci_err *err)
{
    const struct rest_resource *resource = reading->match->path->resource;
    struct query_options options = reading->options;
    void *mem = reading->request->mem;
    struct rest_scope scope;
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    /* Buildbot takes and ignores these where there is one row. */
    options.orders.count = 0;
    options.offset = (struct ci_maybe){0};
    options.limit = ci_some(1);
    if (!ci_tx_read(reading->www->app->db, &tx, err) || !scope_of(reading, &tx, &scope, err) ||
        !rest_rows(reading->www, &tx, resource, &scope, &options, mem, &rows, err))
        return false;
    *row = rows.count ? rows.items : NULL;
    return true;
}

static bool read_single(struct reading *reading, struct ci_err *err)
{
    void *row;

    if (!read_row(reading, &row, err))
        return err->code == CI_ENOTFOUND ? not_found(reading) : false;
    if (!row)
        return not_found(reading);
    reply_json(reading->request, reading->response,
               encode_rows(reading->match->path->resource, (struct ci_list){row, 1},
                           &reading->options, json_object()));
    return true;
}

static bool read_log(struct reading *reading, struct ci_err *err)
{
    const enum rest_kind kind = reading->match->path->kind;
    struct www *www = reading->www;
    bool found = true;
    void *row;

    if (!read_row(reading, &row, err))
        return false;
    if (!row)
        return not_found(reading);
    if (kind == REST_SEARCH)
        return log_search(www, reading->request, row, reading->response, err);
    if (kind == REST_RAW || kind == REST_RAW_INLINE)
        return logs_raw(www, reading->request, row, kind == REST_RAW, reading->response, err);
    struct log_window window = {reading->options.offset, reading->options.limit};
    if (kind == REST_TIMES
            ? !log_times(www, reading->request, row, window, reading->response, &found, err)
            : !logs_contents(www, reading->request, row, window, reading->response, &found, err))
        return false;
    return found || not_found(reading);
}

static bool read_bytes(struct reading *reading, struct ci_err *err)
{
    void *row;

    if (!read_row(reading, &row, err))
        return false;
    if (!row)
        return not_found(reading);
    return reading->match->path->kind == REST_VALUE
               ? artifact_value(reading->www, reading->request, row, reading->response, err)
               : artifact_file(reading->www, reading->request, row, reading->response, err);
}

static bool read_page(struct reading *reading, struct ci_err *err)
{
    void *row;

    if (!read_row(reading, &row, err))
        return err->code == CI_ENOTFOUND ? not_found(reading) : false;
    if (!row)
        return not_found(reading);
    return page_read(reading->www, reading->request, reading->who,
                     ((const struct ci_build *)row)->buildid, reading->response, err) ||
           (err->code == CI_ENOTFOUND && not_found(reading)); /* retention was faster */
}

static bool read_path(struct reading *reading, struct ci_err *err)
{
    switch (reading->match->path->kind) {
    case REST_COLLECTION:
        if (read_collection(reading, err))
            return true;
        /* What a path's parent could not resolve is an empty collection's parent: Buildbot's way.
         */
        if (err->code != CI_ENOTFOUND)
            return false;
        reply_json(reading->request, reading->response,
                   encode_rows(reading->match->path->resource, (struct ci_list){0},
                               &reading->options, json_pack("{s:i}", "total", 0)));
        return true;
    case REST_SINGLE:
        return read_single(reading, err);
    case REST_CONTENTS:
    case REST_SEARCH:
    case REST_TIMES:
    case REST_RAW:
    case REST_RAW_INLINE:
        return read_log(reading, err);
    case REST_VALUE:
    case REST_FILE:
        return read_bytes(reading, err);
    case REST_DEEP:
        return read_page(reading, err);
    }
    return false;
}

/* What of it may be read is a matter of the rows, unless the resource takes a right of its own. */
static bool may_read(struct reading *reading, struct ci_err *err)
{
    enum ci_action right = reading->match->path->resource->right;

    return access_check(reading->www, reading->request, CI_ACTION_READ, NULL, &reading->who, err) &&
           (right == CI_ACTION_READ ||
            access_check_as(reading->www, reading->request, reading->who, right, NULL, err));
}

static bool get_rootlinks(const struct ci_request *request, struct ci_response *response)
{
    static const char *const names[] = {
        "builders",  "builds",     "buildrequests",   "buildsets", "changes", "changesources",
        "codebases", "deliveries", "forceschedulers", "logchunks", "masters", "notifications",
        "projects",  "schedulers", "sourcestamps",    "workers"};
    json_t *links = json_array();

    for (size_t i = 0; i < CI_COUNT(names); i++)
        json_array_append_new(links, json_pack("{s:s}", "name", names[i]));
    reply_json(
        request, response,
        json_pack("{s:o, s:{s:i}}", "rootlinks", links, "meta", "total", (int)CI_COUNT(names)));
    return true;
}

bool rest_get(void *service, const struct ci_request *request, struct ci_response *response,
              struct ci_err *err)
{
    const char *path = rest_path_of(request);
    struct path_match match;
    struct reading reading = {
        .www = www_of(service), .request = request, .response = response, .match = &match};
    struct ci_err refusal;

    if (!origin_allows(reading.www, request, response))
        return reply_error(request, response, 400, "invalid origin");
    caching_headers(reading.www, request, response);
    if (path && *path == '\0')
        return get_rootlinks(request, response);
    if (!path || !paths_match(rest_paths, path, request->mem, &match))
        return reply_error(request, response, 404, "Invalid path: %s", path ? path : "");
    bool collection = match.path->kind == REST_COLLECTION;
    /* A search has options of its own (log_search.c). */
    if (match.path->kind != REST_SEARCH &&
        !query_parse(match.path->resource, collection, request->query, request->mem,
                     &reading.options, &refusal))
        return reply_error(request, response, 400, "%s", refusal.msg);
    return may_read(&reading, err) && read_path(&reading, err);
}
