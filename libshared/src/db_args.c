/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of statements: from C values to PostgreSQL's binary format. */
#include "db_codec.h"
#include "db_internal.h"

#include <string.h>

struct ci_arg ci_arg_i64(int64_t value)
{
    return (struct ci_arg){.kind = CI_ARG_I64, .i64 = value};
}

struct ci_arg ci_arg_bool(bool value)
{
    return (struct ci_arg){.kind = CI_ARG_BOOL, .i64 = value};
}

struct ci_arg ci_arg_double(double value)
{
    return (struct ci_arg){.kind = CI_ARG_DOUBLE, .f64 = value};
}

static struct ci_arg null_of(enum ci_arg_kind kind)
{
    return (struct ci_arg){.kind = CI_ARG_NULL, .type = kind};
}

struct ci_arg ci_arg_str(const char *value)
{
    return value ? (struct ci_arg){.kind = CI_ARG_STR, .str = value} : null_of(CI_ARG_STR);
}

struct ci_arg ci_arg_time(struct ci_time value)
{
    if (value.us == 0)
        return null_of(CI_ARG_TIME);
    return (struct ci_arg){.kind = CI_ARG_TIME, .i64 = value.us};
}

struct ci_arg ci_arg_dur(struct ci_dur value)
{
    return ci_arg_i64(value.us);
}

struct ci_arg ci_arg_maybe(struct ci_maybe value)
{
    return value.set ? ci_arg_i64(value.value) : null_of(CI_ARG_I64);
}

struct ci_arg ci_arg_bytes(struct ci_bytes value)
{
    if (!value.data)
        return null_of(CI_ARG_BYTES);
    return (struct ci_arg){.kind = CI_ARG_BYTES, .bytes = value};
}

struct ci_arg ci_arg_i64s(struct ci_i64s value)
{
    return (struct ci_arg){.kind = CI_ARG_I64S, .i64s = value};
}

struct ci_arg ci_arg_strs(struct ci_strs value)
{
    return (struct ci_arg){.kind = CI_ARG_STRS, .strs = value};
}

static int drop_text(char **text)
{
    free(*text);
    return 0;
}

struct ci_arg ci_arg_json(void *mem, const json_t *value)
{
    char **held;

    if (!value)
        return null_of(CI_ARG_STR);
    held = ci_mem_zero(mem, char *);
    *held = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!*held)
        abort();
    talloc_set_destructor(held, drop_text);
    return ci_arg_str(*held);
}

/* Declared types. Text is left to the server to infer, so that it suits jsonb, enums and the rest.
 */
static Oid type_of(enum ci_arg_kind kind)
{
    switch (kind) {
    case CI_ARG_I64:
        return CI_OID_INT8;
    case CI_ARG_BOOL:
        return CI_OID_BOOL;
    case CI_ARG_TIME:
        return CI_OID_TIMESTAMPTZ;
    case CI_ARG_BYTES:
        return CI_OID_BYTEA;
    case CI_ARG_I64S:
        return CI_OID_INT8_ARRAY;
    case CI_ARG_STRS:
        return CI_OID_TEXT_ARRAY;
    case CI_ARG_DOUBLE:
        return CI_OID_FLOAT8;
    case CI_ARG_STR:
    case CI_ARG_NULL:
        break;
    }
    return 0;
}

static void put_u32(struct ci_buf *buf, uint32_t value)
{
    uint32_t big = htobe32(value);

    ci_buf_add(buf, &big, sizeof(big));
}

static void put_u64(struct ci_buf *buf, uint64_t value)
{
    uint64_t big = htobe64(value);

    ci_buf_add(buf, &big, sizeof(big));
}

/* Dimensions, no nulls, element type, and of the one dimension its length and lower bound. */
static void put_array_head(struct ci_buf *buf, Oid element, size_t count)
{
    put_u32(buf, count > 0 ? 1 : 0);
    put_u32(buf, 0);
    put_u32(buf, element);
    if (count > 0) {
        put_u32(buf, (uint32_t)count);
        put_u32(buf, 1);
    }
}

static void put_i64s(struct ci_buf *buf, struct ci_i64s values)
{
    put_array_head(buf, CI_OID_INT8, values.count);
    for (size_t i = 0; i < values.count; i++) {
        put_u32(buf, sizeof(int64_t));
        put_u64(buf, (uint64_t)values.items[i]);
    }
}

static void put_strs(struct ci_buf *buf, struct ci_strs values)
{
    put_array_head(buf, CI_OID_TEXT, values.count);
    for (size_t i = 0; i < values.count; i++) {
        size_t len = strlen(values.items[i]);

        put_u32(buf, (uint32_t)len);
        ci_buf_add(buf, values.items[i], len);
    }
}

/* The value of a kind that takes 8 bytes. */
static uint64_t word_of(const struct ci_arg *arg)
{
    uint64_t word = (uint64_t)arg->i64;

    if (arg->kind == CI_ARG_DOUBLE)
        memcpy(&word, &arg->f64, sizeof(word));
    if (arg->kind == CI_ARG_TIME)
        word = (uint64_t)(arg->i64 - CI_PG_EPOCH_US);
    return word;
}

static struct ci_bytes encode(const struct ci_arg *arg, void *mem)
{
    struct ci_buf buf;
    char flag = arg->i64 != 0 ? 1 : 0;

    if (arg->kind == CI_ARG_BYTES)
        return arg->bytes;
    if (arg->kind == CI_ARG_BOOL)
        return (struct ci_bytes){ci_mem_dup(mem, &flag, 1), 1};
    ci_buf_init(&buf, mem);
    if (arg->kind == CI_ARG_I64S)
        put_i64s(&buf, arg->i64s);
    else if (arg->kind == CI_ARG_STRS)
        put_strs(&buf, arg->strs);
    else
        put_u64(&buf, word_of(arg));
    return (struct ci_bytes){buf.text, buf.len};
}

/* FNV-1a over the kinds: which prepared statement suits. */
static uint64_t add_kind(uint64_t signature, enum ci_arg_kind kind)
{
    return (signature ^ (uint64_t)kind) * 0x100000001b3;
}

struct ci_params ci_params_encode(const struct ci_arg *args, size_t nargs, void *mem)
{
    struct ci_params p = {.count = (int)nargs, .signature = 0xcbf29ce484222325};

    if (nargs == 0)
        return p;
    p.types = ci_mem_array(mem, Oid, nargs);
    p.values = ci_mem_array(mem, const char *, nargs);
    p.lengths = ci_mem_array(mem, int, nargs);
    p.formats = ci_mem_array(mem, int, nargs);
    for (size_t i = 0; i < nargs; i++) {
        enum ci_arg_kind kind = args[i].kind == CI_ARG_NULL ? args[i].type : args[i].kind;

        p.types[i] = type_of(kind);
        p.signature = add_kind(p.signature, kind);
        if (args[i].kind == CI_ARG_STR) {
            p.values[i] = args[i].str;
        } else if (args[i].kind != CI_ARG_NULL) {
            struct ci_bytes bytes = encode(&args[i], mem);

            p.values[i] = bytes.data;
            p.lengths[i] = (int)bytes.len;
            p.formats[i] = 1;
        }
    }
    return p;
}
