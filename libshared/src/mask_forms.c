/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a secret in every form that programs print it in. */
#include "mask_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One value being added: forms that come out equal are kept once. */
struct adding {
    struct patterns *patterns;
    const char *name;
    size_t first; /* pattern of this value */
};

static void add(struct adding *a, const char *text, size_t len)
{
    struct patterns *all = a->patterns;

    if (len < CI_MASK_MIN)
        return;
    for (size_t i = a->first; i < all->count; i++) {
        if (all->items[i].len == len && memcmp(all->items[i].text, text, len) == 0)
            return;
    }
    if (all->count == all->cap) {
        struct pattern *more = ci_mem_array(all->mem, struct pattern, all->cap * 2 + 64);

        if (all->count > 0)
            memcpy(more, all->items, all->count * sizeof(*more));
        talloc_free(all->items);
        all->items = more;
        all->cap = all->cap * 2 + 64;
    }
    all->items[all->count] =
        (struct pattern){ci_mem_dup(all->mem, text, len), len, a->name, all->count};
    all->count++;
}

/* ---- base64 ---- */

static const char base64_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* All of the text with its padding, in mem. */
static char *base64(void *mem, const unsigned char *data, size_t len, size_t *out_len)
{
    size_t groups = (len + 2) / 3;
    char *out = ci_mem_alloc(mem, groups * 4 + 1), *p = out;

    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)data[i] << 16 | (i + 1 < len ? (unsigned)data[i + 1] << 8 : 0) |
                        (i + 2 < len ? data[i + 2] : 0);

        *p++ = base64_letters[bits >> 18];
        *p++ = base64_letters[bits >> 12 & 63];
        *p++ = (char)(i + 1 < len ? base64_letters[bits >> 6 & 63] : '=');
        *p++ = (char)(i + 2 < len ? base64_letters[bits & 63] : '=');
    }
    *out_len = groups * 4;
    return out;
}

/* As base64 -w does: the lines of a value that is encoded alone. */
static void add_wrapped(struct adding *a, const char *text, size_t known, size_t len, size_t width)
{
    for (size_t at = 0; at < len && len > width; at += width) {
        size_t end = at + width;

        if (at < known)
            add(a, text + at, (end < known ? end : known) - at);
        add(a, text + at, (end < len ? end : len) - at);
    }
}

/*
 * `before` bytes of something else precede the value in the encoded text: what
 * its own bits decide alone, and the same up to where the encoded text ends.
 */
static void add_base64(struct adding *a, const char *value, size_t len, size_t before,
                       bool url_safe)
{
    CI_AUTO_MEM mem = ci_mem_new();
    size_t bits = (len + before) * 8, skip = before == 0 ? 0 : before + 1, full;
    size_t known = bits / 6, ends = (bits + 5) / 6;
    char *shifted = ci_mem_alloc(mem, len + before + 1), *text;

    memcpy(shifted + before, value, len);
    text = base64(mem, (const unsigned char *)shifted, len + before, &full);
    for (char *p = text; url_safe && *p; p++)
        *p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
    add(a, text + skip, known - skip);
    add(a, text + skip, ends - skip);
    add(a, text + skip, full - skip);
    if (before == 0) {
        add_wrapped(a, text, known, full, 64);
        add_wrapped(a, text, known, full, 76);
    }
}

/* ---- JSON ---- */

enum { JSON_SLASH = 1, JSON_HTML = 2, JSON_ASCII = 4, JSON_LOWER = 8, JSON_VARIANTS = 16 };

static void put_u(struct ci_buf *out, unsigned code, int variant)
{
    ci_buf_printf(out, variant & JSON_LOWER ? "\\u%04x" : "\\u%04X", code);
}

/* The character at *p as \uXXXX, beyond 16 bits as a pair; moves *p to its last byte. */
static void put_character(struct ci_buf *out, const unsigned char **p, int variant)
{
    size_t more = **p >= 0xf0 ? 3 : **p >= 0xe0 ? 2 : 1;
    unsigned code = **p & (0x3fU >> more);

    for (; more > 0; more--)
        code = code << 6 | (*++*p & 0x3f);
    if (code < 0x10000) {
        put_u(out, code, variant);
    } else {
        put_u(out, 0xd800 + ((code - 0x10000) >> 10), variant);
        put_u(out, 0xdc00 + (code & 0x3ff), variant);
    }
}

