/* SPDX-License-Identifier: Apache-2.0 */
/* Local users, their passwords and tokens; signing in; where a sign-in leads to. */
#include "access/cookie.h"
#include "access/tokens.h"
#include "accounts/password.h"
#include "accounts/redirect.h"
#include "edge/limits.h"
#include "world.h"

#include <sodium.h>

/* A request as the server would hand it on: authenticated for routes of signed-in users. */
static struct answer call_as(const char *credential, const char *method, const char *path,
                             ci_handler *handler, const char *body, struct ci_pair param)
{
    struct ci_request request = world_request(method, path);
    struct answer answer = {0};
    struct ci_err err = {0};
    const char *name = strchr(credential, '=') ? "cookie" : "authorization";

    world_header(&request, name, credential);
    if (body)
        world_body(&request, body);
    request.params = (struct ci_pairs){&param, param.name ? 1 : 0};
    if (!www_authenticate(&world.app, &request, CI_ROLE_USER, &request.who, &err)) {
        answer.status = ci_status_of(err.code);
        answer.text = ci_mem_strdup(world.mem, err.msg);
        return answer;
    }
    return world_call(handler, &request);
}

static const char admin[] = "Bearer the-token";

static struct answer make_user(const char *body)
{
    return call_as(admin, "POST", "/api/v2/users", users_create, body, (struct ci_pair){0});
}

static struct answer change_user(const char *credential, const char *name, const char *body)
{
    return call_as(credential, "POST", ci_mem_printf(world.mem, "/api/v2/users/%s", name),
                   users_update, body, (struct ci_pair){"username", name});
}

static struct answer make_token(const char *credential, const char *body)
{
    return call_as(credential, "POST", "/api/v2/tokens", tokens_create, body, (struct ci_pair){0});
}

static struct answer list_tokens(const char *credential)
{
    return call_as(credential, "GET", "/api/v2/me/tokens", tokens_own, NULL, (struct ci_pair){0});
}

static struct answer revoke_token(const char *credential, int64_t tokenid)
{
    return call_as(
        credential, "POST", "/api/v2/tokens/x/revoke", tokens_revoke, NULL,
        (struct ci_pair){"tokenid", ci_mem_printf(world.mem, "%lld", (long long)tokenid)});
}

static struct answer me(const char *credential)
{
    return call_as(credential, "GET", "/api/v2/me", me_get, NULL, (struct ci_pair){0});
}

static const char *text_of(json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

/* "Bearer slp_..." of an answer of make_token(). */
static const char *bearer_of(struct answer answer)
{
    const char *token = text_of(world_first(answer, "tokens"), "token");

    assert_non_null(token);
    assert_int_equal(TOKEN_LENGTH, strlen(token));
    return ci_mem_printf(world.mem, "Bearer %s", token);
}

static int64_t id_of(struct answer answer)
{
    return json_integer_value(json_object_get(world_first(answer, "tokens"), "tokenid"));
}

static struct answer login(const char *username, const char *password)
{
    struct ci_request request = world_request("POST", "/auth/login");

    world_body(&request, ci_mem_printf(world.mem, "{\"username\":\"%s\",\"password\":\"%s\"}",
                                       username, password));
    return world_call(auth_login, &request);
}

static const char *cookie_of(struct answer answer)
{
    const char *header = ci_pairs_get(answer.response.headers, "Set-Cookie");

    assert_non_null(header);
    return ci_mem_strndup(world.mem, header, strcspn(header, ";"));
}

static void reset(void)
{
    static const char *const tables[] = {"tokens", "sessions", "users", "audit"};

    for (size_t i = 0; i < CI_COUNT(tables); i++)
        db_test_sql(db_test.db, ci_mem_printf(world.mem, "DELETE FROM %s", tables[i]));
    throttle_release(&world.www.throttle);
    throttle_init(&world.www.throttle);
}

static const char ann[] = "{\"username\": \"ann\", \"password\": \"correct horse\", "
                          "\"full_name\": \"Ann\", \"groups\": [\"dev\"]}";

static void user__is_made_and_signs_in(void **state)
{
    (void)state;
    reset();
    assert_int_equal(201, make_user(ann).status);
    struct answer answer = login("ann", "correct horse");
    assert_int_equal(200, answer.status);
    assert_string_equal("ann", text_of(json_object_get(answer.json, "user"), "username"));
    assert_string_equal("local", text_of(json_object_get(answer.json, "user"), "provider"));
    assert_int_equal(200, login("Ann", "correct horse").status);
    assert_int_equal(401, login("ann", "correct horse ").status);
    assert_int_equal(401, login("ann", "").status);
    assert_int_equal(401, login("bob", "correct horse").status);
    assert_int_equal(0, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM users WHERE password_hash LIKE "
                                       "'%horse%' OR password_hash NOT LIKE '$argon2id$%'"));
    assert_int_equal(0, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE "
                                                   "detail::text LIKE '%horse%'"));
    assert_int_equal(2, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE action "
                                                   "= 'sign-in' AND outcome = 'done'"));
    assert_int_equal(3, db_test_number(db_test.db, "SELECT count(*) AS n FROM audit WHERE action "
                                                   "= 'sign-in' AND outcome = 'refused'"));
}

