/* SPDX-License-Identifier: Apache-2.0 */
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

/* Objects with more keys than this are rare, and sorted in memory of their own. */
enum { KEYS_AT_HAND = 32 };

static void add_integer(struct ci_buf *out, json_int_t value)
{
    char digits[24];
    size_t at = sizeof(digits);
    /* The magnitude, which the least number has no negative of. */
    unsigned long long left =
        value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value;

    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        digits[--at] = '-';
    ci_buf_add(out, digits + at, sizeof(digits) - at);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* A character of UTF-8, which jansson has checked; returns its length. */
static size_t read_character(const unsigned char *at, unsigned *out)
{
    static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;

    *out = *at & masks[len];
    for (size_t i = 1; i < len; i++)
        *out = *out << 6 | (at[i] & 0x3fU);
    return len;
}

static void add_escaped(struct ci_buf *out, unsigned character)
{
    static const char shorts[0x80] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                      ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};

    if (character < sizeof(shorts) && shorts[character])
        ci_buf_add(out, (const char[]){'\\', shorts[character]}, 2);
    else if (character < 0x10000)
        ci_buf_printf(out, "\\u%04X", character);
    else /* as two halves of UTF-16 */
        ci_buf_printf(out, "\\u%04X\\u%04X", 0xd800U | (character - 0x10000) >> 10,
                      0xdc00U | ((character - 0x10000) & 0x3ffU));
}

static void add_string(struct ci_buf *out, const char *text, size_t len)
{
    const char *end = text + len;
    unsigned character;

    ci_buf_add(out, "\"", 1);
    while (text < end) {
        const char *run = text;

        while (text < end && is_plain((unsigned char)*text))
            text++;
        ci_buf_add(out, run, (size_t)(text - run));
        if (text < end) {
            text += read_character((const unsigned char *)text, &character);
            add_escaped(out, character);
        }
    }
    ci_buf_add(out, "\"", 1);
}

struct member {
    const char *key;
    const json_t *value;
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

/* Values hold values, as deep as jansson's parser lets them. */
/* NOLINTBEGIN(misc-no-recursion) */
static void add_object(struct ci_buf *out, const json_t *json)
{
    struct member at_hand[KEYS_AT_HAND];
    size_t count = json_object_size(json), i = 0;
    CI_AUTO_MEM mem = count > KEYS_AT_HAND ? ci_mem_new() : NULL;
    struct member *members = mem ? ci_mem_array(mem, struct member, count) : at_hand;
    /* Looking does not change it, though jansson's iterators are declared so. */
    json_t *object = (json_t *)(uintptr_t)json;

    for (void *iter = json_object_iter(object); iter; iter = json_object_iter_next(object, iter))
        members[i++] = (struct member){json_object_iter_key(iter), json_object_iter_value(iter)};
    qsort(members, count, sizeof(*members), by_key);
    ci_buf_add(out, "{", 1);
    for (i = 0; i < count; i++) {
        if (i)
            ci_buf_add(out, ",", 1);
        add_string(out, members[i].key, strlen(members[i].key));
        ci_buf_add(out, ":", 1);
        json_text_add(out, members[i].value);
    }
    ci_buf_add(out, "}", 1);
}

static void add_array(struct ci_buf *out, const json_t *json)
{
    ci_buf_add(out, "[", 1);
    for (size_t i = 0; i < json_array_size(json); i++) {
        if (i)
            ci_buf_add(out, ",", 1);
        json_text_add(out, json_array_get(json, i));
    }
    ci_buf_add(out, "]", 1);
}

static void add_real(struct ci_buf *out, const json_t *json)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY);

    ci_buf_puts(out, text ? text : "null");
    free(text);
}

void json_text_add(struct ci_buf *out, const json_t *json)
{
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
        add_object(out, json);
        break;
    case JSON_ARRAY:
        add_array(out, json);
        break;
    case JSON_STRING:
        add_string(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        add_integer(out, json_integer_value(json));
        break;
    case JSON_REAL:
        add_real(out, json);
        break;
    case JSON_TRUE:
        ci_buf_add(out, "true", 4);
        break;
    case JSON_FALSE:
        ci_buf_add(out, "false", 5);
        break;
    case JSON_NULL:
        ci_buf_add(out, "null", 4);
        break;
    }
}
/* NOLINTEND(misc-no-recursion) */
