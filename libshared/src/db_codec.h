/* SPDX-License-Identifier: Apache-2.0 */
/* Values in PostgreSQL's binary format, and its built-in types as pg_type.dat numbers them. */
#pragma once

#include "shared/record.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    CI_OID_BOOL = 16,
    CI_OID_BYTEA = 17,
    CI_OID_CHAR = 18,
    CI_OID_NAME = 19,
    CI_OID_INT8 = 20,
    CI_OID_INT2 = 21,
    CI_OID_INT4 = 23,
    CI_OID_TEXT = 25,
    CI_OID_OID = 26,
    CI_OID_JSON = 114,
    CI_OID_FLOAT4 = 700,
    CI_OID_FLOAT8 = 701,
    CI_OID_UNKNOWN = 705,
    CI_OID_INT2_ARRAY = 1005,
    CI_OID_INT4_ARRAY = 1007,
    CI_OID_TEXT_ARRAY = 1009,
    CI_OID_VARCHAR_ARRAY = 1015,
    CI_OID_INT8_ARRAY = 1016,
    CI_OID_BPCHAR = 1042,
    CI_OID_VARCHAR = 1043,
    CI_OID_TIMESTAMPTZ = 1184,
    CI_OID_JSONB = 3802,
    CI_OID_FIRST_OWN = 16384, /* from here on: types that the schema defines */
};

/* 2000-01-01 UTC, where timestamps count from, in microseconds since 1970. */
#define CI_PG_EPOCH_US INT64_C(946684800000000)

/* A value as the server sent it; a NUL follows. */
struct ci_value {
    const char *data;
    int len;
    Oid type;
    void *mem; /* for what can't point into data */
};

/* May a column of this type fill a field of that one? */
bool ci_value_suits(enum ci_type field, Oid type);

/* Reads the value into the member at `at`; strings and bytes point into it. False: invalid. */
bool ci_value_read(const struct ci_field *field, struct ci_value v, void *at);
