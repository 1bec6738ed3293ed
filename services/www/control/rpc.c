/* SPDX-License-Identifier: Apache-2.0 */
#include "control/rpc.h"

#include "reply.h"
#include "shared/json.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool rpc_fail(void *mem, struct rpc_error *error, int status, int code, const char *fmt, ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    json_t *message = json_string(text); /* NULL when the cut fell into a character */
    error->status = status;
    error->code = code;
    error->message = ci_mem_json(mem, message ? message : json_string("error"));
    return false;
}

static bool refuse(const struct ci_request *request, struct rpc_error *error, const char *text)
{
    return rpc_fail(request->mem, error, 400, RPC_INVALID_REQUEST, "%s", text);
}

static bool is_json_type(const char *type)
{
    static const char json[] = "application/json";
    size_t len = type ? strcspn(type, "; \t") : 0;

    return len == sizeof(json) - 1 && strncasecmp(type, json, len) == 0;
}

/* The keys' types; `id` is read first, so that a refusal can name the call it refuses. */
static bool check_keys(const struct ci_request *request, json_t *root, struct rpc_error *error)
{
    static const char *const keys[] = {"jsonrpc", "method", "id", "params"};
    json_t *id = json_object_get(root, "id");

    for (size_t i = 0; i < CI_COUNT(keys); i++)
        if (!json_object_get(root, keys[i]))
            return rpc_fail(request->mem, error, 400, RPC_INVALID_REQUEST, "missing key '%s'",
                            keys[i]);
    if (!json_is_string(json_object_get(root, "jsonrpc")))
        return refuse(request, error, "'jsonrpc' must be a string");
    if (!json_is_string(json_object_get(root, "method")))
        return refuse(request, error, "'method' must be a string");
    if (!json_is_string(id) && !json_is_number(id) && !json_is_null(id))
        return refuse(request, error, "'id' must be a string, number, or null");
    error->id = id;
    if (!json_is_object(json_object_get(root, "params")))
        return refuse(request, error, "'params' must be an object");
    if (strcmp(json_string_value(json_object_get(root, "jsonrpc")), "2.0") != 0)
        return refuse(request, error, "only JSONRPC 2.0 is supported");
    return true;
}

bool rpc_parse(const struct ci_request *request, struct rpc_call *out, struct rpc_error *error)
{
    json_error_t where;

    *error = (struct rpc_error){0};
    if (!is_json_type(ci_request_header(request, "content-type")))
        return refuse(request, error, "Invalid content-type (use application/json)");
    const char *text = request->raw.data ? request->raw.data : "";
    json_t *root =
        ci_json_read(text, request->raw.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &where);
    if (!root)
        return rpc_fail(request->mem, error, 400, RPC_PARSE, "JSON parse error: %s", where.text);
    ci_mem_json(request->mem, root);
    if (json_is_array(root))
        return refuse(request, error, "JSONRPC batch requests are not supported");
    if (!json_is_object(root))
        return refuse(request, error, "JSONRPC root object must be an object");
    if (!check_keys(request, root, error))
        return false;
    *out = (struct rpc_call){json_string_value(json_object_get(root, "method")), error->id,
                             json_object_get(root, "params")};
    return true;
}

void rpc_reply_error(const struct ci_request *request, struct ci_response *response,
                     const struct rpc_error *error)
{
    json_t *body = json_pack("{s:s, s:{s:i, s:O}}", "jsonrpc", "2.0", "error", "code", error->code,
                             "message", error->message);

    if (error->retry_after)
        ci_response_header(request, response, "Retry-After",
                           ci_mem_printf(request->mem, "%d", error->retry_after));
    if (error->id)
        json_object_set(body, "id", error->id);
    reply_compact(request, response, error->status, body);
}

void rpc_reply(const struct ci_request *request, struct ci_response *response, json_t *id,
               json_t *result)
{
    reply_compact(request, response, 200,
                  json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result",
                            result ? result : json_null()));
}
