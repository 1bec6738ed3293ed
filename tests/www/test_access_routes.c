/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every route, every resource's path and every call, by every kind of asker,
 * through a real server. What is not in the tables below fails: whoever adds a
 * route decides who may use it.
 */
#include "control/actions.h"
#include "edge/forward.h"
#include "world.h"

#include <signal.h>

enum asker { ANONYMOUS, READER, WRITER, ADMIN, FOREIGN, EXPIRED, ASKERS };
static const char *const asker_names[] = {"anonymous", "reader",  "writer",
                                          "admin",     "foreign", "expired"};
/* What each brings; all but the admin's are API tokens, of which the database knows three. */
static const char *const tokens[ASKERS] = {
    [READER] = "slp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    [WRITER] = "slp_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    [ADMIN] = "the-token",
    [FOREIGN] = "slp_ccccccccccccccccccccccccccccccccccccccccccc",
    [EXPIRED] = "slp_ddddddddddddddddddddddddddddddddddddddddddd",
};

static struct ci_server *server;

static int routes_open(void **state)
{
    static const struct ci_server_options options = {
        .listen = "127.0.0.1:0",
        .routes = www_routes,
        .service = &world.app,
        .authenticate = www_authenticate,
    };
    struct ci_server_options wanted = options;
    struct ci_err err = {0};

    if (world_open(state) != 0)
        return -1;
    wanted.route_count = www_route_count;
    world.settings.changes_url = "http://127.0.0.1:1";
    world.www.forwarders = forwarders_new();
    assert_ok(ci_server_start(&wanted, &server, &err), err);
    world.app.server = server;
    db_test_sql(db_test.db,
                "INSERT INTO tokens (token_hash, hint, name, username, identity, scopes, "
                "created_by, expires_at) SELECT sha256(('slp_' || repeat(t.letter, 43))::bytea), "
                "'slp_', 'test', 'eve', '{\"provider\": \"x\", \"groups\": [\"dev\"]}', t.scopes, "
                "'test', t.expires_at FROM (VALUES ('a', '{read}'::text[], NULL::timestamptz), "
                "('b', '{all}', NULL), ('d', '{all}', to_timestamp(1600000000))) "
                "t(letter, scopes, expires_at)");
    return 0;
}

static int routes_close(void **state)
{
    ci_server_stop(server, ci_seconds(10));
    forwarders_free(world.www.forwarders);
    return world_close(state);
}

#define RULES(anonymous)                                                                           \
    "access:\n  anonymous: " anonymous "\n  roles: [{name: dev, groups: [dev]}]\n  rules:\n"       \
    "    - {actions: [force, try, rebuild, stop, set_priority, pin, scheduler, worker, change], "  \
    "roles: [dev]}\n"

static void apply_rules(const char *rules)
{
    world_apply_yaml(ci_mem_printf(world.mem, "%s%s", world_yaml, rules));
}

/* Errors are JSON, which ends; of a stream the first piece says enough. */
static bool leave_stream(void *user, const void *data, size_t len)
{
    bool *left = user;

    *left = len > 0 && *(const char *)data != '{';
    return !*left;
}

static int status_of(const char *method, const char *path, enum asker asker, const char *body,
                     const char *type)
{
    static const struct ci_client_options options = {.user_agent = "test"};
    bool left = false;
    struct ci_call wanted = {
        .method = method,
        .url = ci_mem_printf(world.mem, "http://127.0.0.1:%d%s", ci_server_port(server), path),
        .bearer = tokens[asker],
        .body = {body, body ? strlen(body) : 0},
        .content_type = type,
        .on_data = leave_stream,
        .user = &left,
    };
    struct ci_client *client;
    struct ci_reply reply = {0};
    struct ci_err err = {0};

    assert_ok(ci_client_open(&options, &client, &err), err);
    bool done = ci_client_call(client, &wanted, world.mem, &reply, &err);
    ci_client_close(client);
    return done ? reply.status : left ? 200 : -1;
}

/* ---- what each may expect ---- */

enum verdict { PASSES, STRANGER, REFUSED }; /* anything but: 401, 403 */

static enum verdict verdict_of(int status)
{
    return status == 401 ? STRANGER : status == 403 ? REFUSED : PASSES;
}

static void expect(const char *what, enum asker asker, enum verdict wanted, int status)
{
    static const char *const words[] = {"be let through", "get 401", "get 403"};

    if (status >= 500 && status != 501 && status != 503)
        fail_msg("%s by %s: %d", what, asker_names[asker], status);
    if (verdict_of(status) != wanted)
        fail_msg("%s by %s should %s: %d", what, asker_names[asker], words[wanted], status);
}

/* Who gets in by a right, as the rules above give it; no token that is void gets anywhere. */
static enum verdict by_right(enum asker asker, enum ci_action right)
{
    bool ruled = right == CI_ACTION_CONFIG || right == CI_ACTION_AUDIT || right == CI_ACTION_USERS;