static void user__is_refused(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "[]",
        "{\"username\": \"\"}",
        "{\"username\": \"admin\"}",
        "{\"username\": \"Anonymous\"}",
        "{\"username\": \"12\"}",
        "{\"username\": \"a b\"}",
        "{\"username\": \"a/b\"}",
        "{\"username\": \"a\\nb\"}",
        "{\"username\": \"a\", \"password\": \"short\"}",
        "{\"username\": \"a\", \"password\": \"long enough\", \"service\": true}",
        "{\"username\": \"a\", \"groups\": [\"\"]}",
        "{\"username\": \"a\", \"roles\": [\"x\"]}",
        "{\"username\": \"a\", \"full_name\": 7}",
    };

    (void)state;
    reset();
    for (size_t i = 0; i < CI_COUNT(bodies); i++)
        if (make_user(bodies[i]).status != 400)
            fail_msg("%s", bodies[i]);
    assert_int_equal(201, make_user(ann).status);
    assert_int_equal(409, make_user(ann).status);
    assert_int_equal(409, make_user("{\"username\": \"ANN\"}").status);
    assert_int_equal(404, change_user(admin, "bob", "{\"email\": \"b@x.org\"}").status);
    assert_int_equal(400, change_user(admin, "ann", "{\"service\": true}").status);
}

static void user__deactivated_is_out(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    const char *cookie = cookie_of(login("ann", "correct horse"));
    const char *bearer = bearer_of(make_token(cookie, "{\"name\": \"mine\"}"));
    assert_int_equal(200, me(bearer).status);
    assert_int_equal(200, change_user(admin, "ann", "{\"active\": false}").status);
    assert_int_equal(401, me(bearer).status);
    assert_int_equal(401, me(cookie).status);
    assert_int_equal(401, login("ann", "correct horse").status);
    assert_int_equal(200, change_user(admin, "ann", "{\"active\": true}").status);
    assert_int_equal(200, me(bearer).status);
    assert_int_equal(401, me(cookie).status);
    /* What is not named stays. */
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM users WHERE groups = "
                                                   "'{dev}' AND full_name = 'Ann'"));
}

