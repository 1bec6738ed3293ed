/* SPDX-License-Identifier: Apache-2.0 */
/* Values with shapes of their own: secrets, filters, branches, modes, commands. */
#include "config_internal.h"

#include <string.h>

static bool is_only_key(const struct node *map, const char *key)
{
    return map->kind == NODE_MAP && map->count == 1 && strcmp(map->keys[0]->text, key) == 0 &&
           map->items[0]->text && map->items[0]->kind != NODE_NULL;
}

/* One file of the secrets folder, and nothing outside it. */
static bool is_file_name(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

void value_secret(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_secret *out = at;

    (void)key;
    if (node->text) {
        *out = (struct ci_secret){CI_SECRET_LITERAL, node->text};
        return;
    }
    if (is_only_key(node, "secret"))
        *out = (struct ci_secret){CI_SECRET_FILE, node->items[0]->text};
    else if (is_only_key(node, "env"))
        *out = (struct ci_secret){CI_SECRET_ENV, node->items[0]->text};
    else
        complain(d, node, "expected a text, {secret: NAME} or {env: NAME}");
    if (out->kind == CI_SECRET_FILE && !is_file_name(out->value))
        complain(d, node->items[0], "\"%s\" is no name of a secret", out->value);
}

/* branch: null is a value of its own; in a list as well as alone. */
static void read_eq(struct decode *d, const struct key *key, const struct node *node,
                    struct ci_match *out)
{
    const struct key texts = {.kind = KEY_STRS};
    struct node given = *node;

    (void)key;
    if (node->kind == NODE_NULL) {
        out->eq_null = true;
        return;
    }
    if (node->kind == NODE_LIST) {
        given.items = ci_mem_array(d->mem, struct node *, node->count);
        given.count = 0;
        for (size_t i = 0; i < node->count; i++) {
            if (node->items[i]->kind == NODE_NULL)
                out->eq_null = true;
            else
                given.items[given.count++] = node->items[i];
        }
    }
    value_strs(d, &texts, &given, &out->eq);
}

void value_match(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_match *out = at;
    struct key regexes = {.kind = KEY_STRS, .check = check_regex};

    if (node->kind == NODE_NULL && key->match != MATCH_EQ)
        return;
    out->given = true;
    switch (key->match) {
    case MATCH_EQ:
        read_eq(d, key, node, out);
        break;
    case MATCH_NOT_EQ:
        regexes.check = NULL;
        value_strs(d, &regexes, node, &out->not_eq);
        break;
    case MATCH_RE:
        value_strs(d, &regexes, node, &out->re);
        break;
    case MATCH_NOT_RE:
        value_strs(d, &regexes, node, &out->not_re);
        break;
    }
}

void value_branches(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_change_source *out = at;
    const struct key names = {.kind = KEY_STRS, .flags = KEY_NOT_EMPTY | KEY_UNIQUE};

    (void)key;
    if (node->text && strcmp(node->text, "all") == 0)
        out->all_branches = true;
    else
        value_strs(d, &names, node, &out->branches);
}

const char *const config_modes[] = {"change",   "failing",   "passing",   "problem",
                                    "warnings", "exception", "cancelled", NULL};

enum {
    MODES_ALL = CI_MODE_FAILING | CI_MODE_PASSING | CI_MODE_WARNINGS | CI_MODE_EXCEPTION |
                CI_MODE_CANCELLED,
    MODES_WARNINGS = CI_MODE_FAILING | CI_MODE_WARNINGS,
};

static unsigned one_mode(struct decode *d, const struct node *node)
{
    if (!node->text || node->kind == NODE_NULL) {
        complain(d, node, "expected a mode, not %s", node_kind_name(node->kind));
        return 0;
    }
    for (unsigned i = 0; i < CONFIG_MODE_COUNT; i++) {
        if (strcmp(config_modes[i], node->text) == 0)
            return 1U << i;
    }
    if (strcmp(node->text, "all") == 0)
        complain(d, node, "\"all\" stands alone: write mode: all");
    else
        complain_hint(d, node, node->text, config_modes, CONFIG_MODE_COUNT,
                      ci_mem_printf(d->mem, "unrecognized mode \"%.60s\"", node->text));
    return 0;
}

/* "all" and "warnings" as a text of their own are short for several, as in Buildbot's generator. */
void value_modes(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    unsigned *out = at, modes = 0;

    (void)key;
    if (node->kind != NODE_LIST) {
        if (node->text && strcmp(node->text, "all") == 0)
            *out = MODES_ALL;
        else if (node->text && strcmp(node->text, "warnings") == 0)
            *out = MODES_WARNINGS;
        else
            *out = one_mode(d, node);
        return;
    }
    if (node->count == 0)
        complain(d, node, "must not be empty");
    for (size_t i = 0; i < node->count; i++) {
        const char *before = path_enter_item(d, i);

        modes |= one_mode(d, node->items[i]);
        d->path = before;
    }
    *out = modes;
}

static void read_words(struct decode *d, const struct key *key, const struct node *node,
                       struct ci_command *out)
{
    *out = (struct ci_command){0};
    value_strs(d, key, node, &out->argv);
}

void value_command(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_command *out = at;
    const struct key words = {.kind = KEY_STRS, .flags = key->flags & KEY_RENDER};
    const struct key text = {.kind = KEY_STR, .flags = KEY_NOT_EMPTY | (key->flags & KEY_RENDER)};

    if (node->kind == NODE_LIST && node->count == 0)
        complain(d, node, "must not be empty");
    else if (node->kind == NODE_LIST)
        read_words(d, &words, node, out);
    else
        *out = (struct ci_command){.text = value_text(d, &text, node)};
}

/* {NAME: {repository: ...}} as well as [NAME, {codebase: NAME, ...}]. */
void value_codebases(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_list *out = at;
    struct ci_source_spec *items;

    if (node->kind != NODE_MAP) {
        section_list_read(d, key, node, at);
        return;
    }
    items = ci_mem_array(d->mem, struct ci_source_spec, node->count);
    for (size_t i = 0; i < node->count; i++) {
        const char *before = path_enter(d, node->keys[i]->text);

        items[i] = *(const struct ci_source_spec *)key->section->defaults;
        items[i].codebase = node->keys[i]->text;
        if (node->items[i]->kind != NODE_MAP && node->items[i]->kind != NODE_NULL)
            complain(d, node->items[i], "expected a mapping, not %s",
                     node_kind_name(node->items[i]->kind));
        else
            section_read(d, key->section, node->items[i], &items[i]);
        if (node_get(node->items[i], "codebase"))
            complain(d, node_get(node->items[i], "codebase"),
                     "\"codebase\" is the key of the mapping");
        d->path = before;
    }
    *out = (struct ci_list){items, node->count};
}
