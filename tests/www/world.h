/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small world for the tests of www: a fresh database with a configuration,
 * builders, builds, logs and so on, and handlers called without a server.
 */
#pragma once

#include "about/replicas.h"
#include "db_test.h"
#include "events/hub.h"
#include "events/watch.h"
#include "rest/rest.h"
#include "shared/compress.h"

enum { WORLD_NOW = 1700000000 };

static const char world_yaml[] =
    "title: Test CI\n"
    "url: https://ci.example/\n"
    "change_sources:\n"
    "  - {type: git_poller, repository: https://git.example/app.git}\n"
    "schedulers:\n"
    "  - {type: single_branch, name: main, change_filter: {branch: main}, builders: [linux]}\n"
    "  - type: force\n"
    "    name: force\n"
    "    builders: [linux, deb]\n"
    "    parameters:\n"
    "      - {type: choice, name: flavour, choices: [plain, nutty], default: plain}\n"
    "      - {type: int, name: jobs, default: 2}\n"
    "      - {type: string, name: ticket, required: true, regex: '[A-Z]+-[0-9]+'}\n"
    "      - {type: bool, name: clean}\n"
    "  - {type: try, name: try, builders: [linux, deb]}\n"
    "web_hooks: {base: {}}\n"
    "projects:\n"
    "  - {name: acme, description: 'The *shop*', description_format: markdown, codebases: [client]}\n"
    "builders:\n"
    "  - {name: linux, worker_labels: {os: linux}, tags: [fast, main], steps: [{run: make}]}\n"
    "  - {name: deb, project: acme, workers: [w2], steps: [{run: make deb}]}\n"
    "  - {name: other, workers: [w2], steps: [{run: 'true'}]}\n"
    "workers:\n"
    "  - {name: w1, password: p1, max_builds: 4, labels: {os: linux}}\n"
    "  - {name: w2, password: p2}\n";

struct world {
    struct ci_app app;
    struct www www;
    struct settings settings;
    void *mem; /* of the test that runs */
};
static struct world world;

/* Who asks, as the server's adapter would have found out. */
static const struct identity world_admin __attribute__((unused)) = {
    .kind = IDENTITY_ADMIN, .username = "admin", .scopes = IDENTITY_ALL_SCOPES};

static inline struct ci_principal world_who(const struct identity *who)
{
    return (struct ci_principal){.role = CI_ROLE_USER, .name = who->username, .identity = who};
}

/* What a handler answered. */
struct answer {
    int status;
    json_t *json; /* NULL when it is none */
    const char *text;
    struct ci_response response;
};

/* Splits "/api/v2/builds?a=b&c=d"; percent signs are left alone, as the adapter decodes. */
static inline struct ci_request world_request(const char *method, const char *url)
{
    struct ci_pair *items = ci_mem_array(world.mem, struct ci_pair, 16);
    char *path = ci_mem_strdup(world.mem, url), *query = strchr(path, '?'), *save = NULL;
    size_t count = 0;

    if (query)
        *query++ = '\0';
    for (char *at = query ? strtok_r(query, "&", &save) : NULL; at;
         at = strtok_r(NULL, "&", &save)) {
        char *value = strchr(at, '=');

        *value++ = '\0';
        items[count++] = (struct ci_pair){at, value};
    }
    return (struct ci_request){
        .mem = world.mem,
        .now = {WORLD_NOW * 1000000LL},
        .method = method,
        .path = path,
        .id = "test",
        .client = "192.0.2.1",
        .query = { items,                count},
    };
}

static inline void world_header(struct ci_request *request, const char *name, const char *value)
{
    struct ci_pair *items = ci_mem_array(world.mem, struct ci_pair, request->headers.count + 1);

    for (size_t i = 0; i < request->headers.count; i++)
        items[i] = request->headers.items[i];
    items[request->headers.count] = (struct ci_pair){name, value};
    request->headers = (struct ci_pairs){items, request->headers.count + 1};
}

static inline void world_body(struct ci_request *request, const char *text)
{
    request->raw = (struct ci_bytes){text, strlen(text)};
    request->body = json_loads(text, JSON_DECODE_ANY, NULL);
    if (request->body)
        ci_mem_json(world.mem, request->body);
}

