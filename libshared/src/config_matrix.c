/* SPDX-License-Identifier: Apache-2.0 */
/* A matrix: a builder for each combination, and one that triggers them all and waits. */
#include "config_steps.h"

#include <inttypes.h>
#include <string.h>

enum { CELLS_MAX = 256, NAME_MAX_BYTES = 70 };

/* The combinations so far: {key: value} each. */
struct cells {
    json_t *items[CELLS_MAX];
    size_t count;
};

static bool is_scalar(const struct node *node)
{
    return node->kind == NODE_STRING || node->kind == NODE_INT || node->kind == NODE_FLOAT ||
           node->kind == NODE_BOOL;
}

static bool is_axis(const char *key)
{
    return strcmp(key, "include") != 0 && strcmp(key, "exclude") != 0;
}

static bool too_many(struct decode *d, const struct node *at)
{
    complain(d, at, "more than %d combinations", CELLS_MAX);
    return false;
}

/* Each combination so far with each value of one more key. */
static bool multiply(struct decode *d, const struct node *axis, const char *key,
                     struct cells *cells)
{
    struct cells *more = ci_mem_zero(d->mem, struct cells);

    for (size_t i = 0; i < cells->count; i++) {
        for (size_t j = 0; j < axis->count; j++) {
            json_t *cell;

            if (more->count == CELLS_MAX)
                return too_many(d, axis);
            cell = ci_mem_json(d->mem, json_copy(cells->items[i]));
            (void)json_object_set_new(cell, key, node_to_json(axis->items[j]));
            more->items[more->count++] = cell;
        }
    }
    *cells = *more;
    return true;
}

static bool check_axis(struct decode *d, const struct node *name, const struct node *axis)
{
    const char *before = path_enter(d, name->text);
    const char *wrong = check_property_name(name->text, d->mem);
    bool fine = !wrong;

    if (wrong)
        complain(d, name, "%s", wrong);
    if (axis->kind != NODE_LIST || axis->count == 0) {
        complain(d, axis, "expected a list of values");
        fine = false;
    }
    for (size_t i = 0; axis->kind == NODE_LIST && i < axis->count; i++) {
        if (!is_scalar(axis->items[i])) {
            complain(d, axis->items[i], "expected a text, a number, true or false");
            fine = false;
        }
    }
    d->path = before;
    return fine;
}

/* `include` or `exclude`: a list of mappings with plain values. NULL: there is none, or it is
 * wrong. */
static const struct node *rows(struct decode *d, const struct node *matrix, const char *key)
{
    const struct node *list = node_get(matrix, key);
    bool fine = true;

    if (!list || list->kind == NODE_NULL)
        return NULL;
    for (size_t i = 0; list->kind == NODE_LIST && i < list->count; i++) {
        const struct node *row = list->items[i];

        fine &= row->kind == NODE_MAP && row->count > 0;
        for (size_t j = 0; row->kind == NODE_MAP && j < row->count; j++)
            fine &= is_scalar(row->items[j]) && !check_property_name(row->keys[j]->text, d->mem);
    }
    if (list->kind == NODE_LIST && fine)
        return list;
    complain(d, list, "\"%s\" takes a list of mappings with plain values", key);
    return NULL;
}

static bool matches(const json_t *cell, const struct node *row)
{
    for (size_t i = 0; i < row->count; i++) {
        json_t *value = node_to_json(row->items[i]);
        bool same = json_equal(json_object_get(cell, row->keys[i]->text), value);

        json_decref(value);
        if (!same)
            return false;
    }
    return true;
}

static void exclude(struct decode *d, const struct node *matrix, struct cells *cells)
{
    const struct node *list = rows(d, matrix, "exclude");

    for (size_t i = 0; list && i < list->count; i++) {
        size_t kept = 0, before = cells->count;

        for (size_t j = 0; j < cells->count; j++) {
            if (!matches(cells->items[j], list->items[i]))
                cells->items[kept++] = cells->items[j];
        }
        cells->count = kept;
        if (kept == before)
            complain(d, list->items[i], "no combination is like this one");
    }
}

