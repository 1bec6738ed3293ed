/* SPDX-License-Identifier: Apache-2.0 */
/* `steps` of a builder: what all types have in common, and how one is read. */
#include "config_internal.h"

#include <string.h>

#define NAME(type_, name_) [CI_STEP_##type_] = (name_)
const char *const ci_step_type_names[CI_STEP_TYPE_COUNT + 1] = {
    NAME(RUN, "run"),
    NAME(SEQUENCE, "sequence"),
    NAME(GIT, "git"),
    NAME(HG, "hg"),
    NAME(SVN, "svn"),
    NAME(COMPILE, "compile"),
    NAME(TEST, "test"),
    NAME(SET_PROPERTY, "set_property"),
    NAME(SET_PROPERTIES, "set_properties"),
    NAME(SET_PROPERTIES_FROM_ENV, "set_properties_from_env"),
    NAME(TRIGGER, "trigger"),
    NAME(MKDIR, "mkdir"),
    NAME(RMDIR, "rmdir"),
    NAME(COPY, "copy"),
    NAME(FILE_EXISTS, "file_exists"),
    NAME(UPLOAD, "upload"),
    NAME(UPLOAD_DIRECTORY, "upload_directory"),
    NAME(DOWNLOAD, "download"),
    NAME(WRITE_FILE, "write_file"),
    NAME(HTTP, "http"),
    NAME(ASSERT, "assert"),
    NAME(LOG, "log"),
    NAME(GIT_COMMIT, "git_commit"),
    NAME(GIT_TAG, "git_tag"),
    NAME(GIT_PUSH, "git_push"),
    NAME(TREE_SIZE, "tree_size"),
    NAME(REPOSITORY_STEPS, "repository_steps"),
    NAME(ENVIRONMENT, "environment"),
    NAME(GROUP, "group"),
    NAME(TEMPLATE, "template"),
};
#undef NAME

#define AT(member) offsetof(struct ci_step, member)
static const struct key common_keys[] = {
    KEY("name", KEY_STR, AT(name), 0,
        "Name, at most 50 bytes; default: the kind. A repeated one gets _1, _2 ...",
        .check = check_step_name),
    KEY("env", KEY_KVS, AT(env), KEY_JOIN,
        "Environment variables; null removes one, a list is joined with \":\"."),
    KEY("workdir", KEY_STR, AT(workdir), KEY_NOT_EMPTY,
        "Folder below the build's own; default build.", .check = check_relative_path),
    KEY("timeout", KEY_DUR, AT(timeout), 0,
        "Time without output after which the step is killed; default 1200s, 0 = never."),
    KEY("max_time", KEY_DUR, AT(max_time), 0,
        "Time after which the step is killed; default 0 = never."),
    KEY("sigterm_time", KEY_DUR, AT(sigterm_time), 0,
        "Time between SIGTERM and SIGKILL; default 5s."),
    KEY("halt_on_failure", KEY_BOOL, AT(flags.halt_on_failure), 0,
        "Whether a failure skips the following steps; default false, git: true."),
    KEY("flunk_on_failure", KEY_BOOL, AT(flags.flunk_on_failure), 0,
        "Whether a failure makes the build fail; default true."),
    KEY("warn_on_failure", KEY_BOOL, AT(flags.warn_on_failure), 0,
        "Whether a failure gives the build warnings; default false."),
    KEY("flunk_on_warnings", KEY_BOOL, AT(flags.flunk_on_warnings), 0,
        "Whether warnings make the build fail; default false."),
    KEY("warn_on_warnings", KEY_BOOL, AT(flags.warn_on_warnings), 0,
        "Whether warnings give the build warnings; default false."),
    KEY("always_run", KEY_BOOL, AT(flags.always_run), 0,
        "Whether it runs after a failure too; default false."),
};
#undef AT
const struct section config_step_common = {SECTION_KEYS(common_keys)};

#define DEFAULTS                                                                                   \
    .workdir = "build", .timeout = {1200 * INT64_C(1000000)},                                      \
    .sigterm_time = {5 * INT64_C(1000000)}, .interrupt_signal = "KILL"
const struct ci_step config_step_defaults = {DEFAULTS, .flags = {.flunk_on_failure = true}};
const struct ci_step config_step_halts = {
    DEFAULTS, .flags = {.flunk_on_failure = true, .halt_on_failure = true}
};
#undef DEFAULTS

static const struct section *const sections[] = {&config_step_run, &config_step_git, NULL};
const struct choice config_steps = {NULL, "step", sections};

const struct section *const config_step_sections[CI_STEP_TYPE_COUNT] = {
    [CI_STEP_RUN] = &config_step_run,
    [CI_STEP_GIT] = &config_step_git,
};

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

static void add_primary(struct decode *d, struct whole *whole, const struct section *section,
                        struct node *value)
{
    const struct key *key = section_key(section->args, section->args->primary);
    struct node *name = ci_mem_zero(d->mem, struct node);

    if (value->kind == NODE_NULL && !(key && (key->flags & KEY_REQUIRED)))
        return;
    *name = (struct node){.kind = NODE_STRING,
                          .line = value->line,
                          .column = value->column,
                          .text = section->args->primary};
    whole->is_short = true;
    add(whole, name, value);
}

static void gather(struct decode *d, const struct section *section, const struct node *node,
                   struct whole *whole)
{
    struct node *value = NULL;

    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->keys[i]->text, section->name) == 0)
            value = node->items[i];
    }
    whole->map = (struct node){.kind = NODE_MAP, .line = node->line, .column = node->column};
    whole->map.keys = ci_mem_array(d->mem, struct node *, node->count + value->count);
    whole->map.items = ci_mem_array(d->mem, struct node *, node->count + value->count);
    if (value->kind != NODE_MAP)
        add_primary(d, whole, section, value);
    for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
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

static void read_as(struct decode *d, const struct section *section, const struct node *node,
                    struct ci_step *step)
{
    void *args = ci_mem_alloc(d->mem, section->args->size);
    const struct fill fills[] = {
        {section->args, args},
        {section->base, step}
    };
    const char *before = d->path;
    struct whole whole = {0};

    if (section->args->defaults)
        memcpy(args, section->args->defaults, section->args->size);
    *step = *(const struct ci_step *)section->defaults;
    step->type = (enum ci_step_type)section->tag;
    step->args = args;
    gather(d, section, node, &whole);
    for (size_t i = 0; i < whole.map.count; i++) {
        if (i < whole.inside)
            (void)path_enter(d, section->name);
        key_read(d, fills, CI_COUNT(fills), &whole.map, i, i >= whole.inside || !whole.is_short);
        d->path = before;
    }
    if (d->wire)
        return;
    finish(d, section->args, &whole.map, args);
    finish(d, section->base, &whole.map, step);
}

void step_read(struct decode *d, const struct node *node, struct ci_step *step)
{
    const struct section *section = choose(d, &config_steps, node);

    if (section)
        read_as(d, section, node, step);
}

void value_steps(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_list *out = at;
    struct ci_step *items;

    if (node->kind != NODE_LIST) {
        complain(d, node, "expected a list, not %s", node_kind_name(node->kind));
        return;
    }
    if ((key->flags & KEY_NOT_EMPTY) && node->count == 0)
        complain(d, node, "must not be empty");
    items = ci_mem_array(d->mem, struct ci_step, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const char *before = path_enter_item(d, i);

        step_read(d, node->items[i], &items[i]);
        d->path = before;
    }
    *out = (struct ci_list){items, node->count};
}