/* A failure becomes the status that the server would give it. */
static inline struct answer world_call(ci_handler *handler, const struct ci_request *request)
{
    struct answer answer = {0};
    struct ci_err err = {0};

    if (!handler(&world.app, request, &answer.response, &err)) {
        answer.status = ci_status_of(err.code);
        answer.text = ci_mem_strdup(world.mem, err.msg);
        return answer;
    }
    answer.status = answer.response.status ? answer.response.status : 200;
    if (answer.response.raw.data) {
        answer.text = ci_mem_strndup(world.mem, answer.response.raw.data, answer.response.raw.len);
        answer.json = json_loads(answer.text, JSON_DECODE_ANY, NULL);
        if (answer.json)
            ci_mem_json(world.mem, answer.json);
    }
    return answer;
}

static inline struct answer world_get(const char *path)
{
    struct ci_request request = world_request("GET", ci_mem_printf(world.mem, "/api/v2/%s", path));

    world_header(&request, "accept", "application/json");
    return world_call(rest_get, &request);
}

static inline struct answer world_post(const char *path, const char *method, const char *params)
{
    struct ci_request request = world_request("POST", ci_mem_printf(world.mem, "/api/v2/%s", path));

    world_header(&request, "content-type", "application/json");
    world_header(&request, "authorization", "Bearer the-token");
    world_body(&request, ci_mem_printf(world.mem,
                                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\","
                                       "\"params\":%s}",
                                       method, params));
    return world_call(control_post, &request);
}

/* The values of one member of every row, as "1,2,3". */
static inline const char *world_column(struct answer answer, const char *plural, const char *member)
{
    json_t *rows = json_object_get(answer.json, plural), *row;
    struct ci_buf out;
    size_t i;

    ci_buf_init(&out, world.mem);
    if (answer.status != 200)
        ci_buf_printf(&out, "%d %s", answer.status, answer.text ? answer.text : "");
    json_array_foreach(rows, i, row) {
        char *text = json_dumps(json_object_get(row, member), JSON_ENCODE_ANY | JSON_COMPACT);

        ci_buf_printf(&out, "%s%s", i ? "," : "", text ? text : "absent");
        free(text);
    }
    return out.text;
}

static inline int64_t world_total(struct answer answer)
{
    return json_integer_value(json_object_get(json_object_get(answer.json, "meta"), "total"));
}

/* The first row of a listing. */
static inline json_t *world_first(struct answer answer, const char *plural)
{
    return json_array_get(json_object_get(answer.json, plural), 0);
}

static inline void world_apply_yaml(const char *yaml)
{
    struct ci_err err = {0};
    int64_t version;
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml, "test", "", mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_ok(ci_config_cache_refresh(world.app.config, NULL, &err), err);
}

static inline void world_apply(void)
{
    world_apply_yaml(world_yaml);
}

