/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the documents made from the tables (application.spec, openapi.json)
 * know beyond them: what an object inside a resource is, and what the values
 * in a path are called. Pure.
 */
#pragma once

#include "rest/resource.h"

enum shape_kind {
    SHAPE_OBJECT,     /* any keys */
    SHAPE_OBJECTS,    /* a list of such */
    SHAPE_STRINGS,    /* a list of texts */
    SHAPE_PROPERTIES, /* {name: [value, source]} */
    SHAPE_INTEGER,    /* a number that is no column */
    SHAPE_BINARY,     /* bytes, which JSON can't hold: always null */
    SHAPE_ROW,        /* an object of these fields */
    SHAPE_ROWS,       /* a list of such */
};

struct shape {
    const char *record, *field; /* by name */
    enum shape_kind kind;
    const struct rest_resource *of; /* SHAPE_ROW, SHAPE_ROWS; no record: it has no name */
};

/* Of a field of type REST_OPAQUE; NULL: nobody has said. */
const struct shape *shape_of(const struct rest_resource *resource, const struct rest_field *field);

/* A value in a path. */
struct path_value {
    char type;        /* 'n' an integer, 'i' an identifier, 's' any text, '*' all that follows */
    const char *name; /* Buildbot's, NULL: nobody has said */
    const char *any;  /* one name for the number and the name in this place */
};

/* Of the segment that begins at `segment` inside of `pattern`: ":n", ":s" or "*". */
struct path_value path_value_of(const char *pattern, const char *segment);
