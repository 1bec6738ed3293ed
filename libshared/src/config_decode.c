/* SPDX-License-Identifier: Apache-2.0 */
/* Sections by table: which keys there are, which are missing, where the reader is. */
#include "config_internal.h"
#include "shared/settings.h"

#include <stdarg.h>
#include <string.h>

enum { KEYS_MAX = 64, VALUE_SHOWN = 60, NAMES_SHOWN = 30 };

void complain(struct decode *d, const struct node *at, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(d->mem, fmt, args);
    va_end(args);
    problem_add(d->problems, at->line, at->column,
                *d->path ? ci_mem_printf(d->mem, "%s: %s", d->path, text) : text);
}

static char *joined(void *mem, const char *const *names, size_t count)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    for (size_t i = 0; i < count; i++)
        ci_buf_printf(&buf, "%s%s", i > 0 ? ", " : "", names[i]);
    return buf.text;
}

/* `what` says what is wrong; the hint is the nearest name, or else all of them. */
void complain_hint(struct decode *d, const struct node *at, const char *given,
                   const char *const *known, size_t count, const char *what)
{
    const char *nearest = ci_nearest(given, known, count);

    if (nearest)
        complain(d, at, "%s (did you mean \"%s\"?)", what, nearest);
    else if (count > 0 && count <= NAMES_SHOWN)
        complain(d, at, "%s (known: %s)", what, joined(d->mem, known, count));
    else
        complain(d, at, "%s", what);
}

const char *path_enter(struct decode *d, const char *key)
{
    const char *before = d->path;
    size_t shown = strnlen(key, VALUE_SHOWN);

    d->path = ci_mem_printf(d->mem, "%s%s%.*s", before, *before ? "." : "", (int)shown, key);
    return before;
}

const char *path_enter_item(struct decode *d, size_t index)
{
    const char *before = d->path;

    d->path = ci_mem_printf(d->mem, "%s[%zu]", before, index);
    return before;
}

const struct key *section_key(const struct section *section, const char *name)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            const struct key *key = &section->keys[i];

            if (strcmp(key->name, name) == 0 || (key->alias && strcmp(key->alias, name) == 0))
                return key;
        }
    }
    return NULL;
}

static void unrecognized_key(struct decode *d, const struct fill *fills, size_t fill_count,
                             const struct node *key_node)
{
    const char *before = path_enter(d, key_node->text);
    const char *names[KEYS_MAX];
    size_t count = 0;

    for (size_t f = 0; f < fill_count; f++) {
        for (const struct section *s = fills[f].section; s; s = s->base) {
            for (size_t i = 0; i < s->count && count < KEYS_MAX; i++) {
                if (!(s->keys[i].flags & KEY_WIRE))
                    names[count++] = s->keys[i].name;
            }
        }
    }
    complain_hint(d, key_node, key_node->text, names, count, "unrecognized key");
    d->path = before;
}

static const struct node *value_of(const struct node *map, const struct key *key)
{
    const struct node *value = node_get(map, key->name);

    return value || !key->alias ? value : node_get(map, key->alias);
}

static bool is_missing(const struct key *key, const struct node *value)
{
    /* Of these two kinds the reader has something to say to nothing. */
    if (value && (key->kind == KEY_COMMAND || key->kind == KEY_JSON))
        return false;
    return (key->flags & KEY_REQUIRED) && (!value || value->kind == NODE_NULL);
}

void check_missing(struct decode *d, const struct section *section, const struct node *map)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            const struct key *key = &section->keys[i];
            const struct node *value = value_of(map, key);

            if (is_missing(key, value))
                complain(d, value ? value : map, "\"%s\" is missing", key->name);
        }
    }
}

static const struct key *known_key(const struct decode *d, const struct fill *fills, size_t count,
                                   const char *name, void **out)
{
    for (size_t i = 0; i < count; i++) {
        const struct key *key = section_key(fills[i].section, name);

        if (key && (d->wire || !(key->flags & KEY_WIRE))) {
            *out = (char *)fills[i].out + key->offset;
            return key;
        }
    }
    return NULL;
}

void key_read(struct decode *d, const struct fill *fills, size_t count, const struct node *map,
              size_t index, bool named)
{
    const struct node *name = map->keys[index];
    const char *before = d->path;
    void *out;
    const struct key *key = known_key(d, fills, count, name->text, &out);

    if (!key) {
        if (!d->wire)
            unrecognized_key(d, fills, count, name);
        return;
    }
    if (key->alias && strcmp(name->text, key->alias) == 0 && node_get(map, key->name)) {
        complain(d, name, "\"%s\" and \"%s\" are the same key", key->alias, key->name);
        return;
    }
    if (named)
        (void)path_enter(d, name->text);
    value_read(d, key, map->items[index], out);
    if (key->present)
        *(bool *)((char *)out - key->offset + key->present - 1) = true;
    d->path = before;
}

/* A value that is no mapping is that of the primary key. */
static struct node *spelled_out(void *mem, const char *primary, const struct node *value)
{
    struct node *map = ci_mem_zero(mem, struct node), *name = ci_mem_zero(mem, struct node);

    *name = (struct node){
        .kind = NODE_STRING, .line = value->line, .column = value->column, .text = primary};
    *map =
        (struct node){.kind = NODE_MAP, .line = value->line, .column = value->column, .count = 1};
    map->keys = ci_mem_array(mem, struct node *, 1);
    map->items = ci_mem_array(mem, struct node *, 1);
    map->keys[0] = name;
    map->items[0] = ci_mem_dup(mem, value, sizeof(*value));
    return map;
}

