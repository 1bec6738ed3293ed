/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole log as bytes: a few chunks are read at once and expanded one by one,
 * and no connection is held while the client takes them.
 */
#include "contents/log_chunks.h"
#include "contents/logs.h"
#include "reply.h"
#include "shared/compress.h"
#include "shared/log.h"
#include "www_sql.h"

#include <string.h>

/* Pieces held at once, each 256 KiB at most before compression. */
enum { BATCH = 8 };

struct raw_stream {
    struct www *www;
    int64_t logid, next_line, end_line; /* end_line: lines there were at the request */
    bool strip;                         /* the stream's letter before each line */
    void *batch;                        /* of the pieces fetched; emptied with them */
    struct ci_list pieces;              /* struct ci_log_piece */
    size_t piece;                       /* the next one */
    void *mem;                          /* of the piece in hand; emptied with it */
    const char *at;
    size_t left;
    bool over; /* nothing comes after what is in hand */
};

/* Fetches the next few pieces, from the database or the store. */
static bool load_batch(struct raw_stream *stream, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    talloc_free_children(stream->batch);
    stream->piece = 0;
    stream->pieces = (struct ci_list){0};
    if (!ci_tx_read(stream->www->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_log_pieces_next,
                    CI_ARGS(ci_arg(stream->logid), ci_arg(stream->next_line), ci_arg((int)BATCH)),
                    &ci_log_piece_record, stream->batch, &stream->pieces, err))
        return false;
    ci_tx_rollback(&tx);
    if (stream->pieces.count == 0)
        return ci_fail(err, CI_ENOTFOUND, "the lines from %lld on are gone",
                       (long long)stream->next_line);
    return ci_log_pieces_load(stream->www->depot, stream->pieces, stream->batch, err);
}

/* Expands the next piece; `over` at the end. */
static bool load_piece(struct raw_stream *stream, struct ci_err *err)
{
    struct ci_bytes text;

    talloc_free_children(stream->mem);
    stream->left = 0;
    stream->over = stream->next_line >= stream->end_line;
    if (stream->over)
        return true;
    if (stream->piece == stream->pieces.count && !load_batch(stream, err))
        return false;
    const struct ci_log_piece *piece =
        (const struct ci_log_piece *)stream->pieces.items + stream->piece++;
    if (!ci_expand(stream->mem, piece->content, LOG_CHUNK_MAX, &text, err))
        return false;
    text = log_lines(text, 0, stream->end_line - piece->first_line - 1);
    char *copy = ci_mem_dup(stream->mem, text.data, text.len);
    stream->at = copy;
    stream->left = stream->strip ? log_strip(copy, text.len) : text.len;
    stream->next_line = piece->first_line + piece->line_count;
    return true;
}

/* The status went out long ago: the reader is told by a last line, and we by our log. */
static void cut(struct raw_stream *stream, const struct ci_err *err)
{
    ci_log(CI_WARN, "log.stream_cut", ci_kv("log", stream->logid), ci_kv("error", err->msg));
    stream->at = ci_mem_printf(stream->mem,
                               "[slipway: the rest of this log could not be read: %s]\n", err->msg);
    stream->left = strlen(stream->at);
    stream->next_line = stream->end_line;
}

static ssize_t raw_read(void *user, char *out, size_t max)
{
    struct raw_stream *stream = user;
    struct ci_err err;

    while (stream->left == 0) {
        if (stream->over)
            return -1;
        if (!load_piece(stream, &err))
            cut(stream, &err);
    }
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

static struct raw_stream *open_stream(struct www *www, const struct ci_log_row *log,
                                      const struct log_about *about)
{
    struct raw_stream *stream = ci_mem_zero(NULL, struct raw_stream);

    stream->www = www;
    stream->logid = log->logid;
    stream->end_line = log->num_lines;
    stream->strip = log->type[0] == 's';
    stream->batch = talloc_new(stream);
    stream->mem = talloc_new(stream);
    if (stream->strip) {
        stream->at = ci_mem_printf(stream, "Builder: %s\nBuild number: %lld\nWorker name: %s\n",
                                   about->builder, (long long)about->number, about->worker);
        stream->left = strlen(stream->at);
    }
    return stream;
}

bool logs_raw(struct www *www, const struct ci_request *request, const struct ci_log_row *log,
              bool download, struct ci_response *response, struct ci_err *err)
{
    struct log_about about = {0};

    if (!find_about(www->app->db, log->logid, request->mem, &about, err))
        return false;
    struct raw_stream *stream = open_stream(www, log, &about);
    /* The first lines are read here: that they can't be had is told as a status still. */
    if (stream->end_line > 0 && !load_batch(stream, err)) {
        raw_free(stream);
        return false;
    }
    set_headers(request, log, download ? file_name(&about, log, request->mem) : NULL, response);
    response->stream = ci_mem_zero(request->mem, struct ci_stream);
    *response->stream = (struct ci_stream){.read = raw_read, .free = raw_free, .user = stream};
    return true;
}