    switch (asker) {
    case ANONYMOUS:
        return right == CI_ACTION_READ ? PASSES : STRANGER;
    case READER:
        return right == CI_ACTION_READ ? PASSES : REFUSED;
    case WRITER:
        return ruled ? REFUSED : PASSES;
    case ADMIN:
        return PASSES;
    case FOREIGN:
    case EXPIRED:
    case ASKERS:
        break;
    }
    return STRANGER;
}

/* ---- routes ---- */

/* Routes for those who have signed in, and what they ask for beyond that. */
static const struct {
    const char *route;
    enum ci_action right;
    bool own; /* about oneself: no right but to be somebody, and a token that is for all */
} user_routes[] = {
    {"GET /api/v2/config",                    CI_ACTION_CONFIG, false},
    {"POST /api/v2/config",                   CI_ACTION_CONFIG, false},
    {"GET /api/v2/config/current",            CI_ACTION_CONFIG, false},
    {"GET /api/v2/config/:n:version",         CI_ACTION_CONFIG, false},
    {"GET /api/v2/config/:n:version/diff",    CI_ACTION_CONFIG, false},
    {"POST /api/v2/config/:n:version/apply",  CI_ACTION_CONFIG, false},
    {"POST /api/v2/users",                    CI_ACTION_USERS,  false},
    {"POST /api/v2/users/:username",          CI_ACTION_USERS,  false},
    {"GET /api/v2/me/tokens",                 CI_ACTION_USERS,  true },
    {"POST /api/v2/me/password",              CI_ACTION_USERS,  true },
    {"POST /api/v2/tokens",                   CI_ACTION_USERS,  true },
    {"POST /api/v2/tokens/:n:tokenid/revoke", CI_ACTION_USERS,  true },
};

/* The path with something in it for each parameter, which is not there: nothing is to happen. */
static const char *sample(const char *path)
{
    struct ci_buf out;

    ci_buf_init(&out, world.mem);
    while (*path) {
        size_t len = strcspn(path, "/");

        if (strncmp(path, ":n:", 3) == 0)
            ci_buf_puts(&out, "99");
        else if (*path == ':')
            ci_buf_puts(&out, "x");
        else if (*path == '*')
            ci_buf_puts(&out, "builds");
        else
            ci_buf_add(&out, path, len);
        path += len;
        if (*path == '/')
            ci_buf_add(&out, path++, 1);
    }
    return out.text;
}

static bool find_user_route(const char *name, size_t *at)
{
    for (*at = 0; *at < CI_COUNT(user_routes); ++*at) {
        if (strcmp(user_routes[*at].route, name) == 0)
            return true;
    }
    return false;
}

static void try_user_route(const struct ci_route *route, const char *name, enum asker asker,
                           int status)
{
    size_t at;

    if (!find_user_route(name, &at))
        fail_msg("%s: say in user_routes who may use it", name);
    if (user_routes[at].own && (asker == READER || asker == WRITER || asker == ADMIN)) {
        /* Somebody, so never a stranger; what of their own they may do is the handler's. */
        if (verdict_of(status) == STRANGER)
            fail_msg("%s by %s: %d", name, asker_names[asker], status);
    } else {
        expect(name, asker, by_right(asker, user_routes[at].right), status);
    }
    (void)route;
}

/* Public ones either ask nobody who they are, or ask for a right of their own: see below. */
static void try_route(const struct ci_route *route, enum asker asker, bool closed)
{
    const char *method = strcmp(route->method, "*") == 0 ? "PUT" : route->method;
    const char *name = ci_mem_printf(world.mem, "%s %s", route->method, route->path);
    bool posts = strcmp(method, "POST") == 0;
    int status = status_of(method, sample(route->path), asker, posts ? "{\"nothing\": 1}" : NULL,
                           posts ? "application/json" : NULL);

    switch (route->role) {
    case CI_ROLE_PUBLIC:
        if (status >= 500 && status != 501 && status != 503)
            fail_msg("%s by %s: %d", name, asker_names[asker], status);
        return;
    case CI_ROLE_READER:
        expect(name, asker,
               closed && asker == ANONYMOUS ? STRANGER : by_right(asker, CI_ACTION_READ), status);
        return;
    case CI_ROLE_USER:
        try_user_route(route, name, asker, status);
        return;
    case CI_ROLE_ADMIN:
        expect(name, asker, by_right(asker, CI_ACTION_CONFIG), status);
        return;
    case CI_ROLE_AGENT:
        fail_msg("%s is an agent's", name);
    }
}

static void try_routes(bool closed)
{
    for (size_t i = 0; i < www_route_count; i++) {
        for (enum asker asker = 0; asker < ASKERS; asker++)
            try_route(&www_routes[i], asker, closed);
    }
}

static void routes__let_in_whom_they_are_for(void **state)
{
    (void)state;
    apply_rules(RULES("read"));
    try_routes(false);
}

static void routes__are_closed_to_strangers_where_the_file_says_so(void **state)
{
    (void)state;
    apply_rules(RULES("none"));
    try_routes(true);
}

/* ---- resources ---- */

