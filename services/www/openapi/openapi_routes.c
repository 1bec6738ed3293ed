/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each route does that is not read from the tables of resources. A new
 * route gets a row here: tests/www/test_openapi.c asks for one.
 */
#include "openapi/openapi.h"
#include "www.h"

#include <string.h>

enum route_answer {
    ROUTE_RECORD,  /* `schema` itself */
    ROUTE_RECORDS, /* {"<plural>": [schema]} */
    ROUTE_OBJECT,  /* any object */
    ROUTE_TEXT,    /* of the type that `schema` names */
    ROUTE_SWITCH,  /* another protocol, a stream, a file: no JSON */
};

#define ROW(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const struct route_row {
    const char *method, *path;
    const char *tag, *summary;
    enum route_answer answer;
    const char *schema, *plural;
    const char *body; /* content type of what is sent; NULL: nothing */
} rows[] = {
    ROW("GET", "/", "ui", "The web UI", ROUTE_TEXT, "text/html", NULL, NULL),
    ROW("GET", "/*path", "ui", "The web UI's files", ROUTE_SWITCH, NULL, NULL, NULL),
    ROW("GET", "/api", "api", "The versions of the API", ROUTE_OBJECT, NULL, NULL, NULL),
    ROW("GET", "/api/v2", "api", "The collections there are", ROUTE_OBJECT, NULL, NULL, NULL),
    ROW("GET", "/api/v2/about", "api",
        "The installation as it runs: versions and replicas; for admins hosts, database and bus",
        ROUTE_RECORD, "about", NULL, NULL),
    ROW("GET", "/api/v2/application.spec", "api", "Paths and types, as Buildbot describes them",
        ROUTE_OBJECT, NULL, NULL, NULL),
    ROW("GET", "/api/v2/buildrequests/:n:id/why", "buildrequests",
        "Why a request waits, gate by gate", ROUTE_RECORD, "request_why", NULL, NULL),
    ROW("GET", "/api/v2/changes/:n:id/why", "changes", "What the schedulers made of a change",
        ROUTE_RECORD, "change_why", NULL, NULL),
    ROW("GET", "/api/v2/config", "configs",
        "Lists the versions of the configuration, without their texts", ROUTE_RECORDS,
        "config_version", "configs", NULL),
    ROW("POST", "/api/v2/config", "configs", "Applies a new version", ROUTE_OBJECT, NULL, NULL,
        "application/yaml"),
    ROW("GET", "/api/v2/config/:n:version", "configs", "Shows one version of the configuration",
        ROUTE_RECORDS, "config_version", "configs", NULL),
    ROW("POST", "/api/v2/config/:n:version/apply", "configs", "Applies an old version again",
        ROUTE_OBJECT, NULL, NULL, NULL),
    ROW("GET", "/api/v2/config/:n:version/diff", "configs",
        "Shows what a version changed, as a unified diff", ROUTE_TEXT, "text/x-diff", NULL, NULL),
    ROW("GET", "/api/v2/config/current", "configs", "Shows the version in force", ROUTE_RECORDS,
        "config_version", "configs", NULL),
    ROW("GET", "/api/v2/events", "events",
        "Streams live events; goes on after Last-Event-ID, or tells to reload", ROUTE_TEXT,
        "text/event-stream", NULL, NULL),
    ROW("GET", "/api/v2/me", "access", "Says who asks, and what they may do", ROUTE_OBJECT, NULL,
        NULL, NULL),
    ROW("POST", "/api/v2/me/password", "access", "Changes one's own password", ROUTE_OBJECT, NULL,
        NULL, "application/json"),
    ROW("GET", "/api/v2/me/tokens", "access", "Lists one's own API tokens", ROUTE_RECORDS, "token",
        "tokens", NULL),
    ROW("GET", "/api/v2/openapi.json", "api", "This document", ROUTE_OBJECT, NULL, NULL, NULL),
    ROW("GET", "/api/v2/search", "search", "Finds builders, builds, changes, branches and tests",
        ROUTE_RECORDS, "search_group", "search", NULL),
    ROW("POST", "/api/v2/tokens", "access", "Makes an API token, which is told this once",
        ROUTE_RECORDS, "token", "tokens", "application/json"),
    ROW("POST", "/api/v2/tokens/:n:tokenid/revoke", "access", "Revokes an API token", ROUTE_OBJECT,
        NULL, NULL, NULL),
    ROW("POST", "/api/v2/users", "access", "Makes a local user or service account", ROUTE_OBJECT,
        NULL, NULL, "application/json"),
    ROW("POST", "/api/v2/users/:username", "access",
        "Changes a user, deactivates it, sets its password", ROUTE_OBJECT, NULL, NULL,
        "application/json"),
    ROW("GET", "/auth/callback/:provider", "auth", "Where a provider sends the browser back",
        ROUTE_SWITCH, NULL, NULL, NULL),
    ROW("GET", "/auth/login", "auth", "Signs in by HTTP Basic or at a provider", ROUTE_SWITCH, NULL,
        NULL, NULL),
    ROW("POST", "/auth/login", "auth", "Signs a browser in by a token", ROUTE_OBJECT, NULL, NULL,
        "application/json"),
    ROW("GET", "/auth/logout", "auth", "Ends the browser's session", ROUTE_SWITCH, NULL, NULL,
        NULL),
    ROW("POST", "/auth/logout", "auth", "Ends the browser's session", ROUTE_SWITCH, NULL, NULL,
        NULL),
    ROW("*", "/change_hook", "hooks", "Takes a change", ROUTE_TEXT, "text/html", NULL, NULL),
    ROW("*", "/change_hook/*path", "hooks", "Takes a forge's web hook", ROUTE_TEXT, "text/html",
        NULL, NULL),
    ROW("GET", "/avatar", "ui", "The picture of somebody, by email or username", ROUTE_TEXT,
        "image/svg+xml", NULL, NULL),
    ROW("GET", "/badges/*file", "badges", "The state of a builder (NAME.svg) as a picture",
        ROUTE_TEXT, "image/svg+xml", NULL, NULL),
    ROW("GET", "/cc.xml", "badges", "Every builder's state, for cctray and its kin", ROUTE_TEXT,
        "text/xml", NULL, NULL),
    ROW("GET", "/plugins/badges/*file", "badges",
        "The same as below /badges, where Buildbot has it", ROUTE_TEXT, "image/svg+xml", NULL,
        NULL),
    ROW("GET", "/robots.txt", "ui", "What web crawlers may read", ROUTE_TEXT, "text/plain", NULL,
        NULL),
    ROW("GET", "/config", "ui", "What the UI has to know first", ROUTE_OBJECT, NULL, NULL, NULL),
    ROW("GET", "/sse/*path", "events", "Events as server-sent events", ROUTE_TEXT,
        "text/event-stream", NULL, NULL),
    ROW("GET", "/ws", "events", "Events by WebSocket", ROUTE_SWITCH, NULL, NULL, NULL),
};

