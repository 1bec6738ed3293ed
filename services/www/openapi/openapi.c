/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v2/openapi.json: the document put together, once. */
#include "openapi/openapi.h"

#include "access/origin.h"
#include "reply.h"
#include "www.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

static const char about[] =
    "Slipway's HTTP interface: Buildbot's REST API v2, wire-compatible, and what Slipway adds.\n\n"
    "**Answers.** `{\"<plural>\": [...], \"meta\": {...}}`, a single resource being a list of one; "
    "`meta.total` counts a collection, at most 1000 beyond the page. Compact `application/json` "
    "for who accepts that, else the same indented as `text/plain`. Times are epoch seconds.\n\n"
    "**Filters.** Collections take `<field>=value`, repeated for any of several, and "
    "`<field>__<operator>=value` with the operators `eq`, `ne`, `lt`, `le`, `gt`, `ge`, `contains` "
    "(part of a text, element of a list), `in` and `notin`.\n\n"
    "**Errors.** `{\"error\": \"text\"}`; of control calls the JSON-RPC error.\n\n"
    "**Control.** POST on a resource is a JSON-RPC 2.0 call.\n\n"
    "**Aliases.** Everything below `/api/v2` is below `/api/latest` too.";

static json_t *info(void)
{
    return json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "title", "Slipway", "version",
                     SLIPWAY_VERSION, "description", about, "license", "name", "Apache-2.0",
                     "identifier", "Apache-2.0");
}

static json_t *security_schemes(void)
{
    return json_pack("{s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s}}", "bearer", "type", "http",
                     "scheme", "bearer", "description", "The admin token, or an API token",
                     "session", "type", "apiKey", "in", "cookie", "name", "slipway_session",
                     "description",
                     "A browser that has signed in; its calls must come from this origin");
}

/* How the refusals look that any call may meet. */
static json_t *refusals(void)
{
    static const struct {
        const char *name, *description;
    } rows[] = {
        {"BadRequest",   "What was asked for can't be: unrecognized options, wrong values"},
        {"Forbidden",    "Whoever asks may not"                                           },
        {"NotFound",     "No such path, or no such resource for who asks"                 },
        {"TooMany",      "Too many requests of this client; Retry-After says when"        },
        {"Unauthorized", "Nobody has signed in, or the token is not valid"                },
        {"Unavailable",  "The database can't be reached now"                              },
    };
    json_t *all = json_object();

    for (size_t i = 0; i < CI_COUNT(rows); i++)
        json_object_set_new(all, rows[i].name,
                            json_pack("{s:s, s:{s:{s:o}, s:{s:o}}}", "description",
                                      rows[i].description, "content", "application/json", "schema",
                                      openapi_ref("schemas", "error"), "text/plain", "schema",
                                      openapi_ref("schemas", "error")));
    json_object_set_new(
        all, "RpcRefused",
        json_pack("{s:s, s:{s:{s:o}}}", "description", "The call is refused, or has failed",
                  "content", "application/json", "schema", openapi_ref("schemas", "rpc_error")));
    return all;
}

json_t *openapi_ref(const char *kind, const char *name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/components/%s/%s", kind, name));
}

json_t *openapi_responses(const char *type, json_t *schema)
{
    static const char *const refused[][2] = {
        {"400", "BadRequest"  },
        {"401", "Unauthorized"},
        {"403", "Forbidden"   },
        {"404", "NotFound"    },
        {"429", "TooMany"     },
        {"503", "Unavailable" },
    };
    json_t *content = json_pack("{s:{s:O}}", type, "schema", schema);
    json_t *responses = json_object();

    if (strcmp(type, "application/json") == 0) /* the same for people */
        json_object_set_new(content, "text/plain", json_pack("{s:O}", "schema", schema));
    json_decref(schema);
    json_object_set_new(responses, "200",
                        json_pack("{s:s, s:o}", "description", "As asked", "content", content));
    for (size_t i = 0; i < CI_COUNT(refused); i++)
        json_object_set_new(responses, refused[i][0], openapi_ref("responses", refused[i][1]));
    return responses;
}

json_t *openapi_security(enum ci_role role)
{
    json_t *list = json_array();

    if (role == CI_ROLE_PUBLIC || role == CI_ROLE_READER)
        json_array_append_new(list, json_object());
    if (role == CI_ROLE_PUBLIC)
        return list;
    json_array_append_new(list, json_pack("{s:[]}", "bearer"));
    json_array_append_new(list, json_pack("{s:[]}", "session"));
    return list;
}

/* ---- paths ---- */

/* A value of a path that the tables of routes name themselves (":n:id", ":name", "*path"). */
static struct path_value own_value(const char *segment, size_t len, void *mem)
{
    bool numeric = len > 3 && strncmp(segment, ":n:", 3) == 0;
    const char *name = ci_mem_strndup(mem, segment + (numeric ? 3 : 1), len - (numeric ? 3 : 1));

    return (struct path_value){numeric ? 'n' : 's', name, name};
}

static struct path_value value_of(const char *pattern, const char *at, size_t len, void *mem)
{
    bool plain = (len == 2 && *at == ':' && (at[1] == 'n' || at[1] == 's')) || len == 1;
    struct path_value value = plain ? path_value_of(pattern, at) : own_value(at, len, mem);

