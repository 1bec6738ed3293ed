/* SPDX-License-Identifier: Apache-2.0 */
/* Steps between builder and agent: JSON of the shape that they have in the file, by its tables. */
#include "config_steps.h"

#include <inttypes.h>
#include <string.h>

static const size_t sizes[] = {
    [KEY_STR] = sizeof(const char *),
    [KEY_INT] = sizeof(int),
    [KEY_BOOL] = sizeof(bool),
    [KEY_DUR] = sizeof(struct ci_dur),
    [KEY_STRS] = sizeof(struct ci_strs),
    [KEY_ENUM] = sizeof(int),
    [KEY_KVS] = sizeof(struct ci_kvs),
    [KEY_JSON] = sizeof(json_t *),
    [KEY_OBJECT] = sizeof(json_t *),
    [KEY_LIST] = sizeof(struct ci_list),
    [KEY_EITHER] = sizeof(bool),
    [KEY_SIZE] = sizeof(int64_t),
    [KEY_POINTER] = sizeof(void *),
    [KEY_COMMAND] = sizeof(struct ci_command),
    [KEY_STEPS] = sizeof(struct ci_list),
};

/* Lists and mappings have the shape of struct ci_list. */
static bool is_list(const struct key *key)
{
    return key->kind == KEY_STRS || key->kind == KEY_KVS || key->kind == KEY_LIST ||
           key->kind == KEY_STEPS;
}
_Static_assert(sizeof(struct ci_kvs) == sizeof(struct ci_list) &&
                   offsetof(struct ci_kvs, count) == offsetof(struct ci_list, count),
               "struct ci_kvs has the layout of struct ci_list");
_Static_assert(sizeof(struct ci_strs) == sizeof(struct ci_list) &&
                   offsetof(struct ci_strs, count) == offsetof(struct ci_list, count),
               "struct ci_strs has the layout of struct ci_list");

static bool is_default(const struct key *key, const void *at, const void *defaults)
{
    static const struct ci_command nothing;
    const void *other = defaults ? (const char *)defaults + key->offset : (const void *)&nothing;

    if (is_list(key) && ((const struct ci_list *)at)->count == 0)
        return ((const struct ci_list *)other)->count == 0;
    return memcmp(at, other, sizes[key->kind]) == 0;
}

static json_t *strs_json(const struct ci_strs *strs)
{
    json_t *list = json_array();

    for (size_t i = 0; i < strs->count; i++)
        (void)json_array_append_new(list, json_string(strs->items[i]));
    return list;
}

static json_t *kvs_json(const struct ci_kvs *kvs)
{
    json_t *object = json_object();

    for (size_t i = 0; i < kvs->count; i++)
        (void)json_object_set_new(object, kvs->items[i].key,
                                  kvs->items[i].value ? json_string(kvs->items[i].value)
                                                      : json_null());
    return object;
}

/* Whole seconds, or as the file takes fractions. */
static json_t *dur_json(struct ci_dur dur)
{
    return dur.us % 1000000 == 0 ? json_integer(dur.us / 1000000)
                                 : json_sprintf("%" PRId64 "ms", dur.us / 1000);
}

static json_t *command_json(const struct ci_command *command)
{
    return command->text ? json_string(command->text) : strs_json(&command->argv);
}

/* NOLINTBEGIN(misc-no-recursion): as deep as the tables nest */
static void write_keys(const struct section *section, const void *value, const void *defaults,
                       json_t *out);

static json_t *list_json(const struct key *key, const struct ci_list *list)
{
    json_t *out = json_array();
    const char *item = list->items;

    for (size_t i = 0; i < list->count; i++, item += key->section->size) {
        json_t *object = json_object();

        write_keys(key->section, item, key->section->defaults, object);
        (void)json_array_append_new(out, object);
    }
    return out;
}

static json_t *steps_json(const struct ci_list *steps)
{
    json_t *out = json_array();

    CI_FOREACH(const struct ci_step, step, *steps) {
        (void)json_array_append_new(out, ci_step_to_json(step));
    }
    return out;
}

static json_t *pointer_json(const struct key *key, const void *value)
{
    json_t *object = json_object();

    write_keys(key->section, value, key->section->defaults, object);
    return object;
}

static json_t *value_json(const struct key *key, const void *at)
{
    switch (key->kind) {
    case KEY_STR:
        return json_string(*(const char *const *)at);
    case KEY_INT:
        return json_integer(*(const int *)at);
    case KEY_BOOL:
        return json_boolean(*(const bool *)at);
    case KEY_DUR:
        return dur_json(*(const struct ci_dur *)at);
    case KEY_STRS:
        return strs_json(at);
    case KEY_ENUM:
        return json_string(key->names[*(const int *)at]);
    case KEY_KVS:
        return kvs_json(at);
    case KEY_JSON:
    case KEY_OBJECT:
        return json_incref(*(json_t *const *)at);
    case KEY_LIST:
        return list_json(key, at);
    case KEY_EITHER:
        return json_string(key->names[*(const bool *)at]);
    case KEY_SIZE:
        return json_integer(*(const int64_t *)at);
    case KEY_POINTER:
        return pointer_json(key, *(const void *const *)at);
    case KEY_COMMAND:
        return command_json(at);
    case KEY_STEPS:
        return steps_json(at);
    case KEY_SECRET:
    case KEY_MATCH:
    case KEY_SECTION:
    case KEY_BRANCHES:
    case KEY_MODES:
    case KEY_CRON_FIELD:
    case KEY_TYPE:
    case KEY_CODEBASES:
    case KEY_PROPERTIES:
    case KEY_COLLAPSE:
    case KEY_LATER:
    case KEY_SWITCH:
        break;
    }
    return NULL; /* no step has such a key */
}

static void write_keys(const struct section *section, const void *value, const void *defaults,
                       json_t *out)
{
    for (; section; section = section->base) {
        for (size_t i = 0; i < section->count; i++) {
            const struct key *key = &section->keys[i];
            const void *at = (const char *)value + key->offset;

            if (!is_default(key, at, defaults))
                (void)json_object_set_new_nocheck(out, key->name, value_json(key, at));
        }
    }
}

json_t *ci_step_to_json(const struct ci_step *step)
{
    const struct section *section = config_step_sections[step->type];
    const struct section *args = section->args;
    json_t *out = json_object(), *value = json_object();

    write_keys(args, step->args, args->defaults, value);
    if (args->whole)
        (void)json_object_set(out, section->name, json_object_get(value, args->primary));
    else
        (void)json_object_set_nocheck(out, section->name, value);
    json_decref(value);
    write_keys(section->base, step, section->defaults, out);
    return out;
}
/* NOLINTEND(misc-no-recursion) */

bool ci_step_from_json(json_t *json, void *mem, struct ci_step *out, struct ci_err *err)
{
    struct problems found = {.mem = mem};
    struct decode d = {.mem = mem, .problems = &found, .path = "", .wire = true};
    struct node *node = node_from_json(json, mem);
    struct ci_step step = {0};

    (void)step_read(&d, node, &step);
    if (found.count > 0)
        return ci_fail(err, CI_EINVALID, "%s", found.items[0].message);
    *out = step;
    return true;
}
