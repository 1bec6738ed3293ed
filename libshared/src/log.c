/* SPDX-License-Identifier: Apache-2.0 */
/* logfmt lines on stderr, each by one write(2), so that lines of threads and processes never mix.
 */
#include "shared/log.h"

#include "shared/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Longer lines are cut: a pipe takes up to PIPE_BUF (4096) bytes in one piece. */
enum { LINE_MAX_BYTES = 4096, TAIL = 8 };

struct line {
    char text[LINE_MAX_BYTES];
    size_t len;
};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

/* Written by ci_log_setup() before threads start, read by all. */
static enum ci_level least_level = CI_INFO;
static const char *service_name;

void ci_log_setup(const char *service, enum ci_level least)
{
    service_name = service;
    least_level = least;
}

bool ci_level_parse(const char *text, enum ci_level *out)
{
    for (size_t i = 0; i < CI_COUNT(level_names); i++) {
        if (strcmp(level_names[i], text) == 0) {
            *out = (enum ci_level)i;
            return true;
        }
    }
    return false;
}

static void put(struct line *line, const char *text, size_t len)
{
    size_t room = sizeof(line->text) - TAIL - line->len;

    if (len > room)
        len = room;
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void puts_line(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

static bool needs_quotes(const char *text)
{
    if (*text == '\0')
        return true;
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == '=' || *text == '"' || *text == '\\' ||
            *text == 0x7f)
            return true;
    return false;
}

static void put_escaped(struct line *line, char c)
{
    char code[8];

    switch (c) {
    case '"':
        puts_line(line, "\\\"");
        return;
    case '\\':
        puts_line(line, "\\\\");
        return;
    case '\n':
        puts_line(line, "\\n");
        return;
    case '\r':
        puts_line(line, "\\r");
        return;
    case '\t':
        puts_line(line, "\\t");
        return;
    }
    if ((unsigned char)c < ' ' || c == 0x7f) {
        snprintf(code, sizeof(code), "\\x%02x", (unsigned)(unsigned char)c);
        puts_line(line, code);
    } else {
        put(line, &c, 1);
    }
}

static void put_value(struct line *line, const char *text)
{
    if (!needs_quotes(text)) {
        puts_line(line, text);
        return;
    }
    puts_line(line, "\"");
    for (; *text; text++)
        put_escaped(line, *text);
    puts_line(line, "\"");
}

static void put_pair(struct line *line, const char *key, const char *value)
{
    puts_line(line, " ");
    puts_line(line, key);
    puts_line(line, "=");
    put_value(line, value);
}

/* A log that can't be written has nowhere to say so. */
static void write_line(struct line *line)
{
    size_t done = 0;

    if (line->len >= sizeof(line->text) - TAIL) {
        memcpy(line->text + line->len, "...", 3);
        line->len += 3;
    }
    line->text[line->len++] = '\n';
    while (done < line->len) {
        ssize_t n = write(STDERR_FILENO, line->text + done, line->len - done);

        if (n < 0 && errno != EINTR)
            return;
        done += n > 0 ? (size_t)n : 0;
    }
}

void ci_log_kv(enum ci_level level, const char *event, const struct ci_kv *kv, size_t count)
{
    struct line line;
    char text[CI_TIME_TEXT];

    if (level < least_level)
        return;
    line.len = 0;
    ci_time_format(ci_time_now(), true, text);
    puts_line(&line, "ts=");
    puts_line(&line, text);
    put_pair(&line, "level", level_names[level]);
    if (service_name)
        put_pair(&line, "service", service_name);
    put_pair(&line, "event", event);
    for (size_t i = 0; i < count; i++) {
        if (!kv[i].key)
            continue;
        snprintf(text, sizeof(text), "%" PRId64, kv[i].num);
        put_pair(&line, kv[i].key, kv[i].str ? kv[i].str : text);
    }
    write_line(&line);
}
