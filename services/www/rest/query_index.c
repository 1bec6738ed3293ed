/* SPDX-License-Identifier: Apache-2.0 */
#include "rest/query_index.h"

#include <string.h>

/* One field of an index. */
struct column {
    const char *name;
    size_t len;
    bool only_false;
};

/* Takes the next column off `*at`; false at the end. */
static bool next_column(const char **at, struct column *out)
{
    *at += strspn(*at, " ");
    out->only_false = **at == '!';
    out->name = *at + out->only_false;
    out->len = strcspn(out->name, " ");
    *at = out->name + out->len;
    return out->len > 0;
}

static bool names(const struct column *column, const char *name)
{
    return strlen(name) == column->len && memcmp(column->name, name, column->len) == 0;
}

/* Whether all that the filter leaves has this truth value. */
static bool leaves_only(const struct query_filter *filter, bool value)
{
    bool negative = filter->op == QUERY_NE || filter->op == QUERY_NOTIN;

    if (filter->field->type != REST_BOOL)
        return false;
    for (size_t i = 0; i < filter->count; i++)
        if ((filter->ints[i] != 0) != (value != negative))
            return false;
    return filter->op == QUERY_EQ || filter->op == QUERY_IN || negative;
}

static bool is_equality(const struct query_filter *filter)
{
    return (filter->op == QUERY_EQ || filter->op == QUERY_IN) && filter->field->type != REST_STRS &&
           filter->field->type != REST_INTS;
}

/* A second of a time is a short range, which is as good as equality. */
static bool is_range(const struct query_filter *filter)
{
    return filter->op == QUERY_LT || filter->op == QUERY_LE || filter->op == QUERY_GT ||
           filter->op == QUERY_GE;
}

/* "x = " or "x IN (" at the beginning of the path's condition, or after its AND. */
static bool scope_fixes(const struct rest_scope *scope, const struct rest_resource *resource,
                        const struct column *column)
{
    const struct rest_field *field = rest_field(resource, column->name, column->len);
    size_t len = field ? strlen(field->sql) : 0;

    if (!field || !scope->where || column->only_false)
        return false;
    for (const char *at = strstr(scope->where, field->sql); at; at = strstr(at + 1, field->sql)) {
        bool begins =
            at == scope->where || (at - scope->where > 5 && memcmp(at - 5, " AND ", 5) == 0);

        if (begins && (strncmp(at + len, " = ", 3) == 0 || strncmp(at + len, " IN (", 5) == 0))
            return true;
    }
    return false;
}

static bool is_fixed(const struct rest_resource *resource, const struct rest_scope *scope,
                     const struct query_options *options, const struct column *column)
{
    if (scope_fixes(scope, resource, column))
        return true;
    CI_FOREACH(const struct query_filter, filter, options->filters)
        if (names(column, filter->field->name) &&
            (column->only_false ? leaves_only(filter, false) : is_equality(filter)))
            return true;
    return false;
}

/* How an index meets a query: the columns that are fixed, and the first that is not. */
struct meeting {
    const struct rest_index *index;
    size_t fixed;
    const char *rest; /* the columns after the fixed ones */
    struct column next;
    bool has_next;
};

static struct meeting meet(const struct rest_resource *resource, const struct rest_index *index,
                           const struct rest_scope *scope, const struct query_options *options)
{
    struct meeting meeting = {.index = index};
    const char *at = index->fields;

    for (;;) {
        meeting.has_next = next_column(&at, &meeting.next);
        if (!meeting.has_next || !is_fixed(resource, scope, options, &meeting.next))
            return meeting;
        meeting.fixed++;
    }
}

static bool covers(const struct meeting *meeting, const char *field)
{
    const char *at = meeting->index->fields;
    struct column column;

    for (size_t i = 0; i < meeting->fixed && next_column(&at, &column); i++)
        if (names(&column, field))
            return true;
    return false;
}

static bool is_borne(const struct rest_resource *resource, const struct meeting *meeting,
                     const struct query_filter *filter)
{
    if (covers(meeting, filter->field->name))
        return true;
    if (is_range(filter) && meeting->has_next && names(&meeting->next, filter->field->name))
        return true;
    if (meeting->index->reach == REST_PART && meeting->fixed)
        return true;
    return resource->mostly && strcmp(filter->field->name, resource->mostly) == 0 &&
           leaves_only(filter, true);
}

