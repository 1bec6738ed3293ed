/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of a running build, by the route table, for tests. */
#pragma once

#include "fixture.h"

/* What was called: the path's last part with its query, such as "trigger?step=1&wait=0". */
struct test_call {
    const char *method, *what;
    json_t *body;        /* borrowed; or NULL */
    struct ci_bytes raw; /* or these */
    const char *token;   /* NULL: the right one */
};

static inline struct ci_pairs calls_query(const char *text)
{
    struct ci_pair *pairs = ci_mem_array(fixture.mem, struct ci_pair, 8);
    char *copy = ci_mem_strdup(fixture.mem, text), *save = NULL;
    size_t count = 0;

    for (char *at = strtok_r(copy, "&", &save); at; at = strtok_r(NULL, "&", &save)) {
        char *equal = strchr(at, '=');

        *equal = '\0';
        pairs[count++] = (struct ci_pair){at, equal + 1};
    }
    return (struct ci_pairs){pairs, count};
}

/* The route of a call, HEAD by GET's, as the server has it. */
static inline const struct ci_route *calls_route(const char *method, const char *path)
{
    static const char prefix[] = "/agent/v1/builds/:n:build/";
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;

    for (size_t i = 0; i < api_route_count; i++) {
        if (strcmp(api_routes[i].method, wanted) == 0 &&
            strncmp(api_routes[i].path, prefix, sizeof(prefix) - 1) == 0 &&
            strcmp(api_routes[i].path + sizeof(prefix) - 1, path) == 0)
            return &api_routes[i];
    }
    fail_msg("no route %s %s", method, path);
    return NULL;
}

/* Calls for the agent's first build; the status, and what was answered (in the fixture's mem). */
static inline int calls_try(const struct test_agent *agent, const struct test_call *call,
                            struct ci_response *response)
{
    char *path = ci_mem_strdup(fixture.mem, call->what), *query = strchr(path, '?');
    const char *hash = strncmp(path, "blobs/", 6) == 0 ? ci_mem_strdup(fixture.mem, path + 6) : "";
    const struct ci_pair headers[] = {
        {"slipway-attempt", call->token ? call->token : agent->held[0].token}
    };
    const struct ci_pair params[] = {
        {"build",                ci_mem_printf(fixture.mem, "%" PRId64, agent->held[0].build)},
        {"sha256", hash                         },
    };
    struct ci_request request = {
        .mem = fixture.mem,
        .method = call->method,
        .now = ci_time_now(),
        .body = call->body,
        .raw = call->raw,
        .headers = {headers, 1},
        .params = {params,  2},
        .who = agent->who
    };
    struct ci_err err = {0};

    if (query) {
        *query = '\0';
        request.query = calls_query(query + 1);
    }
    *response = (struct ci_response){0};
    if (!calls_route(call->method, *hash ? "blobs/:sha256" : path)
             ->handle(&fixture.app, &request, response, &err)) {
        response->body = ci_mem_json(fixture.mem, json_pack("{s:s}", "error", err.msg));
        return ci_status_of(err.code);
    }
    if (response->body)
        ci_mem_json(fixture.mem, response->body);
    return response->status ? response->status : 200;
}

/* The same for a call whose answer is JSON; `body` is taken. */
static inline int calls_json(const struct test_agent *agent, const char *method, const char *what,
                             json_t *body, json_t **answer)
{
    const struct test_call call = {
        .method = method, .what = what, .body = body ? ci_mem_json(fixture.mem, body) : NULL};
    struct ci_response response;
    const int status = calls_try(agent, &call, &response);

    *answer = response.body;
    return status;
}