void section_read(struct decode *d, const struct section *section, const struct node *map,
                  void *out)
{
    const struct fill fill = {section, out};
    bool is_short = section->primary && map->kind != NODE_MAP && map->kind != NODE_NULL;

    if (is_short)
        map = spelled_out(d->mem, section->primary, map);
    if (map->kind != NODE_MAP && map->kind != NODE_NULL) {
        complain(d, map, "expected a mapping, not %s", node_kind_name(map->kind));
        return;
    }
    for (size_t i = 0; i < map->count; i++)
        key_read(d, &fill, 1, map, i, !is_short);
    if (!d->wire)
        check_missing(d, section, map);
    for (const struct section *s = section; s && !d->wire; s = s->base) {
        if (s->finish)
            s->finish(d, map, out);
    }
}

static size_t choice_names(const struct choice *choice, bool wire, const char **names)
{
    size_t count = 0;

    for (size_t i = 0; choice->sections[i] && count < KEYS_MAX; i++) {
        if (wire || !choice->sections[i]->wire_only)
            names[count++] = choice->sections[i]->name;
    }
    return count;
}

/* By the value of the discriminator; NULL after complaining. */
static const struct section *choose_by_value(struct decode *d, const struct choice *choice,
                                             const struct node *map)
{
    const struct node *type = node_get(map, choice->discriminator);
    const char *names[KEYS_MAX];
    size_t count = choice_names(choice, d->wire, names);
    const char *before;

    if (!type || !type->text || type->kind == NODE_NULL) {
        complain(d, type ? type : map, "\"%s\" is missing (known: %s)", choice->discriminator,
                 joined(d->mem, names, count));
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], type->text) == 0)
            return choice->sections[i];
    }
    before = path_enter(d, choice->discriminator);
    complain_hint(
        d, type, type->text, names, count,
        ci_mem_printf(d->mem, "unrecognized %s \"%.*s\"", choice->noun, VALUE_SHOWN, type->text));
    d->path = before;
    return NULL;
}

/* A few types are called as an argument of another: that is what stands beside it, then. */
static bool is_argument(const struct section *type, const struct section *other)
{
    return section_key(type->args, other->name) != NULL;
}

/* By which of the sections' names is a key of the mapping. */
static const struct section *choose_by_key(struct decode *d, const struct choice *choice,
                                           const struct node *map)
{
    const struct section *found = NULL;
    const char *names[KEYS_MAX];
    size_t count = choice_names(choice, d->wire, names);

    for (size_t i = 0; choice->sections[i]; i++) {
        const struct section *section = choice->sections[i];

        if (!node_get(map, section->name) || (section->wire_only && !d->wire))
            continue;
        if (found && is_argument(found, section))
            continue;
        if (found && !is_argument(section, found)) {
            complain(d, map, "\"%s\" and \"%s\" in one %s", found->name, section->name,
                     choice->noun);
            return NULL;
        }
        found = section;
    }
    if (!found && map->count > 0)
        complain_hint(d, map->keys[0], map->keys[0]->text, names, count,
                      ci_mem_printf(d->mem, "a %s needs one of its kinds as a key", choice->noun));
    else if (!found)
        complain(d, map, "empty %s", choice->noun);
    return found;
}

const struct section *choose(struct decode *d, const struct choice *choice, const struct node *item)
{
    if (item->kind != NODE_MAP) {
        complain(d, item, "expected a mapping, not %s", node_kind_name(item->kind));
        return NULL;
    }
    return choice->discriminator ? choose_by_value(d, choice, item)
                                 : choose_by_key(d, choice, item);
}

static const struct section *model_of(const struct key *key)
{
    return key->section ? key->section : key->choice->sections[0];
}

/* Names are unique in their space. Default names are the caller's affair. */
static void check_unique(struct decode *d, enum space space, const struct node *item)
{
    const struct node *name = node_get(item, "name");
    const json_t *line;
    const char *before;

    if (space == SPACE_NONE || !name || !name->text || name->kind == NODE_NULL)
        return;
    line = json_object_get(d->lines[space], name->text);
    if (!line) {
        (void)json_object_set_new(d->lines[space], name->text, json_integer(name->line));
        return;
    }
    before = path_enter(d, "name");
    complain(d, name, "\"%s\" is taken (line %d)", name->text, (int)json_integer_value(line));
    d->path = before;
}

/* Where an item may be short, a single one may stand for a list of one. */
static const struct node *single(void *mem, const struct node *item)
{
    struct node *list = ci_mem_zero(mem, struct node);

    *list = *item;
    list->kind = NODE_LIST;
    list->items = ci_mem_array(mem, struct node *, 1);
    list->items[0] = ci_mem_dup(mem, item, sizeof(*item));
    list->count = 1;
    return list;
}

static void read_item(struct decode *d, const struct key *key, const struct node *node, void *item)
{
    const struct section *section = key->section ? key->section : choose(d, key->choice, node);

    check_unique(d, model_of(key)->space, node);
    if (!section)
        return;
    if (section->defaults)
        memcpy(item, section->defaults, section->size);
    if (key->choice)
        *(int *)item = section->tag;
    section_read(d, section, node, item);
}

void section_list_read(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_list *out = at;
    const struct section *model = model_of(key);
    char *items;

    if (node->kind != NODE_LIST && model->primary)
        node = single(d->mem, node);
    if (node->kind != NODE_LIST) {
        complain(d, node, "expected a list, not %s", node_kind_name(node->kind));
        return;
    }
    if ((key->flags & KEY_NOT_EMPTY) && node->count == 0)
        complain(d, node, "must not be empty");
    items = ci_mem_array_size(d->mem, model->size, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const char *before = path_enter_item(d, i);

        read_item(d, key, node->items[i], items + i * model->size);
        d->path = before;
    }
    *out = (struct ci_list){items, node->count};
}