/* The field that decides the order: the first that is not the same in all rows; else the key. */
static const struct rest_field *first_order(const struct rest_resource *resource,
                                            const struct query_options *options,
                                            const struct meeting *meeting)
{
    CI_FOREACH(const struct query_order, order, options->orders)
        if (!covers(meeting, order->field->name))
            return order->field;
    for (size_t i = 0; i < resource->count; i++)
        if (strcmp(resource->fields[i].sql, resource->key) == 0)
            return &resource->fields[i];
    return NULL;
}

static bool serves(const struct rest_resource *resource, const struct meeting *meeting,
                   const struct query_options *options, struct query_gap *gap)
{
    const struct rest_field *order = first_order(resource, options, meeting);

    if (meeting->index->reach == REST_FEW && !meeting->has_next)
        return true;
    CI_FOREACH(const struct query_filter, filter, options->filters) {
        if (is_borne(resource, meeting, filter))
            continue;
        *gap = (struct query_gap){filter->field, false};
        return false;
    }
    if (order && meeting->has_next && names(&meeting->next, order->name))
        return true;
    *gap = (struct query_gap){order, true};
    return false;
}

/* A second of an indexed time leaves few rows. */
static bool asks_for_a_second(const struct rest_resource *resource,
                              const struct query_options *options)
{
    for (const struct rest_index *index = resource->indexes; index->fields; index++)
        CI_FOREACH(const struct query_filter, filter, options->filters)
            if (filter->field->type == REST_TIME && filter->count == 1 && is_equality(filter) &&
                strncmp(index->fields, filter->field->name, strlen(filter->field->name)) == 0)
                return true;
    return false;
}

bool query_served(const struct rest_resource *resource, const struct rest_scope *scope,
                  const struct query_options *options, struct query_gap *gap)
{
    struct query_gap found = {0};
    size_t most = 0;

    /* What a statement finds is bounded by that statement. */
    if (!resource->indexes || scope->within || asks_for_a_second(resource, options))
        return true;
    for (const struct rest_index *index = resource->indexes; index->fields; index++) {
        struct meeting meeting = meet(resource, index, scope, options);
        struct query_gap lacking;

        if (serves(resource, &meeting, options, &lacking))
            return true;
        /* A missing order is nearer to being served than a missing filter. */
        size_t near = 2 * meeting.fixed + lacking.order + 1;
        if (near > most)
            found = lacking;
        most = near > most ? near : most;
    }
    *gap = found;
    return false;
}

void query_follow_range(const struct rest_resource *resource, const struct rest_scope *scope,
                        struct query_options *options, void *mem)
{
    struct query_gap gap;

    if (options->orders.count || query_served(resource, scope, options, &gap))
        return;
    CI_FOREACH(const struct query_filter, filter, options->filters) {
        struct query_options ordered = *options;
        struct query_order *order = ci_mem_zero(mem, struct query_order);

        if (!is_range(filter))
            continue;
        *order = (struct query_order){filter->field, false};
        ordered.orders = (struct ci_list){order, 1};
        if (!query_served(resource, scope, &ordered, &gap))
            continue;
        options->orders = ordered.orders;
        return;
    }
}

/* Whether an earlier index of the list has the same fields, and another reach. */
static bool is_repeated(const struct rest_resource *resource, const struct rest_index *index)
{
    for (const struct rest_index *at = resource->indexes; at < index; at++)
        if (strcmp(at->fields, index->fields) == 0)
            return true;
    return false;
}

/* "complete=false" for "!complete". */
static void add_column(struct ci_buf *out, const struct column *column)
{
    ci_buf_printf(out, "%.*s%s", (int)column->len, column->name,
                  column->only_false ? "=false" : "");
}

const char *query_gap_text(const struct rest_resource *resource, const struct query_gap *gap,
                           int64_t rows, void *mem)
{
    struct ci_buf out;
    const char *joint = "";

    ci_buf_init(&out, mem);
    ci_buf_printf(&out, "no index serves the %s '%s' among about %lld %s: %s by ",
                  gap->order ? "order" : "filter", gap->field ? gap->field->name : resource->key,
                  (long long)rows, resource->plural,
                  gap->order ? "order by the next field, or filter" : "filter also");
    for (const struct rest_index *index = resource->indexes; index->fields; index++) {
        const char *at = index->fields;
        struct column column;

        if (is_repeated(resource, index))
            continue;
        ci_buf_puts(&out, joint);
        joint = ", or ";
        for (size_t i = 0; next_column(&at, &column); i++) {
            ci_buf_puts(&out, i ? ", then " : "");
            add_column(&out, &column);
        }
    }
    return out.text;
}
