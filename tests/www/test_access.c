/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, sessions, the configuration's versions, /config. */
#include "world.h"

static struct answer login(const char *token)
{
    struct ci_request request = world_request("POST", "/auth/login");

    world_body(&request, ci_mem_printf(world.mem, "{\"token\":\"%s\"}", token));
    return world_call(auth_login, &request);
}

/* "slipway_session=..." of an answer, without the attributes. */
static const char *cookie_of(struct answer answer)
{
    const char *header = ci_pairs_get(answer.response.headers, "Set-Cookie");

    assert_non_null(header);
    return ci_mem_strndup(world.mem, header, strcspn(header, ";"));
}

static struct ci_request with_cookie(const char *method, const char *url, const char *cookie,
                                     const char *origin)
{
    struct ci_request request = world_request(method, url);

    world_header(&request, "cookie", cookie);
    world_header(&request, "host", "ci.local:8010");
    world_header(&request, "content-type", "application/json");
    if (origin)
        world_header(&request, "origin", origin);
    world_body(&request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pause\",\"params\":{}}");
    return request;
}

static int pause_status(const char *cookie, const char *origin)
{
    struct ci_request request = with_cookie("POST", "/api/v2/workers/1", cookie, origin);

    return world_call(control_post, &request).status;
}

static void session__is_begun_with_the_token(void **state)
{
    struct answer answer = login("the-token");
    const char *header = ci_pairs_get(answer.response.headers, "Set-Cookie");

    (void)state;
    assert_int_equal(200, answer.status);
    assert_non_null(strstr(header, "; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"));
    assert_string_equal("admin", json_string_value(json_object_get(
                                     json_object_get(answer.json, "user"), "username")));
    /* The token itself is nowhere in the database. */
    assert_int_equal(
        0, db_test_number(db_test.db, ci_mem_printf(world.mem,
                                                    "SELECT count(*) AS n FROM sessions WHERE "
                                                    "token_hash = '%s'::bytea",
                                                    cookie_of(answer) + 16)));
    assert_int_equal(401, login("the-token ").status);
    assert_int_equal(401, login("").status);
}

static void session__may_change_things_from_our_own_pages(void **state)
{
    const char *cookie = cookie_of(login("the-token"));

    (void)state;
    assert_int_equal(200, pause_status(cookie, "http://ci.local:8010"));
    assert_int_equal(200, pause_status(cookie, "https://ci.example"));
    /* No browser leaves the Origin out: a program with a cookie, as with Buildbot. */
    assert_int_equal(200, pause_status(cookie, NULL));
    assert_int_equal(400, pause_status(cookie, "http://evil.example"));
    assert_int_equal(401, pause_status("slipway_session=0123", "http://ci.local:8010"));
    assert_int_equal(401, pause_status("slipway_session=", "http://ci.local:8010"));
}

static void session__ends(void **state)
{
    const char *cookie = cookie_of(login("the-token"));
    struct ci_request logout = with_cookie("POST", "/auth/logout", cookie, NULL);

    (void)state;
    assert_int_equal(200, world_call(auth_logout, &logout).status);
    assert_int_equal(401, pause_status(cookie, "http://ci.local:8010"));
    cookie = cookie_of(login("the-token"));
    db_test_sql(db_test.db, "UPDATE sessions SET expires_at = to_timestamp(1699999999)");
    assert_int_equal(401, pause_status(cookie, "http://ci.local:8010"));
    login("the-token");
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM sessions"));
}

static void login__is_throttled(void **state)
{
    struct throttle *throttle = &world.www.throttle;

    (void)state;
    throttle_release(throttle);
    throttle_init(throttle);
    for (int i = 0; i < THROTTLE_FAILURES; i++)
        assert_int_equal(401, login("wrong").status);
    assert_int_equal(429, login("the-token").status);
    struct ci_time later = {(WORLD_NOW + 61) * 1000000LL};
    assert_int_equal(0, throttle_wait(throttle, "192.0.2.1", later));
    assert_int_equal(0,
                     throttle_wait(throttle, "192.0.2.2", (struct ci_time){WORLD_NOW * 1000000LL}));
    /* A full table makes room and still counts. */
    for (int i = 0; i < 2 * THROTTLE_SLOTS; i++)
        throttle_failed(throttle, ci_mem_printf(world.mem, "10.0.%d.%d", i / 200, i % 200),
                        (struct ci_time){(WORLD_NOW + i) * 1000000LL});
    throttle_release(throttle);
    throttle_init(throttle);
}

