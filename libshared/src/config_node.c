/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the tree of a YAML file, and the list of what is wrong with it. */
#include "config_node.h"

#include "shared/utf8.h"

#include <inttypes.h>
#include <string.h>

static const char *const kind_names[] = {
    [NODE_NULL] = "nothing",   [NODE_BOOL] = "true or false", [NODE_INT] = "a whole number",
    [NODE_FLOAT] = "a number", [NODE_STRING] = "a string",    [NODE_LIST] = "a list",
    [NODE_MAP] = "a mapping",
};

const char *node_kind_name(enum node_kind kind)
{
    return kind_names[kind];
}

/* One line of UTF-8, whatever was quoted and wherever that was cut. */
static const char *one_line(void *mem, const char *message)
{
    char *text = ci_utf8_clean(mem, message, strlen(message));

    for (char *p = text; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == '\x7f')
            *p = '?';
    }
    return text;
}

void problem_add(struct problems *problems, int line, int column, const char *message)
{
    if (problems->count == PROBLEMS_MAX)
        return;
    if (problems->count == problems->cap) {
        size_t cap = problems->cap ? problems->cap * 2 : 16;
        struct ci_problem *grown = ci_mem_array(problems->mem, struct ci_problem, cap);

        if (problems->count > 0)
            memcpy(grown, problems->items, problems->count * sizeof(*grown));
        problems->items = grown;
        problems->cap = cap;
    }
    problems->items[problems->count++] = (struct ci_problem){
        .line = line,
        .column = column,
        .message = one_line(problems->mem, message),
    };
}

int node_characters(const char *text, size_t len)
{
    int count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* Spaces before the first line of the block that begins below `line` of the file. */
static int block_indent(struct ci_bytes file, int line)
{
    const char *at = file.data, *end = at + file.len;

    while (line > 0 && at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        line--;
    }
    while (at && at < end && *at == '\n')
        at++;
    for (line = 0; at && at < end && *at == ' '; at++)
        line++;
    return line;
}

void node_place(const struct node *node, size_t offset, struct ci_bytes file, int *line,
                int *column)
{
    const char *start = node->text;

    *line = node->line;
    *column = node->column;
    if (!node->is_block) {
        if (node->lead >= 0)
            *column += node->lead + node_characters(node->text, offset);
        return;
    }
    ++*line;
    for (size_t i = 0; i < offset; i++) {
        if (node->text[i] == '\n') {
            ++*line;
            start = node->text + i + 1;
        }
    }
    *column = block_indent(file, node->line) + 1 +
              node_characters(start, (size_t)(node->text + offset - start));
}

const struct node *node_get(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    }
    return NULL;
}

/* NOLINTBEGIN(misc-no-recursion): no deeper than the 64 levels of the file */
static json_t *list_to_json(const struct node *node)
{
    json_t *list = json_array();

    for (size_t i = 0; i < node->count; i++)
        (void)json_array_append_new(list, node_to_json(node->items[i]));
    return list;
}

static json_t *map_to_json(const struct node *node)
{
    json_t *object = json_object();

    for (size_t i = 0; i < node->count; i++)
        (void)json_object_set_new(object, node->keys[i]->text, node_to_json(node->items[i]));
    return object;
}

json_t *node_to_json(const struct node *node)
{
    switch (node->kind) {
    case NODE_NULL:
        return json_null();
    case NODE_BOOL:
        return json_boolean(node->truth);
    case NODE_INT:
        return json_integer(node->number);
    case NODE_FLOAT:
        return json_real(node->real);
    case NODE_STRING:
        return json_string(node->text);
    case NODE_LIST:
        return list_to_json(node);
    case NODE_MAP:
        return map_to_json(node);
    }
    return NULL;
}

static struct node *list_from_json(const json_t *json, void *mem, struct node *node)
{
    node->kind = NODE_LIST;
    node->count = json_array_size(json);
    node->items = ci_mem_array(mem, struct node *, node->count);
    for (size_t i = 0; i < node->count; i++)
        node->items[i] = node_from_json(json_array_get(json, i), mem);
    return node;
}

static struct node *map_from_json(json_t *json, void *mem, struct node *node)
{
    const char *key;
    json_t *value;

    node->kind = NODE_MAP;
    node->items = ci_mem_array(mem, struct node *, json_object_size(json));
    node->keys = ci_mem_array(mem, struct node *, json_object_size(json));
    json_object_foreach(json, key, value) {
        struct node *name = ci_mem_zero(mem, struct node);

        *name = (struct node){.kind = NODE_STRING, .text = ci_mem_strdup(mem, key)};
        node->keys[node->count] = name;
        node->items[node->count++] = node_from_json(value, mem);
    }
    return node;
}

struct node *node_from_json(json_t *json, void *mem)
{
    struct node *node = ci_mem_zero(mem, struct node);

    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return map_from_json(json, mem, node);
    case JSON_ARRAY:
        return list_from_json(json, mem, node);
    case JSON_STRING:
        *node =
            (struct node){.kind = NODE_STRING, .text = ci_mem_strdup(mem, json_string_value(json))};
        break;
    case JSON_INTEGER:
        *node = (struct node){.kind = NODE_INT, .number = json_integer_value(json)};
        node->text = ci_mem_printf(mem, "%" PRId64, node->number);
        break;
    case JSON_REAL:
        *node = (struct node){.kind = NODE_FLOAT, .real = json_real_value(json)};
        node->text = ci_mem_printf(mem, "%.17g", node->real);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        *node = (struct node){.kind = NODE_BOOL,
                              .truth = json_is_true(json),
                              .text = json_is_true(json) ? "true" : "false"};
        break;
    case JSON_NULL:
        *node = (struct node){.kind = NODE_NULL, .text = "null"};
        break;
    }
    return node;
}
/* NOLINTEND(misc-no-recursion) */
