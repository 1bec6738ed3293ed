/* SPDX-License-Identifier: Apache-2.0 */
/* One value in the binary format into one member of a struct. */
#include "db_codec.h"
#include "record_internal.h"

#include <limits.h>
#include <string.h>

static bool is_integer(Oid type)
{
    return type == CI_OID_INT2 || type == CI_OID_INT4 || type == CI_OID_INT8;
}

/* Types whose binary form is their text. Own types are enums: we define no others. */
static bool is_text(Oid type)
{
    return type == CI_OID_TEXT || type == CI_OID_VARCHAR || type == CI_OID_BPCHAR ||
           type == CI_OID_NAME || type == CI_OID_CHAR || type == CI_OID_UNKNOWN ||
           type >= CI_OID_FIRST_OWN;
}

static bool is_json(Oid type)
{
    return type == CI_OID_JSON || type == CI_OID_JSONB;
}

bool ci_value_suits(enum ci_type field, Oid type)
{
    switch (field) {
    case CI_BOOL:
        return type == CI_OID_BOOL;
    case CI_INT:
    case CI_I64:
    case CI_MAYBE:
    case CI_DUR:
        return is_integer(type);
    case CI_DOUBLE:
        return type == CI_OID_FLOAT8 || type == CI_OID_FLOAT4;
    case CI_STR:
        return is_text(type) || is_json(type);
    case CI_TIME:
        return type == CI_OID_TIMESTAMPTZ;
    case CI_BYTES:
        return type == CI_OID_BYTEA;
    case CI_STRS:
        return type == CI_OID_TEXT_ARRAY || type == CI_OID_VARCHAR_ARRAY;
    case CI_I64S:
        return type == CI_OID_INT8_ARRAY || type == CI_OID_INT4_ARRAY || type == CI_OID_INT2_ARRAY;
    case CI_JSON:
        return is_json(type);
    case CI_ENUM:
        return is_text(type);
    case CI_LIST:
    case CI_OBJECT:
        break;
    }
    return false;
}

static uint32_t read_u32(const char *data)
{
    uint32_t big;

    memcpy(&big, data, sizeof(big));
    return be32toh(big);
}

static uint64_t read_u64(const char *data)
{
    uint64_t big;

    memcpy(&big, data, sizeof(big));
    return be64toh(big);
}

/* int2, int4 and int8 differ in length only. */
static bool read_integer(const char *data, int len, int64_t *out)
{
    uint16_t small;

    switch (len) {
    case 2:
        memcpy(&small, data, sizeof(small));
        *out = (int16_t)be16toh(small);
        return true;
    case 4:
        *out = (int32_t)read_u32(data);
        return true;
    case 8:
        *out = (int64_t)read_u64(data);
        return true;
    }
    return false;
}

static bool read_int(struct ci_value v, int *out)
{
    int64_t n;

    if (!read_integer(v.data, v.len, &n) || n < INT_MIN || n > INT_MAX)
        return false;
    *out = (int)n;
    return true;
}

static bool read_double(struct ci_value v, double *out)
{
    uint64_t bits;
    uint32_t half;
    float single;

    if (v.len == 4) {
        half = read_u32(v.data);
        memcpy(&single, &half, sizeof(single));
        *out = (double)single;
        return true;
    }
    bits = read_u64(v.data);
    memcpy(out, &bits, sizeof(*out));
    return v.len == 8;
}

/* The ends of int64 are the server's ±infinity and stay what they are. */
static bool read_time(struct ci_value v, struct ci_time *out)
{
    int64_t us;

    if (v.len != 8)
        return false;
    us = (int64_t)read_u64(v.data);
    out->us = us == INT64_MAX || us == INT64_MIN ? us : us + CI_PG_EPOCH_US;
    return true;
}

/* jsonb is text behind a version byte, which has been 1 ever since. */
static bool skip_version(struct ci_value *v)
{
    if (v->type != CI_OID_JSONB)
        return true;
    if (v->len < 1 || v->data[0] != 1)
        return false;
    v->data++;
    v->len--;
    return true;
}

