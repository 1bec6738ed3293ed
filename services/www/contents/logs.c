/* SPDX-License-Identifier: Apache-2.0 */
/* A window of a log's lines as JSON; only the chunks that hold it are read. */
#include "contents/logs.h"

#include "contents/log_chunks.h"
#include "id_row.h"
#include "reply.h"
#include "shared/compress.h"
#include "shared/utf8.h"
#include "www_sql.h"

/* More than this is no window any more: /raw streams it without holding it. */
enum { CONTENTS_MAX = 64 << 20 };

bool logs_window(struct log_window window, int64_t num_lines, int64_t *first, int64_t *last)
{
    int64_t end = num_lines > 0 ? num_lines - 1 : 0;

    *first = window.offset.set ? window.offset.value : 0;
    *last = end;
    if (*first < 0 || (window.limit.set && window.limit.value < 1))
        return false;
    if (!window.limit.set)
        return *first <= end;
    if (window.limit.value <= end - *first)
        *last = *first + window.limit.value - 1;
    return true;
}

static bool check_size(struct ci_tx *tx, int64_t logid, int64_t first, int64_t last, void *mem,
                       struct ci_err *err)
{
    struct id_row bytes = {0};

    if (!ci_db_one(tx, &sql_log_window_bytes, CI_ARGS(ci_arg(logid), ci_arg(first), ci_arg(last)),
                   &id_row_record, mem, &bytes, err))
        return false;
    if (bytes.id > CONTENTS_MAX)
        return ci_fail(err, CI_ETOOLARGE,
                       "these lines have %lld bytes: give offset and limit, or read /raw",
                       (long long)bytes.id);
    return true;
}

/* Appends the lines of the window that one chunk holds. */
static bool add_chunk(const struct ci_log_piece *chunk, int64_t first, int64_t last, void *mem,
                      struct ci_buf *out, struct ci_err *err)
{
    struct ci_bytes text;

    if (chunk->first_line + chunk->line_count <= first)
        return true;
    if (!ci_expand(mem, chunk->content, LOG_CHUNK_MAX, &text, err))
        return ci_fail_in(err, "chunk at line %lld", (long long)chunk->first_line);
    int64_t from = first > chunk->first_line ? first - chunk->first_line : 0;
    struct ci_bytes lines = log_lines(text, from, last - chunk->first_line);
    ci_buf_add(out, lines.data, lines.len);
    return true;
}

static bool read_window(struct www *www, int64_t logid, int64_t first, int64_t last, void *mem,
                        struct ci_bytes *out, struct ci_err *err)
{
    struct ci_list chunks = {0};
    struct ci_buf text;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(www->app->db, &tx, err) || !check_size(&tx, logid, first, last, mem, err) ||
        !ci_db_rows(&tx, &sql_log_chunks, CI_ARGS(ci_arg(logid), ci_arg(first), ci_arg(last)),
                    &ci_log_piece_record, mem, &chunks, err))
        return false;
    ci_tx_rollback(&tx); /* the store and expanding need no connection */
    if (!ci_log_pieces_load(www->depot, chunks, mem, err))
        return false;
    ci_buf_init(&text, mem);
    CI_FOREACH(const struct ci_log_piece, chunk, chunks) {
        if (!add_chunk(chunk, first, last, mem, &text, err))
            return false;
    }
    *out = (struct ci_bytes){text.text, text.len};
    return true;
}

bool logs_contents(struct www *www, const struct ci_request *request, const struct ci_log_row *log,
                   struct log_window window, struct ci_response *response, bool *found,
                   struct ci_err *err)
{
    struct ci_bytes text = {"", 0};
    int64_t first, last;

    *found = logs_window(window, log->num_lines, &first, &last);
    if (!*found)
        return true;
    if (first <= last && !read_window(www, log->logid, first, last, request->mem, &text, err))
        return false;
    json_t *content = json_string_nocheck(ci_utf8_clean(request->mem, text.data, text.len));
    reply_json(request, response,
               json_pack("{s:[{s:I, s:I, s:o}], s:{}}", "logchunks", "logid",
                         (json_int_t)log->logid, "firstline", (json_int_t)first, "content", content,
                         "meta"));
    return true;
}
