/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an index of the database serves a query: it then reads about as many
 * rows as it returns, however many there are. Pure; by the indexes that the
 * resource's table names.
 */
#pragma once

#include "rest/query.h"

/* What no index serves. */
struct query_gap {
    const struct rest_field *field; /* filtered or ordered by */
    bool order;
};

/* False: *gap is the first thing that no index serves. */
bool query_served(const struct rest_resource *resource, const struct rest_scope *scope,
                  const struct query_options *options, struct query_gap *gap);

/*
 * Orders by the field whose range is asked for, where nothing else is and that field's index
 * would serve it: "since yesterday" is then read from yesterday on.
 */
void query_follow_range(const struct rest_resource *resource, const struct rest_scope *scope,
                        struct query_options *options, void *mem);

/* Why a table of about `rows` rows is not searched like this, and what would be; in mem. */
const char *query_gap_text(const struct rest_resource *resource, const struct query_gap *gap,
                           int64_t rows, void *mem);
