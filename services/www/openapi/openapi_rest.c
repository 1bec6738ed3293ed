/* SPDX-License-Identifier: Apache-2.0 */
/* The REST paths in the OpenAPI document: reading, and the control calls. */
#include "control/actions.h"
#include "openapi/openapi.h"

#include <string.h>

#define ROOT "/api/v2/"

static void add_parameter(json_t *parameters, const char *name)
{
    json_array_append_new(parameters, openapi_ref("parameters", name));
}

/* The options that a path takes. */
static json_t *options_of(const struct rest_path *path, void *mem)
{
    const struct rest_resource *resource = path->resource;
    const char *name = openapi_name(resource, mem);
    json_t *list = json_array();

    if (path->kind != REST_COLLECTION && path->kind != REST_SINGLE) {
        if (path->kind == REST_CONTENTS || path->kind == REST_TIMES) {
            add_parameter(list, "offset");
            add_parameter(list, "limit");
        }
        if (path->kind == REST_SEARCH)
            openapi_search_options(list);
        return list;
    }
    if (!resource->bare)
        add_parameter(list, ci_mem_printf(mem, "%s.field", name));
    if (resource->properties)
        add_parameter(list, "property");
    if (path->kind == REST_COLLECTION) {
        add_parameter(list, "limit");
        add_parameter(list, "offset");
        add_parameter(list, ci_mem_printf(mem, "%s.order", name));
        add_parameter(list, ci_mem_printf(mem, "%s.filter", name));
    }
    return list;
}

/* {"<plural>": [row], "meta": {...}}; takes `row`. */
static json_t *envelope(const char *plural, json_t *row, bool collection)
{
    json_t *meta = collection ? openapi_ref("schemas", "collection_meta")
                              : json_pack("{s:s}", "type", "object");

    return json_pack("{s:s, s:[s, s], s:{s:{s:s, s:o}, s:o}}", "type", "object", "required", plural,
                     "meta", "properties", plural, "type", "array", "items", row, "meta", meta);
}

static json_t *row_ref(const struct rest_resource *resource, void *mem)
{
    return openapi_ref("schemas", resource->bare ? "property_values" : openapi_name(resource, mem));
}

static json_t *bytes(void)
{
    return json_pack("{s:s}", "description", "The bytes as they are");
}

static json_t *answers_of(const struct rest_path *path, void *mem)
{
    const struct rest_resource *resource = path->resource;

    switch (path->kind) {
    case REST_COLLECTION:
    case REST_SINGLE:
        return openapi_responses(
            "application/json",
            envelope(resource->plural, row_ref(resource, mem), path->kind == REST_COLLECTION));
    case REST_CONTENTS:
        return openapi_responses("application/json",
                                 envelope("logchunks", openapi_ref("schemas", "logchunk"), false));
    case REST_SEARCH:
        return openapi_responses("application/json", openapi_search_answer());
    case REST_TIMES:
        return openapi_responses("application/json",
                                 envelope("logtimes", openapi_ref("schemas", "logtime"), false));
    case REST_RAW:
    case REST_RAW_INLINE:
        return openapi_responses("text/plain; charset=utf-8", json_pack("{s:s}", "type", "string"));
    case REST_DEEP:
        return openapi_responses("application/json",
                                 envelope("pages", openapi_ref("schemas", "build_page"), false));
    case REST_VALUE:
    case REST_FILE:
        return openapi_responses("application/octet-stream", bytes());
    }
    return json_object();
}

static const char *summary_of(const struct rest_path *path, void *mem)
{
    const struct rest_resource *resource = path->resource;

    switch (path->kind) {
    case REST_COLLECTION:
        return ci_mem_printf(mem, "Lists %s", resource->plural + (*resource->plural == '_'));
    case REST_SINGLE:
        return ci_mem_printf(mem, "Shows one %s", resource->record->name);
    case REST_CONTENTS:
        return "Shows lines of a log";
    case REST_SEARCH:
        return "Finds lines of a log, as far as it gets in a moment";
    case REST_TIMES:
        return "Tells when lines of a log came";
    case REST_RAW:
        return "Gives a log to be saved";
    case REST_RAW_INLINE:
        return "Gives a log to be looked at";
    case REST_DEEP:
        return "Shows a build with all that belongs to it";
    case REST_VALUE:
        return "Gives the bytes of build data";
    case REST_FILE:
        return "Gives the content of an artifact";
    }
    return "";
}

static const char *tag_of(const struct rest_resource *resource)
{
    return resource->plural + (*resource->plural == '_');
}

static json_t *reading(const struct rest_path *path, void *mem)
{
    enum ci_role role = path->resource->right == CI_ACTION_READ ? CI_ROLE_READER : CI_ROLE_USER;
    json_t *operation =
        json_pack("{s:s, s:[s], s:o, s:o, s:o}", "summary", summary_of(path, mem), "tags",
                  tag_of(path->resource), "parameters", options_of(path, mem), "responses",
                  answers_of(path, mem), "security", openapi_security(role));

    if (path->resource->help)
        json_object_set_new(operation, "description", json_string(path->resource->help));
    return operation;
}

/* ---- control ---- */

