/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of journal frame needs, and what its content must be. */
#include "journal_line.h"
#include "shared/compress.h"
#include "shared/json.h"
#include "shared/result.h"
#include "step_flags.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool check_length(const char *key, const char *text, struct ci_err *err)
{
    return !text || strlen(text) <= JOURNAL_NAME_MAX ||
           ci_fail(err, CI_EINVALID, "%s: longer than %d bytes", key, JOURNAL_NAME_MAX);
}

static bool check_text(const char *key, const char *text, struct ci_err *err)
{
    if (!text || text[0] == '\0')
        return ci_fail(err, CI_EINVALID, "%s: missing", key);
    return check_length(key, text, err);
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

static bool check_started(const struct line *line, struct ci_err *err)
{
    return check_step(line, err) && check_length("group", line->group, err) &&
           step_flags_check(line->flags, err);
}

static bool check_finished(const struct line *line, struct ci_err *err)
{
    if (!check_step(line, err) || !check_results(line, err))
        return false;
    return (line->warnings.value >= 0 && line->warnings.value <= INT32_MAX) ||
           ci_fail(err, CI_EINVALID, "warnings: out of range");
}

static bool check_raw(const struct line *line, struct ci_err *err)
{
    return line->raw.value <= JOURNAL_CHUNK_MAX ||
           ci_fail(err, CI_EINVALID, "raw: more than %d bytes", JOURNAL_CHUNK_MAX);
}

static bool check_log(const struct line *line, struct ci_err *err)
{
    if (!check_step(line, err) || !check_text("log", line->log, err))
        return false;
    if (!line->kind || strcmp(line->kind, "s") != 0)
        return ci_fail(err, CI_EINVALID, "kind: only \"s\" is known");
    if (!line->size.set || line->lines.value < 1 || line->raw.value < 1)
        return ci_fail(err, CI_EINVALID, "log: size, lines and raw are needed");
    return check_raw(line, err);
}

static bool check_url(const struct line *line, struct ci_err *err)
{
    return check_step(line, err) && check_text("name", line->name, err) &&
           (line->url || ci_fail(err, CI_EINVALID, "url: missing"));
}

static bool is_among(const char *text, const char *const *names)
{
    for (; text && *names; names++) {
        if (strcmp(text, *names) == 0)
            return true;
    }
    return false;
}

static bool check_environment(const struct line *line, struct ci_err *err)
{
    static const char *const states[] = {"prepared", "reused", "destroyed", NULL};

    if (!check_text("key", line->key, err))
        return false;
    if (!is_among(line->state, states))
        return ci_fail(err, CI_EINVALID, "state: must be prepared, reused or destroyed");
    return (isfinite(line->seconds) && line->seconds >= 0) ||
           ci_fail(err, CI_EINVALID, "seconds: must not be negative");
}

/* Buildbot's categories (master/docs/developer/test_result_sets). */
static bool check_tests(const struct line *line, struct ci_err *err)
{
    static const char *const categories[] = {"pass_fail",  "pass_only",   "fail_only",
                                             "code_issue", "performance", "binary_size",
                                             "memory_use", NULL};

    if (!check_step(line, err) || !check_text("description", line->description, err) ||
        !check_text("unit", line->unit, err))
        return false;
    if (!is_among(line->category, categories))
        return ci_fail(err, CI_EINVALID, "category: unrecognized");
    if (!line->size.set || line->results.value < 1 || line->raw.value < 1)
        return ci_fail(err, CI_EINVALID, "tests: size, results and raw are needed");
    return check_raw(line, err);
}

static bool check_data(const struct line *line, struct ci_err *err)
{
    if (!check_text("name", line->name, err) || !check_text("source", line->source, err))
        return false;
    if (!line->size.set)
        return ci_fail(err, CI_EINVALID, "size: missing");
    return line->size.value <= JOURNAL_DATA_MAX ||
           ci_fail(err, CI_EINVALID, "size: more than %d bytes", JOURNAL_DATA_MAX);
}

bool journal_check_line(const struct line *line, struct ci_err *err)
{
    switch ((enum frame_kind)line->frame) {
    case FRAME_STEP_STARTED:
        return check_started(line, err);
    case FRAME_LOG:
        return check_log(line, err);
    case FRAME_STEP_FINISHED:
        return check_finished(line, err);
    case FRAME_PROPERTY:
        return check_text("name", line->name, err);
    case FRAME_URL:
        return check_url(line, err);
    case FRAME_BUILD_FINISHED:
        return !line->results.set || check_results(line, err);
    case FRAME_STEP_LOCKS:
    case FRAME_WAITING:
        return check_step(line, err);
    case FRAME_ENVIRONMENT:
        return check_environment(line, err);
    case FRAME_TESTS:
        return check_tests(line, err);
    case FRAME_BUILD_DATA:
        return check_data(line, err);
    }
    return ci_fail(err, CI_EINVALID, "frame: unrecognized");
}

/* ---- contents ---- */

static bool expand(const struct frame *frame, const char *what, void *mem, struct ci_bytes *out,
                   struct ci_err *err)
{
    if (!ci_expand(mem, frame->content, JOURNAL_CHUNK_MAX, out, err))
        return ci_fail_in(err, "%s", what);
    if ((int64_t)out->len != frame->raw)
        return ci_fail(err, CI_EINVALID, "%s: expands to %zu bytes, not %" PRId64, what, out->len,
                       frame->raw);
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

    if (!expand(frame, "log", mem, &text, err))
        return false;
    lines = count_lines(text);
    if (lines < 0)
        return ci_fail(err, CI_EINVALID, "log: a line without its letter or its end");
    if (lines != frame->lines)
        return ci_fail(err, CI_EINVALID, "log: has %" PRId64 " lines, not %" PRId64, lines,
                       frame->lines);
    return true;
}

static const struct ci_field test_fields[] = {
    CI_FIELD(struct frame_test, name, 0),
    CI_FIELD(struct frame_test, path, 0),
    CI_FIELD(struct frame_test, line, 0),
    CI_FIELD(struct frame_test, duration_ns, 0),
    CI_FIELD(struct frame_test, value, CI_REQUIRED),
};
static const struct ci_record test_record = CI_RECORD_OPEN("test", struct frame_test, test_fields);

static bool read_test(const char *text, size_t len, void *mem, struct frame_test *out,
                      struct ci_err *err)
{
    json_error_t why;
    json_t *json = ci_json_read(text, len, JSON_REJECT_DUPLICATES, &why);

    if (!json)
        return ci_fail(err, CI_EINVALID, "not JSON: %s", why.text);
    if (!ci_record_from_json(&test_record, ci_mem_json(mem, json), mem, out, err))
        return false;
    if (!out->value)
        return ci_fail(err, CI_EINVALID, "test.value: missing");
    return (!out->line.set || (out->line.value >= 0 && out->line.value <= INT32_MAX)) ||
           ci_fail(err, CI_EINVALID, "test.line: out of range");
}

bool journal_read_tests(const struct frame *frame, void *mem, struct ci_list *out,
                        struct ci_err *err)
{
    const int64_t most = frame->raw / (int64_t)strlen("{\"value\":\"\"}\n");
    struct frame_test *tests;
    struct ci_bytes text;
    const char *at, *end;
    size_t count = 0;

    if (frame->results.value > most)
        return ci_fail(err, CI_EINVALID, "tests: more results than bytes");
    if (!expand(frame, "tests", mem, &text, err))
        return false;
    tests = ci_mem_array(mem, struct frame_test, (size_t)frame->results.value + 1);
    for (at = text.data, end = at + text.len; at < end; count++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        if (!newline || (int64_t)count == frame->results.value)
            return ci_fail(err, CI_EINVALID, "tests: not %" PRId64 " whole lines",
                           frame->results.value);
        if (!read_test(at, (size_t)(newline - at), mem, &tests[count], err))
            return ci_fail_in(err, "tests: line %zu", count + 1);
        at = newline + 1;
    }
    *out = (struct ci_list){tests, count};
    return (int64_t)count == frame->results.value ||
           ci_fail(err, CI_EINVALID, "tests: has %zu lines, not %" PRId64, count,
                   frame->results.value);
}
