/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A builder service without its server, loops and bus, on a fresh database
 * with a configuration in force. Handlers and ticks are called directly.
 */
#pragma once

#include "api.h"
#include "builder.h"
#include "claim.h"
#include "db_test.h"
#include "frames.h"
#include "loops.h"
#include "shared/buildset.h"
#include "shared/config.h"

struct fixture {
    struct ci_app app;
    struct builder_settings settings;
    struct builder *builder;
    void *mem; /* of one test */
};
static struct fixture fixture;

/* An agent of the test: its session and the builds it holds. */
struct test_agent {
    const char *token;
    struct ci_principal who;
    int slots;
    bool draining;
    struct {
        int64_t build;
        const char *token;
        bool waiting; /* for what it triggered */
    } held[64];
    size_t held_count;
};

static const char fixture_yaml[] =
    "title: Test\n"
    "url: http://localhost/\n"
    "schedulers:\n"
    "  - {type: force, name: force, builders: [linux, other]}\n"
    "builders:\n"
    "  - name: linux\n"
    "    properties: {colour: green}\n"
    "    steps:\n"
    "      - {run: 'true', name: compile, halt_on_failure: true}\n"
    "      - {run: 'true', name: test}\n"
    "  - name: other\n"
    "    worker_labels: {os: plan9}\n"
    "    steps: [{run: 'true', name: one}]\n"
    "workers:\n"
    "  - {name: w1, password: pw1, max_builds: 2, labels: {os: linux}, properties: {colour: red}}\n"
    "  - {name: w2, password: pw2}\n"
    "notifiers:\n"
    "  - {type: mail, from: ci@localhost, relay: {maildir: /nowhere},"
    " extra_recipients: [a@localhost]}\n";

static inline void fixture_apply(const char *yaml)
{
    CI_AUTO_TX tx = {0};
    struct ci_err err = {0};
    int64_t version = 0;

    assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
    assert_ok(ci_config_apply(&tx, yaml, "test", "", fixture.mem, &version, &err), err);
    assert_ok(ci_tx_commit(&tx, &err), err);
    assert_ok(ci_config_cache_refresh(fixture.app.config, NULL, &err), err);
}

static inline int fixture_open(void **state)
{
    if (db_test_open(state) != 0)
        return -1;
    fixture.settings = (struct builder_settings){
        .lease = ci_seconds(60),
        .heartbeat = ci_seconds(10),
        .max_attempts = 3,
        .enrolment_token = "enrol-me",
    };
    fixture.app = (struct ci_app){
        .settings = &fixture.settings,
        .common = &fixture.settings.common,
        .db = db_test.db,
    };
    return 0;
}

/* Before each test: empty tables, the configuration of fixture_yaml, a service just started. */
static inline int fixture_begin(void **state)
{
    (void)state;
    fixture.mem = ci_mem_new();
    db_test_sql(
        db_test.db,
        "TRUNCATE config_versions, config_current, builders, schedulers, workers,"
        " buildsets, buildrequests, builds, steps, logs, log_chunks,"
        " notification_events, locks, lock_claims, completions, worker_missing_events RESTART IDENTITY CASCADE");
    fixture.app.config = ci_config_cache_new(db_test.db);
    fixture_apply(fixture_yaml);
    fixture.builder = fixture.app.state = builder_new(&fixture.app, ci_time_now());
    return 0;
}

static inline int fixture_end(void **state)
{
    (void)state;
    builder_free(fixture.builder);
    fixture.builder = fixture.app.state = NULL;
    ci_config_cache_free(fixture.app.config);
    ci_mem_free(fixture.mem);
    return 0;
}

/* As after a restart of the service: what it knew in memory is gone. */
static inline void fixture_restart(void)
{
    builder_free(fixture.builder);
    fixture.builder = fixture.app.state = builder_new(&fixture.app, ci_time_now());
}

