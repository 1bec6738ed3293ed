/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads, people, files, skips and properties, whatever the dialect. */
#include "hooks/hook_json.h"

#include "shared/json.h"
#include "shared/utf8.h"

#include <ctype.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_MAX = 64 << 10, /* bytes of a message that `skips` looks at */
    PROPERTIES_MOST = 500,  /* of a payload that become properties */
    KEY_MAX = 200,
};

json_t *hook_get(json_t *json, const char *path)
{
    char key[KEY_MAX];

    while (json && *path) {
        size_t len = strcspn(path, ".");

        if (len >= sizeof(key))
            return NULL;
        memcpy(key, path, len);
        key[len] = '\0';
        json = json_is_array(json) && isdigit((unsigned char)*key)
                   ? json_array_get(json, (size_t)strtoul(key, NULL, 10))
                   : json_object_get(json, key);
        path += len + (path[len] == '.');
    }
    return json;
}

const char *hook_text(json_t *json, const char *path)
{
    return json_string_value(hook_get(json, path));
}

const char *hook_query(const struct hook *hook, const char *name)
{
    const char *text = ci_request_query(hook->request, name);

    return text ? ci_utf8_clean(hook->request->mem, text, strlen(text)) : NULL;
}

static bool is_type(const char *type, const char *wanted)
{
    size_t len = type ? strcspn(type, "; ") : 0;

    return len == strlen(wanted) && strncmp(type, wanted, len) == 0;
}

static bool find_payload(const struct ci_request *request, enum hook_form form,
                         struct ci_bytes *out, struct ci_err *err)
{
    const char *type = ci_request_header(request, "content-type"), *payload;

    if (form == HOOK_ANY_TYPE || is_type(type, "application/json")) {
        *out = request->raw;
        return true;
    }
    if (form != HOOK_JSON_OR_FORM || !is_type(type, "application/x-www-form-urlencoded"))
        return ci_fail(err, CI_EINVALID, "Unknown content type: %s", type ? type : "");
    payload = ci_pairs_get(ci_request_form(request), "payload");
    *out = (struct ci_bytes){payload, payload ? strlen(payload) : 0};
    return true;
}

bool hook_payload(const struct hook *hook, enum hook_form form, json_t **out, struct ci_err *err)
{
    struct ci_bytes source = {0};
    json_error_t where;
    json_t *parsed;

    if (!find_payload(hook->request, form, &source, err))
        return false;
    parsed = ci_json_read(source.data ? source.data : "", source.len, 0, &where);
    if (!parsed)
        return ci_fail(err, CI_EINVALID, "Error loading JSON: %s (line %d, column %d)", where.text,
                       where.line, where.column);
    *out = ci_mem_json(hook->request->mem, parsed);
    return json_is_object(parsed) || ci_fail(err, CI_EINVALID, "Error loading JSON: no object");
}

const char *hook_person(void *mem, const char *name, const char *mail)
{
    if (!mail || !*mail)
        return name;
    return ci_mem_printf(mem, "%s <%s>", name ? name : "", mail);
}

bool hook_skips(const struct hook *hook, const char *message)
{
    const struct ci_strs *skips = &hook->options->skips;
    const char *text =
        message ? ci_mem_strndup(hook->request->mem, message, strnlen(message, MESSAGE_MAX)) : "";
    bool found = false;

    for (size_t i = 0; i < skips->count && !found; i++) {
        regex_t regex;

        if (regcomp(&regex, skips->items[i], REG_EXTENDED | REG_NOSUB) != 0)
            continue; /* the configuration's check let it through: it can't happen */
        found = regexec(&regex, text, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    return found;
}

void hook_property(json_t *properties, const char *name, json_t *value)
{
    if (value)
        json_object_set_new(properties, name, json_pack("[o,s]", value, "Change"));
}

void hook_property_text(json_t *properties, const char *name, const char *text)
{
    hook_property(properties, name, text ? json_string(text) : NULL);
}

static bool is_listed(const struct ci_strs *globs, const char *name)
{
    for (size_t i = 0; i < globs->count; i++)
        if (fnmatch(globs->items[i], name, 0) == 0)
            return true;
    return false;
}

/* No deeper than ci_json_read() lets through. */
static void flatten(const struct hook *hook, const char *prefix, // NOLINT(misc-no-recursion)
                    json_t *object, json_t *properties)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value) {
        const char *name = ci_mem_printf(hook->request->mem, "%s.%s", prefix, key);

        if (json_object_size(properties) >= PROPERTIES_MOST)
            return;
        if (json_is_object(value))
            flatten(hook, name, value, properties);
        else if (is_listed(&hook->options->properties, name))
            hook_property(properties, name, json_incref(value));
    }
}

void hook_properties(const struct hook *hook, const char *prefix, json_t *payload,
                     json_t *properties)
{
    if (hook->options->properties.count > 0)
        flatten(hook, prefix, payload, properties);
}

bool hook_is_zero(const char *revision)
{
    return revision && *revision && strspn(revision, "0") == strlen(revision);
}

const char *hook_branch(const char *ref, bool *tag)
{
    static const char head[] = "refs/heads/", label[] = "refs/tags/";

    *tag = ref && strncmp(ref, label, sizeof(label) - 1) == 0;
    if (*tag)
        return ref[sizeof(label) - 1] ? ref + sizeof(label) - 1 : NULL;
    return ref && strncmp(ref, head, sizeof(head) - 1) == 0 && ref[sizeof(head) - 1]
               ? ref + sizeof(head) - 1
               : NULL;
}

bool hook_ignore(struct delivery *out, const char *reason)
{
    out->reason = reason;
    return true;
}

bool hook_filter(struct delivery *out, const char *reason)
{
    out->filtered = true;
    return hook_ignore(out, reason);
}

bool hook_unknown(const struct hook *hook, struct delivery *out, const char *event)
{
    out->unknown = true;
    return hook_ignore(out, ci_mem_printf(hook->request->mem, "unknown event: %.100s", event));
}
