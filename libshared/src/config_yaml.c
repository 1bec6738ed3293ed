/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML text to a tree, by libyaml's events. Plain scalars are read by the
 * core schema of YAML 1.2, narrowed: true and false alone are booleans, null
 * and ~ are nothing, decimal numbers are numbers, all else is text.
 */
#include "config_node.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { TEXT_MAX = 4 * 1024 * 1024, DEPTH_MAX = 64, NODES_MAX = 100000 };

struct reader {
    yaml_parser_t *yaml;
    const char *text; /* the whole file */
    size_t len;
    void *mem;
    struct problems *problems;
    size_t nodes;
};

static struct node *read_node(struct reader *r, const yaml_event_t *event, int depth);

/* Always NULL, so that a failing reader returns it. */
static struct node *refuse(struct reader *r, yaml_mark_t at, const char *why)
{
    problem_add(r->problems, (int)at.line + 1, (int)at.column + 1, why);
    return NULL;
}

/* Where in the text the parser stumbled. Of bytes that are no text it only says the offset. */
static yaml_mark_t stumbled(const struct reader *r)
{
    const yaml_parser_t *yaml = r->yaml;
    yaml_mark_t mark = {0};

    if (yaml->error == YAML_SCANNER_ERROR || yaml->error == YAML_PARSER_ERROR)
        return yaml->problem_mark;
    if (yaml->error != YAML_READER_ERROR)
        return yaml->mark;
    for (size_t i = 0; i < yaml->problem_offset && i < r->len; i++) {
        mark.column++;
        if (r->text[i] == '\n')
            mark = (yaml_mark_t){.line = mark.line + 1};
    }
    return mark;
}

static bool next(struct reader *r, yaml_event_t *event)
{
    const yaml_parser_t *yaml = r->yaml;

    if (yaml_parser_parse(r->yaml, event))
        return true;
    refuse(r, stumbled(r),
           ci_mem_printf(r->mem, "not valid YAML: %s%s%s",
                         yaml->problem ? yaml->problem : "unreadable", yaml->context ? " " : "",
                         yaml->context ? yaml->context : ""));
    return false;
}

/* [-+]?[0-9]+ that fits; 0755 is 755, as in YAML 1.2. */
static bool as_int(const char *text, int64_t *out)
{
    const char *digits = text + (*text == '-' || *text == '+');
    char *end;
    long long value;

    if (!*digits || digits[strspn(digits, "0123456789")])
        return false;
    errno = 0;
    value = strtoll(text, &end, 10);
    *out = value;
    return errno == 0 && !*end;
}

/*
 * [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? that is finite. Digits alone are whole
 * numbers or, too long for one, text: a double would lose some.
 */
static bool as_float(const char *text, double *out)
{
    static const char digits[] = "0123456789";
    const char *p = text + (*text == '-' || *text == '+');
    size_t whole = strspn(p, digits), part = 0;

    p += whole;
    if (*p == '.')
        part = strspn(++p, digits);
    p += part;
    if (whole + part == 0)
        return false;
    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '-' || *p == '+';
        if (!*p)
            return false;
        p += strspn(p, digits);
    }
    if (*p || !strpbrk(text, ".eE"))
        return false;
    *out = strtod(text, NULL);
    return isfinite(*out);
}

static enum node_kind plain_kind(struct node *node)
{
    const char *text = node->text;

    if (!*text || strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
        return NODE_NULL;
    node->truth = strcmp(text, "true") == 0;
    if (node->truth || strcmp(text, "false") == 0)
        return NODE_BOOL;
    if (as_int(text, &node->number))
        return NODE_INT;
    return as_float(text, &node->real) ? NODE_FLOAT : NODE_STRING;
}

static struct node *new_node(struct reader *r, const yaml_event_t *event, enum node_kind kind)
{
    struct node *node;

    if (++r->nodes > NODES_MAX)
        return refuse(r, event->start_mark, "more than 100000 values");
    node = ci_mem_zero(r->mem, struct node);
    node->kind = kind;
    node->line = (int)event->start_mark.line + 1;
    node->column = (int)event->start_mark.column + 1;
    return node;
}

/* How the text lies in the file: only where it stands as it is can a place inside be told. */
static void note_shape(const yaml_event_t *event, struct node *node)
{
    int len = node_characters(node->text, event->data.scalar.length);
    int raw = (int)(event->end_mark.index - event->start_mark.index);

    node->lead = -1;
    switch (event->data.scalar.style) {
    case YAML_PLAIN_SCALAR_STYLE:
        node->lead = raw == len ? 0 : -1;
        break;
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
        node->lead = raw == len + 2 ? 1 : -1;
        break;
    case YAML_LITERAL_SCALAR_STYLE:
        node->is_block = true;
        break;
    case YAML_FOLDED_SCALAR_STYLE:
    case YAML_ANY_SCALAR_STYLE:
        break;
    }
}

static struct node *read_scalar(struct reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    struct node *node = new_node(r, event, NODE_STRING);

    if (!node)
        return NULL;
    if (memchr(text, '\0', len))
        return refuse(r, event->start_mark, "text with a NUL character");
    node->text = ci_mem_strndup(r->mem, text, len);
    note_shape(event, node);
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        node->kind = plain_kind(node);
    return node;
}

static void append(struct reader *r, struct node *parent, struct node *key, struct node *value)
{
    if (parent->count == parent->cap) {
        size_t cap = parent->cap ? parent->cap * 2 : 8;

        parent->items = talloc_realloc(r->mem, parent->items, struct node *, cap);
        parent->keys = talloc_realloc(r->mem, parent->keys, struct node *, cap);
        if (!parent->items || !parent->keys)
            abort();
        parent->cap = cap;
    }
    parent->items[parent->count] = value;
    parent->keys[parent->count++] = key;
}

/* NOLINTBEGIN(misc-no-recursion): no deeper than DEPTH_MAX */
static struct node *read_list(struct reader *r, const yaml_event_t *start, int depth)
{
    struct node *list = new_node(r, start, NODE_LIST);

