/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole: its top level, the order of findings, and looking things up in it. */
#include "config_internal.h"

#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(struct ci_config, member)
static const struct key root_keys[] = {
    KEY("title", KEY_STR, AT(title), KEY_NOT_EMPTY, "Name of the installation; default Slipway.",
        .check = check_one_line),
    KEY("title_url", KEY_STR, AT(title_url), KEY_NOT_EMPTY,
        "Where the title links to; default: url.", .check = check_url),
    KEY("url", KEY_STR, AT(url), KEY_NOT_EMPTY,
        "Where browsers reach the web pages; default http://localhost:8010/.",
        .alias = "buildbot_url", .check = check_url),
    KEY("web_hooks", KEY_SECTION, AT(web_hooks), 0, "Which web hooks are open.",
        .section = &config_web_hooks),
    KEY("change_sources", KEY_LIST, AT(change_sources), 0, "Where changes come from.",
        .alias = "change_source", .choice = &config_sources),
    KEY("schedulers", KEY_LIST, AT(schedulers), 0, "What starts builds.",
        .choice = &config_schedulers),
    KEY("builders", KEY_LIST, AT(builders), 0, "What a build does.", .section = &config_builder),
    KEY("workers", KEY_LIST, AT(workers), 0, "Machines that may sign in with a password.",
        .section = &config_worker),
    KEY("notifiers", KEY_LIST, AT(notifiers), 0, "Who is told of builds, and how.",
        .choice = &config_notifiers),
};
#undef AT

static const struct ci_config root_defaults = {
    .title = "Slipway",
    .url = "http://localhost:8010/",
    .web_hooks = {.github_strict = true, .github_codebase = ""},
};

/* The first notifier without a name is "mail", then "mail_1" ... as far as nobody took it. */
static void name_notifiers(struct decode *d, struct ci_list notifiers)
{
    CI_FOREACH(struct ci_notifier, notifier, notifiers) {
        int n = 0;

        if (notifier->name)
            continue;
        notifier->name = "mail";
        while (json_object_get(d->lines[SPACE_NOTIFIER], notifier->name))
            notifier->name = ci_mem_printf(d->mem, "mail_%d", ++n);
        (void)json_object_set_new(d->lines[SPACE_NOTIFIER], notifier->name, json_integer(0));
    }
}

static void finish_root(struct decode *d, const struct node *map, void *out)
{
    struct ci_config *config = out;

    (void)map;
    name_notifiers(d, config->notifiers);
    if (config->url && *config->url && config->url[strlen(config->url) - 1] != '/')
        config->url = ci_mem_printf(d->mem, "%s/", config->url);
    if (!config->title_url)
        config->title_url = config->url;
}

const struct section config_root = {
    .name = "slipway.yaml",
    .help = "The configuration of a Slipway installation.",
    SECTION_KEYS(root_keys),
    .size = sizeof(struct ci_config),
    .defaults = &root_defaults,
    .finish = finish_root,
};

/* The names in a list of mappings, each once, so that references may point forward. */
static struct ci_strs names_in(const struct node *list, void *mem)
{
    size_t all = list && list->kind == NODE_LIST ? list->count : 0, count = 0;
    const char **names = ci_mem_array(mem, const char *, all);
    json_auto_t *seen = json_object();

    for (size_t i = 0; i < all; i++) {
        const struct node *name = node_get(list->items[i], "name");

        if (!name || !name->text || json_object_get(seen, name->text))
            continue;
        (void)json_object_set_new(seen, name->text, json_true());
        names[count++] = name->text;
    }
    return (struct ci_strs){names, count};
}

static void decode_begin(struct decode *d, const struct node *root)
{
    for (int i = 0; i < SPACE_COUNT; i++)
        d->lines[i] = ci_mem_json(d->mem, json_object());
    d->names[SPACE_BUILDER] = names_in(node_get(root, "builders"), d->mem);
    d->names[SPACE_WORKER] = names_in(node_get(root, "workers"), d->mem);
    d->names[SPACE_SCHEDULER] = names_in(node_get(root, "schedulers"), d->mem);
}

static int by_place(const void *a, const void *b)
{
    const struct ci_problem *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->message, y->message);
}

bool ci_config_parse(const char *file, const char *text, size_t len, void *mem,
                     struct ci_config **out, struct ci_list *problems)
{
    struct problems found = {.mem = mem};
    struct decode d = {.mem = mem, .problems = &found, .path = ""};
    struct ci_config *config = ci_mem_zero(mem, struct ci_config);
    const struct node *root = node_parse(text, len, mem, &found);

    (void)file;
    *config = root_defaults;
    if (root && root->kind != NODE_MAP) {
        complain(&d, root, "expected a mapping of sections, not %s", node_kind_name(root->kind));
    } else if (root) {
        decode_begin(&d, root);
        section_read(&d, &config_root, root, config);
    }
    if (found.count > 0) {
        qsort(found.items, found.count, sizeof(*found.items), by_place);
        *problems = (struct ci_list){found.items, found.count};
        return false;
    }
    *out = config;
    return true;
}

const struct ci_builder *ci_config_builder(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_builder, builder, config->builders) {
        if (strcmp(builder->name, name) == 0)
            return builder;
    }
    return NULL;
}

const struct ci_scheduler *ci_config_scheduler(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        if (strcmp(scheduler->name, name) == 0)
            return scheduler;
    }
    return NULL;
}

const char *ci_kvs_get(struct ci_kvs kvs, const char *key)
{
    for (size_t i = 0; i < kvs.count; i++) {
        if (strcmp(kvs.items[i].key, key) == 0)
            return kvs.items[i].value;
    }
    return NULL;
}
