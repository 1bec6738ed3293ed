/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ways through a chunk. Most are plain ASCII, and most queries can't match
 * over the end of a line: those are searched as one text, many lines in one
 * call. Else each line is made plain and searched by itself.
 */
#include "contents/log_scan.h"

#include "contents/log_plain.h"
#include "shared/clock.h"
#include "shared/utf8.h"

#include <string.h>

/* Lines between two looks at the clock. */
enum { CLOCK_EVERY = 32 };

/* The letters of streams are put as characters that belong to no word and no pattern. */
enum { LETTER_BIAS = 'a' - 1 };

static void hide_letters(char *text, size_t len)
{
    for (char *at = text, *end = text + len; at < end;) {
        char *newline = memchr(at, '\n', (size_t)(end - at));

        if (*at == 'o' || *at == 'e' || *at == 'h')
            *at = (char)(*at - LETTER_BIAS);
        at = newline ? newline + 1 : end;
    }
}

/* A line without its newline, as a hit to be. */
static struct log_hit line_of(const struct log_scan *scan, int64_t line, const char *start,
                              const char *stop)
{
    struct log_hit hit = {
        .line = line, .text = {start, (size_t)(stop - start)}
    };

    if (scan->streams && stop > start) {
        hit.stream = *start < ' ' ? (char)(*start + LETTER_BIAS) : *start;
        hit.text = (struct ci_bytes){start + 1, (size_t)(stop - start) - 1};
    }
    return hit;
}

static bool counts(const struct log_scan *scan, const struct log_hit *hit)
{
    return hit->line >= scan->from && hit->line <= scan->to &&
           (!scan->stream || hit->stream == scan->stream);
}

static void keep(struct log_scan *scan, const struct log_hit *hit)
{
    if (!scan->hits || scan->count == talloc_array_length(scan->hits))
        scan->hits = talloc_realloc(scan->mem, scan->hits, struct log_hit,
                                    (unsigned)(scan->count ? 2 * scan->count : 64));
    scan->hits[scan->count++] = *hit;
}

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));

    return newline ? newline : end;
}

static int64_t count_newlines(const char *at, const char *end)
{
    int64_t count = 0;

    for (; at < end; at++)
        count += *at == '\n';
    return count;
}

static void reverse(struct log_hit *hits, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const struct log_hit other = hits[i];

        hits[i] = hits[count - 1 - i];
        hits[count - 1 - i] = other;
    }
}

/* Of what the chunk as one text gave, what there is room for. */
static void take_room(struct log_scan *scan, size_t before)
{
    struct log_hit *added = scan->hits + before;
    const size_t count = scan->count - before;

    if (count == 0)
        return;
    if (scan->backward)
        reverse(added, count);
    if ((int64_t)count < scan->room) {
        scan->room -= (int64_t)count;
        return;
    }
    scan->count = before + (size_t)scan->room;
    scan->room = 0;
    scan->stopped = true;
    scan->next = scan->hits[scan->count - 1].line + (scan->backward ? -1 : 1);
}

/* The chunk as one text. */
static void scan_whole(struct log_scan *scan, int64_t first, const char *text, size_t len)
{
    const char *end = text + len, *known = text; /* line `line` begins at `known` */
    const size_t before = scan->count;
    int64_t line = first;

    for (const char *at = text; at < end;) {
        size_t start, stop;

        if (log_matcher_find(scan->matcher, (struct ci_bytes){text, len}, (size_t)(at - text),
                             &start, &stop) != LOG_MATCH)
            break;
        const char *newline = memrchr(text, '\n', start);
        const char *begin = newline ? newline + 1 : text;
        line += count_newlines(known, begin);
        known = begin;
        at = line_end(text + start, end);
        const struct log_hit hit = line_of(scan, line, begin, at);
        if (counts(scan, &hit))
            keep(scan, &hit);
        if (!scan->backward && (int64_t)(scan->count - before) >= scan->room)
            break;
    }
    take_room(scan, before);
}

struct ci_bytes log_scan_text(const struct log_scan *scan, const struct log_hit *hit,
                              struct ci_buf *scratch)
{
    return scan->raw ? hit->text : log_plain(scratch, hit->text);
}