static void user__changes_the_own_password(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    const char *cookie = cookie_of(login("ann", "correct horse"));
    const char *other = cookie_of(login("ann", "correct horse"));
    const char *bearer = bearer_of(make_token(cookie, "{\"name\": \"mine\"}"));
    const char *wrong = "{\"old\": \"wrong\", \"new\": \"battery staple\"}";
    const char *right = "{\"old\": \"correct horse\", \"new\": \"battery staple\"}";
    const struct ci_pair none = {0};

    (void)state;
    assert_int_equal(
        403, call_as(cookie, "POST", "/api/v2/me/password", me_password, wrong, none).status);
    assert_int_equal(
        403, call_as(bearer, "POST", "/api/v2/me/password", me_password, right, none).status);
    assert_int_equal(
        403, call_as(admin, "POST", "/api/v2/me/password", me_password, right, none).status);
    struct answer answer = call_as(cookie, "POST", "/api/v2/me/password", me_password, right, none);
    assert_int_equal(200, answer.status);
    assert_int_equal(401, me(other).status);
    assert_int_equal(401, me(cookie).status);
    assert_int_equal(200, me(cookie_of(answer)).status);
    assert_int_equal(401, login("ann", "correct horse").status);
    assert_int_equal(200, login("ann", "battery staple").status);
}

static void users__are_for_who_may(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    const char *cookie = cookie_of(login("ann", "correct horse"));
    assert_int_equal(403, call_as(cookie, "POST", "/api/v2/users", users_create,
                                  "{\"username\": \"x\"}", (struct ci_pair){0})
                              .status);
    assert_int_equal(403, change_user(cookie, "ann", "{\"groups\": [\"admins\"]}").status);
    /* A token that is not for all can't make itself somebody who may more. */
    const char *bearer =
        bearer_of(make_token(admin, "{\"name\": \"limited\", \"scopes\": [\"users\"]}"));
    assert_int_equal(403, change_user(bearer, "ann", "{\"groups\": [\"admins\"]}").status);
    bearer = bearer_of(make_token(admin, "{\"name\": \"whole\"}"));
    assert_int_equal(200, change_user(bearer, "ann", "{\"groups\": [\"ops\"]}").status);
}

static void token__is_told_once(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    const char *cookie = cookie_of(login("ann", "correct horse"));
    struct answer made = make_token(
        cookie, "{\"name\": \"ci\", \"scopes\": [\"read\", \"force\"], \"expires_in_days\": 30}");
    assert_int_equal(201, made.status);
    const char *bearer = bearer_of(made);
    assert_string_equal("ann", text_of(me(bearer).json, "username"));
    assert_string_equal("\"ci\"", world_column(list_tokens(cookie), "tokens", "name"));
    assert_null(json_object_get(world_first(list_tokens(cookie), "tokens"), "token"));
    assert_int_equal(WORLD_NOW + 30 * 86400, json_integer_value(json_object_get(
                                                 world_first(made, "tokens"), "expires_at")));
    assert_int_equal(
        0, db_test_number(db_test.db, ci_mem_printf(world.mem,
                                                    "SELECT count(*) AS n FROM tokens t WHERE "
                                                    "t::text LIKE '%%%s%%'",
                                                    bearer + 7)));
    assert_int_equal(200, revoke_token(cookie, id_of(made)).status);
    assert_int_equal(401, me(bearer).status);
    assert_int_equal(404, revoke_token(cookie, 999999).status);
}

