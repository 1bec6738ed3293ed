/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a batch of journal frames. */
#include "journal.h"

#include "shared/compress.h"
#include "shared/json.h"
#include "shared/result.h"

#include <inttypes.h>
#include <string.h>

const char *const frame_kind_names[] = {
    [FRAME_STEP_STARTED] = "step_started",
    [FRAME_LOG] = "log",
    [FRAME_STEP_FINISHED] = "step_finished",
    [FRAME_PROPERTY] = "property",
    [FRAME_URL] = "url",
    [FRAME_BUILD_FINISHED] = "build_finished",
    NULL,
};

/* One line as it stands. */
struct line {
    int frame; /* enum frame_kind */
    struct ci_maybe step, size, results, lines, raw;
    const char *name, *log, *kind, *state, *source, *url;
    struct ci_time at;
    bool hidden;
    json_t *value;
};

static const struct ci_field line_fields[] = {
    CI_FIELD_ENUM(struct line, frame, frame_kind_names, CI_REQUIRED),
    CI_FIELD(struct line, step, 0),
    CI_FIELD(struct line, size, 0),
    CI_FIELD(struct line, results, 0),
    CI_FIELD(struct line, lines, 0),
    CI_FIELD(struct line, raw, 0),
    CI_FIELD(struct line, name, 0),
    CI_FIELD(struct line, log, 0),
    CI_FIELD(struct line, kind, 0),
    CI_FIELD(struct line, state, 0),
    CI_FIELD(struct line, source, 0),
    CI_FIELD(struct line, url, 0),
    CI_FIELD(struct line, at, CI_MICROS),
    CI_FIELD(struct line, hidden, 0),
    CI_FIELD(struct line, value, 0),
};
static const struct ci_record line_record = CI_RECORD_OPEN("frame", struct line, line_fields);

/* What is left of the batch. */
struct cursor {
    const char *at;
    size_t left;
};

static struct ci_bytes take(struct cursor *cursor, size_t len)
{
    const struct ci_bytes piece = {cursor->at, len};

    cursor->at += len;
    cursor->left -= len;
    return piece;
}

static bool read_line(struct cursor *cursor, void *mem, struct line *out, struct ci_err *err)
{
    const char *end = memchr(cursor->at, '\n', cursor->left);
    json_error_t why;
    struct ci_bytes text;
    json_t *json;

    if (!end)
        return ci_fail(err, CI_EINVALID, "a line without an end");
    text = take(cursor, (size_t)(end - cursor->at) + 1);
    json = ci_json_read(text.data, text.len - 1, JSON_REJECT_DUPLICATES, &why);
    if (!json)
        return ci_fail(err, CI_EINVALID, "not JSON: %s", why.text);
    return ci_record_from_json(&line_record, ci_mem_json(mem, json), mem, out, err);
}

static bool read_content(struct cursor *cursor, const struct line *line, struct ci_bytes *out,
                         struct ci_err *err)
{
    if (!line->size.set)
        return true;
    if (line->size.value < 0 || (uint64_t)line->size.value > cursor->left)
        return ci_fail(err, CI_EINVALID, "size %" PRId64 " is more than what follows",
                       line->size.value);
    *out = take(cursor, (size_t)line->size.value);
    return true;
}

static bool check_text(const char *key, const char *text, struct ci_err *err)
{
    if (!text || text[0] == '\0')
        return ci_fail(err, CI_EINVALID, "%s: missing", key);
    if (strlen(text) > JOURNAL_NAME_MAX)
        return ci_fail(err, CI_EINVALID, "%s: longer than %d bytes", key, JOURNAL_NAME_MAX);
    return true;
}

static bool check_step(const struct line *line, struct ci_err *err)
{
    if (!line->step.set || line->step.value < 0 || line->step.value > INT32_MAX)
        return ci_fail(err, CI_EINVALID, "step: missing or out of range");
    return true;
}

static bool check_results(const struct line *line, struct ci_err *err)
{
    if (line->results.set && line->results.value >= 0 && line->results.value < CI_RESULT_COUNT)
        return true;
    return ci_fail(err, CI_EINVALID, "results: missing or no result code");
}

