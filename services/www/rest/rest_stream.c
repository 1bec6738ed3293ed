/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A long list as a stream: its keys are read at once, 8 bytes each, and the rows page by page as
 * the client takes them, so that neither memory nor a connection grows with the list. What is
 * removed meanwhile is not there; the total is that of the beginning.
 */
#include "json_text.h"
#include "reply.h"
#include "rest/rest.h"
#include "shared/log.h"

#include <stdlib.h>
#include <string.h>

struct rest_stream {
    struct www *www;
    const struct rest_resource *resource;
    struct query_options options;
    struct ci_i64s keys;
    size_t next; /* of the keys */
    int64_t total;
    bool compact, begun, some, over;
    void *page;         /* of the text in hand; emptied with it */
    struct ci_buf text; /* in hand ... */
    size_t at;          /* ... and what of it was sent */
};

struct keys_row {
    struct ci_i64s keys;
};
static const struct ci_field keys_row_fields[] = {CI_FIELD(struct keys_row, keys, 0)};
static const struct ci_record keys_row_record = CI_RECORD("keys", struct keys_row, keys_row_fields);

bool rest_streams(const struct rest_resource *resource)
{
    if (resource->finish || resource->bare || resource->from_args)
        return false;
    for (size_t i = 0; i < resource->count; i++)
        if (strcmp(resource->fields[i].sql, resource->key) == 0)
            return resource->fields[i].type == REST_INT;
    return false;
}

bool rest_stream_open(struct www *www, struct ci_tx *tx, const struct ci_request *request,
                      const struct rest_resource *resource, const struct rest_scope *scope,
                      const struct query_options *options, struct rest_stream **out, size_t *keys,
                      struct ci_err *err)
{
    struct rest_stream *stream = ci_mem_zero(request->mem, struct rest_stream);
    struct query_options all = *options;
    struct query_sql sql;
    struct ci_list rows;

    if (!all.limit.set || all.limit.value > REST_ROWS_MOST)
        all.limit = ci_some(REST_ROWS_MOST + 1);
    query_keys(resource, scope, &all, request->mem, &sql);
    if (!ci_db_rows_text(tx, sql.text, sql.args, sql.nargs, &keys_row_record, request->mem, &rows,
                         err))
        return false;
    *stream = (struct rest_stream){.www = www,
                                   .resource = resource,
                                   .options = *options,
                                   .keys = ((const struct keys_row *)rows.items)->keys,
                                   .compact = reply_is_compact(request)};
    if (stream->keys.count > REST_ROWS_MOST)
        return ci_fail(err, CI_EINVALID, "more than %d rows: ask for a part by limit and filters",
                       REST_ROWS_MOST);
    stream->page = talloc_new(request->mem);
    *keys = stream->keys.count;
    *out = stream;
    return true;
}

/* A row for people, which stands two levels deep. Line ends within texts are escaped. */
static void lay_out(struct ci_buf *out, const json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

    for (char *line = text, *end; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        ci_buf_printf(out, "\n    %.*s", (int)(end ? (size_t)(end - line) : strlen(line)), line);
    }
    free(text);
}

static void add_row(struct rest_stream *stream, const void *row)
{
    json_t *json = rest_encode(stream->resource, row, &stream->options);

    ci_buf_puts(&stream->text, stream->some ? "," : "");
    if (stream->compact)
        json_text_add(&stream->text, json);
    else
        lay_out(&stream->text, json);
    stream->some = true;
    json_decref(json);
}

static void add_meta(struct rest_stream *stream)
{
    ci_buf_printf(&stream->text,
                  stream->compact ? "\"meta\":{\"total\":%lld}"
                                  : "\n  \"meta\": {\n    \"total\": %lld\n  }",
                  (long long)stream->total);
}

/* Keys are sorted: "meta" comes before the rows of "steps" and after those of "builds". */
static bool is_meta_first(const struct rest_stream *stream)
{
    return strcmp(stream->resource->plural, "meta") > 0;
}

static void add_beginning(struct rest_stream *stream)
{
    ci_buf_puts(&stream->text, "{");
    if (is_meta_first(stream)) {
        add_meta(stream);
        ci_buf_puts(&stream->text, ",");
    }
    ci_buf_printf(&stream->text, stream->compact ? "\"%s\":[" : "\n  \"%s\": [",
                  stream->resource->plural);
    stream->begun = true;
}

static void add_end(struct rest_stream *stream)
{
    ci_buf_puts(&stream->text, stream->compact ? "]" : "\n  ]");
    if (!is_meta_first(stream)) {
        ci_buf_puts(&stream->text, ",");
        add_meta(stream);
    }
    ci_buf_puts(&stream->text, stream->compact ? "}" : "\n}");
    stream->over = true;
}

static bool add_rows(struct rest_stream *stream, struct ci_err *err)
{
    const struct rest_resource *resource = stream->resource;
    size_t left = stream->keys.count - stream->next;
    struct ci_i64s keys = {stream->keys.items + stream->next, left < REST_PAGE ? left : REST_PAGE};
    CI_AUTO_MEM mem = ci_mem_new();
    struct query_sql sql;
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    query_page(resource, keys, &stream->options, mem, &sql);
    if (!ci_tx_read(stream->www->app->db, &tx, err) ||
        !ci_db_rows_text(&tx, sql.text, sql.args, sql.nargs, resource->record, mem, &rows, err))
        return false;
    ci_tx_rollback(&tx); /* none is held while the client takes the page */
    for (size_t i = 0; i < rows.count; i++)
        add_row(stream, (const char *)rows.items + i * resource->record->size);
    stream->next += keys.count;
    return true;
}

/* The status went out long ago: a list without its end is no JSON, which tells the client. */
static void cut(struct rest_stream *stream, const struct ci_err *err)
{
    ci_log(CI_WARN, "rest.stream_cut", ci_kv("resource", stream->resource->plural),
           ci_kv("error", err->msg));
    stream->over = true;
}

static void load(struct rest_stream *stream)
{
    struct ci_err err;

    talloc_free_children(stream->page);
    ci_buf_init(&stream->text, stream->page);
    stream->at = 0;
    if (!stream->begun)
        add_beginning(stream);
    if (stream->next == stream->keys.count)
        add_end(stream);
    else if (!add_rows(stream, &err))
        cut(stream, &err);
}

static ssize_t stream_read(void *user, char *out, size_t max)
{
    struct rest_stream *stream = user;

    while (stream->at == stream->text.len) {
        if (stream->over)
            return -1;
        load(stream);
    }
    size_t left = stream->text.len - stream->at, len = left < max ? left : max;
    memcpy(out, stream->text.text + stream->at, len);
    stream->at += len;
    return (ssize_t)len;
}

/* All of it lives in the request's memory. */
static void stream_free(void *user)
{
    struct rest_stream *stream = user;

    talloc_free_children(stream->page);
}

void rest_stream_send(struct rest_stream *stream, int64_t total, const struct ci_request *request,
                      struct ci_response *response)
{
    struct ci_stream *body = ci_mem_zero(request->mem, struct ci_stream);

    stream->total = total;
    *body = (struct ci_stream){.read = stream_read, .free = stream_free, .user = stream};
    response->stream = body;
    reply_json_headers(request, response);
}