/* Routes that the tables of resources and control calls say more about, and the aliases. */
static const struct {
    const char *method, *path; /* no method: all of them */
} elsewhere[] = {
    {NULL,      "/api/v2/*path"                },
    {NULL,      "/api/v2/forceschedulers/:name"},
    {NULL,      "/api/v2/tryschedulers/:name"  },
    {"POST",    "/api/v2"                      },
    {"OPTIONS", "/api/v2"                      },
    {"*",       "/api/v2"                      },
};

static const struct option_row {
    const char *path, *name, *type, *help;
} options[] = {
    ROW("/avatar", "email", "string", "Whose picture"),
    ROW("/avatar", "username", "string", "Whose picture"),
    ROW("/avatar", "size", "integer", "Pixels; 32"),
    ROW("/badges/*file", "branch", "string", "The last build of this branch"),
    ROW("/badges/*file", "left_text", "string", "What the state is of"),
    ROW("/badges/*file", "style", "string", "plastic, flat, flat-square or badgeio"),
    ROW("/plugins/badges/*file", "branch", "string", "The last build of this branch"),
    ROW("/api/v2/events", "last_event_id", "string", "Where to go on, as Last-Event-ID"),
    ROW("/api/v2/config", "limit", "integer", "The newest so many"),
    ROW("/api/v2/config/:n:version/diff", "against", "integer",
        "The version to start from; the one before"),
    ROW("/api/v2/search", "q", "string",
        "A builder, \"linux/17\", \"#17\", a revision, a branch, words of a change, a test"),
    ROW("/api/v2/search", "revision", "string", "Changes and builds of it; its beginning will do"),
    ROW("/api/v2/search", "branch", "string", "Changes of this branch"),
    ROW("/api/v2/search", "author", "string", "Changes of who has these words in the name"),
    ROW("/api/v2/search", "limit", "integer", "Hits of each kind, at most 50; 10"),
};

static bool is_alias(const char *path)
{
    return strncmp(path, "/api/latest", strlen("/api/latest")) == 0;
}

static bool is_elsewhere(const struct ci_route *route)
{
    for (size_t i = 0; i < CI_COUNT(elsewhere); i++)
        if (strcmp(elsewhere[i].path, route->path) == 0 &&
            (!elsewhere[i].method || strcmp(elsewhere[i].method, route->method) == 0))
            return true;
    return false;
}

