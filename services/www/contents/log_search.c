/* SPDX-License-Identifier: Apache-2.0 */
/* GET logs/N/search and logs/N/times: options, the way through the chunks, JSON. */
#include "contents/log_search.h"

#include "contents/log_chunks.h"
#include "contents/log_plain.h"
#include "contents/log_scan.h"
#include "reply.h"
#include "shared/clock.h"
#include "shared/compress.h"
#include "shared/utf8.h"
#include "www_sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 32,        /* chunks fetched at once */
    LIMIT_USUAL = 100, /* hits of an answer */
    LIMIT_MOST = 1000, /* ... however many are asked for */
    SPANS_MOST = 50,   /* matches told of one line */
    TEXT_MOST = 400,   /* bytes told of a line */
    TIMES_MOST = 5000, /* chunks told of */
    PATIENCE_MS = 200, /* an answer takes no longer, but for the chunk in hand */
};

const char *const log_find_names[] = {
    [LOG_FIND_TEXT] = "text",
    [LOG_FIND_ERRORS] = "errors",
    [LOG_FIND_WARNINGS] = "warnings",
    [LOG_FIND_MARKS] = "marks",
    NULL,
};

struct match_row {
    int64_t line;
    const char *stream, *text;
    struct ci_i64s spans;
};
static const struct ci_field match_fields[] = {
    CI_FIELD_HELP(struct match_row, line, 0, "Its number, from 0"),
    CI_FIELD_HELP(struct match_row, stream, 0, "o, e or h; null in a log without streams"),
    CI_FIELD_HELP(struct match_row, text, 0,
                  "Its beginning, without escape sequences; of marks with them"),
    CI_FIELD_HELP(struct match_row, spans, 0,
                  "Where the matches begin and end, in UTF-16 code units of the line without"
                  " escape sequences, one after another"),
};
const struct ci_record log_match_record = CI_RECORD("logmatch", struct match_row, match_fields);

struct time_row {
    int64_t firstline;
    struct ci_maybe ms;
};
static const struct ci_field time_fields[] = {
    CI_FIELD_HELP(struct time_row, firstline, 0, "The first of lines that came together, from 0"),
    CI_FIELD_HELP(struct time_row, ms, 0, "When, in epoch milliseconds; null: nobody kept it"),
};
const struct ci_record log_time_record = CI_RECORD("logtime", struct time_row, time_fields);

/* ---- options ---- */

struct search {
    struct www *www;
    const struct ci_log_row *log;
    struct log_query query;
    struct log_scan scan;
    int64_t from; /* where to begin, within scan.from..scan.to */
};

static bool read_number(const char *name, const char *value, int64_t *out, struct ci_err *err)
{
    const size_t len = strlen(value);

    if (len == 0 || len > 18 || strspn(value, "0123456789") != len)
        return ci_fail(err, CI_EINVALID, "invalid %s", name);
    *out = strtoll(value, NULL, 10);
    return true;
}

static bool read_choice(const char *name, const char *value, const char *const *names, int *out,
                        struct ci_err *err)
{
    for (*out = 0; names[*out]; (*out)++)
        if (strcmp(names[*out], value) == 0)
            return true;
    return ci_fail(err, CI_EINVALID, "invalid %s", name);
}

static bool read_truth(const char *name, const char *value, bool *out, struct ci_err *err)
{
    static const char *const names[] = {"false", "true", "0", "1", NULL};
    int choice = 0;

    if (!read_choice(name, value, names, &choice, err))
        return false;
    *out = choice % 2;
    return true;
}

static bool read_stream(const char *value, char *out, struct ci_err *err)
{
    static const char *const names[] = {"o", "e", "h", NULL};
    int choice = 0;

    if (!read_choice("stream", value, names, &choice, err))
        return false;
    *out = names[choice][0];
    return true;
}

/* What was asked; lines of -1 were not given. */
struct asked {
    int64_t from, to, limit;
    int find, direction;
};

static bool read_option(struct search *search, struct asked *asked, const struct ci_pair *pair,
                        struct ci_err *err)
{
    static const char *const directions[] = {"forward", "backward", NULL};
    const char *name = pair->name, *value = pair->value;

