/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and polls: who gets in, what a poll is told. */
#include "fixture.h"

static int status_of_session(const char *header, const char *name)
{
    const struct ci_pair headers[] = {
        {"authorization", header}
    };
    json_t *body = ci_mem_json(fixture.mem, json_pack("{s:s,s:i}", "name", name, "slots", 1));
    const struct ci_request request = {
        .mem = fixture.mem, .now = ci_time_now(), .body = body, .headers = {headers, 1}
    };
    struct ci_response response = {0};
    struct ci_err err = {0};

    if (!api_routes[0].handle(&fixture.app, &request, &response, &err))
        return ci_status_of(err.code);
    json_decref(response.body);
    return 200;
}

static int status_of_token(const char *token, struct ci_principal *who)
{
    const struct ci_pair headers[] = {
        {"authorization", ci_mem_printf(fixture.mem, "Bearer %s", token)}
    };
    const struct ci_request request = {
        .mem = fixture.mem, .headers = {headers, 1}
    };
    struct ci_err err = {0};

    return api_authenticate(&fixture.app, &request, CI_ROLE_AGENT, who, &err)
               ? 200
               : ci_status_of(err.code);
}

static void session__needs_the_right_password(void **state)
{
    (void)state;
    /* w1:pw1, w1:wrong, nobody:pw1 */
    assert_int_equal(503, status_of_session("Basic dzE6cHcx", "w1"));
    fixture_tick(loop_workers, ci_time_now());
    assert_int_equal(200, status_of_session("Basic dzE6cHcx", "w1"));
    assert_int_equal(401, status_of_session("Basic dzE6d3Jvbmc=", "w1"));
    assert_int_equal(401, status_of_session("Basic bm9ib2R5OnB3MQ==", "nobody"));
}

static void session__enrols_with_the_token_under_a_free_name(void **state)
{
    (void)state;
    assert_int_equal(401, status_of_session("Bearer enrol-mE", "a1"));
    assert_int_equal(200, status_of_session("Bearer enrol-me", "a1"));
    assert_int_equal(200, status_of_session("Bearer enrol-me", "a1"));
    assert_int_equal(403, status_of_session("Bearer enrol-me", "w1"));
    assert_int_equal(400, status_of_session("Bearer enrol-me", ""));
}

static void session__a_newer_one_replaces_it(void **state)
{
    const struct test_agent first = fixture_agent("a1", 1);
    struct ci_principal who = {0};
    json_t *commands;
    struct ci_err err = {0};

    (void)state;
    assert_int_equal(200, status_of_token(first.token, &who));
    assert_int_equal(first.who.id, who.id);
    assert_string_equal("a1", who.name);
    (void)fixture_poll(&first);
    (void)fixture_agent("a1", 1);
    assert_int_equal(409, status_of_token(first.token, &who));
    assert_false(fixture_try_poll(&first, "0", &commands, &err));
    assert_int_equal(409, ci_status_of(err.code));
    assert_int_equal(401, status_of_token("never-known", &who));
    assert_int_equal(401, status_of_token("999.1.never", &who));
}

/* The other replica knows nothing of the new session until its next renewal. */
static void session__a_replaced_one_is_noticed_by_the_renewal(void **state)
{
    const struct test_agent agent = fixture_agent("a1", 1);
    struct ci_principal who = {0};

    (void)state;
    assert_int_equal(200, status_of_token(agent.token, &who));
    (void)fixture_poll(&agent);
    db_test_sql(db_test.db, "UPDATE workers SET session = session + 1, session_token_hash = NULL");
    assert_int_equal(200, status_of_token(agent.token, &who));
    fixture_tick(loop_lease, ci_time_now());
    assert_int_equal(409, status_of_token(agent.token, &who));
}

