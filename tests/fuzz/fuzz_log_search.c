/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How to search (a letter for each choice), what for, and a log, a line each
 * (the log is the rest): forward and backward find the same lines, in order,
 * with spans within their text.
 */
#include "contents/log_scan.h"
#include "shared/clock.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SPANS = 64, MOST = 4096 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Cuts the first line off *p. */
static char *take_line(void *mem, char **p)
{
    size_t len = strcspn(*p, "\n");
    char *line = ci_mem_strndup(mem, *p, len);

    *p += len + ((*p)[len] == '\n');
    return line;
}

static struct log_query query_of(const char *choices, const char *wanted)
{
    static const char finds[] = "tewm";
    struct log_query query = {
        .text = wanted,
        .regex = strchr(choices, 'r') != NULL,
        .exact_case = strchr(choices, 'x') != NULL,
    };

    for (size_t i = 0; finds[i]; i++) {
        if (strchr(choices, finds[i]))
            query.find = (enum log_find)i;
    }
    return query;
}

static size_t utf16_length(struct ci_bytes text)
{
    size_t length = 0;

    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)((const char *)text.data)[i];

        length += (c & 0xc0) != 0x80; /* each character */
        length += c >= 0xf0;          /* and those that take two */
    }
    return length;
}

static void check_hit(struct log_scan *scan, const struct log_hit *hit)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf scratch;

    ci_buf_init(&scratch, mem);
    const struct ci_bytes shown = log_scan_text(scan, hit, &scratch);
    const struct ci_i64s spans = log_scan_spans(scan, shown, SPANS);

    require(spans.count % 2 == 0 && spans.count <= 2 * SPANS);
    for (size_t i = 0; i < spans.count; i++) {
        require(spans.items[i] >= (i > 0 ? spans.items[i - 1] : 0));
        require(spans.items[i] <= (int64_t)utf16_length(shown));
    }
}

static struct log_scan look(void *mem, struct log_matcher *matcher, const char *choices,
                            const char *log, bool backward)
{
    struct log_scan scan = {
        .matcher = matcher,
        .raw = strchr(choices, 'a') != NULL,
        .streams = strchr(choices, 's') != NULL,
        .stream = strchr(choices, 'E') ? 'e' : '\0',
        .backward = backward,
        .from = strchr(choices, '1') ? 1 : 0,
        .to = INT64_MAX,
        .room = MOST,
        .until = ci_mono_add(ci_mono_now(), ci_seconds(3600)),
        .mem = mem,
    };

    log_scan_chunk(&scan, 0, ci_mem_strdup(mem, log), strlen(log));
    for (size_t i = 0; i < scan.count; i++) {
        const struct log_hit *hit = &scan.hits[i];

        require(hit->line >= scan.from);
        if (i > 0)
            require(backward ? hit->line < hit[-1].line : hit->line > hit[-1].line);
        check_hit(&scan, hit);
    }
    return scan;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *rest = ci_mem_strndup(mem, (const char *)data, size);
    const char *choices = take_line(mem, &rest), *wanted = take_line(mem, &rest);
    const struct log_query query = query_of(choices, wanted);
    struct log_matcher *matcher;
    struct log_scan forward, backward;
    struct ci_err err;

    if (!ci_utf8_is_valid(wanted, strlen(wanted)) || !ci_utf8_is_valid(rest, strlen(rest)) ||
        strlen(wanted) > LOG_QUERY_MAX || !log_matcher_new(mem, &query, &matcher, &err))
        return 0;
    forward = look(mem, matcher, choices, rest, false);
    backward = look(mem, matcher, choices, rest, true);
    if (forward.stopped || backward.stopped || forward.costly || backward.costly)
        return 0;
    require(forward.count == backward.count);
    for (size_t i = 0; i < forward.count; i++)
        require(forward.hits[i].line == backward.hits[backward.count - 1 - i].line);
    return 0;
}