static void token__is_for_no_more_than_its_maker(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    make_user("{\"username\": \"robot\", \"service\": true, \"groups\": [\"bots\"]}");
    make_user("{\"username\": \"bob\", \"password\": \"battery staple\"}");
    const char *cookie = cookie_of(login("ann", "correct horse"));
    struct answer limited =
        make_token(cookie, "{\"name\": \"a\", \"scopes\": [\"read\"], \"expires_in_days\": 2}");
    const char *bearer = bearer_of(limited);
    assert_int_equal(403, make_token(bearer, "{\"name\": \"b\"}").status);
    assert_int_equal(403, make_token(bearer, "{\"name\": \"b\", \"scopes\": [\"stop\"]}").status);
    struct answer child = make_token(bearer, "{\"name\": \"b\", \"scopes\": [\"read\"]}");
    assert_int_equal(201, child.status);
    assert_int_equal(WORLD_NOW + 2 * 86400, json_integer_value(json_object_get(
                                                world_first(child, "tokens"), "expires_at")));
    assert_int_equal(400, make_token(cookie, "{\"name\": \"b\", \"scopes\": [\"fly\"]}").status);
    assert_int_equal(400, make_token(cookie, "{\"name\": \"b\", \"scopes\": []}").status);
    assert_int_equal(400, make_token(cookie, "{\"name\": \"\"}").status);
    assert_int_equal(400, make_token(cookie, "{\"scopes\": [\"read\"]}").status);
    /* For others: service accounts only, and only by who may change users. */
    assert_int_equal(403, make_token(cookie, "{\"name\": \"b\", \"username\": \"robot\"}").status);
    assert_int_equal(404, make_token(admin, "{\"name\": \"b\", \"username\": \"bob\"}").status);
    struct answer robot = make_token(admin, "{\"name\": \"b\", \"username\": \"robot\"}");
    assert_string_equal("robot", text_of(me(bearer_of(robot)).json, "username"));
    assert_int_equal(403, revoke_token(cookie, id_of(robot)).status);
    assert_int_equal(200, revoke_token(admin, id_of(robot)).status);
    /* Whoever found a token and made more of it loses them all. */
    const char *grandchild =
        bearer_of(make_token(bearer_of(child), "{\"name\": \"c\", \"scopes\": [\"read\"]}"));
    assert_int_equal(200, me(grandchild).status);
    assert_int_equal(200, revoke_token(admin, id_of(limited)).status);
    assert_int_equal(401, me(bearer_of(child)).status);
    assert_int_equal(401, me(grandchild).status);
    assert_int_equal(3, db_test_number(db_test.db, "SELECT count(*) AS n FROM tokens WHERE "
                                                   "revoked_at IS NOT NULL AND username = 'ann'"));
    /* Also one that is made just while it is revoked. */
    db_test_sql(db_test.db, "UPDATE tokens SET revoked_at = NULL WHERE made_with IS NOT NULL");
    assert_int_equal(401, me(grandchild).status);
}

static void me__says_who_asks(void **state)
{
    struct ci_request nobody = world_request("GET", "/api/v2/me");

    (void)state;
    reset();
    json_t *json = world_call(me_get, &nobody).json;
    assert_true(json_is_true(json_object_get(json, "anonymous")));
    assert_int_equal(1, json_array_size(json_object_get(json, "actions")));
    assert_int_equal(0, json_array_size(json_object_get(json, "roles")));
    json = me(admin).json;
    assert_int_equal(CI_ACTION_COUNT, json_array_size(json_object_get(json, "actions")));
    json = me(bearer_of(make_token(admin, "{\"name\": \"r\", \"scopes\": [\"read\"]}"))).json;
    assert_int_equal(1, json_array_size(json_object_get(json, "actions")));
    assert_string_equal("read",
                        json_string_value(json_array_get(json_object_get(json, "scopes"), 0)));
}

/* ---- GET /auth/login ---- */

static struct answer get_login(const char *url, const char *basic)
{
    struct ci_request request = world_request("GET", url);

    if (basic) {
        char encoded[200];

        sodium_bin2base64(encoded, sizeof(encoded), (const unsigned char *)basic, strlen(basic),
                          sodium_base64_VARIANT_ORIGINAL);
        world_header(&request, "authorization", ci_mem_printf(world.mem, "Basic %s", encoded));
    }
    return world_call(auth_login_get, &request);
}