static const char *sample_path(const char *pattern)
{
    struct ci_buf out;

    ci_buf_init(&out, world.mem);
    ci_buf_puts(&out, "/api/v2/");
    for (; *pattern; pattern++) {
        if (*pattern == ':')
            ci_buf_puts(&out, *++pattern == 'n' ? "1" : "x");
        else if (*pattern == '*')
            ci_buf_puts(&out, "x");
        else
            ci_buf_add(&out, pattern, 1);
    }
    return out.text;
}

static void try_resources(bool closed)
{
    for (size_t t = 0; rest_paths[t]; t++) {
        for (const struct rest_path *path = rest_paths[t]; path->pattern; path++) {
            for (enum asker asker = 0; asker < ASKERS; asker++) {
                enum verdict wanted = closed && asker == ANONYMOUS
                                          ? STRANGER
                                          : by_right(asker, path->resource->right);

                expect(path->pattern, asker, wanted,
                       status_of("GET", sample_path(path->pattern), asker, NULL, NULL));
            }
        }
    }
}

static void resources__are_read_by_whom_their_right_lets(void **state)
{
    (void)state;
    apply_rules(RULES("read"));
    try_resources(false);
    apply_rules(RULES("none"));
    try_resources(true);
}

/* ---- calls ---- */

/* Where each resource is that calls are made on. */
static const char *resource_path(const struct rest_resource *resource)
{
    static const struct {
        const char *plural, *path;
    } paths[] = {
        {"builds",          "builds/1"             },
        {"buildrequests",   "buildrequests/1"      },
        {"forceschedulers", "forceschedulers/force"},
        {"tryschedulers",   "tryschedulers/try"    },
        {"schedulers",      "schedulers/1"         },
        {"workers",         "workers/1"            },
        {"deliveries",      "deliveries/1"         },
        {"changesources",   "changesources/1"      },
    };

    for (size_t i = 0; i < CI_COUNT(paths); i++) {
        if (strcmp(paths[i].plural, resource->plural) == 0)
            return paths[i].path;
    }
    fail_msg("say where \"%s\" is", resource->plural);
    return NULL;
}

/* With parameters that are taken: forms and tries are refused only when they would build. */
static const char *call_of(const struct action *action)
{
    bool form = action->resource == &rest_forceschedulers;

    return ci_mem_printf(
        world.mem, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}", action->method,
        form ? "{\"ticket\": \"A-1\"}" : "{\"priority\": 1, \"enabled\": true, \"reason\": \"x\"}");
}

static void try_call(const struct action *action, enum asker asker, bool closed)
{
    const char *path = resource_path(action->resource);
    const char *name = ci_mem_printf(world.mem, "%s of %s", action->method, path);
    int status = status_of("POST", ci_mem_printf(world.mem, "/api/v2/%s", path), asker,
                           call_of(action), "application/json");

    (void)closed;
    expect(name, asker, by_right(asker, action->right), status);
}

static void calls__take_their_right(void **state)
{
    (void)state;
    db_test_sql(db_test.db, "INSERT INTO deliveries (kind, source, verdict) "
                            "VALUES ('hook', 'github', 'ignored')");
    for (int closed = 0; closed < 2; closed++) {
        apply_rules(closed ? RULES("none") : RULES("read"));
        for (const struct action *action = actions; action->resource; action++) {
            for (enum asker asker = 0; asker < ASKERS; asker++)
                try_call(action, asker, closed);
        }
    }
}

/* ---- the audit log ---- */

static void refusals__are_recorded_but_for_strangers_who_look(void **state)
{
    static const char call[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stop\",\"params\":{}}";

    (void)state;
    apply_rules(RULES("none"));
    db_test_sql(db_test.db, "DELETE FROM audit");
    assert_int_equal(401, status_of("GET", "/api/v2/builds", ANONYMOUS, NULL, NULL));
    assert_int_equal(401, status_of("GET", "/api/v2/config/1", ANONYMOUS, NULL, NULL));
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit"));
    assert_int_equal(403, status_of("POST", "/api/v2/builds/1", READER, call, "application/json"));
    assert_int_equal(1, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM audit WHERE username = 'eve' AND "
                                       "action = 'stop' AND target = 'builds/1' AND outcome = "
                                       "'refused' AND tokenid IS NOT NULL"));
    assert_int_equal(403, status_of("GET", "/api/v2/config/1", WRITER, NULL, NULL));
    assert_int_equal(1, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM audit WHERE action = 'config' "
                                       "AND target = 'config/1' AND outcome = 'refused'"));
    assert_int_equal(401,
                     status_of("POST", "/api/v2/builds/1", ANONYMOUS, call, "application/json"));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE username "
                                                   "= 'anonymous' AND outcome = 'refused'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(routes__let_in_whom_they_are_for),
        world_test(routes__are_closed_to_strangers_where_the_file_says_so),
        world_test(resources__are_read_by_whom_their_right_lets),
        world_test(calls__take_their_right),
        world_test(refusals__are_recorded_but_for_strangers_who_look),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("www.access_routes", tests, routes_open, routes_close);
}