static json_t *param_schema(const struct action_param *param)
{
    static const char *const types[] = {
        [ACTION_ANY] = NULL,       [ACTION_TEXT] = "string", [ACTION_INT] = "integer",
        [ACTION_BOOL] = "boolean", [ACTION_TEXTS] = "array", [ACTION_OBJECT] = "object"};
    json_t *schema = json_pack("{s:s}", "description", param->help);

    if (types[param->type])
        json_object_set_new(schema, "type", json_string(types[param->type]));
    if (param->type == ACTION_INT)
        json_object_set_new(schema, "format", json_string("int32"));
    if (param->type == ACTION_TEXTS)
        json_object_set_new(schema, "items", json_pack("{s:s}", "type", "string"));
    return schema;
}

static json_t *params_schema(const struct action *action)
{
    json_t *properties = json_object(), *required = json_array();

    for (const struct action_param *param = action->params; param && param->name; param++) {
        json_object_set_new(properties, param->name, param_schema(param));
        if (param->required)
            json_array_append_new(required, json_string(param->name));
    }
    /* Further parameters are passed over by every call; forms take them. */
    return json_pack("{s:s, s:o, s:o, s:o}", "type", "object", "properties", properties, "required",
                     required, "additionalProperties",
                     action->open ? json_pack("{s:s}", "description", "A field, by its fullName")
                                  : json_true());
}

static json_t *call_schema(const struct action *action)
{
    return json_pack("{s:s, s:s, s:s, s:[s, s, s, s], s:{s:{s:s}, s:{s:s}, s:{s:[s, s, s]}, s:o}}",
                     "title", action->method, "description", action->help, "type", "object",
                     "required", "jsonrpc", "method", "id", "params", "properties", "jsonrpc",
                     "const", "2.0", "method", "const", action->method, "id", "type", "string",
                     "number", "null", "params", params_schema(action));
}

static json_t *result_schema(enum action_result result)
{
    static const char *const json[] = {
        [ACTION_NULL] = "{\"type\": \"null\"}",
        [ACTION_BUILDSET] =
            "{\"type\": \"array\", \"description\": \"The buildset, and its requests by builder\","
            " \"prefixItems\": [{\"type\": \"integer\"}, {\"type\": \"object\","
            " \"additionalProperties\": {\"type\": \"integer\"}}], \"minItems\": 2,"
            " \"maxItems\": 2}",
        [ACTION_TRIED] =
            "{\"type\": \"object\", \"required\": [\"bsid\", \"brids\"], \"properties\": {\"bsid\":"
            " {\"type\": \"integer\"}, \"brids\": {\"type\": \"object\", \"additionalProperties\":"
            " {\"type\": \"integer\"}}}}"};

    return json_loads(json[result], 0, NULL);
}

static json_t *answer_schema(const struct action *action)
{
    return json_pack("{s:s, s:s, s:[s, s, s], s:{s:{s:s}, s:{}, s:o}}", "title", action->method,
                     "type", "object", "required", "jsonrpc", "id", "result", "properties",
                     "jsonrpc", "const", "2.0", "id", "result", result_schema(action->result));
}

/* Takes `list`: one of them, or any. */
static json_t *any_of(json_t *list)
{
    json_t *schema = json_array_size(list) == 1 ? json_incref(json_array_get(list, 0))
                                                : json_pack("{s:O}", "oneOf", list);

    json_decref(list);
    return schema;
}

/* Takes `answers`. */
static json_t *rpc_responses(json_t *answers)
{
    static const char *const refused[] = {"400", "401", "403", "404", "409",
                                          "422", "429", "501", "503"};
    json_t *responses = json_object();

    json_object_set_new(responses, "200",
                        json_pack("{s:s, s:{s:{s:o}}}", "description", "Done", "content",
                                  "application/json", "schema", any_of(answers)));
    for (size_t i = 0; i < CI_COUNT(refused); i++)
        json_object_set_new(responses, refused[i], openapi_ref("responses", "RpcRefused"));
    return responses;
}

/* The call on a path; NULL when nothing can be done there. */
static json_t *control(const struct rest_path *path)
{
    json_t *calls = json_array(), *answers = json_array();

    for (const struct action *action = actions; action->resource; action++) {
        if (path->kind != REST_SINGLE || action->resource != path->resource)
            continue;
        json_array_append_new(calls, call_schema(action));
        json_array_append_new(answers, answer_schema(action));
    }
    if (!json_array_size(calls)) {
        json_decref(calls);
        json_decref(answers);
        return NULL;
    }
    return json_pack("{s:o, s:[s], s:[o], s:{s:b, s:{s:{s:o}}}, s:o, s:o}", "summary",
                     json_sprintf("Does something to the %s", path->resource->record->name), "tags",
                     tag_of(path->resource), "parameters",
                     openapi_ref("parameters", "idempotency_key"), "requestBody", "required", 1,
                     "content", "application/json", "schema", any_of(calls), "responses",
                     rpc_responses(answers), "security", openapi_security(CI_ROLE_USER));
}

void openapi_add_rest(json_t *paths, void *mem)
{
    for (const struct rest_path *const *table = rest_paths; *table; table++)
        for (const struct rest_path *path = *table; path->pattern; path++) {
            json_t *call = control(path);

            openapi_add(paths, ROOT, path->pattern, "get", reading(path, mem), mem);
            if (call)
                openapi_add(paths, ROOT, path->pattern, "post", call, mem);
        }
}