    while (list) {
        CI_CLEANUP(yaml_event_delete) yaml_event_t event = {0};
        struct node *item;

        if (!next(r, &event))
            return NULL;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return list;
        item = read_node(r, &event, depth);
        if (!item)
            return NULL;
        append(r, list, NULL, item);
    }
    return NULL;
}

/* A key that was there before is a finding, but no end: the first value stays. */
static bool is_repeated(struct reader *r, json_t *seen, const struct node *key)
{
    const json_t *before = json_object_get(seen, key->text);

    if (!before) {
        (void)json_object_set_new(seen, key->text, json_integer(key->line));
        return false;
    }
    problem_add(r->problems, key->line, key->column,
                ci_mem_printf(r->mem, "key \"%s\" stands twice (before in line %d)", key->text,
                              (int)json_integer_value(before)));
    return true;
}

static struct node *read_map(struct reader *r, const yaml_event_t *start, int depth)
{
    struct node *map = new_node(r, start, NODE_MAP);
    json_auto_t *seen = json_object();

    while (map) {
        CI_CLEANUP(yaml_event_delete) yaml_event_t key_event = {0};
        CI_CLEANUP(yaml_event_delete) yaml_event_t value_event = {0};
        struct node *key, *value;

        if (!next(r, &key_event))
            return NULL;
        if (key_event.type == YAML_MAPPING_END_EVENT)
            return map;
        key = read_node(r, &key_event, depth);
        if (!key)
            return NULL;
        if (!key->text)
            return refuse(r, key_event.start_mark, "a key must be plain text");
        if (!next(r, &value_event))
            return NULL;
        value = read_node(r, &value_event, depth);
        if (!value)
            return NULL;
        if (!is_repeated(r, seen, key))
            append(r, map, key, value);
    }
    return NULL;
}

/* Explicit tags ask for types that this file does not have. */
static bool has_tag(const yaml_event_t *event)
{
    return (event->type == YAML_SCALAR_EVENT && event->data.scalar.tag) ||
           (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.tag) ||
           (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.tag);
}

static struct node *read_node(struct reader *r, const yaml_event_t *event, int depth)
{
    if (event->type == YAML_ALIAS_EVENT)
        return refuse(r, event->start_mark, "aliases (*name) are not allowed");
    if (has_tag(event))
        return refuse(r, event->start_mark, "tags (!name) are not allowed");
    if (depth >= DEPTH_MAX)
        return refuse(r, event->start_mark, "nested more than 64 levels deep");
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return read_list(r, event, depth + 1);
    if (event->type == YAML_MAPPING_START_EVENT)
        return read_map(r, event, depth + 1);
    return read_scalar(r, event);
}
/* NOLINTEND(misc-no-recursion) */

/* The first document's tree; after it only the end of the text may follow. */
static struct node *read_document(struct reader *r)
{
    CI_CLEANUP(yaml_event_delete) yaml_event_t stream = {0};
    CI_CLEANUP(yaml_event_delete) yaml_event_t start = {0};
    CI_CLEANUP(yaml_event_delete) yaml_event_t root = {0};
    CI_CLEANUP(yaml_event_delete) yaml_event_t end = {0};
    CI_CLEANUP(yaml_event_delete) yaml_event_t after = {0};
    struct node *node;

    if (!next(r, &stream) || !next(r, &start))
        return NULL;
    if (start.type != YAML_DOCUMENT_START_EVENT)
        return refuse(r, (yaml_mark_t){0}, "the file is empty");
    if (!next(r, &root))
        return NULL;
    node = read_node(r, &root, 0);
    if (!node || !next(r, &end) || !next(r, &after))
        return NULL;
    if (after.type != YAML_STREAM_END_EVENT)
        return refuse(r, after.start_mark, "a second document in one file");
    return node;
}

struct node *node_parse(const char *text, size_t len, void *mem, struct problems *problems)
{
    yaml_parser_t yaml;
    struct reader reader = {
        .yaml = &yaml, .text = text, .len = len, .mem = mem, .problems = problems};
    struct node *root;

    if (len > TEXT_MAX) {
        problem_add(problems, 0, 0, "the file is larger than 4 MiB");
        return NULL;
    }
    if (!yaml_parser_initialize(&yaml))
        abort();
    yaml_parser_set_input_string(&yaml, (const unsigned char *)text, len);
    yaml_parser_set_encoding(&yaml, YAML_UTF8_ENCODING);
    root = read_document(&reader);
    yaml_parser_delete(&yaml);
    return root;
}
