/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of a forge's answers by dotted names; filter and properties by globs of those names. */
#include "hooks/hook.h"
#include "polls/forge.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 200, FLAT_DEPTH = 8, VALUE_MAX = 64 * 1024 };

/* The item of a list whose KEY is VALUE, of "KEY=VALUE". */
static const json_t *item_with(const json_t *list, const char *test)
{
    const char *equals = strchr(test, '='), *text;
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item) {
        char key[NAME_MAX_BYTES];

        memcpy(key, test, (size_t)(equals - test));
        key[equals - test] = '\0';
        text = json_string_value(json_object_get(item, key));
        if (text && strcmp(text, equals + 1) == 0)
            return item;
    }
    return NULL;
}

static const json_t *step(const json_t *json, const char *name)
{
    if (!json_is_array(json))
        return json_object_get(json, name);
    return strchr(name, '=') ? item_with(json, name)
                             : json_array_get(json, strtoul(name, NULL, 10));
}

static const json_t *one_field(const json_t *json, const char *name, size_t len)
{
    char part[NAME_MAX_BYTES], *rest = NULL;

    if (len >= sizeof(part))
        return NULL;
    memcpy(part, name, len);
    part[len] = '\0';
    for (char *at = strtok_r(part, ".", &rest); at && json; at = strtok_r(NULL, ".", &rest))
        json = step(json, at);
    return json_is_null(json) ? NULL : json;
}

const json_t *forge_field(const json_t *json, const char *name)
{
    while (name) {
        size_t len = strcspn(name, "|");
        const json_t *found = one_field(json, name, len);

        if (found)
            return found;
        name = name[len] ? name + len + 1 : NULL;
    }
    return NULL;
}

static const char *text_of(const json_t *value, void *mem)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_value(value);
    case JSON_INTEGER:
        return ci_mem_printf(mem, "%lld", (long long)json_integer_value(value));
    case JSON_REAL:
        return ci_mem_printf(mem, "%g", json_real_value(value));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "";
    default:
        return NULL;
    }
}

const char *forge_text(const json_t *json, const char *name, void *mem)
{
    const json_t *found = forge_field(json, name);

    return found ? text_of(found, mem) : NULL;
}

struct ci_time forge_time(const json_t *json, const char *name)
{
    const json_t *found = forge_field(json, name);
    struct ci_time time = {0};

    if (json_is_integer(found))
        return change_time(json_integer_value(found) / 1000);
    if (json_is_string(found))
        (void)hook_parse_time(json_string_value(found), &time);
    return time;
}

/* Calls `visit` for every field that is no object, "a.b.c", lists item by item; true ends it. */
typedef bool visitor(const char *name, const json_t *value, void *user);

static bool each_field(const char *name, const json_t *value, bool lists, int depth, void *mem,
                       visitor *visit, void *user)
{
    const char *key;
    json_t *inner;
    size_t i;

    if (depth > FLAT_DEPTH)
        return false;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, inner)
            if (each_field(*name ? ci_mem_printf(mem, "%s.%s", name, key) : key, inner, lists,
                           depth + 1, mem, visit, user))
                return true;
        return false;
    }
    if (json_is_array(value) && lists) {
        json_array_foreach(value, i, inner)
            if (each_field(ci_mem_printf(mem, "%s.%zu", name, i), inner, lists, depth + 1, mem,
                           visit, user))
                return true;
        return false;
    }
    return visit(name, value, user);
}

struct condition {
    const char *name, *value;
    void *mem;
};

static bool meets(const char *name, const json_t *value, void *user)
{
    const struct condition *condition = user;
    const char *text;

    if (fnmatch(condition->name, name, 0) != 0)
        return false;
    text = text_of(value, condition->mem);
    return text && fnmatch(condition->value, text, 0) == 0;
}

bool forge_filter(const struct ci_change_source *source, const json_t *pull, void *mem)
{
    const struct ci_kvs *filter = &source->forge.pullrequest_filter;

    for (size_t i = 0; i < filter->count; i++) {
        const char *value = filter->items[i].value;
        bool negated = value[0] == '!';
        struct condition condition = {filter->items[i].key, value + negated, mem};

        if (each_field("", pull, true, 0, mem, meets, &condition) == negated)
            return false;
    }
    return true;
}

struct whitelist {
    struct ci_strs globs;
    json_t *properties;
};

static void set_property(json_t *properties, const char *name, json_t *value)
{
    json_object_set_new(properties, name, json_pack("[o, s]", value, "Change"));
}

static bool keep_listed(const char *name, const json_t *value, void *user)
{
    const struct whitelist *list = user;

    if (poll_wants(list->globs, name) && json_string_length(value) <= VALUE_MAX)
        set_property(list->properties, name, json_deep_copy(value));
    return false;
}

json_t *forge_properties(const struct ci_change_source *source, const json_t *pull,
                         const char *page, void *mem)
{
    const struct whitelist list = {source->forge.property_whitelist, json_object()};

    if (list.globs.count > 0)
        (void)each_field(forge_of(source->type)->family, pull, false, 0, mem, keep_listed,
                         (void *)(uintptr_t)&list);
    if (page)
        set_property(list.properties, "pullrequesturl", json_string(page));
    return list.properties;
}
