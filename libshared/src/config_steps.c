/* SPDX-License-Identifier: Apache-2.0 */
/* Reading lists of steps. */
#include "config_steps.h"

#include <string.h>

/*
 * A step as one mapping: what stands below the key of its type, then what
 * stands beside that. Arguments and attributes may stand in either place.
 */
struct whole {
    struct node map;
    size_t inside; /* so many keys are from below */
    bool is_short; /* the value is no mapping but that of the primary key */
};

static void add(struct whole *whole, struct node *name, struct node *value)
{
    whole->map.keys[whole->map.count] = name;
    whole->map.items[whole->map.count++] = value;
}

static void add_primary(struct decode *d, struct whole *whole, const struct section *args,
                        struct node *value)
{
    const struct key *key = args->primary ? section_key(args, args->primary) : NULL;
    struct node *name = ci_mem_zero(d->mem, struct node);

    if (value->kind == NODE_NULL && !(key && (key->flags & KEY_REQUIRED)))
        return;
    if (!key) {
        complain(d, value, "expected a mapping, not %s", node_kind_name(value->kind));
        return;
    }
    *name = (struct node){
        .kind = NODE_STRING, .line = value->line, .column = value->column, .text = args->primary};
    whole->is_short = true;
    add(whole, name, value);
}

/* choose() has found the type's key there. */
static struct node *value_of_type(const struct section *section, const struct node *node)
{
    size_t i = 0;

    while (strcmp(node->keys[i]->text, section->name) != 0)
        i++;
    return node->items[i];
}

static void gather(struct decode *d, const struct section *section, const struct node *node,
                   struct whole *whole)
{
    struct node *value = value_of_type(section, node);
    bool is_below = value && value->kind == NODE_MAP && !section->args->whole;
    size_t room = node->count + (is_below ? value->count : 1);

    whole->map = (struct node){.kind = NODE_MAP, .line = node->line, .column = node->column};
    whole->map.keys = ci_mem_array(d->mem, struct node *, room);
    whole->map.items = ci_mem_array(d->mem, struct node *, room);
    if (value && !is_below)
        add_primary(d, whole, section->args, value);
    for (size_t i = 0; is_below && i < value->count; i++)
        add(whole, value->keys[i], value->items[i]);
    whole->inside = whole->map.count;
    for (size_t i = 0; i < node->count; i++) {
        if (node->items[i] == value)
            continue;
        if (node_get(&whole->map, node->keys[i]->text))
            complain(d, node->keys[i], "\"%s\" stands beside \"%s\" and below it",
                     node->keys[i]->text, section->name);
        else
            add(whole, node->keys[i], node->items[i]);
    }
}

static void finish(struct decode *d, const struct section *section, const struct node *map,
                   void *out)
{
    check_missing(d, section, map);
    for (; section; section = section->base) {
        if (section->finish)
            section->finish(d, map, out);
    }
}

static void read_keys(struct decode *d, const struct section *section, const struct whole *whole,
                      struct ci_step *step, void *args)
{
    const struct fill fills[] = {
        {section->args, args},
        {section->base, step}
    };
    const char *before = d->path;

    for (size_t i = 0; i < whole->map.count; i++) {
        if (i < whole->inside)
            (void)path_enter(d, section->name);
        key_read(d, fills, CI_COUNT(fills), &whole->map, i, i >= whole->inside || !whole->is_short);
        d->path = before;
    }
}

/* What is around gives way, but for what adds up. */
static void join_inherited(struct decode *d, const struct ci_step *inherited, struct ci_step *step)
{
    if (step->env.items != inherited->env.items)
        step->env = kvs_merge(d->mem, inherited->env, step->env);
    if (inherited->do_step_if && step->do_step_if && step->do_step_if != inherited->do_step_if)
        step->do_step_if =
            ci_mem_printf(d->mem, "(%s) and (%s)", inherited->do_step_if, step->do_step_if);
    if (inherited->locks.count > 0 && step->locks.items != inherited->locks.items) {
        size_t own = step->locks.count, all = own + inherited->locks.count;
        struct ci_lock_use *uses = ci_mem_array(d->mem, struct ci_lock_use, all);

        memcpy(uses, inherited->locks.items, inherited->locks.count * sizeof(*uses));
        if (own > 0)
            memcpy(uses + inherited->locks.count, step->locks.items, own * sizeof(*uses));
        step->locks = (struct ci_list){uses, all};
    }
}