    if (!value.any)
        value.any = "value";
    return value;
}

static json_t *value_schema(char type)
{
    return type == 'n' ? json_pack("{s:s, s:s}", "type", "integer", "format", "int64")
                       : json_pack("{s:s}", "type", "string");
}

/* Adds the parameter, or what it may be beside what it was. */
static void add_value(json_t *parameters, struct path_value value)
{
    json_t *known;
    size_t i;

    json_array_foreach(parameters, i, known) {
        json_t *schema = json_object_get(known, "schema");
        const char *type = json_string_value(json_object_get(schema, "type"));

        if (strcmp(json_string_value(json_object_get(known, "name")), value.any) != 0)
            continue;
        if (type && (strcmp(type, "integer") == 0) != (value.type == 'n')) {
            json_object_set_new(
                known, "schema",
                json_pack("{s:[o, o]}", "oneOf", value_schema('n'), value_schema('s')));
            json_object_set_new(known, "description",
                                json_string("The number, or the name; digits are the number"));
        }
        return;
    }
    json_array_append_new(parameters,
                          json_pack("{s:s, s:s, s:b, s:o}", "name", value.any, "in", "path",
                                    "required", 1, "schema", value_schema(value.type)));
}

/* "builders/{builder}/builds"; its parameters are added to the list. */
static const char *path_text(const char *root, const char *pattern, json_t *parameters, void *mem)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    ci_buf_puts(&buf, root);
    for (const char *at = pattern; *at;) {
        size_t len = strcspn(at, "/");

        if (len && (*at == ':' || *at == '*')) {
            struct path_value value = value_of(pattern, at, len, mem);

            ci_buf_printf(&buf, "{%s}", value.any);
            add_value(parameters, value);
        } else {
            ci_buf_add(&buf, at, len);
        }
        at += len;
        if (*at)
            ci_buf_add(&buf, at++, 1);
    }
    return buf.text;
}

/* "get_builders_builder_builds": of the path's letters and digits. */
static json_t *operation_id(const char *method, const char *path)
{
    char text[200];
    const bool api = strncmp(path, "/api/v2/", 8) == 0;
    size_t len = (size_t)snprintf(text, sizeof(text), "%s%s", method, api ? "" : "_site");

    path += api ? 7 : 0;
    for (const char *at = path; *at && len + 2 < sizeof(text); at++) {
        if (isalnum((unsigned char)*at))
            text[len++] = *at;
        else if (text[len - 1] != '_')
            text[len++] = '_';
    }
    text[len] = '\0';
    return json_string(text);
}

void openapi_add(json_t *paths, const char *root, const char *pattern, const char *method,
                 json_t *operation, void *mem)
{
    json_t *values = json_array();
    const char *path = path_text(root, pattern, values, mem);
    json_t *item = json_object_get(paths, path);

    if (item) {
        /* The same path by a number and by a name, or with another method. */
        path_text(root, pattern, json_object_get(item, "parameters"), mem);
        json_decref(values);
    } else {
        item = json_pack("{s:o}", "parameters", values);
        json_object_set_new(paths, path, item);
    }
    if (json_object_get(item, method)) {
        json_decref(operation);
        return;
    }
    json_object_set_new(operation, "operationId", operation_id(method, path));
    json_object_set_new(item, method, operation);
}

/* ---- the whole ---- */

/* Every tag that an operation has, with what it stands for. */
static json_t *tags(const json_t *paths)
{
    json_auto_t *seen = json_object();
    json_t *list = json_array(), *item, *operation;
    const char *key;

    json_object_foreach((json_t *)(uintptr_t)paths, key, item) {
        const char *method;

        json_object_foreach(item, method, operation) {
            const char *tag =
                json_string_value(json_array_get(json_object_get(operation, "tags"), 0));

            if (!tag || json_object_get(seen, tag))
                continue;
            json_object_set_new(seen, tag, json_true());
            json_array_append_new(list, json_pack("{s:s, s:o}", "name", tag, "description",
                                                  json_sprintf("Everything about %s", tag)));
        }
    }
    return list;
}

json_t *openapi_document(void)
{
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *paths = json_object();

    openapi_add_routes(paths, mem);
    openapi_add_rest(paths, mem);
    return json_pack("{s:s, s:o, s:[{s:s}], s:o, s:o, s:{s:o, s:o, s:o, s:o}}", "openapi", "3.1.0",
                     "info", info(), "servers", "url", "/", "tags", tags(paths), "paths", paths,
                     "components", "schemas", openapi_schemas(mem), "parameters",
                     openapi_parameters(mem), "responses", refusals(), "securitySchemes",
                     security_schemes());
}

/* Made by the first who asks, for the life of the process. */
static struct ci_bytes text;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_text(void)
{
    json_auto_t *document = openapi_document();

    text.data = json_dumps(document, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_SORT_KEYS);
    text.len = text.data ? strlen(text.data) : 0;
}

bool openapi_get(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    if (!origin_allows(www_of(service), request, response))
        return reply_error(request, response, 400, "invalid origin");
    pthread_once(&once, make_text);
    if (!text.data)
        return ci_fail(err, CI_EINTERNAL, "could not write the document");
    response->raw = text;
    response->content_type = "application/json; charset=utf-8";
    return true;
}
