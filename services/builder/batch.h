/* SPDX-License-Identifier: Apache-2.0 */
/* Statements gathered for one round trip. Everything lives in `mem`. */
#pragma once

#include "shared/db.h"

struct batch {
    void *mem;
    struct ci_query *items;
    size_t count, room;
};

/* `args` is copied; what it points to and `rows` must live until the batch has run. */
void batch_add(struct batch *batch, const struct ci_stmt *stmt, const struct ci_arg *args,
               size_t nargs, const struct ci_record *record, struct ci_list *rows);

/* Lists of one length for unnest(): filled one by one. */
struct column_i64 {
    int64_t *items;
    size_t count;
};
struct column_str {
    const char **items;
    size_t count;
};
struct column_i64 column_i64_new(void *mem, size_t room);
struct column_str column_str_new(void *mem, size_t room);
void column_i64_add(struct column_i64 *column, int64_t value);
void column_str_add(struct column_str *column, const char *value);
struct ci_arg column_i64_arg(const struct column_i64 *column);
struct ci_arg column_str_arg(const struct column_str *column);
