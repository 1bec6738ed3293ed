/* SPDX-License-Identifier: Apache-2.0 */
/* JSON into structs, by their records. */
#include "record_internal.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* What a type is called in messages. */
static const char *const expected[] = {
    [CI_BOOL] = "true or false",
    [CI_INT] = "an integer",
    [CI_I64] = "an integer",
    [CI_DOUBLE] = "a number",
    [CI_MAYBE] = "an integer or null",
    [CI_STR] = "a string",
    [CI_TIME] = "a time in seconds since 1970",
    [CI_DUR] = "a duration such as 90s, 10m or 1h30m",
    [CI_BYTES] = "nothing, as bytes have no form in JSON",
    [CI_STRS] = "a list of strings",
    [CI_I64S] = "a list of integers",
    [CI_JSON] = "any value",
    [CI_ENUM] = "a name",
    [CI_LIST] = "a list of objects",
    [CI_OBJECT] = "an object",
};

static bool wrong_type(const struct ci_field *field, struct ci_err *err)
{
    return ci_fail(err, CI_EINVALID, "expected %s", expected[field->type]);
}

/* Within ±9.2e18, so that the conversion to int64_t is defined. */
static bool number_to_micros(const json_t *json, double scale, int64_t *out)
{
    double us = json_number_value(json) * scale;

    if (!json_is_number(json) || !(fabs(us) < 9.2e18))
        return false;
    if (json_is_integer(json))
        *out = (int64_t)json_integer_value(json) * (int64_t)scale;
    else
        *out = (int64_t)(us < 0 ? us - 0.5 : us + 0.5);
    return true;
}

static bool read_dur(const json_t *json, struct ci_dur *out)
{
    if (json_is_string(json))
        return ci_dur_parse(json_string_value(json), out);
    return number_to_micros(json, 1e6, &out->us) && out->us >= 0;
}

static bool read_int(const json_t *json, int *out)
{
    json_int_t n = json_integer_value(json);

    if (!json_is_integer(json) || n < INT_MIN || n > INT_MAX)
        return false;
    *out = (int)n;
    return true;
}

static bool read_enum(const struct ci_field *field, const json_t *json, int *out,
                      struct ci_err *err)
{
    char list[200] = "";
    size_t len = 0;

    if (!json_is_string(json))
        return wrong_type(field, err);
    if (ci_field_enum(field, json_string_value(json), out))
        return true;
    for (int i = 0; field->names[i] && len + strlen(field->names[i]) + 3 < sizeof(list); i++) {
        if (i > 0)
            len += (size_t)(stpcpy(list + len, ", ") - (list + len));
        len += (size_t)(stpcpy(list + len, field->names[i]) - (list + len));
    }
    return ci_fail(err, CI_EINVALID, "\"%s\" is none of %s", json_string_value(json), list);
}

static bool read_strs(const json_t *json, void *mem, struct ci_strs *out)
{
    size_t count = json_array_size(json);
    const char **items;

    if (!json_is_array(json))
        return false;
    items = ci_mem_array(mem, const char *, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);

        if (!json_is_string(item))
            return false;
        items[i] = ci_mem_strdup(mem, json_string_value(item));
    }
    *out = (struct ci_strs){items, count};
    return true;
}

static bool read_i64s(const json_t *json, void *mem, struct ci_i64s *out)
{
    size_t count = json_array_size(json);
    int64_t *items;

    if (!json_is_array(json))
        return false;
    items = ci_mem_array(mem, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);

        if (!json_is_integer(item))
            return false;
        items[i] = json_integer_value(item);
    }
    *out = (struct ci_i64s){items, count};
    return true;
}

/* Records hold records; jansson has bounded the depth of what it parsed. */
/* NOLINTBEGIN(misc-no-recursion) */
static bool read_list(const struct ci_field *field, json_t *json, void *mem, struct ci_list *out,
                      struct ci_err *err)
{
    size_t count = json_array_size(json), size = field->record->size;
    char *items;

    if (!json_is_array(json))
        return wrong_type(field, err);
    items = ci_mem_array_size(mem, size, count);
    for (size_t i = 0; i < count; i++)
        if (!ci_record_from_json(field->record, json_array_get(json, i), mem, items + i * size,
                                 err))
            return ci_fail_in(err, "item %zu", i + 1);
    *out = (struct ci_list){items, count};
    return true;
}

static bool read_object(const struct ci_field *field, json_t *json, void *mem, void **out,
                        struct ci_err *err)
{
    void *object = ci_mem_alloc(mem, field->record->size);

    if (!ci_record_from_json(field->record, json, mem, object, err))
        return false;
    *out = object;
    return true;
}

