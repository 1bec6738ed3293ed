/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the options of a query string to one SQL statement, by the tables of
 * resource.h. Pure: text and arguments come out, nothing is asked. Values
 * always travel as arguments; the text holds constants of the tables only.
 */
#pragma once

#include "rest/resource.h"
#include "shared/http.h"

enum query_op {
    QUERY_EQ,
    QUERY_NE,
    QUERY_LT,
    QUERY_LE,
    QUERY_GT,
    QUERY_GE,
    QUERY_CONTAINS,
    QUERY_IN,
    QUERY_NOTIN,
};
extern const char *const query_op_names[]; /* "eq" ..., NULL-terminated */

/* One condition; several values mean any of them. */
struct query_filter {
    const struct rest_field *field;
    enum query_op op;
    size_t count;
    const int64_t *ints;     /* REST_INT, REST_TIME, REST_INTS; REST_BOOL as 0 and 1 */
    const char *const *strs; /* REST_STR, REST_STRS */
};

struct query_order {
    const struct rest_field *field;
    bool descending;
};

struct query_options {
    struct ci_strs fields; /* empty: all */
    struct ci_strs properties;
    bool all_properties;
    struct ci_list filters; /* struct query_filter */
    struct ci_list orders;  /* struct query_order */
    struct ci_maybe limit, offset;
};

/*
 * Reads the options for a resource. CI_EINVALID with Buildbot's texts: "no
 * such field 'f'", "invalid limit", "unrecognized query parameter 'x'" ...
 */
CI_MUST_USE bool query_parse(const struct rest_resource *resource, bool collection,
                             struct ci_pairs query, void *mem, struct query_options *out,
                             struct ci_err *err);

struct query_sql {
    const char *text;
    struct ci_arg *args;
    size_t nargs;
};

/* The rows, every field of the record as a column. */
void query_rows(const struct rest_resource *resource, const struct rest_scope *scope,
                const struct query_options *options, void *mem, struct query_sql *out);

/* The keys of the rows, in order: one row of one column, `keys`. The key must be a number. */
void query_keys(const struct rest_resource *resource, const struct rest_scope *scope,
                const struct query_options *options, void *mem, struct query_sql *out);

/* The rows of these keys, in the order of the keys. */
void query_page(const struct rest_resource *resource, struct ci_i64s keys,
                const struct query_options *options, void *mem, struct query_sql *out);

/* How many rows the conditions leave, counted no further than `bound`: one column, `count`. */
void query_count(const struct rest_resource *resource, const struct rest_scope *scope,
                 const struct query_options *options, int64_t bound, void *mem,
                 struct query_sql *out);

/*
 * That a row is not hidden from whoever has this view: text to follow WHERE or AND, each list of
 * the view as one argument however often it is spoken of, at most QUERY_VIEW_LISTS of them.
 */
enum { QUERY_VIEW_LISTS = 6 };
void query_visible(const struct rest_resource *resource, const struct access_view *view,
                   struct ci_buf *out, struct ci_arg *args, size_t *nargs);