static void poll__tells_a_start_until_it_is_seen(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    json_t *commands, *start;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    fixture_park(&agent);
    assert_int_equal(1, fixture_claim());
    assert_string_equal("start", fixture_only(fixture_poll(&agent)));
    /* The answer was lost: the next poll waits a little and gets it again. */
    assert_true(fixture_try_poll(&agent, "1", &commands, &(struct ci_err){0}));
    assert_string_equal("start", fixture_only(commands));
    start = json_array_get(commands, 0);
    assert_int_equal(1, json_integer_value(json_object_get(start, "number")));
    assert_int_equal(2, json_array_size(json_object_get(start, "steps")));
    assert_string_equal("main",
                        json_string_value(json_object_get(
                            json_array_get(json_object_get(start, "sources"), 0), "branch")));
    assert_string_equal(
        "a1", json_string_value(json_array_get(
                  json_object_get(json_object_get(start, "properties"), "workername"), 0)));
    assert_int_equal(1, fixture_accept(&agent, commands));
    assert_null(fixture_poll(&agent));
    fixture_tick(loop_lease, ci_time_now());
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM builds WHERE seen"));
}

static void poll__a_restarted_service_offers_again(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    json_t *commands;

    (void)state;
    (void)fixture_request("linux", 1, 0);
    fixture_park(&agent);
    assert_int_equal(1, fixture_claim());
    fixture_restart();
    commands = fixture_poll(&agent);
    assert_string_equal("start", fixture_only(commands));
    (void)fixture_accept(&agent, commands);
    assert_null(fixture_poll(&agent));
}

static void poll__tells_an_agent_to_forget_what_is_not_its_own(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);
    json_t *commands;

    (void)state;
    agent.held[agent.held_count].build = 99;
    agent.held[agent.held_count++].token = "stale";
    commands = fixture_poll(&agent);
    assert_string_equal("forget", fixture_only(commands));
    agent.held_count = 0;
    assert_null(fixture_poll(&agent));
}

static void poll__a_draining_agent_gives_offers_back(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_request("linux", 1, 0);
    fixture_park(&agent);
    assert_int_equal(1, fixture_claim());
    agent.draining = true;
    (void)fixture_poll(&agent);
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM buildrequests"
                                                   " WHERE NOT claimed AND NOT complete"));
}

static void poll__tells_a_graceful_worker_to_stop(void **state)
{
    struct test_agent agent = fixture_agent("a1", 1);

    (void)state;
    (void)fixture_poll(&agent);
    db_test_sql(db_test.db, "UPDATE workers SET graceful = true WHERE name = 'a1'");
    fixture_tick(loop_control, ci_time_now());
    assert_string_equal("stop", fixture_only(fixture_poll(&agent)));
    agent.draining = true;
    assert_null(fixture_poll(&agent));

    /* Started again, it is welcome. */
    (void)fixture_agent("a1", 1);
    assert_int_equal(
        0, db_test_number(db_test.db, "SELECT count(*) AS n FROM workers WHERE graceful"));
}

static void poll__silent_agents_are_marked(void **state)
{
    const struct test_agent agent = fixture_agent("a1", 1);
    struct ci_time now = ci_time_now();

    (void)state;
    (void)fixture_poll(&agent);
    fixture_tick(loop_figures, now);
    assert_int_equal(
        1, db_test_number(db_test.db, "SELECT count(*) AS n FROM workers WHERE connected"));
    now = ci_time_add(now, ci_seconds(31));
    fixture_tick(loop_figures, now);
    assert_int_equal(
        0, db_test_number(db_test.db, "SELECT count(*) AS n FROM workers WHERE connected"));
    (void)fixture_poll(&agent);
    fixture_tick(loop_lease, now);
    assert_int_equal(
        1, db_test_number(db_test.db, "SELECT count(*) AS n FROM workers WHERE connected"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(session__needs_the_right_password),
        fixture_test(session__enrols_with_the_token_under_a_free_name),
        fixture_test(session__a_newer_one_replaces_it),
        fixture_test(session__a_replaced_one_is_noticed_by_the_renewal),
        fixture_test(poll__tells_a_start_until_it_is_seen),
        fixture_test(poll__a_restarted_service_offers_again),
        fixture_test(poll__tells_an_agent_to_forget_what_is_not_its_own),
        fixture_test(poll__a_draining_agent_gives_offers_back),
        fixture_test(poll__tells_a_graceful_worker_to_stop),
        fixture_test(poll__silent_agents_are_marked),
    };

    return cmocka_run_group_tests(tests, fixture_open, db_test_close);
}
