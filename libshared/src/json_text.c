/* SPDX-License-Identifier: Apache-2.0 */
/* JSON values as texts and as conditions see them. */
#include "shared/interpolate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ci_json_is_true(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) != 0;
    case JSON_TRUE:
        return true;
    default:
        return false;
    }
}

/* The fewest digits that read back as the same number. */
static void put_real(struct ci_buf *out, double value)
{
    enum { DIGITS_MIN = 15, DIGITS_MAX = 17, TEXT_SIZE = 40 };
    char text[TEXT_SIZE];

    for (int digits = DIGITS_MIN; digits <= DIGITS_MAX; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    ci_buf_puts(out, text);
}

static int add_to_buf(const char *text, size_t len, void *buf)
{
    ci_buf_add(buf, text, len);
    return 0;
}

static void put(struct ci_buf *out, json_t *value);

static void put_object(struct ci_buf *out, json_t *object)
{
    const char *separator = "{", *key;
    json_t *value;

    json_object_foreach(object, key, value) {
        json_t *name = json_string(key);

        ci_buf_puts(out, separator);
        put(out, name);
        ci_buf_puts(out, ":");
        put(out, value);
        json_decref(name);
        separator = ",";
    }
    ci_buf_puts(out, json_object_size(object) > 0 ? "}" : "{}");
}

static void put_array(struct ci_buf *out, json_t *array)
{
    size_t i;
    json_t *value;

    ci_buf_puts(out, "[");
    json_array_foreach(array, i, value) {
        if (i > 0)
            ci_buf_puts(out, ",");
        put(out, value);
    }
    ci_buf_puts(out, "]");
}

/* jansson writes all reals with one count of digits, so the containers are written here. */
static void put(struct ci_buf *out, json_t *value)
{
    if (json_is_object(value))
        put_object(out, value);
    else if (json_is_array(value))
        put_array(out, value);
    else if (json_is_real(value))
        put_real(out, json_real_value(value));
    else
        (void)json_dump_callback(value, add_to_buf, out, JSON_ENCODE_ANY | JSON_COMPACT);
}

const char *ci_json_text(json_t *value, void *mem)
{
    struct ci_buf out;

    if (!value || json_is_null(value))
        return "";
    if (json_is_string(value))
        return json_string_value(value);
    ci_buf_init(&out, mem);
    put(&out, value);
    return out.text;
}
