/* SPDX-License-Identifier: Apache-2.0 */
/* Composes the SQL of a REST list from the resource's table and the parsed options. */
#include "rest/query.h"

#include "access/access.h"

#include <string.h>

/* A statement in the making. */
struct text {
    struct ci_buf buf;
    struct ci_arg *args;
    size_t nargs;
};

/* Returns the argument's number in the text. */
static size_t add_arg(struct text *text, struct ci_arg arg)
{
    text->args[text->nargs++] = arg;
    return text->nargs;
}

static bool is_negative(enum query_op op)
{
    return op == QUERY_NE || op == QUERY_NOTIN;
}

/* The SQL operator of lt, le, gt and ge; NULL for the rest. */
static const char *comparison(enum query_op op)
{
    static const char *const signs[] = {[QUERY_LT] = "<",
                                        [QUERY_LE] = "<=",
                                        [QUERY_GT] = ">",
                                        [QUERY_GE] = ">=",
                                        [QUERY_NOTIN] = NULL};

    return signs[op];
}

/* The values as one array argument of the type that the field's comparisons take. */
static size_t add_array(struct text *text, const struct query_filter *filter)
{
    bool textual = filter->field->type == REST_STR || filter->field->type == REST_STRS;

    return add_arg(text, textual ? ci_arg_strs((struct ci_strs){filter->strs, filter->count})
                                 : ci_arg_i64s((struct ci_i64s){filter->ints, filter->count}));
}

static size_t add_first(struct text *text, const struct query_filter *filter)
{
    return add_arg(text, filter->field->type == REST_STR ? ci_arg_str(filter->strs[0])
                                                         : ci_arg_i64(filter->ints[0]));
}

/* `sql` is any of the values; null is none of them, so that "ne" finds it. */
static void any_condition(struct text *text, const struct query_filter *filter, const char *sql,
                          const char *cast)
{
    if (is_negative(filter->op))
        ci_buf_printf(&text->buf, "(%s = ANY($%zu::%s[])) IS NOT TRUE", sql,
                      add_array(text, filter), cast);
    else if (filter->count > 1)
        ci_buf_printf(&text->buf, "%s = ANY($%zu::%s[])", sql, add_array(text, filter), cast);
    else
        ci_buf_printf(&text->buf, "%s = $%zu::%s", sql, add_first(text, filter), cast);
}

static void contains_condition(struct text *text, const struct query_filter *filter)
{
    ci_buf_printf(&text->buf,
                  "EXISTS (SELECT FROM unnest($%zu::text[]) v(v) WHERE strpos(%s, v.v) > 0)",
                  add_array(text, filter), filter->field->sql);
}

static void scalar_condition(struct text *text, const struct query_filter *filter, const char *cast)
{
    const char *sql = filter->field->sql;

    if (filter->op == QUERY_CONTAINS)
        contains_condition(text, filter);
    else if (comparison(filter->op))
        ci_buf_printf(&text->buf, "%s %s $%zu::%s", sql, comparison(filter->op),
                      add_first(text, filter), cast);
    else
        any_condition(text, filter, sql, cast);
}

static void list_condition(struct text *text, const struct query_filter *filter, const char *cast)
{
    const char *sign = filter->op == QUERY_CONTAINS ? "&&"
                       : is_negative(filter->op)    ? "IS DISTINCT FROM"
                                                    : "=";

    ci_buf_printf(&text->buf, "%s %s $%zu::%s[]", filter->field->sql, sign, add_array(text, filter),
                  cast);
}

/* Seconds that to_timestamp() takes; what lies beyond matches nothing anyway. */
static int64_t clamp_seconds(int64_t seconds)
{
    const int64_t least = -62135596800, most = 253402300799; /* years 1 and 9999 */

    return seconds < least ? least : seconds > most ? most : seconds;
}

static size_t add_second(struct text *text, int64_t seconds)
{
    return add_arg(text, ci_arg_i64(clamp_seconds(seconds)));
}

/*
 * A time is shown in whole seconds, so it is compared as if it had no
 * fraction, and where an index may serve, by ranges.
 */
