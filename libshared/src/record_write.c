/* SPDX-License-Identifier: Apache-2.0 */
/* Structs into JSON, by their records. */
#include "record_internal.h"

#include <stdlib.h>

/* Whole seconds as an integer, else a fraction. */
static json_t *write_dur(struct ci_dur dur)
{
    return dur.us % 1000000 == 0 ? json_integer(dur.us / 1000000) : json_real((double)dur.us / 1e6);
}

/* Rounded down, also before 1970, as Buildbot's clients expect whole seconds. */
static json_t *write_time(struct ci_time time, unsigned flags)
{
    int64_t seconds = time.us / 1000000 - (time.us % 1000000 < 0 ? 1 : 0);

    if (time.us == 0)
        return json_null();
    return json_integer(flags & CI_MICROS ? time.us : seconds);
}

/* The length of the UTF-8 character that text begins with; 0 when it is none. */
static size_t character_at(const char *text)
{
    for (size_t len = 1; len <= 4 && text[len - 1]; len++) {
        json_auto_t *one = json_stringn(text, len);

        if (one)
            return len;
    }
    return 0;
}

/* Text that is not UTF-8 can't stand in JSON: each offending byte becomes U+FFFD. */
static json_t *mend_str(const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    while (*text) {
        size_t len = character_at(text);

        ci_buf_add(&buf, len > 0 ? text : "\xEF\xBF\xBD", len > 0 ? len : 3);
        text += len > 0 ? len : 1;
    }
    return json_stringn(buf.text, buf.len);
}

static json_t *write_str(const char *text)
{
    json_t *json;

    if (!text)
        return json_null();
    json = json_string(text);
    return json ? json : mend_str(text);
}

static json_t *write_strs(const struct ci_strs *strs)
{
    json_t *list = json_array();

    for (size_t i = 0; i < strs->count; i++)
        json_array_append_new(list, write_str(strs->items[i]));
    return list;
}

static json_t *write_i64s(const struct ci_i64s *numbers)
{
    json_t *list = json_array();

    for (size_t i = 0; i < numbers->count; i++)
        json_array_append_new(list, json_integer(numbers->items[i]));
    return list;
}

/* Records hold records, as deep as their tables go. */
/* NOLINTBEGIN(misc-no-recursion) */
static json_t *write_list(const struct ci_field *field, const struct ci_list *list)
{
    json_t *json = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(json, ci_record_to_json(field->record, (const char *)list->items +
                                                                         i * field->record->size));
    return json;
}

/* A number beyond the names is our bug, and no reason to crash on a page. */
static json_t *write_enum(const struct ci_field *field, int value)
{
    for (int i = 0; field->names[i]; i++)
        if (i == value)
            return json_string(field->names[i]);
    return json_null();
}

static json_t *write_field(const struct ci_field *field, const void *at)
{
    switch (field->type) {
    case CI_BOOL:
        return json_boolean(*(const bool *)at);
    case CI_INT:
        return json_integer(*(const int *)at);
    case CI_I64:
        return json_integer(*(const int64_t *)at);
    case CI_DOUBLE:
        return json_real(*(const double *)at);
    case CI_MAYBE:
        return ((const struct ci_maybe *)at)->set
                   ? json_integer(((const struct ci_maybe *)at)->value)
                   : json_null();
    case CI_STR:
        return write_str(*(char *const *)at);
    case CI_TIME:
        return write_time(*(const struct ci_time *)at, field->flags);
    case CI_DUR:
        return write_dur(*(const struct ci_dur *)at);
    case CI_STRS:
        return write_strs(at);
    case CI_I64S:
        return write_i64s(at);
    case CI_JSON:
        return *(json_t *const *)at ? json_incref(*(json_t *const *)at) : json_null();
    case CI_ENUM:
        return write_enum(field, *(const int *)at);
    case CI_LIST:
        return write_list(field, at);
    case CI_OBJECT:
        return *(void *const *)at ? ci_record_to_json(field->record, *(void *const *)at)
                                  : json_null();
    case CI_BYTES:
        break;
    }
    return NULL;
}

/* null, "", [], {}, 0. False and an enum's first name say something and stay. */
static bool says_nothing(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_NULL:
        return true;
    case JSON_STRING:
        return json_string_length(json) == 0;
    case JSON_ARRAY:
        return json_array_size(json) == 0;
    case JSON_OBJECT:
        return json_object_size(json) == 0;
    case JSON_INTEGER:
        return json_integer_value(json) == 0;
    case JSON_REAL:
        return json_real_value(json) == 0.0;
    case JSON_TRUE:
    case JSON_FALSE:
        break;
    }
    return false;
}

/* A maybe that is set to 0 is no null, and stays. */
static bool is_left_out(const struct ci_field *field, const json_t *json)
{
    if (!(field->flags & CI_OMIT_NULL))
        return false;
    return field->type == CI_MAYBE ? json_is_null(json) : says_nothing(json);
}

json_t *ci_record_to_json(const struct ci_record *record, const void *value)
{
    json_t *object = json_object();

    if (!object)
        abort();
    for (size_t i = 0; i < record->count; i++) {
        const struct ci_field *field = &record->fields[i];
        json_t *json;

        if ((field->flags & CI_SECRET) || field->type == CI_BYTES)
            continue;
        json = write_field(field, (const char *)value + field->offset);
        if (json && is_left_out(field, json))
            json_decref(json);
        else
            json_object_set_new(object, field->name, json ? json : json_null());
    }
    return object;
}
/* NOLINTEND(misc-no-recursion) */
