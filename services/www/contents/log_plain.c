/* SPDX-License-Identifier: Apache-2.0 */
/* Escape sequences by ECMA-48 and xterm, carriage returns, control characters. */
#include "contents/log_plain.h"

#include <string.h>

bool log_is_simple(struct ci_bytes text)
{
    const unsigned char *at = text.data;
    unsigned strange = 0;

    /* No way out of the loop: so the compiler looks at many bytes at once. */
    for (size_t i = 0; i < text.len; i++)
        strange |=
            (unsigned)(at[i] > '~') | ((unsigned)(at[i] < ' ') & (at[i] != '\n') & (at[i] != '\t'));
    return !strange;
}

static const char *skip_range(const char *at, const char *end, char low, char high)
{
    while (at < end && *at >= low && *at <= high)
        at++;
    return at;
}

/* "\x1b[31m"; NULL: it is none. All of these are given the place after ESC. */
static const char *behind_csi(const char *at, const char *end)
{
    if (at == end || *at != '[')
        return NULL;
    at = skip_range(at + 1, end, '0', '?');
    at = skip_range(at, end, ' ', '/');
    return at < end && *at >= '@' && *at <= '~' ? at + 1 : NULL;
}

/* "\x1b]0;title\x07", ended by BEL, by ESC \, or by the line's end. */
static const char *behind_osc(const char *at, const char *end)
{
    if (at == end || *at != ']')
        return NULL;
    while (at < end && *at != '\x07' && *at != '\x1b')
        at++;
    if (at == end)
        return end;
    if (*at == '\x07')
        return at + 1;
    return end - at > 1 && at[1] == '\\' ? at + 2 : NULL;
}

/* "\x1b(B", "\x1b7"; a lone ESC is one by itself. */
static const char *behind_short(const char *at, const char *end)
{
    const char *after = skip_range(at, end, ' ', '/');

    if (after > at)
        return after < end && *after >= '0' && *after <= '~' ? after + 1 : at;
    return at < end && *at >= '0' && *at <= '~' && *at != '[' ? at + 1 : at;
}

static const char *behind_escape(const char *at, const char *end)
{
    const char *after = behind_csi(at, end);

    if (!after)
        after = behind_osc(at, end);
    return after ? after : behind_short(at, end);
}

/* A progress bar rewrites its line: the last of its texts stays. */
static struct ci_bytes after_return(struct ci_bytes line)
{
    const char *text = line.data, *cut;
    size_t len = line.len;

    if (!memchr(text, '\r', len))
        return line;
    while (len > 0 && text[len - 1] == '\r')
        len--;
    cut = memrchr(text, '\r', len);
    return cut ? (struct ci_bytes){cut + 1, (size_t)(text + len - cut - 1)}
               : (struct ci_bytes){text, len};
}

struct ci_bytes log_plain(struct ci_buf *scratch, struct ci_bytes line)
{
    struct ci_bytes shown = after_return(line);
    const char *at = shown.data, *end = at + shown.len, *from = at;

    scratch->len = 0;
    while (at < end) {
        const unsigned char c = (unsigned char)*at;

        if ((c >= ' ' && c != 0x7f) || c == '\t') {
            at++;
            continue;
        }
        ci_buf_add(scratch, from, (size_t)(at - from));
        at = c == '\x1b' ? behind_escape(at + 1, end) : at + 1;
        from = at;
    }
    if (from == shown.data)
        return shown;
    ci_buf_add(scratch, from, (size_t)(at - from));
    return (struct ci_bytes){scratch->text, scratch->len};
}

int64_t log_units(const char *text, size_t len)
{
    int64_t units = 0;

    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];

        units += ((c & 0xc0) != 0x80) + (c >= 0xf0);
    }
    return units;
}