static bool check_log(const struct line *line, struct ci_err *err)
{
    if (!check_step(line, err) || !check_text("log", line->log, err))
        return false;
    if (!line->kind || strcmp(line->kind, "s") != 0)
        return ci_fail(err, CI_EINVALID, "kind: only \"s\" is known");
    if (!line->size.set || line->lines.value < 1 || line->raw.value < 1)
        return ci_fail(err, CI_EINVALID, "log: size, lines and raw are needed");
    if (line->raw.value > JOURNAL_CHUNK_MAX)
        return ci_fail(err, CI_EINVALID, "raw: more than %d bytes", JOURNAL_CHUNK_MAX);
    return true;
}

static bool check_url(const struct line *line, struct ci_err *err)
{
    return check_step(line, err) && check_text("name", line->name, err) &&
           (line->url || ci_fail(err, CI_EINVALID, "url: missing"));
}

static bool check_line(const struct line *line, struct ci_err *err)
{
    switch ((enum frame_kind)line->frame) {
    case FRAME_STEP_STARTED:
        return check_step(line, err);
    case FRAME_LOG:
        return check_log(line, err);
    case FRAME_STEP_FINISHED:
        return check_step(line, err) && check_results(line, err);
    case FRAME_PROPERTY:
        return check_text("name", line->name, err);
    case FRAME_URL:
        return check_url(line, err);
    case FRAME_BUILD_FINISHED:
        return !line->results.set || check_results(line, err);
    }
    return ci_fail(err, CI_EINVALID, "frame: unrecognized");
}

/* Cuts at a character's begin, so that what is left is UTF-8 still. */
static const char *cut(void *mem, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    if (len <= JOURNAL_STATE_MAX)
        return text;
    len = JOURNAL_STATE_MAX;
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    return ci_mem_strndup(mem, text, len);
}

static struct frame to_frame(void *mem, const struct line *line, struct ci_bytes content)
{
    return (struct frame){
        .kind = line->frame,
        .step = line->step,
        .name = line->name,
        .at = line->at,
        .log = line->log,
        .log_kind = line->kind,
        .lines = line->lines.value,
        .raw = line->raw.value,
        .content = content,
        .results = line->results,
        .state = cut(mem, line->state),
        .source = cut(mem, line->source),
        .url = line->url,
        .hidden = line->hidden,
        .value = line->value,
    };
}

static bool read_frame(struct cursor *cursor, void *mem, struct frame *out, struct ci_err *err)
{
    struct line line = {0};
    struct ci_bytes content = {0};

    if (!read_line(cursor, mem, &line, err) || !read_content(cursor, &line, &content, err) ||
        !check_line(&line, err))
        return false;
    *out = to_frame(mem, &line, content);
    return true;
}

bool journal_parse(void *mem, struct ci_bytes body, int64_t first, struct ci_list *out,
                   struct ci_err *err)
{
    struct cursor cursor = {body.data, body.len};
    struct frame *frames = NULL;
    size_t count = 0, room = 0;

    while (cursor.left > 0) {
        if (count == room) {
            room = room ? room * 2 : 16;
            frames = talloc_realloc(mem, frames, struct frame, (unsigned)room);
        }
        if (!read_frame(&cursor, mem, &frames[count], err))
            return ci_fail_in(err, "frame %" PRId64, first + (int64_t)count);
        count++;
    }
    *out = (struct ci_list){frames, count};
    return true;
}

/* The number of lines, or -1 when one has no end or no stream's letter. */
static int64_t count_lines(struct ci_bytes text)
{
    const char *at = text.data, *const end = at + text.len;
    int64_t lines = 0;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        if (!newline || (*at != 'o' && *at != 'e' && *at != 'h'))
            return -1;
        at = newline + 1;
        lines++;
    }
    return lines;
}

bool journal_check_chunk(const struct frame *frame, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes text;
    int64_t lines;

    if (!ci_expand(mem, frame->content, JOURNAL_CHUNK_MAX, &text, err))
        return ci_fail_in(err, "log");
    if ((int64_t)text.len != frame->raw)
        return ci_fail(err, CI_EINVALID, "log: expands to %zu bytes, not %" PRId64, text.len,
                       frame->raw);
    lines = count_lines(text);
    if (lines < 0)
        return ci_fail(err, CI_EINVALID, "log: a line without its letter or its end");
    if (lines != frame->lines)
        return ci_fail(err, CI_EINVALID, "log: has %" PRId64 " lines, not %" PRId64, lines,
                       frame->lines);
    return true;
}
