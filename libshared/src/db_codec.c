/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in the binary format into structs, by their records. */
#include "db_codec.h"

#include "db_internal.h"
#include "record_internal.h"

#include <assert.h>

/* A column of a result and where it goes. */
struct column {
    const struct ci_field *field;
    Oid type;
};

static bool rows_hold(enum ci_type type)
{
    return type != CI_LIST && type != CI_OBJECT;
}

static bool match_columns(const PGresult *result, const char *what, const struct ci_record *record,
                          struct column *columns, struct ci_err *err)
{
    int count = PQnfields(result);

    for (int i = 0; i < count; i++) {
        const struct ci_field *field = ci_field_named(record, PQfname(result, i));

        if (!field || !rows_hold(field->type))
            return ci_fail(err, CI_EINTERNAL, "%s: record %s has no field for column %s", what,
                           record->name, PQfname(result, i));
        if (!ci_value_suits(field->type, PQftype(result, i)))
            return ci_fail(err, CI_EINTERNAL,
                           "%s: column %s has type %u, which does not suit %s.%s", what,
                           field->name, PQftype(result, i), record->name, field->name);
        columns[i] = (struct column){field, PQftype(result, i)};
    }
    for (size_t i = 0; i < record->count; i++)
        if (rows_hold(record->fields[i].type) && PQfnumber(result, record->fields[i].name) < 0)
            return ci_fail(err, CI_EINTERNAL, "%s: no column for %s.%s", what, record->name,
                           record->fields[i].name);
    return true;
}

static bool read_row(const PGresult *result, int row, const char *what,
                     const struct column *columns, void *mem, void *out, struct ci_err *err)
{
    int count = PQnfields(result);

    for (int i = 0; i < count; i++) {
        const struct ci_field *field = columns[i].field;
        struct ci_value v = {.type = columns[i].type, .mem = mem};

        if (PQgetisnull(result, row, i))
            continue;
        v.data = PQgetvalue(result, row, i);
        v.len = PQgetlength(result, row, i);
        if (!ci_value_read(field, v, (char *)out + field->offset))
            return ci_fail(err, CI_EINTERNAL, "%s: column %s has an invalid value", what,
                           field->name);
    }
    return true;
}

static int drop_result(PGresult **held)
{
    PQclear(*held);
    return 0;
}

/* Strings and bytes point into the result, which then lives as long as mem. */
static void tie_result(PGresult **result, const struct column *columns, void *mem)
{
    int count = PQnfields(*result);
    bool borrowed = false;
    PGresult **held;

    for (int i = 0; i < count; i++)
        borrowed |= columns[i].field->type == CI_STR || columns[i].field->type == CI_BYTES;
    if (!borrowed)
        return;
    assert(mem);
    held = ci_mem_zero(mem, PGresult *);
    *held = CI_STEAL(*result);
    talloc_set_destructor(held, drop_result);
}

bool ci_result_rows(PGresult **result, const char *what, const struct ci_record *record, void *mem,
                    struct ci_list *out, struct ci_err *err)
{
    CI_AUTO_MEM own = ci_mem_new();
    struct column *columns = ci_mem_array(own, struct column, (size_t)PQnfields(*result));
    int count = PQntuples(*result);
    char *items;

    if (!match_columns(*result, what, record, columns, err))
        return false;
    items = ci_mem_array_size(mem, record->size, (size_t)count);
    for (int i = 0; i < count; i++)
        if (!read_row(*result, i, what, columns, mem, items + (size_t)i * record->size, err))
            return false;
    tie_result(result, columns, mem);
    *out = (struct ci_list){items, (size_t)count};
    return true;
}

bool ci_result_one(PGresult **result, const char *what, const struct ci_record *record, void *mem,
                   void *one, struct ci_err *err)
{
    CI_AUTO_MEM own = ci_mem_new();
    struct column *columns = ci_mem_array(own, struct column, (size_t)PQnfields(*result));

    if (!match_columns(*result, what, record, columns, err) ||
        !read_row(*result, 0, what, columns, mem, one, err))
        return false;
    tie_result(result, columns, mem);
    return true;
}

bool ci_result_matches(const PGresult *result, const char *what, const struct ci_record *record,
                       struct ci_err *err)
{
    CI_AUTO_MEM own = ci_mem_new();
    struct column *columns = ci_mem_array(own, struct column, (size_t)PQnfields(result));

    return match_columns(result, what, record, columns, err);
}