static void include(struct decode *d, const struct node *matrix, struct cells *cells)
{
    const struct node *list = rows(d, matrix, "include");

    for (size_t i = 0; list && i < list->count; i++) {
        json_t *cell = ci_mem_json(d->mem, node_to_json(list->items[i]));

        for (size_t j = 0; j < cells->count; j++) {
            if (json_equal(cells->items[j], cell))
                complain(d, list->items[i], "this combination is there already");
        }
        if (cells->count == CELLS_MAX) {
            (void)too_many(d, list->items[i]);
            return;
        }
        cells->items[cells->count++] = cell;
    }
}

static bool combine(struct decode *d, const struct node *matrix, struct cells *cells)
{
    bool has_axis = false;

    if (matrix->kind != NODE_MAP) {
        complain(d, matrix, "expected a mapping, not %s", node_kind_name(matrix->kind));
        return false;
    }
    cells->items[cells->count++] = ci_mem_json(d->mem, json_object());
    for (size_t i = 0; i < matrix->count; i++) {
        if (!is_axis(matrix->keys[i]->text))
            continue;
        has_axis = true;
        if (!check_axis(d, matrix->keys[i], matrix->items[i]) ||
            !multiply(d, matrix->items[i], matrix->keys[i]->text, cells))
            return false;
    }
    if (!has_axis)
        cells->count = 0;
    exclude(d, matrix, cells);
    include(d, matrix, cells);
    if (cells->count == 0)
        complain(d, matrix, "the matrix has no combination");
    return cells->count > 0;
}

/* FNV-1a: names that had to be cut stay apart, and the same from one version to the next. */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261U;

    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 16777619U;
    return value;
}

static const char *cell_name(void *mem, const char *builder, json_t *cell)
{
    enum { HASH_BYTES = 11 }; /* " (01234567)" */
    struct ci_buf buf;
    const char *key;
    json_t *value;
    size_t kept;

    ci_buf_init(&buf, mem);
    ci_buf_printf(&buf, "%s (", builder);
    json_object_foreach(cell, key, value)
        ci_buf_printf(&buf, "%s%s=%s", buf.text[buf.len - 1] == '(' ? "" : ", ", key,
                      ci_json_text(value, mem));
    ci_buf_puts(&buf, ")");
    if (buf.len <= NAME_MAX_BYTES)
        return buf.text;
    kept = strlen(builder) < NAME_MAX_BYTES - HASH_BYTES ? strlen(builder)
                                                         : NAME_MAX_BYTES - HASH_BYTES;
    while (kept > 0 && ((unsigned char)builder[kept] & 0xc0) == 0x80)
        kept--;
    return ci_mem_printf(mem, "%.*s (%08" PRIx32 ")", (int)kept, builder, hash(buf.text));
}

/* The cell's values in a label or tag; what else stands there can't be known yet. */
static const char *fill_in(struct decode *d, const struct node *at, json_t *cell, const char *text)
{
    struct ci_scope scope = {.properties = ci_mem_json(d->mem, json_object())};
    const char *out, *key;
    json_t *value;
    struct ci_err err;

    if (!text || ci_interpolate_plain(text))
        return text;
    json_object_foreach(cell, key, value)
        (void)json_object_set_new(scope.properties, key, json_pack("[O, s]", value, "Matrix"));
    if (ci_interpolate(text, &scope, d->mem, &out, &err))
        return out;
    complain(d, at, "\"%.60s\": %s", text, err.msg);
    return text;
}

static void make_cell(struct decode *d, const struct node *map, const struct ci_builder *builder,
                      json_t *values, struct ci_builder *cell)
{
    struct ci_pair_kv *labels =
        ci_mem_array(d->mem, struct ci_pair_kv, builder->worker_labels.count);
    const char **tags = ci_mem_array(d->mem, const char *, builder->tags.count);

    *cell = *builder;
    cell->name = cell_name(d->mem, builder->name, values);
    for (size_t i = 0; i < builder->worker_labels.count; i++)
        labels[i] =
            (struct ci_pair_kv){builder->worker_labels.items[i].key,
                                fill_in(d, map, values, builder->worker_labels.items[i].value)};
    for (size_t i = 0; i < builder->tags.count; i++)
        tags[i] = fill_in(d, map, values, builder->tags.items[i]);
    cell->worker_labels = (struct ci_kvs){labels, builder->worker_labels.count};
    cell->tags = (struct ci_strs){tags, builder->tags.count};
    cell->properties =
        ci_mem_json(d->mem, builder->properties ? json_copy(builder->properties) : json_object());
    (void)json_object_update(cell->properties, values);
    cell->matrix = values;
    cell->matrix_parent = builder->name;
}