static void add_json(struct adding *a, const char *value, size_t len, int variant)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    CI_AUTO_MEM mem = ci_mem_new();
    const unsigned char *end = (const unsigned char *)value + len;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (const unsigned char *p = (const unsigned char *)value; p < end; p++) {
        const char *found = *p ? strchr(special, *p) : NULL;

        if (found)
            ci_buf_printf(&out, "\\%c", letters[found - special]);
        else if (*p < ' ' || ((variant & JSON_HTML) && strchr("<>&", *p)))
            put_u(&out, *p, variant);
        else if (*p == '/' && (variant & JSON_SLASH))
            ci_buf_puts(&out, "\\/");
        else if (*p >= 0x80 && (variant & JSON_ASCII))
            put_character(&out, &p, variant);
        else
            ci_buf_add(&out, p, 1);
    }
    add(a, out.text, out.len);
}

/* ---- percent encoding ---- */

/* What is left as it is beside letters and digits: RFC 3986, paths, and JavaScript's two ways. */
static const char *const unreserved[] = {
    "-._~", "-._~/", "-._~!'()*", "-._~!'()*;,/?:@&=+$#", "-._*",
};

static bool is_alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void add_percent(struct adding *a, const char *value, size_t len, const char *keep,
                        int variant)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c == ' ' && (variant & 1))
            ci_buf_puts(&out, "+");
        else if (is_alnum(c) || (c && strchr(keep, c)))
            ci_buf_add(&out, &c, 1);
        else
            ci_buf_printf(&out, variant & 2 ? "%%%02x" : "%%%02X", c);
    }
    add(a, out.text, out.len);
}

/* ---- shells ---- */

/* Within single quotes, a quote as bash -x writes it ('\'') or as Python's shlex does ('"'"'). */
static void add_quoted(struct adding *a, const char *value, size_t len, const char *quote)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < len; i++) {
        if (value[i] == '\'')
            ci_buf_puts(&out, quote);
        else
            ci_buf_add(&out, &value[i], 1);
    }
    add(a, out.text, out.len);
}

static void add_escaped(struct adding *a, const char *value, size_t len)
{
    add(a, value, len);
    for (int variant = 0; variant < JSON_VARIANTS; variant++)
        add_json(a, value, len, variant);
    for (size_t i = 0; i < CI_COUNT(unreserved); i++) {
        for (int variant = 0; variant < 4; variant++)
            add_percent(a, value, len, unreserved[i], variant);
    }
    add_quoted(a, value, len, "'\\''");
    add_quoted(a, value, len, "'\"'\"'");
}

struct ci_bytes mask_trim(const char *text, size_t len)
{
    static const char blank[] = " \t\r\n";

    for (; len > 0 && strchr(blank, *text); len--)
        text++;
    while (len > 0 && strchr(blank, text[len - 1]))
        len--;
    return (struct ci_bytes){text, len};
}

/* The frame of a PEM file is no secret. */
static bool is_frame(struct ci_bytes line)
{
    return (line.len > 10 && memcmp(line.data, "-----BEGIN", 10) == 0) ||
           (line.len > 8 && memcmp(line.data, "-----END", 8) == 0);
}

static void add_lines(struct patterns *patterns, const char *name, const char *value, size_t len)
{
    const char *end = value + len, *newline = memchr(value, '\n', len);

    for (const char *p = value; newline; p = newline + 1) {
        struct ci_bytes line;

        newline = memchr(p, '\n', (size_t)(end - p));
        line = mask_trim(p, (size_t)((newline ? newline : end) - p));
        if (line.len >= CI_MASK_MIN && !is_frame(line)) {
            struct adding a = {patterns, name, patterns->count};

            add_escaped(&a, line.data, line.len);
        }
        if (!newline)
            return;
    }
}

void patterns_add(struct patterns *patterns, const char *name, const char *value, size_t len)
{
    struct adding a = {patterns, name, patterns->count};

    add_escaped(&a, value, len);
    for (size_t before = 0; before < 3; before++) {
        add_base64(&a, value, len, before, false);
        add_base64(&a, value, len, before, true);
    }
    add_lines(patterns, name, value, len);
}