static inline int64_t fixture_builder(const char *name)
{
    return db_test_number(db_test.db, ci_mem_printf(fixture.mem,
                                                    "SELECT builderid AS n FROM builders"
                                                    " WHERE name = '%s'",
                                                    name));
}

/* Asks for `count` builds of a builder, each a buildset of its own; returns the first request. */
static inline int64_t fixture_request(const char *builder, int count, int priority)
{
    const int64_t id = fixture_builder(builder);
    int64_t first = 0;

    for (int i = 0; i < count; i++) {
        const struct ci_source source = {.repository = "r", .branch = "main", .revision = "abc"};
        const struct ci_buildset_request request = {
            .scheduler = "force",
            .reason = "test",
            .sources = &source,
            .source_count = 1,
            .builderids = {&id, 1},
            .priority = priority,
        };
        struct ci_buildset_made made = {0};
        CI_AUTO_TX tx = {0};
        struct ci_err err = {0};

        assert_ok(ci_tx_begin(db_test.db, &tx, &err), err);
        assert_ok(ci_buildset_add(&tx, &request, ci_time_now(), fixture.mem, &made, &err), err);
        assert_ok(ci_tx_commit(&tx, &err), err);
        if (i == 0)
            first = made.brids.items[0];
    }
    return first;
}

/* Opens a session by enrolment. */
static inline struct test_agent fixture_agent(const char *name, int slots)
{
    const struct ci_pair headers[] = {
        {"authorization", "Bearer enrol-me"}
    };
    json_t *body = ci_mem_json(fixture.mem, json_pack("{s:s,s:i,s:{s:s}}", "name", name, "slots",
                                                      slots, "labels", "arch", "x86"));
    const struct ci_request request = {
        .mem = fixture.mem, .now = ci_time_now(), .body = body, .headers = {headers, 1}
    };
    struct ci_response response = {0};
    struct test_agent agent = {.slots = slots};
    struct ci_err err = {0};

    assert_ok(api_routes[0].handle(&fixture.app, &request, &response, &err), err);
    ci_mem_json(fixture.mem, response.body);
    agent.token = json_string_value(json_object_get(response.body, "token"));
    agent.who = (struct ci_principal){
        .role = CI_ROLE_AGENT,
        .id = json_integer_value(json_object_get(response.body, "workerid")),
        .session = json_integer_value(json_object_get(response.body, "session")),
        .name = ci_mem_strdup(fixture.mem, name),
    };
    return agent;
}

/* One poll that waits not at all; the commands, or NULL. */
static inline bool fixture_try_poll(const struct test_agent *agent, const char *wait,
                                    json_t **commands, struct ci_err *err)
{
    const struct ci_pair query[] = {
        {"wait", wait}
    };
    json_t *body = ci_mem_json(fixture.mem, json_pack("{s:i,s:b,s:[]}", "slots", agent->slots,
                                                      "draining", agent->draining, "builds"));
    const struct ci_request request = {
        .mem = fixture.mem,
        .now = ci_time_now(),
        .body = body,
        .query = {query, 1},
        .who = agent->who
    };
    struct ci_response response = {0};

    for (size_t i = 0; i < agent->held_count; i++)
        json_array_append_new(json_object_get(body, "builds"),
                              json_pack("{s:I,s:s,s:b}", "build", (json_int_t)agent->held[i].build,
                                        "token", agent->held[i].token, "waiting",
                                        agent->held[i].waiting));
    *commands = NULL;
    if (!api_routes[1].handle(&fixture.app, &request, &response, err))
        return false;
    if (response.body)
        *commands = json_object_get(ci_mem_json(fixture.mem, response.body), "commands");
    return true;
}

static inline json_t *fixture_poll(const struct test_agent *agent)
{
    json_t *commands = NULL;
    struct ci_err err = {0};

    assert_ok(fixture_try_poll(agent, "0", &commands, &err), err);
    return commands;
}

