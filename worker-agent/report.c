/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting reports into lines, and handing tests on in good order. */
#include "report_internal.h"
#include "shared/utf8.h"

#include <limits.h>
#include <string.h>

enum { LINE_BYTES = 64 << 10 };
static const int64_t second = 1000000000;

static const struct report_kind *const kinds[] = {
    [CI_REPORT_JUNIT] = &report_junit,           [CI_REPORT_TAP] = &report_tap,
    [CI_REPORT_SUBUNIT] = &report_subunit,       [CI_REPORT_PYTEST] = &report_pytest,
    [CI_REPORT_GOOGLETEST] = &report_googletest, [CI_REPORT_CTEST] = &report_ctest,
};

struct report *report_new(enum ci_report_format format, void *mem, struct report_sink sink)
{
    struct report *report = ci_mem_zero(mem, struct report);

    report->kind = kinds[format];
    report->mem = report;
    report->sink = sink;
    ci_buf_init(&report->line, report);
    report->state = report->kind->begin(report);
    return report;
}

/* ---- lines ---- */

/* Without colours (ESC [ ... letter), carriage returns at the end, and NUL bytes. */
static void clean_line(struct ci_buf *line)
{
    size_t out = 0;

    for (size_t i = 0; i < line->len; i++) {
        if (line->text[i] == '\033' && line->text[i + 1] == '[') {
            i += 2;
            while (i < line->len && (line->text[i] < '@' || line->text[i] > '~'))
                i++;
        } else if (line->text[i] != '\0') {
            line->text[out++] = line->text[i];
        }
    }
    while (out > 0 && line->text[out - 1] == '\r')
        out--;
    line->text[out] = '\0';
    line->len = out;
}

static void end_line(struct report *report)
{
    clean_line(&report->line);
    report->kind->line(report, report->line.text);
    report->line.len = 0;
    report->line.text[0] = '\0';
}

/* Of a line that is too long the beginning is enough. */
static void add_part(struct ci_buf *line, const char *data, size_t len)
{
    size_t room = LINE_BYTES - line->len;

    ci_buf_add(line, data, len < room ? len : room);
}

static void feed_lines(struct report *report, struct ci_bytes bytes)
{
    const char *at = bytes.data, *end = at + bytes.len;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        add_part(&report->line, at, (size_t)((newline ? newline : end) - at));
        if (!newline)
            return;
        end_line(report);
        at = newline + 1;
    }
}

bool report_feed(struct report *report, struct ci_bytes bytes, struct ci_err *err)
{
    if (bytes.len == 0)
        return true;
    if (report->kind->feed)
        return report->kind->feed(report, bytes, err);
    feed_lines(report, bytes);
    return true;
}

bool report_end(struct report *report, struct ci_err *err)
{
    if (report->kind->line && report->line.len > 0)
        end_line(report);
    return !report->kind->end || report->kind->end(report, err);
}

/* ---- tests ---- */

/* At most `max` bytes of it, not cut inside a character. */
static const char *cut(void *mem, const char *text, size_t max)
{
    size_t len = text ? strnlen(text, max + 1) : 0;

    if (len > max) {
        len = max;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--;
    }
    return ci_utf8_clean(mem, text ? text : "", len);
}

void report_tell(struct report *report, const struct test_case *test)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct test_case clean = *test;

    if (!test->name || !*test->name)
        return;
    clean.name = cut(mem, test->name, TEST_NAME);
    clean.path = cut(mem, test->path, TEST_NAME);
    clean.message = cut(mem, test->message, TEST_MESSAGE);
    report->sink.on_case(report->sink.user, &clean);
}

void report_add(struct ci_buf *message, const char *text, size_t len)
{
    size_t room = message->len < TEST_MESSAGE ? TEST_MESSAGE - message->len : 0;

    ci_buf_add(message, text, len < room ? len : room);
}

void report_add_line(struct ci_buf *message, const char *line)
{
    if (message->len > 0)
        report_add(message, "\n", 1);
    report_add(message, line, strlen(line));
}

void report_clear(struct ci_buf *message)
{
    message->len = 0;
    message->text[0] = '\0';
}

const char *report_after(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

int64_t report_seconds(const char *text)
{
    const int64_t max = INT64_MAX / second / 10;
    int64_t whole = 0, unit = second, part = 0;
    const char *at = text;

    for (; (*at >= '0' && *at <= '9') || *at == ','; at++)
        if (*at != ',' && (whole = whole * 10 + (*at - '0')) > max)
            return -1;
    if (at == text && *at != '.')
        return -1;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++) {
            unit /= 10;
            part += unit * (*at - '0');
        }
    return whole * second + part;
}

int report_number(const char **text)
{
    const char *at = *text;
    int64_t value = 0;

    for (; *at >= '0' && *at <= '9'; at++)
        if (value < INT_MAX)
            value = value * 10 + (*at - '0');
    if (at == *text)
        return -1;
    *text = at;
    return value < INT_MAX ? (int)value : INT_MAX;
}