/* Looks at one line; false: the room or the time is used up, and *next is where to go on. */
static bool look(struct log_scan *scan, const struct log_hit *hit, struct ci_buf *scratch,
                 int *until_clock)
{
    const int64_t after = hit->line + (scan->backward ? -1 : 1);
    size_t start, end;

    if (!counts(scan, hit))
        return true;
    switch (log_matcher_find(scan->matcher, log_scan_text(scan, hit, scratch), 0, &start, &end)) {
    case LOG_NOTHING:
        break;
    case LOG_MATCH:
        keep(scan, hit);
        scan->stopped = --scan->room <= 0;
        break;
    case LOG_TOO_COSTLY:
        scan->costly++;
        *until_clock = 0;
        break;
    }
    if (!scan->stopped && --*until_clock <= 0) {
        scan->stopped = ci_mono_now().us >= scan->until.us;
        *until_clock = CLOCK_EVERY;
    }
    scan->next = after;
    return !scan->stopped;
}

static void scan_forward(struct log_scan *scan, int64_t first, const char *text, const char *end)
{
    int until_clock = CLOCK_EVERY;
    struct ci_buf scratch;

    ci_buf_init(&scratch, scan->mem);
    for (const char *at = text; at < end;) {
        const char *stop = line_end(at, end);
        const struct log_hit hit = line_of(scan, first++, at, stop);

        if (!look(scan, &hit, &scratch, &until_clock))
            return;
        at = stop + 1;
    }
}

static void scan_backward(struct log_scan *scan, int64_t last, const char *text, const char *end)
{
    int until_clock = CLOCK_EVERY;
    struct ci_buf scratch;

    ci_buf_init(&scratch, scan->mem);
    for (const char *stop = end > text && end[-1] == '\n' ? end - 1 : end; stop >= text;) {
        const char *newline = stop > text ? memrchr(text, '\n', (size_t)(stop - text)) : NULL;
        const char *start = newline ? newline + 1 : text;
        const struct log_hit hit = line_of(scan, last--, start, stop);

        if (!look(scan, &hit, &scratch, &until_clock) || !newline)
            return;
        stop = newline;
    }
}

static int64_t count_lines(const char *text, const char *end)
{
    return count_newlines(text, end) + (end > text && end[-1] != '\n');
}

void log_scan_chunk(struct log_scan *scan, int64_t first, char *text, size_t len)
{
    const bool simple = log_is_simple((struct ci_bytes){text, len});

    if (len == 0)
        return;
    if (!simple) {
        text = ci_utf8_clean(scan->mem, text, len);
        len = strlen(text);
    } else if (log_matcher_is_local(scan->matcher)) {
        if (scan->streams)
            hide_letters(text, len);
        scan_whole(scan, first, text, len);
        return;
    }
    if (scan->backward)
        scan_backward(scan, first + count_lines(text, text + len) - 1, text, text + len);
    else
        scan_forward(scan, first, text, text + len);
}

/* Where the next look begins: behind the match, and behind one character where it is empty. */
static size_t step_on(struct ci_bytes plain, size_t start, size_t end)
{
    const char *text = plain.data;

    if (end > start)
        return end;
    do {
        end++;
    } while (end < plain.len && ((unsigned char)text[end] & 0xc0) == 0x80);
    return end;
}

struct ci_i64s log_scan_spans(struct log_scan *scan, struct ci_bytes plain, size_t most)
{
    int64_t *places = ci_mem_array(scan->mem, int64_t, 2 * most);
    const char *text = plain.data;
    size_t count = 0, start = 0, end = 0, known = 0;
    int64_t units = 0;

    for (size_t at = 0; count < 2 * most && at <= plain.len; at = step_on(plain, start, end)) {
        if (log_matcher_find(scan->matcher, plain, at, &start, &end) != LOG_MATCH)
            break;
        if (end == start || start < known)
            continue;
        units += log_units(text + known, start - known);
        places[count++] = units;
        units += log_units(text + start, end - start);
        places[count++] = units;
        known = end;
    }
    return (struct ci_i64s){places, count};
}