static void time_condition(struct text *text, const struct query_filter *filter, void *mem)
{
    const char *sql = filter->field->sql;
    int64_t second = filter->ints[0];

    if (comparison(filter->op)) {
        /* "after second s" is "from s + 1 on", and "up to s" is "before s + 1". */
        bool shifted = filter->op == QUERY_GT || filter->op == QUERY_LE;
        bool before = filter->op == QUERY_LT || filter->op == QUERY_LE;

        ci_buf_printf(&text->buf, "%s %s to_timestamp($%zu::bigint)", sql, before ? "<" : ">=",
                      add_second(text, shifted && second < INT64_MAX ? second + 1 : second));
    } else if (filter->count == 1 && !is_negative(filter->op)) {
        size_t arg = add_second(text, second);

        ci_buf_printf(&text->buf,
                      "(%s >= to_timestamp($%zu::bigint) AND %s < to_timestamp($%zu::bigint + 1))",
                      sql, arg, sql, arg);
    } else {
        any_condition(text, filter,
                      ci_mem_printf(mem, "floor(extract(epoch FROM %s))::bigint", sql), "bigint");
    }
}

/*
 * Equality with a truth value is written as a bare condition, so that partial
 * indexes ("WHERE NOT complete") are seen to serve it.
 */
static void bool_condition(struct text *text, const struct query_filter *filter)
{
    const struct rest_field *field = filter->field;
    bool wanted[2] = {false, false};

    if (comparison(filter->op)) {
        ci_buf_printf(&text->buf, "(%s)::int %s $%zu::bigint", field->sql, comparison(filter->op),
                      add_first(text, filter));
        return;
    }
    for (size_t i = 0; i < filter->count; i++)
        wanted[filter->ints[i] != 0] = true;
    if (is_negative(filter->op)) {
        wanted[0] = !wanted[0];
        wanted[1] = !wanted[1];
    }
    if (wanted[0] && wanted[1])
        ci_buf_puts(&text->buf, "true");
    else if (wanted[1])
        ci_buf_printf(&text->buf, "%s", field->sql);
    else if (wanted[0] && field->when_false)
        ci_buf_printf(&text->buf, "(%s)", field->when_false);
    else if (wanted[0])
        ci_buf_printf(&text->buf, "NOT (%s)", field->sql);
    else
        ci_buf_puts(&text->buf, "false");
}

static void add_condition(struct text *text, const struct query_filter *filter, void *mem)
{
    switch (filter->field->type) {
    case REST_INT:
        scalar_condition(text, filter, "bigint");
        break;
    case REST_STR:
        scalar_condition(text, filter, "text");
        break;
    case REST_BOOL:
        bool_condition(text, filter);
        break;
    case REST_TIME:
        time_condition(text, filter, mem);
        break;
    case REST_STRS:
        list_condition(text, filter, "text");
        break;
    case REST_INTS:
        list_condition(text, filter, "bigint");
        break;
    case REST_OPAQUE: /* the parser refuses it */
        ci_buf_puts(&text->buf, "false");
        break;
    }
}

static void begin(struct text *text, const struct rest_scope *scope,
                  const struct query_options *options, void *mem)
{
    ci_buf_init(&text->buf, mem);
    /* One each for the filters, and limit, offset, properties, and what is hidden. */
    text->args = ci_mem_array(mem, struct ci_arg,
                              scope->nargs + options->filters.count + 3 + QUERY_VIEW_LISTS);
    text->nargs = scope->nargs;
    if (scope->nargs)
        memcpy(text->args, scope->args, scope->nargs * sizeof(*scope->args));
}

static void add_from(struct text *text, const struct rest_resource *resource,
                     const struct rest_scope *scope, const struct query_options *options, void *mem)
{
    const char *joint = " WHERE ";

    ci_buf_printf(&text->buf, " FROM %s", resource->from);
    if (scope->where) {
        ci_buf_printf(&text->buf, "%s(%s)", joint, scope->where);
        joint = " AND ";
    }
    if (scope->within) {
        /* A line of its own: the statement may end with a comment. */
        ci_buf_printf(&text->buf, "%s%s IN (%s\n)", joint, resource->key, scope->within->text);
        joint = " AND ";
    }
    if (scope->view && !scope->view->everything) {
        ci_buf_puts(&text->buf, joint);
        query_visible(resource, scope->view, &text->buf, text->args, &text->nargs);
        joint = " AND ";
    }
    CI_FOREACH(struct query_filter, filter, options->filters) {
        ci_buf_puts(&text->buf, joint);
        add_condition(text, filter, mem);
        joint = " AND ";
    }
}

static void add_properties(struct text *text, const struct rest_resource *resource,
                           const struct query_options *options)
{
    if (options->all_properties)
        ci_buf_puts(&text->buf, resource->properties);
    else
        ci_buf_printf(&text->buf,
                      "(SELECT coalesce(jsonb_object_agg(p.key, p.value), '{}') "
                      "FROM jsonb_each(%s) p WHERE p.key = ANY($%zu::text[]))",
                      resource->properties, add_arg(text, ci_arg_strs(options->properties)));
}