static inline void world_seed(void)
{
    static const char *const statements[] = {
        "UPDATE workers SET connected = true, slots = 2, last_seen_at = to_timestamp(1700000000), "
        "info = '{\"host\": \"h1\"}' WHERE name = 'w1'",
        "INSERT INTO sourcestamps (branch, revision, repository, project, codebase, created_at) "
        "SELECT 'main', 'r' || i, 'https://git.example/app.git', '', '', "
        "to_timestamp(1690000000 + i) FROM generate_series(1, 5) i",
        "INSERT INTO changes (parent_changeid, ssid, author, comments, files, revision, branch, "
        "repository, when_timestamp, source, category) "
        "SELECT nullif(i - 1, 0), i, 'Ann <ann@example.org>', 'change ' || i, "
        "ARRAY['a.c', 'b' || i || '.c'], 'r' || i, 'main', 'https://git.example/app.git', "
        "to_timestamp(1690000000 + i), 'test', CASE WHEN i = 3 THEN 'odd' END "
        "FROM generate_series(1, 5) i",
        "INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, properties) "
        "SELECT 'because ' || i, 'main', to_timestamp(1690000100 + i), 1, "
        "'{\"branch\": [\"main\", \"Change\"]}' FROM generate_series(1, 5) i",
        "INSERT INTO buildset_sourcestamps SELECT i, i FROM generate_series(1, 5) i",
        "INSERT INTO buildset_changes SELECT i, i FROM generate_series(1, 5) i",
        /* 1 to 3 have builds, 4 waits, 5 was cancelled without having been claimed. */
        "INSERT INTO buildrequests (buildsetid, builderid, priority, claimed, claimed_at, complete, "
        "complete_at, results, submitted_at) "
        "SELECT i, 1, i % 2, i <= 3, CASE WHEN i <= 3 THEN to_timestamp(1690000200 + i) END, "
        "i <= 2 OR i = 5, CASE WHEN i <= 2 OR i = 5 THEN to_timestamp(1690000300 + i) END, "
        "CASE i WHEN 1 THEN 0 WHEN 2 THEN 2 WHEN 5 THEN 6 ELSE -1 END, "
        "to_timestamp(1690000100 + i) FROM generate_series(1, 5) i",
        "INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, "
        "token, started_at, complete, complete_at, results, state_string, line, properties) "
        "SELECT i, 1, i, 1, 1, 1, 'token', to_timestamp(1690000200.5 + i), i <= 2, "
        "CASE WHEN i <= 2 THEN to_timestamp(1690000300 + i) END, "
        "CASE i WHEN 1 THEN 0 WHEN 2 THEN 2 END, 'state ' || i, "
        "(SELECT line FROM sourcestamps WHERE ssid = i), "
        "jsonb_build_object('number', jsonb_build_array(i, 'Build'), 'branch', "
        "'[\"main\", \"Change\"]'::jsonb) FROM generate_series(1, 3) i",
        "INSERT INTO steps (buildid, number, name, started_at, complete, results) "
        "SELECT b, n, CASE n WHEN 0 THEN 'git' ELSE 'make all' END, to_timestamp(1690000200), "
        "b <= 2, CASE WHEN b <= 2 THEN 0 END FROM generate_series(1, 3) b, generate_series(0, 1) n ORDER BY b, n",
        "INSERT INTO logs (stepid, name, slug, complete, num_lines) "
        "SELECT stepid, 'stdio', 'stdio', false, 0 FROM steps ORDER BY stepid",
        /* 1 - 2 - 3 is the branch main, 2 - 4 another. */
        "INSERT INTO commits (codebaseid, author, comments, when_timestamp, revision, "
        "parent_commitid) SELECT 1, 'Ann <ann@example.org>', 'commit ' || i, "
        "to_timestamp(1690000000 + i), 'c' || i, CASE i WHEN 1 THEN NULL WHEN 4 THEN 2 ELSE i - 1 END "
        "FROM generate_series(1, 4) i",
        "INSERT INTO branches (codebaseid, name, commitid, last_timestamp) VALUES "
        "(1, 'main', 3, to_timestamp(1690000003)), (1, 'topic', 4, to_timestamp(1690000004))",
        "INSERT INTO notifications (buildid, notifier, transport, recipient, subject, message_id, "
        "body_text, body_html, config_version, state) "
        "SELECT 2, 'mail', 'maildir', 'to' || i || '@example.org', 'failed', 'id' || i, 'text', "
        "'<p>text', 1, CASE i WHEN 1 THEN 'sent' ELSE 'pending' END FROM generate_series(1, 2) i",
    };

    for (size_t i = 0; i < CI_COUNT(statements); i++)
        db_test_sql(db_test.db, statements[i]);
}

/* Group setup. */
static inline int world_open(void **state)
{
    struct ci_err err = {0};

    if (db_test_open(state) != 0)
        return -1;
    world.settings =
        (struct settings){.admin_token = "the-token", .session_days = 7, .query_rows = 100000};
    world.www = (struct www){
        .app = &world.app, .settings = &world.settings, .hub = hub_new(), .watches = watches_new()};
    throttle_init(&world.www.throttle);
    passwords_init(&world.www.passwords);
    bearers_init(&world.www.bearers);
    cookie_key_init(&world.www.cookie_key);
    audit_limit_init(&world.www.audit_limit);
    world.app = (struct ci_app){.db = db_test.db, .state = &world.www};
    assert_ok(ci_bus_open(NULL, "test", &world.app.bus, &err), err);
    assert_ok(replicas_start(world.app.bus, &world.www.replicas, &err), err);
    world.app.config = ci_config_cache_new(db_test.db);
    world_apply();
    world_seed();
    return 0;
}

/* Group teardown. */
static inline int world_close(void **state)
{
    ci_bus_close(world.app.bus);
    replicas_free(world.www.replicas);
    if (world.app.config)
        ci_config_cache_free(world.app.config);
    hub_free(world.www.hub);
    watches_free(world.www.watches);
    throttle_release(&world.www.throttle);
    passwords_release(&world.www.passwords);
    bearers_release(&world.www.bearers);
    cookie_key_release(&world.www.cookie_key);
    audit_limit_release(&world.www.audit_limit);
    return db_test_close(state);
}

/* Setup and teardown of each test: its memory. */
static inline int world_begin(void **state)
{
    (void)state;
    world.mem = ci_mem_new();
    return 0;
}

static inline int world_end(void **state)
{
    (void)state;
    ci_mem_free(world.mem);
    world.mem = NULL;
    return 0;
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, world_begin, world_end)
