/* SPDX-License-Identifier: Apache-2.0 */
/* The query string of a REST read as options, with Buildbot's words for what is wrong. */
#include "rest/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const query_op_names[] = {
    [QUERY_EQ] = "eq",
    [QUERY_NE] = "ne",
    [QUERY_LT] = "lt",
    [QUERY_LE] = "le",
    [QUERY_GT] = "gt",
    [QUERY_GE] = "ge",
    [QUERY_CONTAINS] = "contains",
    [QUERY_IN] = "in",
    [QUERY_NOTIN] = "notin",
    NULL,
};

const struct rest_field *rest_field(const struct rest_resource *resource, const char *name,
                                    size_t len)
{
    for (size_t i = 0; i < resource->count; i++) {
        const char *candidate = resource->fields[i].name;

        if (strlen(candidate) == len && memcmp(candidate, name, len) == 0)
            return &resource->fields[i];
    }
    return NULL;
}

static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"field", "order", "limit", "offset", "property"};

    for (size_t i = 0; i < CI_COUNT(reserved); i++)
        if (strcmp(name, reserved[i]) == 0)
            return true;
    return false;
}

static struct ci_strs values_of(struct ci_pairs query, const char *name, void *mem)
{
    const char **items = ci_mem_array(mem, const char *, query.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < query.count; i++)
        if (strcmp(query.items[i].name, name) == 0)
            items[count++] = query.items[i].value;
    return (struct ci_strs){items, count};
}

static bool has(struct ci_strs list, const char *text)
{
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i], text) == 0)
            return true;
    return false;
}

/* Numbers beyond 64 bits become the nearest there is, which matches as little. */
static bool parse_int(const char *text, int64_t *out)
{
    char *end;

    if (text[0] == '\0' || strspn(text, "+-0123456789") != strlen(text))
        return false;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && end != text;
}

static bool parse_bool(const char *text, int64_t *out)
{
    static const char *const yes[] = {"on", "true", "yes", "1"};
    static const char *const no[] = {"off", "false", "no", "0"};

    for (size_t i = 0; i < CI_COUNT(yes); i++) {
        *out = strcasecmp(text, yes[i]) == 0;
        if (*out || strcasecmp(text, no[i]) == 0)
            return true;
    }
    return false;
}

static bool parse_count(struct ci_pairs query, const char *name, struct ci_maybe *out,
                        struct ci_err *err)
{
    const char *text = ci_pairs_get(query, name);

    if (!text)
        return true;
    if (!parse_int(text, &out->value) || out->value < 0)
        return ci_fail(err, CI_EINVALID, "invalid %s", name);
    out->set = true;
    return true;
}

static bool parse_fields(const struct rest_resource *resource, struct ci_strs fields,
                         struct ci_err *err)
{
    for (size_t i = 0; i < fields.count; i++)
        if (!rest_field(resource, fields.items[i], strlen(fields.items[i])))
            return ci_fail(err, CI_EINVALID, "no such field '%s'", fields.items[i]);
    return true;
}

static bool parse_orders(const struct rest_resource *resource, struct ci_strs texts,
                         struct ci_strs fields, void *mem, struct ci_list *out, struct ci_err *err)
{
    struct query_order *orders = ci_mem_array(mem, struct query_order, texts.count + 1);

    for (size_t i = 0; i < texts.count; i++) {
        bool descending = texts.items[i][0] == '-';
        const char *name = texts.items[i] + descending;

        orders[i] = (struct query_order){rest_field(resource, name, strlen(name)), descending};
        if (!orders[i].field || orders[i].field->type == REST_OPAQUE)
            return ci_fail(err, CI_EINVALID, "no such field '%s'", name);
        if (fields.count && !has(fields, name))
            return ci_fail(err, CI_EINVALID, "cannot order on un-selected fields");
    }
    *out = (struct ci_list){orders, texts.count};
    return true;
}

/* Splits "number__lt" at the last "__"; an operator unknown gives -1, none gives QUERY_EQ. */
static int split_op(const char *key, size_t *name_len)
{
    const char *cut = NULL;

    for (const char *at = strstr(key, "__"); at; at = strstr(at + 1, "__"))
        cut = at;
    *name_len = cut ? (size_t)(cut - key) : strlen(key);
    if (!cut)
        return QUERY_EQ;
    for (int op = 0; query_op_names[op]; op++)
        if (strcmp(cut + 2, query_op_names[op]) == 0)
            return op;
    return -1;
}

static bool is_comparison(enum query_op op)
{
    return op == QUERY_LT || op == QUERY_LE || op == QUERY_GT || op == QUERY_GE;
}

static bool suits(enum rest_type type, enum query_op op)
{
    switch (type) {
    case REST_OPAQUE:
        return false;
    case REST_STRS:
    case REST_INTS:
        return !is_comparison(op);
    case REST_STR:
        return true;
    case REST_INT:
    case REST_BOOL:
    case REST_TIME:
        return op != QUERY_CONTAINS;
    }
    return false;
}

