/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of steps with their %(...)s replaced, and the secrets that they ask for; by the tables. */
#include "config_steps.h"

#include <string.h>

struct render {
    const struct ci_scope *scope;
    void *mem;
    struct ci_err *err;
};

static bool render_text(const struct render *r, const char **text)
{
    return !*text || ci_interpolate(*text, r->scope, r->mem, text, r->err);
}

static bool render_strs(const struct render *r, struct ci_strs *strs)
{
    const char **items = ci_mem_array(r->mem, const char *, strs->count);

    for (size_t i = 0; i < strs->count; i++) {
        items[i] = strs->items[i];
        if (!render_text(r, &items[i]))
            return ci_fail_in(r->err, "[%zu]", i);
    }
    strs->items = items;
    return true;
}

static bool render_kvs(const struct render *r, struct ci_kvs *kvs)
{
    struct ci_pair_kv *items = ci_mem_array(r->mem, struct ci_pair_kv, kvs->count);

    for (size_t i = 0; i < kvs->count; i++) {
        items[i] = kvs->items[i];
        if (!render_text(r, &items[i].value))
            return ci_fail_in(r->err, "%s", items[i].key);
    }
    kvs->items = items;
    return true;
}

/* NOLINTBEGIN(misc-no-recursion): as deep as the tables nest */
static bool render_keys(const struct render *r, const struct section *section, void *value);

static bool render_list(const struct render *r, const struct section *section, struct ci_list *list)
{
    char *items;

    if (list->count == 0)
        return true;
    items = ci_mem_dup(r->mem, list->items, list->count * section->size);
    for (size_t i = 0; i < list->count; i++) {
        if (!render_keys(r, section, items + i * section->size))
            return ci_fail_in(r->err, "[%zu]", i);
    }
    list->items = items;
    return true;
}

static bool render_pointer(const struct render *r, const struct section *section, const void **at)
{
    void *copy;

    if (!*at)
        return true;
    copy = ci_mem_dup(r->mem, *at, section->size);
    *at = copy;
    return render_keys(r, section, copy);
}

static bool render_command(const struct render *r, struct ci_command *command)
{
    return render_text(r, &command->text) && render_strs(r, &command->argv);
}

static bool render_json(const struct render *r, json_t **json)
{
    return !*json || ci_interpolate_json(*json, r->scope, r->mem, json, r->err);
}

/* Steps inside a step have a beginning of their own. */
static bool render_value(const struct render *r, const struct key *key, void *at)
{
    if (key->kind == KEY_LIST)
        return render_list(r, key->section, at);
    if (key->kind == KEY_POINTER)
        return render_pointer(r, key->section, at);
    if (!(key->flags & KEY_RENDER))
        return true;
    switch ((unsigned)key->kind) {
    case KEY_STR:
        return render_text(r, at);
    case KEY_STRS:
        return render_strs(r, at);
    case KEY_KVS:
        return render_kvs(r, at);
    case KEY_COMMAND:
        return render_command(r, at);
    case KEY_JSON:
    case KEY_OBJECT:
        return render_json(r, at);
    }
    return true;
}

static bool render_keys(const struct render *r, const struct section *section, void *value)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            const struct key *key = &section->keys[i];

            if (!render_value(r, key, (char *)value + key->offset))
                return ci_fail_in(r->err, "%s", key->name);
        }
    }
    return true;
}
/* NOLINTEND(misc-no-recursion) */

bool ci_step_render(const struct ci_step *step, const struct ci_scope *scope, void *mem,
                    struct ci_step *out, struct ci_err *err)
{
    const struct section *section = config_step_sections[step->type];
    struct ci_scope with_kw = *scope;
    const struct render r = {&with_kw, mem, err};
    struct ci_step copy = *step;
    void *args = ci_mem_dup(mem, step->args, section->args->size);

    if (step->kw)
        with_kw.kw = step->kw;
    copy.args = args;
    if (!render_keys(&r, section->args, args) || !render_keys(&r, section->base, &copy))
        return false;
    *out = copy;
    return true;
}

/* ---- secrets ---- */

/* What is not well formed asks for nothing: the parser has refused it. */
static void add_text(const char *text, void *mem, struct ci_strs *names)
{
    struct ci_err err;
    int offset;

    if (text && !ci_interpolate_plain(text))
        (void)!ci_interpolate_check(text, NULL, mem, names, &offset, &err);
}

static void add_strs(const struct ci_strs *strs, void *mem, struct ci_strs *names)
{
    for (size_t i = 0; i < strs->count; i++)
        add_text(strs->items[i], mem, names);
}

static void add_kvs(const struct ci_kvs *kvs, void *mem, struct ci_strs *names)
{
    for (size_t i = 0; i < kvs->count; i++)
        add_text(kvs->items[i].value, mem, names);
}

/* NOLINTBEGIN(misc-no-recursion): as deep as the tables and the file nest */
static void add_json(json_t *json, void *mem, struct ci_strs *names)
{
    const char *key;
    json_t *value;
    size_t i;

    if (json_is_string(json))
        add_text(json_string_value(json), mem, names);
    json_array_foreach(json, i, value)
        add_json(value, mem, names);
    json_object_foreach(json, key, value)
        add_json(value, mem, names);
}

static void add_keys(const struct section *section, const void *value, void *mem,
                     struct ci_strs *names);

static void add_list(const struct section *section, const struct ci_list *list, void *mem,
                     struct ci_strs *names)
{
    const char *items = list->items;

    for (size_t i = 0; i < list->count; i++)
        add_keys(section, items + i * section->size, mem, names);
}

static void add_value(const struct key *key, const void *at, void *mem, struct ci_strs *names)
{
    switch ((unsigned)key->kind) {
    case KEY_STR:
        add_text(*(const char *const *)at, mem, names);
        return;
    case KEY_STRS:
        add_strs(at, mem, names);
        return;
    case KEY_KVS:
        add_kvs(at, mem, names);
        return;
    case KEY_COMMAND:
        add_text(((const struct ci_command *)at)->text, mem, names);
        add_strs(&((const struct ci_command *)at)->argv, mem, names);
        return;
    case KEY_JSON:
    case KEY_OBJECT:
        add_json(*(json_t *const *)at, mem, names);
        return;
    }
}

static void add_keys(const struct section *section, const void *value, void *mem,
                     struct ci_strs *names)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            const struct key *key = &section->keys[i];
            const void *at = (const char *)value + key->offset;

            if (key->kind == KEY_LIST)
                add_list(key->section, at, mem, names);
            else if (key->kind == KEY_STEPS)
                ci_steps_secrets(*(const struct ci_list *)at, mem, names);
            else if (key->kind == KEY_POINTER && *(const void *const *)at)
                add_keys(key->section, *(const void *const *)at, mem, names);
            else if (key->flags & KEY_RENDER)
                add_value(key, at, mem, names);
        }
    }
}

void ci_steps_secrets(struct ci_list steps, void *mem, struct ci_strs *names)
{
    CI_FOREACH(const struct ci_step, step, steps) {
        const struct section *section = config_step_sections[step->type];

        add_keys(section->args, step->args, mem, names);
        add_keys(section->base, step, mem, names);
        /* The arguments of a template are texts that others ask for. */
        add_json(step->kw, mem, names);
    }
}
/* NOLINTEND(misc-no-recursion) */
