/* SPDX-License-Identifier: Apache-2.0 */
/* /change_hook/base: one change from query, form or JSON fields (buildbot/www/hooks/base.py). */
#include "hooks/hook.h"
#include "shared/json.h"
#include "shared/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the fields of a delivery are looked for, in this order. */
struct fields {
    const struct ci_request *request;
    struct ci_pairs form;
    json_t *json; /* or NULL */
};

static const char *text_of(const struct fields *fields, const char *name)
{
    json_t *value = json_object_get(fields->json, name);
    const char *text = ci_request_query(fields->request, name);

    if (!text)
        text = ci_pairs_get(fields->form, name);
    if (text)
        return ci_utf8_clean(fields->request->mem, text, strlen(text));
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return ci_mem_printf(fields->request->mem, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return ci_mem_printf(fields->request->mem, "%.6f", json_number_value(value));
    return NULL;
}

/* The first of two names that is given and not empty. */
static const char *either(const struct fields *fields, const char *name, const char *other)
{
    const char *text = text_of(fields, name);

    return text && *text ? text : text_of(fields, other);
}

/* A field that holds JSON text, or the JSON itself in a JSON body. */
static bool json_of(const struct fields *fields, const char *name, json_t **out, struct ci_err *err)
{
    const char *text = text_of(fields, name);
    json_error_t where;
    json_t *parsed;

    *out = json_object_get(fields->json, name);
    if (*out && !json_is_string(*out))
        return true;
    *out = NULL;
    if (!text || !*text)
        return true;
    parsed = ci_json_read(text, strlen(text), JSON_DECODE_ANY, &where);
    if (!parsed)
        return ci_fail(err, CI_EINVALID, "%s is no JSON: %s", name, where.text);
    *out = ci_mem_json(fields->request->mem, parsed);
    return true;
}

static bool files_of(const struct fields *fields, struct ci_strs *out, struct ci_err *err)
{
    json_t *list, *item;
    const char **files;
    size_t i;

    if (!json_of(fields, "files", &list, err))
        return false;
    if (!list)
        return true;
    if (!json_is_array(list))
        return ci_fail(err, CI_EINVALID, "files is no JSON list");
    files = ci_mem_array(fields->request->mem, const char *, json_array_size(list));
    json_array_foreach(list, i, item) {
        if (!json_is_string(item))
            return ci_fail(err, CI_EINVALID, "files[%zu] is no string", i);
        files[i] = json_string_value(item);
    }
    *out = (struct ci_strs){files, json_array_size(list)};
    return true;
}

static bool properties_of(const struct fields *fields, json_t **out, struct ci_err *err)
{
    json_t *object, *value;
    const char *name;

    if (!json_of(fields, "properties", &object, err))
        return false;
    if (!object)
        return true;
    if (!json_is_object(object))
        return ci_fail(err, CI_EINVALID, "properties is no JSON object");
    *out = ci_mem_json(fields->request->mem, json_object());
    json_object_foreach(object, name, value)
        json_object_set_new(*out, name, json_pack("[O,s]", value, "Change"));
    return true;
}

/* Seconds since 1970 with a fraction; now without it. */
static bool time_of(const struct fields *fields, struct ci_time *out, struct ci_err *err)
{
    const char *text = either(fields, "when_timestamp", "when");
    double seconds, whole;
    char *end;

    *out = fields->request->now;
    if (!text || !*text)
        return true;
    seconds = strtod(text, &end);
    if (*end || !isfinite(seconds) || seconds < 0 || seconds > 253402300799.0)
        return ci_fail(err, CI_EINVALID, "when is no time in seconds since 1970: \"%s\"", text);
    seconds = modf(seconds, &whole);
    *out = ci_time_add(change_time((int64_t)whole), (struct ci_dur){(int64_t)(seconds * 1e6)});
    return true;
}

static const char *null_if_empty(const char *text)
{
    return text && *text ? text : NULL;
}

/* A repository that a poller knows gets the poller's names: one change, whoever reports it. */
static void use_source(const struct hook *hook, struct new_change *change)
{
    const struct ci_change_source *source = change_source_of(hook->config, &change->repository, 1);

    if (!source)
        return;
    change->repository = ci_mem_strdup(hook->request->mem, source->repository);
    if (!null_if_empty(change->project))
        change->project = ci_mem_strdup(hook->request->mem, source->project);
    if (!null_if_empty(change->codebase))
        change->codebase = ci_mem_strdup(hook->request->mem, source->codebase);
}

bool hook_read_base(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    const struct ci_request *request = hook->request;
    struct fields fields = {.request = request, .form = ci_request_form(request)};
    const char *type = ci_request_header(request, "content-type");
    struct new_change *change = ci_mem_zero(request->mem, struct new_change);
    json_error_t where;

    if (type && strncmp(type, "application/json", 16) == 0 && request->raw.len > 0) {
        fields.json = ci_json_read(request->raw.data, request->raw.len, 0, &where);
        if (!fields.json)
            return ci_fail(err, CI_EINVALID, "Error loading JSON: %s (line %d, column %d)",
                           where.text, where.line, where.column);
        ci_mem_json(request->mem, fields.json);
        if (!json_is_object(fields.json))
            return ci_fail(err, CI_EINVALID, "Error loading JSON: no object");
    }
    *change = (struct new_change){
        .author = either(&fields, "author", "who"),
        .committer = null_if_empty(text_of(&fields, "committer")),
        .comments = text_of(&fields, "comments"),
        .revision = null_if_empty(text_of(&fields, "revision")),
        .branch = null_if_empty(text_of(&fields, "branch")),
        .repository = text_of(&fields, "repository"),
        .project = text_of(&fields, "project"),
        .codebase = text_of(&fields, "codebase"),
        .category = null_if_empty(text_of(&fields, "category")),
        .revlink = null_if_empty(text_of(&fields, "revlink")),
    };
    if (!files_of(&fields, &change->files, err) ||
        !properties_of(&fields, &change->properties, err) || !time_of(&fields, &change->when, err))
        return false;
    use_source(hook, change);
    out->changes = change;
    out->count = 1;
    return true;
}