/* The name of the only command, or "". */
static inline const char *fixture_only(json_t *commands)
{
    if (json_array_size(commands) != 1)
        return "";
    return json_string_value(json_object_get(json_array_get(commands, 0), "command"));
}

/* Takes the builds of every `start` up, as an agent does. */
static inline size_t fixture_accept(struct test_agent *agent, json_t *commands)
{
    size_t i, count = 0;
    json_t *command;

    json_array_foreach(commands, i, command) {
        if (strcmp(json_string_value(json_object_get(command, "command")), "start") != 0)
            continue;
        agent->held[agent->held_count].build =
            json_integer_value(json_object_get(command, "build"));
        agent->held[agent->held_count++].token =
            json_string_value(json_object_get(command, "token"));
        count++;
    }
    return count;
}

/* One run of the claim loop; how many builds it made. */
static inline size_t fixture_claim(void)
{
    struct claim_outcome outcome = {0};
    struct ci_err err = {0};

    assert_ok(claim_run(fixture.builder, ci_time_now(), ci_mono_now(), fixture.mem, &outcome, &err),
              err);
    return outcome.builds;
}

static inline void fixture_tick(ci_tick_fn *tick_fn, struct ci_time now)
{
    struct ci_tick tick = {.mem = fixture.mem, .now = now};
    struct ci_err err = {0};

    assert_ok(tick_fn(&fixture.app, &tick, &err), err);
}

/* The agent's poll waits, as far as the hub knows; no thread does. */
static inline void fixture_park(const struct test_agent *agent)
{
    struct hub_listed *listed = ci_mem_array(fixture.mem, struct hub_listed, agent->held_count + 1);
    struct hub_poll poll = {
        .workerid = agent->who.id,
        .session = agent->who.session,
        .name = agent->who.name,
        .slots = agent->slots,
        .draining = agent->draining,
        .listed = listed,
        .listed_count = agent->held_count,
    };

    for (size_t i = 0; i < agent->held_count; i++)
        listed[i] =
            (struct hub_listed){agent->held[i].build, agent->held[i].token, agent->held[i].waiting};
    (void)fixture_poll(agent); /* asks the database what the agent has */
    (void)hub_report(fixture.builder->hub, &poll, ci_mono_now());
}

/* The agent waits, gets what can be claimed, and reports that it has it. */
static inline size_t fixture_work(struct test_agent *agent)
{
    size_t count;

    fixture_park(agent);
    (void)fixture_claim();
    count = fixture_accept(agent, fixture_poll(agent));
    (void)fixture_poll(agent);
    return count;
}

/* Posts a journal; the answer's status (0 counts as 200), or the status of the error. */
static inline int fixture_journal(const struct test_agent *agent, int64_t build, const char *token,
                                  int64_t seq, struct ci_bytes body, json_t **answer)
{
    const struct ci_pair headers[] = {
        {"slipway-attempt", token}
    };
    const struct ci_pair query[] = {
        {"seq", ci_mem_printf(fixture.mem, "%" PRId64, seq)}
    };
    const struct ci_pair params[] = {
        {"build", ci_mem_printf(fixture.mem, "%" PRId64, build)}
    };
    const struct ci_request request = {
        .mem = fixture.mem,
        .now = ci_time_now(),
        .raw = body,
        .headers = {headers, 1},
        .query = {query,   1},
        .params = {params,  1},
        .who = agent->who
    };
    struct ci_response response = {0};
    struct ci_err err = {0};

    *answer = NULL;
    if (!api_routes[2].handle(&fixture.app, &request, &response, &err)) {
        *answer = ci_mem_json(fixture.mem, json_pack("{s:s}", "error", err.msg));
        return ci_status_of(err.code);
    }
    *answer = ci_mem_json(fixture.mem, response.body);
    return response.status ? response.status : 200;
}

#define fixture_test(test) cmocka_unit_test_setup_teardown(test, fixture_begin, fixture_end)
