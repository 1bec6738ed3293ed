/* SPDX-License-Identifier: Apache-2.0 */
/* Groups and templates: their steps stand in their place, with what they inherit. */
#include "config_steps.h"

#include <string.h>

enum { TEMPLATE_DEPTH_MAX = 16, TEMPLATE_USES_MAX = 20000, NAME_MAX_BYTES = 50, SUFFIX_MAX = 8 };

/* Reading a text again would only repeat what was said about it. */
static struct problems *mute(struct decode *d)
{
    struct problems *loud = d->problems, *muted = ci_mem_zero(d->mem, struct problems);

    muted->mem = d->mem;
    d->problems = muted;
    return loud;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the groups */
void inherit(struct decode *d, const struct around *around, struct ci_step *step)
{
    const struct fill fill = {&config_step_common, step};
    struct problems *loud;
    struct ci_kvs env;

    if (!around)
        return;
    inherit(d, around->outer, step);
    env = step->env;
    loud = mute(d);
    for (size_t i = 0; i < around->map->count; i++) {
        const char *name = around->map->keys[i]->text;

        if (!section_key(around->section->args, name) && strcmp(name, "background") != 0)
            key_read(d, &fill, 1, around->map, i, false);
    }
    d->problems = loud;
    if (step->env.items != env.items)
        step->env = kvs_merge(d->mem, env, step->env);
    if (around->group)
        step->group = around->group;
    if (around->parallel > 0)
        step->parallel = around->parallel;
    if (d->kw)
        step->kw = d->kw;
}

/* `steps` of a group or template. */
static const struct node *members(struct decode *d, const struct node *map)
{
    const struct node *list = node_get(map, "steps");

    if (!list || list->kind == NODE_NULL)
        return NULL;
    if (list->kind != NODE_LIST)
        complain(d, list, "expected a list, not %s", node_kind_name(list->kind));
    else if (list->count == 0)
        complain(d, list, "must not be empty");
    else
        return list;
    return NULL;
}

static bool is_in_parallel(const struct around *around)
{
    for (; around; around = around->outer) {
        if (around->parallel > 0)
            return true;
    }
    return false;
}

void group_read(struct decode *d, const struct around *given, const struct group_args *args,
                struct steps *steps)
{
    struct around around = *given;
    const struct node *list;
    const char *before = path_enter(d, "steps");

    around.group = args->name;
    if (args->parallel)
        around.parallel = ++d->parallel_count;
    list = members(d, given->map);
    if (list && is_in_parallel(given->outer)) {
        complain(d, given->map, "a group inside a parallel group");
    } else if (list) {
        d->around = &around;
        steps_read(d, list, steps);
        d->around = given->outer;
    }
    d->path = before;
}

/* A parameter's plain form in the arguments of a template inside a template. */
static const char *replace_kw(struct decode *d, const struct node *at, const char *text)
{
    struct ci_buf out;
    const char *form;

    ci_buf_init(&out, d->mem);
    while ((form = strstr(text, "%(kw:")) != NULL) {
        const char *name = form + strlen("%(kw:"), *end = strstr(name, ")s");
        json_t *value =
            end ? json_object_get(d->kw, ci_mem_strndup(d->mem, name, (size_t)(end - name))) : NULL;

        if (!end || !value) {
            complain(d, at,
                     "only the plain form %%(kw:NAME)s may stand in \"with\" of a template "
                     "inside a template");
            return text;
        }
        ci_buf_add(&out, text, (size_t)(form - text));
        ci_buf_puts(&out, ci_json_text(value, d->mem));
        text = end + 2;
    }
    ci_buf_puts(&out, text);
    return out.text;
}

static json_t *argument(struct decode *d, const struct node *node)
{
    if (node->kind == NODE_STRING && node->text && d->kw)
        return json_string(replace_kw(d, node, node->text));
    return node_to_json(node);
}

/* The parameters: those given, then the template's defaults. New reference. */
static json_t *arguments(struct decode *d, const struct node *with, const struct node *parameters,
                         const struct node *at)
{
    json_t *kw = json_object();

    for (size_t i = 0; with && with->kind == NODE_MAP && i < with->count; i++) {
        const char *name = with->keys[i]->text;

        if (node_get(parameters, name))
            (void)json_object_set_new(kw, name, argument(d, with->items[i]));
        else
            complain(d, with->keys[i], "the template has no parameter \"%s\"", name);
    }
    for (size_t i = 0; parameters && parameters->kind == NODE_MAP && i < parameters->count; i++) {
        const char *name = parameters->keys[i]->text;

        if (json_object_get(kw, name))
            continue;
        if (parameters->items[i]->kind == NODE_NULL)
            complain(d, at, "the template's parameter \"%s\" is missing in \"with\"", name);
        (void)json_object_set_new(kw, name, node_to_json(parameters->items[i]));
    }
    return kw;
}

static const struct node *find_template(struct decode *d, const struct node *at, const char *name)
{
    const struct node *templates = node_get(d->root, "templates");
    const struct node *found = node_get(templates, name);
    size_t count = templates && templates->kind == NODE_MAP ? templates->count : 0;
    const char **names;

    if (found)
        return found;
    names = ci_mem_array(d->mem, const char *, count);
    for (size_t i = 0; i < count; i++)
        names[i] = templates->keys[i]->text;
    complain_hint(d, at, name, names, count, ci_mem_printf(d->mem, "no template \"%.60s\"", name));
    return NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion): templates in templates, up to TEMPLATE_DEPTH_MAX */
void template_read(struct decode *d, const struct around *given, const struct template_args *args,
                   struct steps *steps)
{
    const struct node *template, *list;
    const char *path = d->path;
    struct around around = *given;
    json_t *kw = d->kw;
    struct problems *loud;