static const struct route_row *row_of(const struct ci_route *route)
{
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        if (strcmp(rows[i].method, route->method) == 0 && strcmp(rows[i].path, route->path) == 0)
            return &rows[i];
    return NULL;
}

bool openapi_knows(const struct ci_route *route)
{
    return is_alias(route->path) || is_elsewhere(route) || row_of(route);
}

static json_t *options_of(const char *path)
{
    json_t *list = json_array();

    for (size_t i = 0; i < CI_COUNT(options); i++)
        if (strcmp(options[i].path, path) == 0)
            json_array_append_new(list, json_pack("{s:s, s:s, s:{s:s}, s:s}", "name",
                                                  options[i].name, "in", "query", "schema", "type",
                                                  options[i].type, "description", options[i].help));
    return list;
}

static json_t *records(const struct route_row *row)
{
    return json_pack("{s:s, s:[s], s:{s:{s:s, s:o}}}", "type", "object", "required", row->plural,
                     "properties", row->plural, "type", "array", "items",
                     openapi_ref("schemas", row->schema));
}

static json_t *answers_of(const struct route_row *row)
{
    switch (row->answer) {
    case ROUTE_RECORD:
        return openapi_responses("application/json", openapi_ref("schemas", row->schema));
    case ROUTE_RECORDS:
        return openapi_responses("application/json", records(row));
    case ROUTE_OBJECT:
        return openapi_responses("application/json", json_pack("{s:s}", "type", "object"));
    case ROUTE_TEXT:
        return openapi_responses(row->schema, json_pack("{s:s}", "type", "string"));
    case ROUTE_SWITCH:
        return openapi_responses("*/*", json_object());
    }
    return json_object();
}

static json_t *operation_of(const struct ci_route *route, const struct route_row *row)
{
    json_t *operation = json_pack("{s:s, s:[s], s:o, s:o, s:o}", "summary", row->summary, "tags",
                                  row->tag, "parameters", options_of(route->path), "responses",
                                  answers_of(row), "security", openapi_security(route->role));

    if (row->body)
        json_object_set_new(
            operation, "requestBody",
            json_pack("{s:b, s:{s:{s:{}}}}", "required", 1, "content", row->body, "schema"));
    return operation;
}

/* Methods that a route answers, as OpenAPI writes them. */
static void add_route(json_t *paths, const struct ci_route *route, const struct route_row *row,
                      void *mem)
{
    static const char *const methods[][2] = {
        {"GET",     "get"    },
        {"POST",    "post"   },
        {"PUT",     "put"    },
        {"DELETE",  "delete" },
        {"PATCH",   "patch"  },
        {"OPTIONS", "options"},
    };

    for (size_t i = 0; i < CI_COUNT(methods); i++) {
        /* What takes any method is meant to be asked by these. */
        bool any = strcmp(route->method, "*") == 0 && i < 2;

        if (any || strcmp(route->method, methods[i][0]) == 0)
            openapi_add(paths, "", route->path, methods[i][1], operation_of(route, row), mem);
    }
}

/* Any path below another root, and what a browser asks before it calls from elsewhere. */
static void add_wildcards(json_t *paths, void *mem)
{
    static const struct ci_route alias = {.path = "/api/latest/*path", .role = CI_ROLE_READER};
    static const struct ci_route before = {.path = "/api/v2/*path", .role = CI_ROLE_PUBLIC};
    static const struct route_row row = {
        .tag = "api", .summary = "The same as below /api/v2", .answer = ROUTE_OBJECT};
    static const struct route_row preflight = {
        .tag = "api", .summary = "Whether a page from elsewhere may ask", .answer = ROUTE_SWITCH};
    static const struct route_row call = {.tag = "api",
                                          .summary = "A call on a resource, as below /api/v2",
                                          .answer = ROUTE_OBJECT,
                                          .body = "application/json"};

    openapi_add(paths, "", alias.path, "get", operation_of(&alias, &row), mem);
    openapi_add(paths, "", alias.path, "post", operation_of(&alias, &call), mem);
    openapi_add(paths, "", alias.path, "options", operation_of(&before, &preflight), mem);
    openapi_add(paths, "", before.path, "options", operation_of(&before, &preflight), mem);
}

void openapi_add_routes(json_t *paths, void *mem)
{
    static const struct route_row unsaid = {
        .tag = "api", .summary = "Not described yet", .answer = ROUTE_SWITCH};

    for (size_t i = 0; i < www_route_count; i++) {
        const struct ci_route *route = &www_routes[i];
        const struct route_row *row = row_of(route);

        if (!is_alias(route->path) && !is_elsewhere(route))
            add_route(paths, route, row ? row : &unsaid, mem);
    }
    add_wildcards(paths, mem);
}