static void read_members(struct decode *d, const struct section *section, const struct node *map,
                         const void *args, struct steps *steps)
{
    const struct around around = {.outer = d->around, .section = section, .map = map};

    if (section->tag == CI_STEP_GROUP)
        group_read(d, &around, args, steps);
    else
        template_read(d, &around, args, steps);
}

/* A step, or what a group or template holds instead. */
static void read_as(struct decode *d, const struct section *section, const struct node *node,
                    struct steps *steps)
{
    struct ci_step step = *(const struct ci_step *)section->defaults, inherited;
    void *args = ci_mem_alloc(d->mem, section->args->size);
    bool is_step = section->tag != CI_STEP_GROUP && section->tag != CI_STEP_TEMPLATE;
    struct whole whole = {0};

    if (section->args->defaults)
        memcpy(args, section->args->defaults, section->args->size);
    step.type = (enum ci_step_type)section->tag;
    step.args = args;
    if (is_step)
        inherit(d, d->around, &step);
    inherited = step;
    gather(d, section, node, &whole);
    read_keys(d, section, &whole, &step, args);
    if (!d->wire) {
        finish(d, section->args, &whole.map, args);
        finish(d, section->base, &whole.map, &step);
    }
    if (is_step) {
        join_inherited(d, &inherited, &step);
        steps->items[steps->count++] = step;
        return;
    }
    read_members(d, section, &whole.map, args, steps);
}

static void make_room(struct decode *d, struct steps *steps)
{
    struct ci_step *grown;

    if (steps->count < steps->cap)
        return;
    steps->cap = steps->cap ? steps->cap * 2 : 8;
    grown = ci_mem_array(d->mem, struct ci_step, steps->cap);
    if (steps->count > 0)
        memcpy(grown, steps->items, steps->count * sizeof(*grown));
    steps->items = grown;
}

static void read_one(struct decode *d, const struct node *node, struct steps *steps)
{
    const struct section *section = choose(d, &config_steps, node);

    make_room(d, steps);
    if (section && d->wire && (section->tag == CI_STEP_GROUP || section->tag == CI_STEP_TEMPLATE))
        complain(d, node, "\"%s\" is no single step", section->name);
    else if (section && d->repository &&
             (section->tag == CI_STEP_TRIGGER || section->tag == CI_STEP_TEMPLATE))
        complain(d, node, "the repository's own steps may not be of type \"%s\"", section->name);
    else if (section)
        read_as(d, section, node, steps);
}

void steps_read(struct decode *d, const struct node *list, struct steps *steps)
{
    enum { STEPS_MAX = 10000 };

    for (size_t i = 0; i < list->count && steps->count < STEPS_MAX; i++) {
        const char *before = path_enter_item(d, i);

        read_one(d, list->items[i], steps);
        d->path = before;
    }
    if (steps->count >= STEPS_MAX)
        complain(d, list, "more than %d steps", STEPS_MAX);
}

void value_steps(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_list *out = at;
    const struct around *around = d->around;
    struct steps steps = {0};

    if (node->kind != NODE_LIST) {
        complain(d, node, "expected a list, not %s", node_kind_name(node->kind));
        return;
    }
    if ((key->flags & KEY_NOT_EMPTY) && node->count == 0)
        complain(d, node, "must not be empty");
    d->around = NULL;
    steps_read(d, node, &steps);
    d->around = around;
    *out = (struct ci_list){steps.items, steps.count};
}

bool step_read(struct decode *d, const struct node *node, struct ci_step *step)
{
    struct steps steps = {0};

    read_one(d, node, &steps);
    if (steps.count == 0)
        return false;
    *step = steps.items[0];
    return true;
}