    template = args->name && !d->any_name ? find_template(d, given->map, args->name) : NULL;
    if (!template || d->circular)
        return;
    if (d->template_depth == TEMPLATE_DEPTH_MAX || ++d->template_uses > TEMPLATE_USES_MAX) {
        d->circular = true;
        return;
    }
    d->kw = ci_mem_json(d->mem, arguments(d, node_get(given->map, "with"),
                                          node_get(template, "parameters"), given->map));
    d->path = ci_mem_printf(d->mem, "templates.%s.steps", args->name);
    d->around = &around;
    d->template_depth++;
    loud = mute(d); /* templates_check() says what is wrong with the template itself */
    list = members(d, template);
    if (list)
        steps_read(d, list, steps);
    d->problems = loud;
    d->template_depth--;
    d->around = given->outer;
    d->path = path;
    d->kw = kw;
    if (d->circular && d->template_depth == 0) {
        complain(d, given->map, "templates use one another in a circle");
        d->circular = false;
    }
}

static const struct key template_keys[] = {
    KEY("parameters", KEY_OBJECT, 0, 0,
        "Names and defaults of its parameters; one whose default is null must be given; default: "
        "none.",
        .example = "{options: \"\", jobs: null}"),
    KEY("steps", KEY_LATER, 0, KEY_REQUIRED, "Its steps; %(kw:NAME)s is a parameter.",
        .example = "[{run: \"make -j%(kw:jobs)s %(kw:options)s\"}]", .like = KEY_STEPS),
};
const struct section config_template = {
    .has_chapter = true,
    .name = "template",
    .help = "Steps that several builders use, with parameters.",
    SECTION_KEYS(template_keys),
    .size = sizeof(json_t *),
};

/* Only for the schema and the manual: its keys are the users' own. */
const struct section config_templates = {
    .has_chapter = true,
    .name = "template",
    .help = "Steps that several builders use, by name.",
    .size = 1,
};

static void check_template(struct decode *d, const struct node *template)
{
    json_t *parameters = NULL;
    struct steps steps = {0};
    const struct node *list;
    const char *before;

    section_read(d, &config_template, template, &parameters);
    if (template->kind != NODE_MAP)
        return;
    before = path_enter(d, "steps");
    list = members(d, template);
    d->kw = parameters ? parameters : ci_mem_json(d->mem, json_object());
    if (list)
        steps_read(d, list, &steps);
    d->kw = NULL;
    d->path = before;
}

void templates_check(struct decode *d)
{
    const struct node *templates = node_get(d->root, "templates");
    const char *before = path_enter(d, "templates");

    for (size_t i = 0; templates && templates->kind == NODE_MAP && i < templates->count; i++) {
        const char *outer = path_enter(d, templates->keys[i]->text);

        check_template(d, templates->items[i]);
        d->path = outer;
    }
    if (templates && templates->kind != NODE_MAP && templates->kind != NODE_NULL)
        complain(d, templates, "expected a mapping, not %s", node_kind_name(templates->kind));
    d->path = before;
}

struct ci_kvs kvs_merge(void *mem, struct ci_kvs under, struct ci_kvs over)
{
    struct ci_pair_kv *pairs = ci_mem_array(mem, struct ci_pair_kv, under.count + over.count);
    size_t count = 0;

    for (size_t i = 0; i < under.count; i++) {
        bool hidden = false;

        for (size_t j = 0; j < over.count && !hidden; j++)
            hidden = strcmp(under.items[i].key, over.items[j].key) == 0;
        if (!hidden)
            pairs[count++] = under.items[i];
    }
    for (size_t i = 0; i < over.count; i++)
        pairs[count++] = over.items[i];
    return (struct ci_kvs){pairs, count};
}

void steps_name(void *mem, struct ci_list steps, struct ci_strs others)
{
    json_auto_t *taken = json_object();

    for (size_t i = 0; i < others.count; i++)
        (void)json_object_set_new(taken, others.items[i], json_integer(0));
    CI_FOREACH(struct ci_step, named, steps) {
        const char *base = named->name ? named->name : ci_step_type_names[named->type];
        const json_t *last = json_object_get(taken, base);
        json_int_t n = last ? json_integer_value(last) : 0;

        named->name = base;
        while (json_object_get(taken, named->name))
            named->name =
                ci_mem_printf(mem, "%.*s_%d", NAME_MAX_BYTES - SUFFIX_MAX, base, (int)++n);
        (void)json_object_set_new(taken, base, json_integer(n));
        if (named->name != base)
            (void)json_object_set_new(taken, named->name, json_integer(0));
    }
}