static void login__works_as_scripts_of_buildbot_do(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    struct answer answer = get_login("/auth/login", NULL);
    assert_int_equal(401, answer.status);
    assert_string_equal("Basic realm=\"buildbot\"",
                        ci_pairs_get(answer.response.headers, "WWW-Authenticate"));
    assert_int_equal(401, get_login("/auth/login", "ann:wrong").status);
    answer = get_login("/auth/login?redirect=/builders/1?a=b", "ann:correct horse");
    assert_int_equal(302, answer.status);
    assert_string_equal("https://ci.example/#/builders/1?a=b",
                        ci_pairs_get(answer.response.headers, "Location"));
    assert_string_equal("ann", text_of(me(cookie_of(answer)).json, "username"));
    struct ci_request out = world_request("GET", "/auth/logout?redirect=/x");
    world_header(&out, "cookie", cookie_of(answer));
    const char *cookie = cookie_of(answer);
    answer = world_call(auth_logout_get, &out);
    assert_int_equal(302, answer.status);
    assert_string_equal("https://ci.example/#/x",
                        ci_pairs_get(answer.response.headers, "Location"));
    assert_int_equal(401, me(cookie).status);
    assert_int_equal(404, get_login("/auth/login?provider=nobody", NULL).status);
}

static void redirect__stays_on_the_site(void **state)
{
    static const struct {
        const char *place, *location;
    } rows[] = {
        {NULL,                    "https://ci.example/"                          },
        {"",                      "https://ci.example/"                          },
        {"/",                     "https://ci.example/#/"                        },
        {"//evil.example",        "https://ci.example/#//evil.example"           },
        {"https://evil.example/", "https://ci.example/#https://evil.example/"    },
        {"/a\r\nSet-Cookie: x=y", "https://ci.example/#/a%0D%0ASet-Cookie:%20x=y"},
        {"/a\"><script>",         "https://ci.example/#/a%22%3E%3Cscript%3E"     },
        {"\\\\evil",              "https://ci.example/#%5C%5Cevil"               },
        {"/\xc3\xa9",             "https://ci.example/#/%C3%A9"                  },
    };
    struct ci_request request = world_request("GET", "/");

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++)
        assert_string_equal(rows[i].location,
                            redirect_to(world.mem, "https://ci.example/", rows[i].place));
    assert_string_equal("https://ci.example/", redirect_base(&world.www, &request));
    world_header(&request, "host", "evil.example");
    assert_string_equal("/", redirect_base(&world.www, &request));
}

static void login__is_throttled_by_name(void **state)
{
    (void)state;
    reset();
    make_user(ann);
    for (int i = 0; i < THROTTLE_FAILURES; i++) {
        struct ci_request request = world_request("POST", "/auth/login");

        /* From everywhere. */
        request.client = ci_mem_printf(world.mem, "192.0.2.%d", i + 10);
        world_body(&request,
                   ci_mem_printf(world.mem, "{\"username\": \"%s\", \"password\": \"wrong one\"}",
                                 i % 2 ? "Ann" : "aNN"));
        assert_int_equal(401, world_call(auth_login, &request).status);
    }
    struct answer answer = login("ann", "correct horse");
    assert_int_equal(429, answer.status);
    assert_int_equal(60, atoi(ci_pairs_get(answer.response.headers, "Retry-After")));
    assert_int_equal(429, get_login("/auth/login", "ann:correct horse").status);
    assert_int_equal(401, login("bob", "correct horse").status);
    reset();
}

static void login__obeys_no_foreign_page(void **state)
{
    struct ci_request request = world_request("POST", "/auth/login");

    (void)state;
    reset();
    make_user(ann);
    world_body(&request, "{\"username\": \"ann\", \"password\": \"correct horse\"}");
    world_header(&request, "origin", "https://evil.example");
    assert_int_equal(403, world_call(auth_login, &request).status);
}

static bool is_right(const char *password, const char *hash)
{
    struct passwords *passwords = &world.www.passwords;
    struct ci_err err = {0};

    assert_ok(password_turn(passwords, &err), err);
    bool right = password_right(passwords, password, hash);
    password_turn_end(passwords);
    return right;
}

