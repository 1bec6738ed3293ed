/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole log as bytes, chunk by chunk: one is read and expanded for each
 * call of the server, and no connection is held while the client takes it.
 */
#include "log_chunks.h"
#include "logs.h"
#include "reply.h"
#include "shared/compress.h"
#include "shared/log.h"
#include "www_sql.h"

#include <string.h>

struct raw_stream {
    struct ci_db *db;
    int64_t logid, next_line, end_line; /* end_line: lines there were at the request */
    bool strip;                         /* the stream's letter before each line */
    void *mem;                          /* of the piece in hand; emptied with it */
    const char *at;
    size_t left;
};

/* Fetches and expands the next chunk; false at the end, or when it can't be had. */
static bool load_piece(struct raw_stream *stream)
{
    struct log_chunk chunk = {0};
    struct ci_bytes text;
    struct ci_err err;
    CI_AUTO_TX tx = {0};

    talloc_free_children(stream->mem);
    if (stream->next_line >= stream->end_line)
        return false;
    if (!ci_tx_read(stream->db, &tx, &err) ||
        !ci_db_one(&tx, &sql_log_chunk_next,
                   CI_ARGS(ci_arg(stream->logid), ci_arg(stream->next_line)), &log_chunk_record,
                   stream->mem, &chunk, &err) ||
        !ci_expand(stream->mem, chunk.content, LOG_CHUNK_MAX, &text, &err)) {
        /* The status went out long ago; the log of the service is where this can be told. */
        ci_log(CI_WARN, "log.stream_cut", ci_kv("log", stream->logid),
               ci_kv("error", (const char *)err.msg));
        return false;
    }
    text = log_lines(text, 0, stream->end_line - chunk.first_line - 1);
    char *copy = ci_mem_dup(stream->mem, text.data, text.len);
    stream->at = copy;
    stream->left = stream->strip ? log_strip(copy, text.len) : text.len;
    stream->next_line = chunk.first_line + chunk.line_count;
    return true;
}

static ssize_t raw_read(void *user, char *out, size_t max)
{
    struct raw_stream *stream = user;

    while (stream->left == 0)
        if (!load_piece(stream))
            return -1;
    size_t len = stream->left < max ? stream->left : max;
    memcpy(out, stream->at, len);
    stream->at += len;
    stream->left -= len;
    return (ssize_t)len;
}

static void raw_free(void *user)
{
    ci_mem_free(user);
}

static bool find_about(struct ci_db *db, int64_t logid, void *mem, struct log_about *out,
                       struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) &&
           ci_db_one(&tx, &sql_log_about, CI_ARGS(ci_arg(logid)), &log_about_record, mem, out, err);
}

/* A file name that needs no quoting in a header or a shell. */
static char *file_name(const struct log_about *about, const struct ci_log_row *log, void *mem)
{
    char *name = ci_mem_printf(mem, "%s_build_%lld_step_%s_log_%s", about->builder,
                               (long long)about->number, about->step, log->slug);

    for (char *at = name; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *at))
            *at = '_';
    return name;
}

static void set_headers(const struct ci_request *request, const struct ci_log_row *log,
                        const char *name, struct ci_response *response)
{
    bool html = log->type[0] == 'h';

    response->content_type = html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    if (html) /* what a build wrote must not act as a page of ours */
        ci_response_header(request, response, "Content-Security-Policy",
                           "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    ci_response_header(request, response, "X-Content-Type-Options", "nosniff");
    if (name)
        ci_response_header(request, response, "Content-Disposition",
                           ci_mem_printf(request->mem, "attachment; filename=%s", name));
}

bool logs_raw(struct www *www, const struct ci_request *request, const struct ci_log_row *log,
              bool download, struct ci_response *response, struct ci_err *err)
{
    struct log_about about = {0};

    if (!find_about(www->app->db, log->logid, request->mem, &about, err))
        return false;
    struct raw_stream *stream = ci_mem_zero(NULL, struct raw_stream);
    *stream = (struct raw_stream){www->app->db,        log->logid,         0,    log->num_lines,
                                  log->type[0] == 's', talloc_new(stream), NULL, 0};
    if (stream->strip) {
        stream->at = ci_mem_printf(stream, "Builder: %s\nBuild number: %lld\nWorker name: %s\n",
                                   about.builder, (long long)about.number, about.worker);
        stream->left = strlen(stream->at);
    }
    set_headers(request, log, download ? file_name(&about, log, request->mem) : NULL, response);
    response->stream = ci_mem_zero(request->mem, struct ci_stream);
    *response->stream = (struct ci_stream){.read = raw_read, .free = raw_free, .user = stream};
    return true;
}