static void front__tells_who_is_signed_in(void **state)
{
    const char *cookie = cookie_of(login("the-token"));
    struct ci_request nobody = world_request("GET", "/config");
    struct ci_request admin = with_cookie("GET", "/config", cookie, NULL);
    json_t *config = world_call(front_config, &nobody).json;

    (void)state;
    assert_true(json_is_true(json_object_get(json_object_get(config, "user"), "anonymous")));
    assert_string_equal("Test CI", json_string_value(json_object_get(config, "title")));
    assert_string_equal("https://ci.example/",
                        json_string_value(json_object_get(config, "buildbotURL")));
    config = world_call(front_config, &admin).json;
    assert_string_equal(
        "admin", json_string_value(json_object_get(json_object_get(config, "user"), "username")));
    assert_string_equal(
        "https://ci.example/api/v2",
        json_string_value(json_object_get(
            json_object_get(world_call(front_api, &nobody).json, "api_versions"), "v2")));
}

static struct answer post_config(const char *yaml)
{
    struct ci_request request = world_request("POST", "/api/v2/config?comment=why not");

    request.raw = (struct ci_bytes){yaml, strlen(yaml)};
    request.who = world_who(&world_admin);
    return world_call(config_post, &request);
}

static void config__is_applied_listed_and_rolled_back(void **state)
{
    struct ci_pair version = {"version", "1"};
    struct ci_request list = world_request("GET", "/api/v2/config");
    struct ci_request back = world_request("POST", "/api/v2/config/1/apply");
    struct ci_request one = world_request("GET", "/api/v2/config/1");
    struct answer answer;

    (void)state;
    list.who = back.who = one.who = world_who(&world_admin);
    answer = post_config(world_yaml);
    assert_string_equal("{\"changed\":false,\"version\":1}", answer.text);
    answer = post_config(ci_mem_printf(world.mem, "%s# more\n", world_yaml));
    assert_string_equal("{\"changed\":true,\"version\":2}", answer.text);
    assert_string_equal("2,1", world_column(world_call(config_list, &list), "configs", "version"));
    answer = world_call(config_list, &list);
    assert_string_equal(
        "why not", json_string_value(json_object_get(world_first(answer, "configs"), "comment")));
    assert_string_equal("2", world_column(world_call(config_current, &list), "configs", "version"));
    back.params = one.params = (struct ci_pairs){&version, 1};
    answer = world_call(config_one, &one);
    assert_string_equal(world_yaml,
                        json_string_value(json_object_get(world_first(answer, "configs"), "yaml")));
    answer = world_call(config_rollback, &back);
    assert_string_equal("{\"changed\":true,\"version\":3}", answer.text);
    version.value = "99";
    assert_int_equal(404, world_call(config_rollback, &back).status);
    assert_int_equal(3, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE action = "
                                                   "'apply' AND target LIKE 'config/%'"));
}

static void config__refuses_with_every_problem(void **state)
{
    struct answer answer = post_config("builders:\n  - {name: a, stps: []}\nnothing: 1\n");
    json_t *problems = json_object_get(answer.json, "problems"), *first;

    (void)state;
    assert_int_equal(400, answer.status);
    assert_true(json_array_size(problems) >= 2);
    first = json_array_get(problems, 0);
    assert_int_equal(2, json_integer_value(json_object_get(first, "line")));
    assert_string_equal(json_string_value(json_object_get(first, "message")),
                        json_string_value(json_object_get(answer.json, "error")));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM config_versions "
                                                   "WHERE version = 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(session__is_begun_with_the_token),
        world_test(session__may_change_things_from_our_own_pages),
        world_test(session__ends),
        world_test(login__is_throttled),
        world_test(front__tells_who_is_signed_in),
        world_test(config__is_applied_listed_and_rolled_back),
        world_test(config__refuses_with_every_problem),
    };

    return cmocka_run_group_tests_name("www.access", tests, world_open, world_close);
}
