/* SPDX-License-Identifier: Apache-2.0 */
/* The simple values of the file: texts, lists and mappings of them; and who reads which kind. */
#include "config_internal.h"

#include <string.h>

enum { VALUE_SHOWN = 60 };

void value_expected(struct decode *d, const struct node *node, const char *what)
{
    if (node->text && node->kind != NODE_NULL)
        complain(d, node, "expected %s, not \"%.*s\"", what, VALUE_SHOWN, node->text);
    else
        complain(d, node, "expected %s, not %s", what, node_kind_name(node->kind));
}

/* The names of one kind, each checked to exist. */
void check_reference(struct decode *d, enum space space, const struct node *node)
{
    static const char *const nouns[SPACE_COUNT] = {
        [SPACE_BUILDER] = "builder",      [SPACE_SCHEDULER] = "scheduler",
        [SPACE_WORKER] = "worker",        [SPACE_NOTIFIER] = "notifier",
        [SPACE_SOURCE] = "change source", [SPACE_LOCK] = "lock",
        [SPACE_CANCELLER] = "canceller",  [SPACE_ROLE] = "role",
        [SPACE_PROJECT] = "project",
    };
    const struct ci_strs names = d->names[space];

    if (space == SPACE_NONE || d->wire || d->any_name)
        return;
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], node->text) == 0)
            return;
    }
    complain_hint(d, node, node->text, names.items, names.count,
                  ci_mem_printf(d->mem, "no %s \"%.*s\"", nouns[space], VALUE_SHOWN, node->text));
}

static void check_further(struct decode *d, const struct key *key, const struct node *node)
{
    /* A name that is made up when the step begins is looked for then. */
    if (!(key->flags & KEY_RENDER) || ci_interpolate_plain(node->text))
        check_reference(d, key->refers_to, node);
    check_language(d, key->flags, node);
}

const char *value_text(struct decode *d, const struct key *key, const struct node *node)
{
    const char *wrong = NULL;

    if (!node->text || node->kind == NODE_BOOL || node->kind == NODE_NULL) {
        value_expected(d, node, node->kind == NODE_BOOL ? "a string (quote it)" : "a string");
        return NULL;
    }
    if ((key->flags & KEY_NOT_EMPTY) && !*node->text)
        wrong = "must not be empty";
    else if (key->check && !d->wire)
        wrong = key->check(node->text, d->mem);
    if (wrong)
        complain(d, node, "%s", wrong);
    else
        check_further(d, key, node);
    return node->text;
}

static void check_repeats(struct decode *d, const struct node *list)
{
    json_auto_t *seen = json_object();

    for (size_t i = 0; i < list->count; i++) {
        const struct node *item = list->items[i];

        if (!item->text)
            continue;
        if (json_object_get(seen, item->text))
            complain(d, item, "\"%.*s\" stands twice", VALUE_SHOWN, item->text);
        (void)json_object_set_new(seen, item->text, json_true());
    }
}

void value_strs(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_strs *out = at;
    const struct node *single[] = {node};
    const struct node *const *items = single;
    size_t count = 1, used = 0;
    const char **texts;

    if (node->kind == NODE_LIST) {
        items = (const struct node *const *)node->items;
        count = node->count;
        if (key->flags & KEY_UNIQUE)
            check_repeats(d, node);
    }
    if ((key->flags & KEY_NOT_EMPTY) && count == 0)
        complain(d, node, "must not be empty");
    texts = ci_mem_array(d->mem, const char *, count);
    for (size_t i = 0; i < count; i++) {
        const char *before = node->kind == NODE_LIST ? path_enter_item(d, i) : d->path;
        const char *text = value_text(d, key, items[i]);

        if (text)
            texts[used++] = text;
        d->path = before;
    }
    *out = (struct ci_strs){texts, used};
}

/* env: a list of folders is what PATH-like variables are made of. */
static const char *join(struct decode *d, const struct key *key, const struct node *list)
{
    struct ci_strs parts;
    struct ci_buf buf;

    value_strs(d, key, list, &parts);
    ci_buf_init(&buf, d->mem);
    for (size_t i = 0; i < parts.count; i++)
        ci_buf_printf(&buf, "%s%s", i > 0 ? ":" : "", parts.items[i]);
    return buf.text;
}