static bool parse_values(struct query_filter *filter, struct ci_strs texts, void *mem)
{
    int64_t *ints = ci_mem_array(mem, int64_t, texts.count);
    enum rest_type type = filter->field->type;

    filter->count = texts.count;
    filter->strs = texts.items;
    filter->ints = ints;
    if (!suits(type, filter->op))
        return false;
    for (size_t i = 0; i < texts.count; i++) {
        if (type == REST_BOOL && !parse_bool(texts.items[i], &ints[i]))
            return false;
        if ((type == REST_INT || type == REST_TIME || type == REST_INTS) &&
            !parse_int(texts.items[i], &ints[i]))
            return false;
    }
    return true;
}

/*
 * A filter that speaks for another too: that one is passed over beside it, and itself where its
 * value is 0 (Buildbot takes it for "not given").
 */
static const struct override {
    const char *plural, *field, *overridden;
} overrides[] = {
    {"buildrequests", "claimed_by_masterid", "claimed"},
};

static bool is_zero(const struct query_filter *filter)
{
    return filter->op == QUERY_EQ && filter->count == 1 && filter->ints[0] == 0;
}

/* Takes a filter on the field out of the list. */
static void drop_filter(struct ci_list *filters, const char *field)
{
    struct query_filter *all = filters->items;
    size_t kept = 0;

    for (size_t i = 0; i < filters->count; i++)
        if (strcmp(all[i].field->name, field) != 0)
            all[kept++] = all[i];
    filters->count = kept;
}

static void apply_overrides(const struct rest_resource *resource, struct ci_list *filters)
{
    const struct query_filter *all = filters->items;

    for (size_t i = 0; i < CI_COUNT(overrides); i++) {
        const struct override *row = &overrides[i];

        if (strcmp(row->plural, resource->plural) != 0)
            continue;
        for (size_t f = 0; f < filters->count; f++) {
            if (strcmp(all[f].field->name, row->field) != 0)
                continue;
            drop_filter(filters, is_zero(&all[f]) ? row->field : row->overridden);
            break;
        }
    }
}

struct parsing {
    const struct rest_resource *resource;
    struct ci_pairs query;
    struct query_options *options;
    void *mem;
};

/* Adds the filter that `key` stands for, unless Buildbot passes such a key over. */
static bool add_filter(struct parsing *parsing, const char *key, struct ci_err *err)
{
    struct query_options *options = parsing->options;
    struct query_filter *filters = options->filters.items;
    struct ci_strs texts = values_of(parsing->query, key, parsing->mem);
    size_t len;
    int op = split_op(key, &len);
    const struct rest_field *field = op < 0 ? NULL : rest_field(parsing->resource, key, len);

    if (!field) {
        if (strstr(key, "__"))
            return true;
        return ci_fail(err, CI_EINVALID, "unrecognized query parameter '%s'", key);
    }
    if (texts.count > 1 && is_comparison((enum query_op)op))
        return true;
    struct query_filter filter = {.field = field, .op = (enum query_op)op};
    if (!parse_values(&filter, texts, parsing->mem))
        return ci_fail(err, CI_EINVALID, "invalid filter value for %s", key);
    if (options->fields.count && !has(options->fields, field->name))
        return ci_fail(err, CI_EINVALID, "cannot filter on un-selected fields");
    filters[options->filters.count++] = filter;
    return true;
}

static bool seen_before(struct ci_pairs query, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(query.items[i].name, query.items[at].name) == 0)
            return true;
    return false;
}

static bool parse_filters(struct parsing *parsing, struct ci_err *err)
{
    struct ci_pairs query = parsing->query;

    parsing->options->filters.items =
        ci_mem_array(parsing->mem, struct query_filter, query.count + 1);
    for (size_t i = 0; i < query.count; i++)
        if (!is_reserved(query.items[i].name) && !seen_before(query, i) &&
            !add_filter(parsing, query.items[i].name, err))
            return false;
    apply_overrides(parsing->resource, &parsing->options->filters);
    return true;
}

bool query_parse(const struct rest_resource *resource, bool collection, struct ci_pairs query,
                 void *mem, struct query_options *out, struct ci_err *err)
{
    struct query_options options = {
        .fields = values_of(query, "field", mem),
        .properties = values_of(query, "property", mem),
    };
    struct parsing parsing = {resource, query, &options, mem};

    options.all_properties = has(options.properties, "*");
    if (!parse_fields(resource, options.fields, err) ||
        !parse_orders(resource, values_of(query, "order", mem), options.fields, mem,
                      &options.orders, err) ||
        !parse_count(query, "limit", &options.limit, err) ||
        !parse_count(query, "offset", &options.offset, err) || !parse_filters(&parsing, err))
        return false;
    if (!collection && options.filters.count)
        return ci_fail(err, CI_EINVALID, "this is not a collection");
    *out = options;
    return true;
}