    if (strcmp(name, "q") == 0) {
        search->query.text = value;
        return true;
    }
    if (strcmp(name, "find") == 0)
        return read_choice(name, value, log_find_names, &asked->find, err);
    if (strcmp(name, "direction") == 0)
        return read_choice(name, value, directions, &asked->direction, err);
    if (strcmp(name, "regex") == 0)
        return read_truth(name, value, &search->query.regex, err);
    if (strcmp(name, "case") == 0)
        return read_truth(name, value, &search->query.exact_case, err);
    if (strcmp(name, "stream") == 0)
        return read_stream(value, &search->scan.stream, err);
    if (strcmp(name, "from") == 0)
        return read_number(name, value, &asked->from, err);
    if (strcmp(name, "to") == 0)
        return read_number(name, value, &asked->to, err);
    if (strcmp(name, "limit") == 0)
        return read_number(name, value, &asked->limit, err);
    return ci_fail(err, CI_EINVALID, "unrecognized query parameter '%s'", name);
}

/* An empty text is in every line: of a stream, say. */
static bool check_text(const struct log_query *query, struct ci_err *err)
{
    const char *text = query->text ? query->text : "";
    const size_t len = strlen(text);

    if (query->find != LOG_FIND_TEXT)
        return !query->text || ci_fail(err, CI_EINVALID, "q goes with find=text only");
    if (!ci_utf8_is_valid(text, len) || log_units(text, len) > LOG_QUERY_MAX)
        return ci_fail(err, CI_EINVALID, "q is no UTF-8, or longer than %d characters",
                       (int)LOG_QUERY_MAX);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' && *at != '\t')
            return ci_fail(err, CI_EINVALID, "q has a control character, which no line has");
    return true;
}

/* The lines that count, and the one to begin at. */
static void bound(struct search *search, const struct asked *asked)
{
    const int64_t last = search->log->num_lines - 1;
    struct log_scan *scan = &search->scan;
    int64_t from = asked->from, to = asked->to;

    scan->backward = asked->direction == 1;
    if (from < 0)
        from = scan->backward ? last : 0;
    if (to < 0)
        to = scan->backward ? 0 : last;
    scan->from = scan->backward ? to : from;
    scan->to = scan->backward ? from : to;
    if (scan->to > last)
        scan->to = last;
    search->from = scan->backward ? scan->to : scan->from;
}

static bool read_options(struct search *search, struct ci_pairs query, void *mem,
                         struct ci_err *err)
{
    struct asked asked = {.from = -1, .to = -1, .limit = LIMIT_USUAL};
    struct log_scan *scan = &search->scan;

    for (size_t i = 0; i < query.count; i++)
        if (!read_option(search, &asked, &query.items[i], err))
            return false;
    search->query.find = (enum log_find)asked.find;
    if (!check_text(&search->query, err))
        return false;
    if (asked.limit < 1)
        return ci_fail(err, CI_EINVALID, "invalid limit");
    bound(search, &asked);
    scan->room = asked.limit < LIMIT_MOST ? asked.limit : LIMIT_MOST;
    scan->raw = search->query.find == LOG_FIND_MARKS;
    scan->streams = search->log->type[0] == 's';
    return log_matcher_new(mem, &search->query, &scan->matcher, err);
}

/* ---- the way through the chunks ---- */

/* What of the answer is made. */
struct found {
    json_t *matches;
    int64_t next; /* -1: all is searched */
};

static void add_matches(struct search *search, json_t *matches)
{
    struct log_scan *scan = &search->scan;
    struct ci_buf scratch;

    ci_buf_init(&scratch, scan->mem);
    for (size_t i = 0; i < scan->count; i++) {
        const struct log_hit *hit = &scan->hits[i];
        const char stream[] = {hit->stream, '\0'};
        const struct ci_bytes text = log_scan_text(scan, hit, &scratch);
        struct match_row row = {.line = hit->line, .stream = hit->stream ? stream : NULL};
        size_t len = text.len < TEXT_MOST ? text.len : TEXT_MOST;

        while (len < text.len && (((const unsigned char *)text.data)[len] & 0xc0) == 0x80)
            len--; /* no character is cut */
        row.text = ci_mem_strndup(scan->mem, text.data, len);
        row.spans = log_scan_spans(scan, text, SPANS_MOST);
        json_array_append_new(matches, ci_record_to_json(&log_match_record, &row));
    }
}