static void password__is_held_against_its_hash(void **state)
{
    struct passwords *passwords = &world.www.passwords;
    char hash[PASSWORD_HASH], again[PASSWORD_HASH];
    struct ci_err err = {0};
    char *longest = ci_mem_alloc(world.mem, PASSWORD_LONGEST + 2);

    (void)state;
    assert_ok(password_hash(passwords, "correct horse", hash, &err), err);
    assert_ok(password_hash(passwords, "correct horse", again, &err), err);
    assert_string_not_equal(hash, again);
    assert_true(is_right("correct horse", hash));
    assert_false(is_right("correct hors", hash));
    assert_false(is_right("correct horse", NULL));
    assert_false(is_right("nobody's password", NULL));
    assert_false(is_right("correct horse", "no hash"));
    memset(longest, 'a', PASSWORD_LONGEST + 1);
    assert_false(password_hash(passwords, longest, hash, &err));
    assert_false(password_hash(passwords, "seven77", hash, &err));
    assert_false(is_right(longest, hash));
}

static void password__lets_no_crowd_wait(void **state)
{
    struct passwords *passwords = &world.www.passwords;
    struct ci_err err = {0};

    (void)state;
    reset();
    make_user(ann);
    atomic_store(&passwords->waiting, PASSWORD_WAITING);
    assert_int_equal(503, login("ann", "correct horse").status);
    assert_false(password_turn(passwords, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
    assert_int_equal(PASSWORD_WAITING, atomic_load(&passwords->waiting));
    atomic_store(&passwords->waiting, 0);
    assert_int_equal(200, login("ann", "correct horse").status);
    assert_int_equal(0, atomic_load(&passwords->waiting));
}

/* What a request with this bearer gets: 429, or what the door says. */
static int ask_with(const char *bearer)
{
    static const struct ci_route route = {"GET", "/api/v2/me", CI_ROLE_READER, me_get, 0, false};
    struct ci_request request = world_request("GET", "/api/v2/me");
    struct ci_response response = {0};
    struct ci_principal who;
    struct ci_err err;

    world_header(&request, "authorization", bearer);
    if (!www_admit(&world.app, &route, &request, &response))
        return response.status;
    return www_authenticate(&world.app, &request, CI_ROLE_READER, &who, &err)
               ? 200
               : ci_status_of(err.code);
}

static void bearer__is_not_to_be_guessed(void **state)
{
    (void)state;
    reset();
    world.www.limits = limits_new();
    make_user(ann);
    const char *cookie = cookie_of(login("ann", "correct horse"));
    struct answer made = make_token(cookie, "{\"name\": \"old\"}");
    const char *proven = bearer_of(made),
               *fresh = bearer_of(make_token(cookie, "{\"name\": \"n\"}"));
    assert_int_equal(200, ask_with(proven));
    for (int i = 0; i < THROTTLE_FAILURES; i++)
        assert_int_equal(401, ask_with(ci_mem_printf(world.mem, "Bearer slp_guess%d", i)));
    assert_int_equal(429, ask_with("Bearer slp_guess"));
    assert_int_equal(429, ask_with(fresh));
    /* Those who share the address go on. */
    assert_int_equal(200, ask_with(proven));
    assert_int_equal(200, login("ann", "correct horse").status);
    assert_int_equal(200, revoke_token(cookie, id_of(made)).status);
    assert_int_equal(401, ask_with(proven));
    assert_int_equal(429, ask_with(proven));
    reset();
    assert_int_equal(401, ask_with(proven));
    limits_free(CI_STEAL(world.www.limits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(user__is_made_and_signs_in),
        world_test(user__is_refused),
        world_test(user__deactivated_is_out),
        world_test(user__changes_the_own_password),
        world_test(users__are_for_who_may),
        world_test(token__is_told_once),
        world_test(token__is_for_no_more_than_its_maker),
        world_test(me__says_who_asks),
        world_test(login__works_as_scripts_of_buildbot_do),
        world_test(redirect__stays_on_the_site),
        world_test(login__is_throttled_by_name),
        world_test(password__lets_no_crowd_wait),
        world_test(bearer__is_not_to_be_guessed),
        world_test(login__obeys_no_foreign_page),
        world_test(password__is_held_against_its_hash),
    };

    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("www.users", tests, world_open, world_close);
}
