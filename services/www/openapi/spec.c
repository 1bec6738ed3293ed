/* SPDX-License-Identifier: Apache-2.0 */
/* application.spec, made from the tables of paths and fields. */
#include "openapi/spec.h"

#include "access/origin.h"
#include "reply.h"
#include "www.h"

#include <stdlib.h>
#include <string.h>

/* What pieces of a log are, which have no table of their own: the answers of logs.c. */
static const struct rest_field chunk_fields[] = {
    {"logid",     NULL, REST_INT, false, NULL},
    {"firstline", NULL, REST_INT, false, NULL},
    {"content",   NULL, REST_STR, false, NULL},
};

static const struct rest_resource chunk = {.fields = chunk_fields, .count = CI_COUNT(chunk_fields)};

static const char *const type_names[] = {
    [REST_INT] = "integer",      [REST_BOOL] = "boolean", [REST_STR] = "string",
    [REST_TIME] = "datetime",    [REST_STRS] = "list",    [REST_INTS] = "list",
    [REST_OPAQUE] = "jsonobject"};

/* Texts that Buildbot has as identifiers. */
static bool is_identifier(const struct rest_resource *resource, const struct rest_field *field)
{
    static const char *const names[][2] = {
        {"codebase",       "name"},
        {"codebase",       "slug"},
        {"forcescheduler", "name"},
        {"log",            "slug"},
        {"project",        "name"},
        {"project",        "slug"},
        {"step",           "name"},
        {"worker",         "name"},
    };

    for (size_t i = 0; resource->record && i < CI_COUNT(names); i++)
        if (strcmp(names[i][0], resource->record->name) == 0 &&
            strcmp(names[i][1], field->name) == 0)
            return true;
    return false;
}

static json_t *fields_spec(const struct rest_resource *resource);

static const char *object_name(const struct shape *shape)
{
    return shape->of->record ? shape->of->record->name : "dict";
}

static json_t *object_spec(const struct shape *shape)
{
    return json_pack("{s:s, s:o}", "type", object_name(shape), "fields", fields_spec(shape->of));
}

/* Takes `of`. */
static json_t *list_spec(json_t *of)
{
    return json_pack("{s:s, s:o}", "type", "list", "of", of);
}

static json_t *shape_spec(const struct shape *shape, const char **name)
{
    *name = "jsonobject";
    switch (shape ? shape->kind : SHAPE_OBJECT) {
    case SHAPE_OBJECT:
        break;
    case SHAPE_OBJECTS:
        *name = "list";
        return list_spec(json_pack("{s:s}", "name", "jsonobject"));
    case SHAPE_STRINGS:
        *name = "list";
        return list_spec(json_pack("{s:s}", "name", "string"));
    case SHAPE_PROPERTIES:
        *name = "sourcedproperties";
        break;
    case SHAPE_INTEGER:
        *name = "integer";
        break;
    case SHAPE_BINARY:
        *name = "binary";
        break;
    case SHAPE_ROW:
        *name = object_name(shape);
        return object_spec(shape);
    case SHAPE_ROWS:
        *name = "list";
        return list_spec(object_spec(shape));
    }
    return json_pack("{s:s}", "name", *name);
}

static json_t *field_spec(const struct rest_resource *resource, const struct rest_field *field)
{
    const char *name = is_identifier(resource, field) ? "identifier" : type_names[field->type];
    json_t *spec;

    if (field->type == REST_OPAQUE)
        spec = shape_spec(shape_of(resource, field), &name);
    else if (field->type == REST_STRS || field->type == REST_INTS)
        spec =
            list_spec(json_pack("{s:s}", "name", field->type == REST_STRS ? "string" : "integer"));
    else
        spec = json_pack("{s:s}", "name", name);
    if (field->nullable)
        json_object_set_new(spec, "can_be_null", json_true());
    return json_pack("{s:s, s:o, s:o}", "name", field->name, "type_spec", spec, "type",
                     json_sprintf("%s%s", name, field->nullable ? " or None" : ""));
}

static json_t *fields_spec(const struct rest_resource *resource)
{
    json_t *list = json_array();

    for (size_t i = 0; i < resource->count; i++)
        json_array_append_new(list, field_spec(resource, &resource->fields[i]));
    return list;
}

/* Buildbot tells the list of properties by an underscore. */
static const char *type_of(const struct rest_resource *resource)
{
    return strcmp(resource->plural, "_properties") == 0 ? "_property" : resource->record->name;
}

json_t *spec_type(const struct rest_resource *resource)
{
    return json_pack("{s:s, s:o}", "type", type_of(resource), "fields", fields_spec(resource));
}

const char *spec_path(const char *pattern, void *mem)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    for (const char *at = pattern; *at;) {
        size_t len = strcspn(at, "/");

        if (*at == ':' || *at == '*') {
            struct path_value value = path_value_of(pattern, at);

            ci_buf_printf(&buf, "%c:%s", value.type, value.name ? value.name : "value");
        } else {
            ci_buf_add(&buf, at, len);
        }
        at += len;
        if (*at)
            ci_buf_add(&buf, at++, 1);
    }
    return buf.text;
}

static json_t *path_spec(const struct rest_path *path, void *mem)
{
    const struct rest_resource *resource = path->resource;
    bool log =
        path->kind == REST_CONTENTS || path->kind == REST_RAW || path->kind == REST_RAW_INLINE;
    json_t *type = log ? json_pack("{s:s, s:o}", "type", "logchunk", "fields", fields_spec(&chunk))
                       : spec_type(resource);

    return json_pack("{s:s, s:s, s:s, s:o}", "path", spec_path(path->pattern, mem), "plural",
                     log ? "logchunks" : resource->plural, "type",
                     log ? "logchunk" : type_of(resource), "type_spec", type);
}

/* What is no resource: the links of the root, and this page. */
static void add_own(json_t *list)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:{s:s, s:[{s:s, s:s, s:{s:s}}]}}",
                                          "path", "", "plural", "rootlinks", "type", "rootlink",
                                          "type_spec", "type", "rootlink", "fields", "name", "name",
                                          "type", "string", "type_spec", "name", "string"));
    json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:s, s:{s:s, s:[{s:s, s:s, s:{s:s}}, {s:s, s:s, s:{s:s}}, "
                  "{s:s, s:s, s:{s:s}}, {s:s, s:s, s:{s:s}}]}}",
                  "path", "application.spec", "plural", "specs", "type", "spec", "type_spec",
                  "type", "spec", "fields", "name", "path", "type", "string", "type_spec", "name",
                  "string", "name", "type", "type", "string", "type_spec", "name", "string", "name",
                  "plural", "type", "string", "type_spec", "name", "string", "name", "type_spec",
                  "type", "jsonobject", "type_spec", "name", "jsonobject"));
}

bool spec_get(void *service, const struct ci_request *request, struct ci_response *response,
              struct ci_err *err)
{
    json_t *list = json_array();

    (void)err;
    if (!origin_allows(www_of(service), request, response)) {
        json_decref(list);
        return reply_error(request, response, 400, "invalid origin");
    }
    add_own(list);
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++)
            if (path->kind != REST_SEARCH && path->kind != REST_TIMES) /* Buildbot's has none */
                json_array_append_new(list, path_spec(path, request->mem));
    size_t total = json_array_size(list);
    reply_json(request, response,
               json_pack("{s:o, s:{s:I}}", "specs", list, "meta", "total", (json_int_t)total));
    return true;
}