static void check_pair_name(struct decode *d, const struct key *key, const struct node *name)
{
    const char *wrong = key->check_name && !d->wire ? key->check_name(name->text, d->mem) : NULL;

    if (!*name->text || ((key->flags & KEY_JOIN) && strchr(name->text, '=')))
        wrong = "not a name of a variable";
    if (wrong)
        complain(d, name, "%s", wrong);
    else
        check_reference(d, key->refers_to, name);
}

/* true and false are texts here. */
static const char *pair_value(struct decode *d, const struct key *key, const struct node *value)
{
    const char *wrong = key->check && !d->wire ? key->check(value->text, d->mem) : NULL;

    if (wrong)
        complain(d, value, "%s", wrong);
    else
        check_language(d, key->flags, value);
    return value->text;
}

static void read_pair(struct decode *d, const struct key *key, const struct node *name,
                      const struct node *value, struct ci_pair_kv *out)
{
    const char *before = path_enter(d, name->text);

    out->key = name->text;
    check_pair_name(d, key, name);
    if (value->kind == NODE_LIST && (key->flags & KEY_JOIN))
        out->value = join(d, key, value);
    else if (value->text && (value->kind != NODE_NULL || !(key->flags & KEY_JOIN)))
        out->value = pair_value(d, key, value);
    else if (value->kind != NODE_NULL)
        value_expected(d, value, "a string");
    d->path = before;
}

void value_kvs(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    struct ci_kvs *out = at;
    struct ci_pair_kv *pairs;

    if (node->kind != NODE_MAP) {
        value_expected(d, node, "a mapping");
        return;
    }
    pairs = ci_mem_array(d->mem, struct ci_pair_kv, node->count);
    for (size_t i = 0; i < node->count; i++)
        read_pair(d, key, node->keys[i], node->items[i], &pairs[i]);
    *out = (struct ci_kvs){pairs, node->count};
}

static void read_json(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    json_t **out = at;

    if (key->kind == KEY_OBJECT && node->kind != NODE_MAP)
        value_expected(d, node, "a mapping");
    else
        *out = ci_mem_json(d->mem, node_to_json(node));
    for (size_t i = 0; key->check_name && node->kind == NODE_MAP && i < node->count; i++) {
        const char *wrong = d->wire ? NULL : key->check_name(node->keys[i]->text, d->mem);

        if (wrong)
            complain(d, node->keys[i], "%s", wrong);
    }
    check_language_tree(d, key->flags, node);
}

static void read_str(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    const char **out = at;

    *out = value_text(d, key, node);
}

/* Kinds for which nothing (null, or no value at all) has a meaning of its own. */
static bool means_nothing(const struct key *key, const struct node *node)
{
    return node->kind == NODE_NULL && key->kind != KEY_SECTION && key->kind != KEY_MATCH &&
           key->kind != KEY_DUR && key->kind != KEY_JSON && key->kind != KEY_COMMAND;
}

static void read_section(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    section_read(d, key->section, node, at);
}

/* Also what `type` says: it chose the section. */
static void read_nothing(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    (void)d;
    (void)key;
    (void)node;
    (void)at;
}

static value_reader *const readers[] = {
    [KEY_STR] = read_str,
    [KEY_INT] = value_int,
    [KEY_BOOL] = value_bool,
    [KEY_DUR] = value_dur,
    [KEY_STRS] = value_strs,
    [KEY_ENUM] = value_enum,
    [KEY_KVS] = value_kvs,
    [KEY_JSON] = read_json,
    [KEY_OBJECT] = read_json,
    [KEY_SECRET] = value_secret,
    [KEY_MATCH] = value_match,
    [KEY_SECTION] = read_section,
    [KEY_LIST] = section_list_read,
    [KEY_BRANCHES] = value_branches,
    [KEY_MODES] = value_modes,
    [KEY_COMMAND] = value_command,
    [KEY_STEPS] = value_steps,
    [KEY_CRON_FIELD] = value_cron_field,
    [KEY_TYPE] = read_nothing,
    [KEY_LATER] = read_nothing,
    [KEY_SIZE] = value_size,
    [KEY_SWITCH] = value_switch,
    [KEY_EITHER] = value_either,
    [KEY_POINTER] = value_pointer,
    [KEY_CODEBASES] = value_codebases,
    [KEY_PROPERTIES] = value_properties,
    [KEY_COLLAPSE] = value_collapse,
};

void value_read(struct decode *d, const struct key *key, const struct node *node, void *at)
{
    if (!means_nothing(key, node))
        readers[key->kind](d, key, node, at);
}
