/* SPDX-License-Identifier: Apache-2.0 */
/* Statements gathered for one round trip. */
#include "batch.h"

void batch_add(struct batch *batch, const struct ci_stmt *stmt, const struct ci_arg *args,
               size_t nargs, const struct ci_record *record, struct ci_list *rows)
{
    if (batch->count == batch->room) {
        batch->room = batch->room ? batch->room * 2 : 16;
        batch->items =
            talloc_realloc(batch->mem, batch->items, struct ci_query, (unsigned)batch->room);
    }
    batch->items[batch->count++] = (struct ci_query){
        .stmt = stmt,
        .args = ci_mem_dup(batch->mem, args, nargs * sizeof(*args)),
        .nargs = nargs,
        .record = record,
        .rows = rows,
    };
}

struct column_i64 column_i64_new(void *mem, size_t room)
{
    return (struct column_i64){ci_mem_array(mem, int64_t, room + 1), 0};
}

struct column_str column_str_new(void *mem, size_t room)
{
    return (struct column_str){ci_mem_array(mem, const char *, room + 1), 0};
}

void column_i64_add(struct column_i64 *column, int64_t value)
{
    column->items[column->count++] = value;
}

void column_str_add(struct column_str *column, const char *value)
{
    column->items[column->count++] = value;
}

struct ci_arg column_i64_arg(const struct column_i64 *column)
{
    return ci_arg_i64s((struct ci_i64s){column->items, column->count});
}

struct ci_arg column_str_arg(const struct column_str *column)
{
    return ci_arg_strs((struct ci_strs){column->items, column->count});
}
