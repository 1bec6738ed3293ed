/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a batch of journal frames. */
#include "journal_line.h"
#include "shared/json.h"
#include "step_flags.h"

#include <inttypes.h>
#include <string.h>

const char *const frame_kind_names[] = {
    [FRAME_STEP_STARTED] = "step_started",
    [FRAME_LOG] = "log",
    [FRAME_STEP_FINISHED] = "step_finished",
    [FRAME_PROPERTY] = "property",
    [FRAME_URL] = "url",
    [FRAME_BUILD_FINISHED] = "build_finished",
    [FRAME_STEP_LOCKS] = "step_locks",
    [FRAME_WAITING] = "waiting",
    [FRAME_ENVIRONMENT] = "environment",
    [FRAME_TESTS] = "tests",
    [FRAME_BUILD_DATA] = "build_data",
    NULL,
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
    CI_FIELD(struct line, truncated, 0),
    CI_FIELD(struct line, waiting, 0),
    CI_FIELD(struct line, flags, 0),
    CI_FIELD(struct line, group, 0),
    CI_FIELD(struct line, warnings, 0),
    CI_FIELD(struct line, key, 0),
    CI_FIELD(struct line, seconds, 0),
    CI_FIELD(struct line, description, 0),
    CI_FIELD(struct line, category, 0),
    CI_FIELD(struct line, unit, 0),
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
        .truncated = line->truncated,
        .waiting = line->waiting,
        .flags = step_flags_bits(line->flags),
        .group = line->group,
        .warnings = line->warnings.value,
        .key = line->key,
        .seconds = line->seconds,
        .description = line->description,
        .category = line->category,
        .unit = line->unit,
    };
}

static bool read_frame(struct cursor *cursor, void *mem, struct frame *out, struct ci_err *err)
{
    struct line line = {0};
    struct ci_bytes content = {0};

    if (!read_line(cursor, mem, &line, err) || !read_content(cursor, &line, &content, err) ||
        !journal_check_line(&line, err))
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