static bool is_constant(const char *text)
{
    return !text || ci_interpolate_plain(text);
}

/* The builder itself only waits: what its cells need of workers and locks is theirs. */
static void make_parent(struct decode *d, const struct ci_builder *cells, size_t count,
                        struct ci_builder *parent)
{
    struct ci_trigger_args *args = ci_mem_zero(d->mem, struct ci_trigger_args);
    struct ci_step *step = ci_mem_zero(d->mem, struct ci_step);
    const char **names = ci_mem_array(d->mem, const char *, count);
    struct ci_pair_kv *labels =
        ci_mem_array(d->mem, struct ci_pair_kv, parent->worker_labels.count);
    const char **tags = ci_mem_array(d->mem, const char *, parent->tags.count);
    size_t label_count = 0, tag_count = 0;

    for (size_t i = 0; i < count; i++)
        names[i] = cells[i].name;
    for (size_t i = 0; i < parent->worker_labels.count; i++) {
        if (is_constant(parent->worker_labels.items[i].value))
            labels[label_count++] = parent->worker_labels.items[i];
    }
    for (size_t i = 0; i < parent->tags.count; i++) {
        if (is_constant(parent->tags.items[i]))
            tags[tag_count++] = parent->tags.items[i];
    }
    *args = *(const struct ci_trigger_args *)config_step_trigger.args->defaults;
    args->builders = (struct ci_strs){names, count};
    args->wait_for_finish = true;
    *step = config_step_defaults;
    step->type = CI_STEP_TRIGGER;
    step->name = "matrix";
    step->args = args;
    parent->steps = (struct ci_list){step, 1};
    parent->worker_labels = (struct ci_kvs){labels, label_count};
    parent->tags = (struct ci_strs){tags, tag_count};
    parent->locks = (struct ci_list){0};
    parent->do_build_if = parent->can_start_build = parent->repository_file = NULL;
    parent->has_environment = false;
    parent->is_matrix = true;
}

struct builders {
    struct ci_builder *items;
    size_t count, cap;
};

static struct ci_builder *reserve(struct decode *d, struct builders *list, size_t more)
{
    struct ci_builder *grown;

    if (list->count + more > list->cap) {
        list->cap = (list->count + more) * 2;
        grown = ci_mem_array(d->mem, struct ci_builder, list->cap);
        memcpy(grown, list->items, list->count * sizeof(*grown));
        list->items = grown;
    }
    return list->items + list->count;
}

/* Appends the cells of the last builder's matrix. */
static void expand(struct decode *d, const struct node *map, struct builders *list)
{
    struct cells *cells = ci_mem_zero(d->mem, struct cells);
    const struct node *matrix = node_get(map, "matrix");
    struct ci_builder *out;

    if (!combine(d, matrix, cells) || !list->items[list->count - 1].name)
        return;
    out = reserve(d, list, cells->count);
    for (size_t i = 0; i < cells->count; i++) {
        make_cell(d, map, out - 1, cells->items[i], out + i);
        if (json_object_get(d->lines[SPACE_BUILDER], out[i].name))
            complain(d, matrix, "two builders would be called \"%s\"", out[i].name);
        (void)json_object_set_new(d->lines[SPACE_BUILDER], out[i].name, json_integer(map->line));
    }
    make_parent(d, out, cells->count, out - 1);
    list->count += cells->count;
}

static bool has_matrix(const struct node *map)
{
    const struct node *matrix = node_get(map, "matrix");

    return matrix && matrix->kind != NODE_NULL;
}

void config_expand_matrices(struct decode *d, struct ci_config *config)
{
    const struct ci_builder *given = config->builders.items;
    const struct node *nodes = node_get(d->root, "builders");
    const char *before = d->path;
    struct builders list = {ci_mem_array(d->mem, struct ci_builder, config->builders.count), 0,
                            config->builders.count};

    for (size_t i = 0; i < config->builders.count; i++) {
        *reserve(d, &list, 1) = given[i];
        list.count++;
        d->path = ci_mem_printf(d->mem, "builders[%zu].matrix", i);
        if (has_matrix(nodes->items[i]))
            expand(d, nodes->items[i], &list);
    }
    d->path = before;
    config->builders = (struct ci_list){list.items, list.count};
}