static bool read_json(struct ci_value v, json_t **out)
{
    json_t *json;

    if (!skip_version(&v))
        return false;
    json = json_loadb(v.data, (size_t)v.len, JSON_DECODE_ANY, NULL);
    if (!json)
        return false;
    *out = ci_mem_json(v.mem, json);
    return true;
}

/* Reads an array's head; *data and *len are left at the first element. NULL elements are refused.
 */
static bool read_array_head(struct ci_value *v, size_t *count)
{
    enum { NO_DIMENSIONS = 12, HEAD = 20 };

    *count = 0;
    if (v->len < NO_DIMENSIONS)
        return false;
    if (read_u32(v->data) == 0)
        return true;
    if (read_u32(v->data) != 1 || v->len < HEAD)
        return false;
    *count = read_u32(v->data + 12);
    v->data += HEAD;
    v->len -= HEAD;
    /* Each element has at least its length word, so the count can't exceed this. */
    return *count <= (size_t)v->len / 4;
}

/* Takes the next element off the array. */
static bool next_element(struct ci_value *v, struct ci_value *element)
{
    int32_t len;

    if (v->len < 4)
        return false;
    len = (int32_t)read_u32(v->data);
    if (len < 0 || len > v->len - 4)
        return false;
    *element = (struct ci_value){.data = v->data + 4, .len = len};
    v->data += 4 + len;
    v->len -= 4 + len;
    return true;
}

static bool read_strs(struct ci_value v, struct ci_strs *out)
{
    struct ci_value element;
    const char **items;
    size_t count;

    if (!read_array_head(&v, &count))
        return false;
    items = ci_mem_array(v.mem, const char *, count);
    for (size_t i = 0; i < count; i++) {
        if (!next_element(&v, &element))
            return false;
        items[i] = ci_mem_strndup(v.mem, element.data, (size_t)element.len);
    }
    *out = (struct ci_strs){items, count};
    return true;
}

static bool read_i64s(struct ci_value v, struct ci_i64s *out)
{
    struct ci_value element;
    int64_t *items;
    size_t count;

    if (!read_array_head(&v, &count))
        return false;
    items = ci_mem_array(v.mem, int64_t, count);
    for (size_t i = 0; i < count; i++)
        if (!next_element(&v, &element) || !read_integer(element.data, element.len, &items[i]))
            return false;
    *out = (struct ci_i64s){items, count};
    return true;
}

static bool read_maybe(struct ci_value v, struct ci_maybe *out)
{
    out->set = read_integer(v.data, v.len, &out->value);
    return out->set;
}

static bool read_str(struct ci_value v, const char **out)
{
    if (!skip_version(&v))
        return false;
    *out = v.data;
    return true;
}

bool ci_value_read(const struct ci_field *field, struct ci_value v, void *at)
{
    switch (field->type) {
    case CI_BOOL:
        *(bool *)at = v.data[0] != 0;
        return v.len == 1;
    case CI_INT:
        return read_int(v, at);
    case CI_I64:
        return read_integer(v.data, v.len, at);
    case CI_DUR:
        return read_integer(v.data, v.len, &((struct ci_dur *)at)->us);
    case CI_MAYBE:
        return read_maybe(v, at);
    case CI_DOUBLE:
        return read_double(v, at);
    case CI_STR:
        return read_str(v, at);
    case CI_TIME:
        return read_time(v, at);
    case CI_BYTES:
        *(struct ci_bytes *)at = (struct ci_bytes){v.data, (size_t)v.len};
        return true;
    case CI_STRS:
        return read_strs(v, at);
    case CI_I64S:
        return read_i64s(v, at);
    case CI_JSON:
        return read_json(v, at);
    case CI_ENUM:
        return ci_field_enum(field, v.data, at);
    case CI_LIST:
    case CI_OBJECT:
        break;
    }
    return false;
}