static bool search_piece(struct search *search, const struct ci_log_piece *piece,
                         struct found *found, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new(); /* one chunk at a time is expanded */
    struct log_scan *scan = &search->scan;
    struct ci_bytes text;

    scan->mem = mem;
    scan->hits = NULL;
    scan->count = 0;
    if (!ci_expand(mem, piece->content, LOG_CHUNK_MAX, &text, err))
        return ci_fail_in(err, "chunk at line %lld", (long long)piece->first_line);
    log_scan_chunk(scan, piece->first_line, ci_mem_dup(mem, text.data, text.len), text.len);
    add_matches(search, found->matches);
    found->next = scan->stopped    ? scan->next
                  : scan->backward ? piece->first_line - 1
                                   : piece->first_line + piece->line_count;
    return true;
}

static bool is_over(const struct search *search, const struct found *found)
{
    return found->next < search->scan.from || found->next > search->scan.to;
}

static bool fetch(struct search *search, int64_t line, void *mem, struct ci_list *pieces,
                  struct ci_err *err)
{
    const struct ci_stmt *stmt =
        search->scan.backward ? &sql_log_pieces_before : &sql_log_pieces_next;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(search->www->app->db, &tx, err) ||
        !ci_db_rows(&tx, stmt,
                    CI_ARGS(ci_arg(search->log->logid), ci_arg(line), ci_arg((int)BATCH)),
                    &ci_log_piece_record, mem, pieces, err))
        return false;
    ci_tx_rollback(&tx); /* the store, expanding and searching need no connection */
    if (pieces->count == 0)
        return ci_fail(err, CI_ENOTFOUND, "the lines from %lld on are gone", (long long)line);
    return ci_log_pieces_load(search->www->depot, *pieces, mem, err);
}

/* One batch of chunks, in the search's order, until time or room is used up. */
static bool search_batch(struct search *search, struct found *found, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_list pieces = {0};
    struct log_scan *scan = &search->scan;

    if (!fetch(search, found->next, mem, &pieces, err))
        return false;
    for (size_t i = 0; i < pieces.count && !scan->stopped && !is_over(search, found); i++) {
        const size_t at = scan->backward ? pieces.count - 1 - i : i;

        if (!search_piece(search, (const struct ci_log_piece *)pieces.items + at, found, err))
            return false;
        scan->stopped = scan->stopped || ci_mono_now().us >= scan->until.us;
    }
    return true;
}

static bool run(struct search *search, struct found *found, struct ci_err *err)
{
    struct log_scan *scan = &search->scan;

    scan->until = ci_mono_add(ci_mono_now(), ci_millis(PATIENCE_MS));
    found->next = search->from;
    while (!scan->stopped && !is_over(search, found))
        if (!search_batch(search, found, err))
            return false;
    if (is_over(search, found))
        found->next = -1;
    return true;
}

bool log_search(struct www *www, const struct ci_request *request, const struct ci_log_row *log,
                struct ci_response *response, struct ci_err *err)
{
    struct search search = {.www = www, .log = log};
    json_auto_t *matches = json_array();
    struct found found = {.matches = matches};
    struct ci_err refusal;

    if (!read_options(&search, request->query, request->mem, &refusal))
        return reply_error(request, response, 400, "%s", refusal.msg);
    if (!run(&search, &found, err))
        return false;
    reply_json(request, response,
               json_pack("{s:O, s:{s:o, s:I}}", "logmatches", matches, "meta", "next",
                         found.next < 0 ? json_null() : json_integer(found.next), "costly",
                         (json_int_t)search.scan.costly));
    return true;
}

/* ---- times ---- */

bool log_times(struct www *www, const struct ci_request *request, const struct ci_log_row *log,
               struct log_window window, struct ci_response *response, bool *found,
               struct ci_err *err)
{
    struct ci_list rows = {0};
    json_t *list;
    int64_t first, last;
    CI_AUTO_TX tx = {0};

    *found = logs_window(window, log->num_lines, &first, &last);
    if (!*found)
        return true;
    if (!ci_tx_read(www->app->db, &tx, err) ||
        !ci_db_rows(
            &tx, &sql_log_times,
            CI_ARGS(ci_arg(log->logid), ci_arg(first), ci_arg(last), ci_arg((int)TIMES_MOST)),
            &log_time_record, request->mem, &rows, err))
        return false;
    list = json_array();
    CI_FOREACH(const struct time_row, row, rows)
        json_array_append_new(list, ci_record_to_json(&log_time_record, row));
    reply_json(request, response, json_pack("{s:o, s:{}}", "logtimes", list, "meta"));
    return true;
}