static void add_columns(struct text *text, const struct rest_resource *resource,
                        const struct query_options *options)
{
    for (size_t i = 0; i < resource->count; i++) {
        const struct rest_field *field = &resource->fields[i];

        ci_buf_puts(&text->buf, i ? ", " : "SELECT ");
        if (resource->properties && options->properties.count &&
            strcmp(field->name, "properties") == 0)
            add_properties(text, resource, options);
        else
            ci_buf_puts(&text->buf, field->sql);
        ci_buf_printf(&text->buf, " AS %s", field->name);
    }
}

/* Buildbot sorts None first; the key comes last, so that pages neither overlap nor miss rows. */
static void add_order(struct text *text, const struct rest_resource *resource,
                      const struct query_options *options)
{
    const char *direction = resource->newest_first && !options->orders.count ? " DESC" : "";
    bool by_key = false;

    ci_buf_puts(&text->buf, " ORDER BY ");
    CI_FOREACH(struct query_order, order, options->orders) {
        const char *nulls = !order->field->nullable ? ""
                            : order->descending     ? " NULLS LAST"
                                                    : " NULLS FIRST";

        direction = order->descending ? " DESC" : "";
        by_key = by_key || strcmp(order->field->sql, resource->key) == 0;
        ci_buf_printf(&text->buf, "%s%s%s, ", order->field->sql, direction, nulls);
    }
    if (by_key) /* what follows a unique key decides nothing */
        text->buf.text[text->buf.len -= 2] = '\0';
    else
        ci_buf_printf(&text->buf, "%s%s", resource->key, direction);
}

static void add_window(struct text *text, const struct query_options *options)
{
    if (options->limit.set)
        ci_buf_printf(&text->buf, " LIMIT $%zu::bigint",
                      add_arg(text, ci_arg_i64(options->limit.value)));
    if (options->offset.set)
        ci_buf_printf(&text->buf, " OFFSET $%zu::bigint",
                      add_arg(text, ci_arg_i64(options->offset.value)));
}

void query_keys(const struct rest_resource *resource, const struct rest_scope *scope,
                const struct query_options *options, void *mem, struct query_sql *out)
{
    struct text text;

    begin(&text, scope, options, mem);
    ci_buf_printf(&text.buf,
                  "SELECT coalesce(array_agg(found.key), '{}') AS keys FROM (SELECT %s AS key",
                  resource->key);
    add_from(&text, resource, scope, options, mem);
    add_order(&text, resource, options);
    add_window(&text, options);
    ci_buf_puts(&text.buf, ") found");
    *out = (struct query_sql){text.buf.text, text.args, text.nargs};
}

void query_page(const struct rest_resource *resource, struct ci_i64s keys,
                const struct query_options *options, void *mem, struct query_sql *out)
{
    struct ci_arg arg = ci_arg_i64s(keys);
    struct rest_scope scope = {.args = &arg, .nargs = 1};
    struct text text;

    begin(&text, &scope, options, mem);
    add_columns(&text, resource, options);
    ci_buf_printf(&text.buf,
                  " FROM %s WHERE %s = ANY($1::bigint[]) ORDER BY array_position($1::bigint[], %s)",
                  resource->from, resource->key, resource->key);
    *out = (struct query_sql){text.buf.text, text.args, text.nargs};
}

void query_rows(const struct rest_resource *resource, const struct rest_scope *scope,
                const struct query_options *options, void *mem, struct query_sql *out)
{
    struct text text;

    begin(&text, scope, options, mem);
    add_columns(&text, resource, options);
    add_from(&text, resource, scope, options, mem);
    add_order(&text, resource, options);
    add_window(&text, options);
    *out = (struct query_sql){text.buf.text, text.args, text.nargs};
}

void query_count(const struct rest_resource *resource, const struct rest_scope *scope,
                 const struct query_options *options, int64_t bound, void *mem,
                 struct query_sql *out)
{
    struct text text;

    begin(&text, scope, options, mem);
    ci_buf_puts(&text.buf, "SELECT count(*) AS count FROM (SELECT 1");
    add_from(&text, resource, scope, options, mem);
    ci_buf_printf(&text.buf, " LIMIT $%zu::bigint) counted", add_arg(&text, ci_arg_i64(bound)));
    *out = (struct query_sql){text.buf.text, text.args, text.nargs};
}
