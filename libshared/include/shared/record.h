/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record describes a struct once; JSON bodies, SQL rows, configuration
 * sections and JSON Schema are then read into it and written from it by
 * table, never by hand.
 *
 * How a member's C type reads and writes:
 *   bool               JSON true/false           SQL bool
 *   int, int64_t       JSON integer              SQL int2, int4, int8 (NULL reads as 0)
 *   double             JSON number               SQL float8
 *   struct ci_maybe    integer or null           the same, NULL allowed
 *   const char *       string or null            text and every type that prints as text
 *   struct ci_time     epoch seconds or null(0)  timestamptz; with CI_MICROS epoch microseconds
 *   struct ci_dur      "90s" "10m" "1h30m" "2d" "250ms" or a number of seconds; written as seconds
 *   struct ci_bytes    (not in JSON: skipped)    bytea
 *   struct ci_strs     list of strings           text[]
 *   struct ci_i64s     list of integers          int8[]
 *   json_t *           any JSON                  jsonb, json; NULL pointer = null
 *   enum (int)         one of `names`            text
 *   struct ci_list     list of objects by `record`; rows cannot hold it
 *   pointer to struct  object by `record`, or NULL (CI_FIELD_OBJECT)
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

enum ci_type {
    CI_BOOL,
    CI_INT,
    CI_I64,
    CI_DOUBLE,
    CI_MAYBE,
    CI_STR,
    CI_TIME,
    CI_DUR,
    CI_BYTES,
    CI_STRS,
    CI_I64S,
    CI_JSON,
    CI_ENUM,
    CI_LIST,
    CI_OBJECT,
};

enum {
    CI_REQUIRED = 1 << 0,
    CI_SECRET = 1 << 1,    /* never logged, never encoded */
    CI_MICROS = 1 << 2,    /* struct ci_time as epoch microseconds in JSON */
    CI_OMIT_NULL = 1 << 3, /* left out of JSON when null, empty or 0 */
    CI_NOT_EMPTY = 1 << 4, /* an empty string or list is refused */
};

struct ci_record;

struct ci_field {
    const char *name;
    enum ci_type type;
    unsigned flags;
    size_t offset;
    const char *const *names;       /* CI_ENUM: NULL-terminated, indexed by value */
    const struct ci_record *record; /* CI_LIST, CI_OBJECT: of what */
    const char *help;               /* one sentence for schema and documents, or NULL */
};

struct ci_record {
    const char *name;
    const struct ci_field *fields;
    size_t count;
    size_t size; /* of the struct; needed by lists, objects and rows */
    bool open;   /* unknown JSON keys are passed over: documents of a protocol that grows */
};

/* An array of structs described by one record. */
struct ci_list {
    void *items;
    size_t count;
};

/* Iterates `struct T *item` over a ci_list. */
#define CI_FOREACH(T, item, list)                                                                  \
    for (T *item = (list).items, *item##_end_ = item + (list).count; item < item##_end_; item++)

/* The member's C type picks the codec, so the two cannot disagree. */
#define CI_TYPE_OF(T, member)                                                                      \
    _Generic(((T *)0)->member,                                                                     \
             bool: CI_BOOL,                                                                        \
             int: CI_INT,                                                                          \
             int64_t: CI_I64,                                                                      \
             double: CI_DOUBLE,                                                                    \
             struct ci_maybe: CI_MAYBE,                                                            \
             const char *: CI_STR,                                                                 \
             struct ci_time: CI_TIME,                                                              \
             struct ci_dur: CI_DUR,                                                                \
             struct ci_bytes: CI_BYTES,                                                            \
             struct ci_strs: CI_STRS,                                                              \
             struct ci_i64s: CI_I64S,                                                              \
             json_t *: CI_JSON)

#define CI_FIELD_HELP(T, member, flags_, help_)                                                    \
    {                                                                                              \
        .name = #member, .type = CI_TYPE_OF(T, member), .flags = (flags_),                         \
        .offset = offsetof(T, member), .help = (help_)                                             \
    }
#define CI_FIELD(T, member, flags_) CI_FIELD_HELP(T, member, flags_, NULL)

/* The member must be an int-sized enum. */
#define CI_FIELD_ENUM(T, member, names_, flags_)                                                   \
    {                                                                                              \
        .name = #member, .type = CI_ENUM, .flags = (flags_), .offset = offsetof(T, member),        \
        .names = (names_)                                                                          \
    }

/* The member must be a struct ci_list. */
#define CI_FIELD_LIST(T, member, record_, flags_)                                                  \
    {                                                                                              \
        .name = #member, .type = CI_LIST, .flags = (flags_), .offset = offsetof(T, member),        \
        .record = (record_)                                                                        \
    }

/* The member must be a pointer to the struct that `record_` describes. */
#define CI_FIELD_OBJECT(T, member, record_, flags_)                                                \
    {                                                                                              \
        .name = #member, .type = CI_OBJECT, .flags = (flags_), .offset = offsetof(T, member),      \
        .record = (record_)                                                                        \
    }

#define CI_RECORD(name_, T, fields_)                                                               \
    {                                                                                              \
        .name = (name_), .fields = (fields_), .count = CI_COUNT(fields_), .size = sizeof(T)        \
    }
#define CI_RECORD_OPEN(name_, T, fields_)                                                          \
    {                                                                                              \
        .name = (name_), .fields = (fields_), .count = CI_COUNT(fields_), .size = sizeof(T),       \
        .open = true                                                                               \
    }

/*
 * Reads `json` into *out, which the caller has filled with defaults (zeroes):
 * absent keys leave it alone. Strings are copied into `mem`; json_t members
 * hold a reference tied to `mem`. Unknown keys and wrong types fail with
 * CI_EINVALID, naming the field ("lease.worker: missing").
 */
CI_MUST_USE bool ci_record_from_json(const struct ci_record *record, json_t *json, void *mem,
                                     void *out, struct ci_err *err);

/* Returns a new reference (never NULL). CI_SECRET and ci_bytes members are left out. */
json_t *ci_record_to_json(const struct ci_record *record, const void *value);

/* "90s", "10m", "1h30m", "2d", "250ms", "0"; false when it is none. Seconds when bare. */
bool ci_dur_parse(const char *text, struct ci_dur *out);
