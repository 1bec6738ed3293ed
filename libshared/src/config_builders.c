/* SPDX-License-Identifier: Apache-2.0 */
/* `builders` and `workers`. */
#include "config_internal.h"

#include <string.h>

static const char *check_format(const char *text, void *mem)
{
    return strcmp(text, "markdown") == 0
               ? NULL
               : ci_mem_printf(mem, "unrecognized value \"%.60s\" (known: markdown)", text);
}

#define AT(member) offsetof(struct ci_builder, member)
static const struct key builder_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED,
        "Unique name, at most 70 bytes, not beginning with _.", .check = check_builder_name),
    KEY("steps", KEY_STEPS, AT(steps), KEY_REQUIRED | KEY_NOT_EMPTY,
        "What a build does, in this order."),
    KEY("description", KEY_STR, AT(description), 0, "Text that the web pages show."),
    KEY("description_format", KEY_STR, AT(description_format), 0,
        "markdown, or nothing for plain text.", .check = check_format),
    KEY("project", KEY_STR, AT(project), 0, "Project that it belongs to; default \"\"."),
    KEY("tags", KEY_STRS, AT(tags), KEY_NOT_EMPTY | KEY_UNIQUE, "Words to find it by."),
    KEY("workers", KEY_STRS, AT(workers), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Names of the workers it may run on; default: any.", .alias = "worker_names",
        .refers_to = SPACE_WORKER),
    KEY("worker_labels", KEY_KVS, AT(worker_labels), 0,
        "Labels that a worker must have, all of them; default: any worker will do."),
    KEY("env", KEY_KVS, AT(env), KEY_JOIN,
        "Environment variables of every step; null removes one, a list is joined with \":\"."),
    KEY("properties", KEY_OBJECT, AT(properties), 0, "Properties of its builds."),
};
#undef AT

/* Into the step: its own variables win, the builder's come first. */
static struct ci_kvs merge(struct decode *d, struct ci_kvs under, struct ci_kvs over)
{
    struct ci_pair_kv *pairs = ci_mem_array(d->mem, struct ci_pair_kv, under.count + over.count);
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

/* "compile" again becomes compile_1, compile_2 ...: names are addresses in the REST API. */
static void name_steps(struct decode *d, struct ci_list steps)
{
    enum { NAME_MAX_BYTES = 50, SUFFIX_MAX = 8 };
    json_auto_t *taken = json_object();

    CI_FOREACH(struct ci_step, named, steps) {
        const char *base = named->name ? named->name : ci_step_type_names[named->type];
        const json_t *last = json_object_get(taken, base);
        json_int_t n = last ? json_integer_value(last) : 0;

        named->name = base;
        while (json_object_get(taken, named->name))
            named->name =
                ci_mem_printf(d->mem, "%.*s_%d", NAME_MAX_BYTES - SUFFIX_MAX, base, (int)++n);
        (void)json_object_set_new(taken, base, json_integer(n));
        if (named->name != base)
            (void)json_object_set_new(taken, named->name, json_integer(0));
    }
}

static void finish_builder(struct decode *d, const struct node *map, void *out)
{
    struct ci_builder *builder = out;

    (void)map;
    CI_FOREACH(struct ci_step, step, builder->steps) {
        step->env = merge(d, builder->env, step->env);
    }
    name_steps(d, builder->steps);
}

static const struct ci_builder builder_defaults = {.project = ""};

const struct section config_builder = {
    .name = "builder",
    .help = "A recipe for builds.",
    SECTION_KEYS(builder_keys),
    .size = sizeof(struct ci_builder),
    .defaults = &builder_defaults,
    .space = SPACE_BUILDER,
    .finish = finish_builder,
};

#define AT(member) offsetof(struct ci_worker, member)
static const struct key worker_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED,
        "Unique name, an identifier of at most 50 characters.", .check = check_identifier),
    KEY("password", KEY_SECRET, AT(password), KEY_REQUIRED,
        "What its agent signs in with: a text, {secret: NAME} or {env: NAME}."),
    KEY("max_builds", KEY_INT, AT(max_builds), 0,
        "Builds at one time; default: as many as the agent offers.", .min = 1, .max = 10000),
    KEY("labels", KEY_KVS, AT(labels), 0, "What builders choose it by."),
    KEY("properties", KEY_OBJECT, AT(properties), 0, "Properties of the builds it runs."),
};
#undef AT

const struct section config_worker = {
    .name = "worker",
    .help = "A machine that may sign in with a password.",
    SECTION_KEYS(worker_keys),
    .size = sizeof(struct ci_worker),
    .space = SPACE_WORKER,
};