/* Types one check each decides: false means of the wrong type. */
static bool read_plain(const struct ci_field *field, json_t *json, void *mem, void *at)
{
    switch (field->type) {
    case CI_BOOL:
        *(bool *)at = json_is_true(json);
        return json_is_boolean(json);
    case CI_INT:
        return read_int(json, at);
    case CI_I64:
        *(int64_t *)at = json_integer_value(json);
        return json_is_integer(json);
    case CI_DOUBLE:
        *(double *)at = json_number_value(json);
        return json_is_number(json);
    case CI_MAYBE:
        *(struct ci_maybe *)at = ci_some(json_integer_value(json));
        return json_is_integer(json);
    case CI_STR:
        *(const char **)at = ci_mem_strdup(mem, json_string_value(json));
        return json_is_string(json);
    case CI_TIME:
        return number_to_micros(json, field->flags & CI_MICROS ? 1.0 : 1e6,
                                &((struct ci_time *)at)->us);
    case CI_DUR:
        return read_dur(json, at);
    case CI_STRS:
        return read_strs(json, mem, at);
    case CI_I64S:
        return read_i64s(json, mem, at);
    case CI_JSON:
        *(json_t **)at = ci_mem_json(mem, json_incref(json));
        return true;
    case CI_BYTES:
    case CI_ENUM:
    case CI_LIST:
    case CI_OBJECT:
        break;
    }
    return false;
}

/* Types whose null is a value; it leaves the member empty. */
static bool read_null(const struct ci_field *field, void *at)
{
    switch (field->type) {
    case CI_MAYBE:
        *(struct ci_maybe *)at = (struct ci_maybe){0};
        return true;
    case CI_STR:
        *(const char **)at = NULL;
        return true;
    case CI_TIME:
        ((struct ci_time *)at)->us = 0;
        return true;
    case CI_JSON:
    case CI_OBJECT:
        *(void **)at = NULL;
        return true;
    case CI_BOOL:
    case CI_INT:
    case CI_I64:
    case CI_DOUBLE:
    case CI_DUR:
    case CI_BYTES:
    case CI_STRS:
    case CI_I64S:
    case CI_ENUM:
    case CI_LIST:
        break;
    }
    return false;
}

/* A required maybe or json may well be null; of the others null says that it is missing. */
static bool null_is_missing(const struct ci_field *field)
{
    return (field->flags & CI_REQUIRED) && field->type != CI_MAYBE && field->type != CI_JSON;
}

static bool is_empty(const struct ci_field *field, const void *at)
{
    switch (field->type) {
    case CI_STR:
        return *(char *const *)at && **(char *const *)at == '\0';
    case CI_STRS:
        return ((const struct ci_strs *)at)->count == 0;
    case CI_I64S:
        return ((const struct ci_i64s *)at)->count == 0;
    case CI_LIST:
        return ((const struct ci_list *)at)->count == 0;
    case CI_BOOL:
    case CI_INT:
    case CI_I64:
    case CI_DOUBLE:
    case CI_MAYBE:
    case CI_TIME:
    case CI_DUR:
    case CI_BYTES:
    case CI_JSON:
    case CI_ENUM:
    case CI_OBJECT:
        break;
    }
    return false;
}

static bool read_field(const struct ci_field *field, json_t *json, void *mem, void *at,
                       struct ci_err *err)
{
    if (json_is_null(json)) {
        if (null_is_missing(field))
            return ci_fail(err, CI_EINVALID, "missing");
        return read_null(field, at) || wrong_type(field, err);
    }
    if (field->type == CI_ENUM)
        return read_enum(field, json, at, err);
    if (field->type == CI_LIST) {
        if (!read_list(field, json, mem, at, err))
            return false;
    } else if (field->type == CI_OBJECT) {
        return read_object(field, json, mem, at, err);
    } else if (!read_plain(field, json, mem, at)) {
        return wrong_type(field, err);
    }
    if ((field->flags & CI_NOT_EMPTY) && is_empty(field, at))
        return ci_fail(err, CI_EINVALID, "must not be empty");
    return true;
}

bool ci_record_from_json(const struct ci_record *record, json_t *json, void *mem, void *out,
                         struct ci_err *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(json))
        return ci_fail(err, CI_EINVALID, "%s: expected an object", record->name);
    json_object_foreach(json, key, value) {
        const struct ci_field *field = ci_field_named(record, key);

        if (!field && record->open)
            continue;
        if (!field)
            return ci_fail(err, CI_EINVALID, "%s.%s: unrecognized field", record->name, key);
        if (!read_field(field, value, mem, (char *)out + field->offset, err))
            return ci_fail_in(err, "%s.%s", record->name, key);
    }
    for (size_t i = 0; i < record->count; i++) {
        const struct ci_field *field = &record->fields[i];

        if ((field->flags & CI_REQUIRED) && !json_object_get(json, field->name))
            return ci_fail(err, CI_EINVALID, "%s.%s: missing", record->name, field->name);
    }
    return true;
}
/* NOLINTEND(misc-no-recursion) */
