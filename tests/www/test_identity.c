/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: tokens, sessions and their cookies, the trusted proxy, foreign pages. */
#include "access/cookie.h"
#include "access/identity.h"
#include "access/proxy.h"
#include "access/tokens.h"
#include "accounts/session.h"
#include "world.h"

#include <sodium.h>

static const char secret[] = "slp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* The identity, or NULL with its failure in *code. */
static const struct identity *ask(const struct ci_request *request, enum ci_errc *code)
{
    const struct identity *who = NULL;
    struct ci_err err = {0};

    if (!identity_of(&world.www, request, &who, &err)) {
        *code = err.code;
        return NULL;
    }
    *code = 0;
    return who;
}

static const struct identity *ask_bearer(const char *token, enum ci_errc *code)
{
    struct ci_request request = world_request("POST", "/api/v2/builds/1");

    world_header(&request, "authorization", ci_mem_printf(world.mem, "Bearer %s", token));
    return ask(&request, code);
}

static void seed_users(void)
{
    db_test_sql(db_test.db, "DELETE FROM tokens");
    db_test_sql(db_test.db, "DELETE FROM sessions");
    db_test_sql(db_test.db, "DELETE FROM users");
    db_test_sql(db_test.db, "INSERT INTO users (username, full_name, email, groups, created_by) "
                            "VALUES ('ann', 'Ann', 'ann@example.org', '{dev,ops}', 'test')");
}

static void seed_token(const char *username, const char *identity, const char *scopes)
{
    db_test_sql(db_test.db,
                ci_mem_printf(world.mem,
                              "INSERT INTO tokens (token_hash, hint, name, username, identity, "
                              "scopes, created_by) VALUES (sha256('%s'), 'slp_aaaa', 'test', '%s', "
                              "'%s', '%s', 'test')",
                              secret, username, identity, scopes));
}

static void token__speaks_for_its_user(void **state)
{
    enum ci_errc code;

    (void)state;
    seed_users();
    seed_token("ann", "{\"provider\": \"local\", \"groups\": [\"old\"]}", "{read,force}");
    const struct identity *who = ask_bearer(secret, &code);
    assert_non_null(who);
    assert_int_equal(IDENTITY_TOKEN, who->kind);
    assert_string_equal("ann", who->username);
    assert_string_equal("local", who->provider);
    assert_int_equal(2, who->groups.count);
    assert_string_equal("dev", who->groups.items[0]);
    assert_int_equal(1 << CI_ACTION_READ | 1 << CI_ACTION_FORCE, who->scopes);
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM tokens WHERE "
                                                   "last_used_from = '192.0.2.1'"));
    /* Within the minute nothing is written. */
    db_test_sql(db_test.db, "UPDATE tokens SET last_used_from = 'x'");
    assert_non_null(ask_bearer(secret, &code));
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM tokens WHERE "
                                                   "last_used_from = 'x'"));
}

static void token__is_void(void **state)
{
    static const char *const ways[] = {
        "UPDATE tokens SET revoked_at = now()",
        "UPDATE tokens SET expires_at = to_timestamp(1699999999)",
        "UPDATE users SET active = false",
        "DELETE FROM users",
        /* A provider's user is not the local one of the same name. */
        "UPDATE tokens SET identity = '{\"provider\": \"github\"}'",
    };
    enum ci_errc code;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(ways); i++) {
        seed_users();
        seed_token("ann", "{\"provider\": \"local\"}", "{all}");
        assert_non_null(ask_bearer(secret, &code));
        db_test_sql(db_test.db, ways[i]);
        assert_null(ask_bearer(secret, &code));
        assert_int_equal(CI_EUNAUTHENTICATED, code);
    }
    assert_null(ask_bearer("slp_short", &code));
    assert_null(ask_bearer("the-token ", &code));
}

static void token__of_the_admin_keeps_its_scopes(void **state)
{
    enum ci_errc code;

    (void)state;
    seed_users();
    seed_token("admin", "{\"provider\": \"admin-token\"}", "{read}");
    const struct identity *who = ask_bearer(secret, &code);
    assert_int_equal(IDENTITY_ADMIN, who->kind);
    assert_int_equal(1 << CI_ACTION_READ, who->scopes);
    assert_true(who->tokenid > 0);
    who = ask_bearer("the-token", &code);
    assert_int_equal(IDENTITY_ADMIN, who->kind);
    assert_int_equal(IDENTITY_ALL_SCOPES, who->scopes);
}

static const char *begin(const struct identity *who)
{
    struct ci_request request = world_request("POST", "/auth/login");
    struct ci_response response = {0};
    struct ci_err err = {0};

    assert_ok(session_begin(&world.www, &request, &response, who, &err), err);
    const char *header = ci_pairs_get(response.headers, "Set-Cookie");
    return ci_mem_strndup(world.mem, header, strcspn(header, ";"));
}

static const struct identity *ask_cookie(const char *method, const char *cookie, const char *name,
                                         const char *value, enum ci_errc *code)
{
    struct ci_request request = world_request(method, "/api/v2/builds/1");

    world_header(&request, "cookie", cookie);
    world_header(&request, "host", "ci.local:8010");
    if (name)
        world_header(&request, name, value);
    return ask(&request, code);
}

static void session__keeps_whom_the_provider_named(void **state)
{
    const char *groups[] = {"acme", "acme/dev"};
    const struct identity bob = {
        .kind = IDENTITY_SESSION,
        .username = "bob",
        .email = "bob@example.org",
        .provider = "github",
        .groups = {groups, 2}
    };
    enum ci_errc code;

    (void)state;
    seed_users();
    const char *cookie = begin(&bob);
    const struct identity *who = ask_cookie("GET", cookie, NULL, NULL, &code);
    assert_int_equal(IDENTITY_SESSION, who->kind);
    assert_string_equal("bob", who->username);
    assert_string_equal("bob@example.org", who->email);
    assert_string_equal("acme/dev", who->groups.items[1]);
    assert_null(who->full_name);
    /* A local user of that name, made later, is somebody else. */
    db_test_sql(db_test.db, "INSERT INTO users (username, created_by) VALUES ('bob', 'test')");
    assert_int_equal(IDENTITY_ANONYMOUS, ask_cookie("GET", cookie, NULL, NULL, &code)->kind);
}

static void session__ends_with_its_user(void **state)
{
    const struct identity ann = {.kind = IDENTITY_SESSION, .username = "ann", .provider = "local"};
    enum ci_errc code;

    (void)state;
    seed_users();
    const char *cookie = begin(&ann);
    assert_string_equal("Ann", ask_cookie("GET", cookie, NULL, NULL, &code)->full_name);
    db_test_sql(db_test.db, "UPDATE users SET active = false");
    assert_int_equal(IDENTITY_ANONYMOUS, ask_cookie("GET", cookie, NULL, NULL, &code)->kind);
}

static void session__of_the_admin_ends_with_the_token(void **state)
{
    const struct identity admin = {
        .kind = IDENTITY_ADMIN, .username = "admin", .provider = "admin-token"};
    enum ci_errc code;

    (void)state;
    const char *cookie = begin(&admin);
    assert_int_equal(IDENTITY_ADMIN, ask_cookie("GET", cookie, NULL, NULL, &code)->kind);
    world.settings.admin_token = "another";
    assert_int_equal(IDENTITY_ANONYMOUS, ask_cookie("GET", cookie, NULL, NULL, &code)->kind);
    world.settings.admin_token = NULL;
    assert_int_equal(IDENTITY_ANONYMOUS, ask_cookie("GET", cookie, NULL, NULL, &code)->kind);
    world.settings.admin_token = "the-token";
}

static void session__obeys_no_foreign_page(void **state)
{
    static const struct {
        const char *method, *name, *value;
        bool good;
    } rows[] = {
        {"POST", NULL,             NULL,                        true },
        {"POST", "origin",         "http://ci.local:8010",      true },
        {"POST", "origin",         "http://ci.local",           false},
        {"POST", "origin",         "null",                      false},
        {"GET",  "origin",         "http://evil.example",       true },
        {"PUT",  "origin",         "http://evil.example",       false},
        {"POST", "sec-fetch-site", "same-origin",               true },
        {"POST", "sec-fetch-site", "none",                      true },
        {"POST", "sec-fetch-site", "same-site",                 false},
        {"POST", "sec-fetch-site", "cross-site",                false},
        {"POST", "referer",        "http://ci.local:8010/page", true },
        {"POST", "referer",        "http://evil.example/page",  false},
        {"POST", "referer",        "https://ci.example.evil/a", false},
    };
    const struct identity admin = {
        .kind = IDENTITY_ADMIN, .username = "admin", .provider = "admin-token"};
    const char *cookie = begin(&admin);
    enum ci_errc code;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        const struct identity *who =
            ask_cookie(rows[i].method, cookie, rows[i].name, rows[i].value, &code);
        if (rows[i].good != (who && who->kind == IDENTITY_ADMIN))
            fail_msg("row %zu", i);
        if (!rows[i].good)
            assert_int_equal(CI_EDENIED, code);
    }
}

/* Who sits between can serve a page of our name, but not by TLS. */
static void session__obeys_no_page_without_tls(void **state)
{
    const struct identity admin = {
        .kind = IDENTITY_ADMIN, .username = "admin", .provider = "admin-token"};
    struct ci_request request = world_request("POST", "/api/v2/builds/1"), plain;
    enum ci_errc code;

    (void)state;
    world_header(&request, "cookie", begin(&admin));
    world_header(&request, "host", "ci.local");
    request.secure = true;
    plain = request;
    world_header(&request, "origin", "https://ci.local");
    assert_non_null(ask(&request, &code));
    world_header(&plain, "origin", "http://ci.local");
    assert_null(ask(&plain, &code));
    assert_int_equal(CI_EDENIED, code);
}

static void session__is_nobody_on_a_foreign_pages_socket(void **state)
{
    static const struct {
        const char *origin;
        enum identity_kind kind;
    } rows[] = {
        {"http://ci.local:8010", IDENTITY_ADMIN    },
        {"http://evil.example",  IDENTITY_ANONYMOUS},
    };
    const struct identity admin = {
        .kind = IDENTITY_ADMIN, .username = "admin", .provider = "admin-token"};
    const char *cookie = begin(&admin);
    enum ci_errc code;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_request request = world_request("GET", "/ws");

        world_header(&request, "cookie", cookie);
        world_header(&request, "host", "ci.local:8010");
        world_header(&request, "upgrade", "WebSocket");
        world_header(&request, "origin", rows[i].origin);
        assert_int_equal(rows[i].kind, ask(&request, &code)->kind);
    }
}

static void cookie__is_signed(void **state)
{
    unsigned char key[COOKIE_KEY] = {1}, other[COOKIE_KEY] = {2};
    const char *session = cookie_session_new(false, world.mem);
    const char *value = cookie_sign(key, session, "t", world.mem);
    char *wrong = ci_mem_strdup(world.mem, value);

    (void)state;
    assert_false(cookie_session_is_admin(session));
    assert_string_equal(session, cookie_verify(key, value, "other", world.mem));
    assert_null(cookie_verify(other, value, "t", world.mem));
    wrong[0] = 'a'; /* a user's made an admin's */
    assert_null(cookie_verify(key, wrong, "t", world.mem));
    wrong[0] = 'u';
    wrong[strlen(wrong) - 1] ^= 1;
    assert_null(cookie_verify(key, wrong, "t", world.mem));
    assert_null(cookie_verify(key, "", "t", world.mem));
    assert_null(cookie_verify(key, ".", "t", world.mem));
    assert_null(cookie_verify(key, session, "t", world.mem));
    session = cookie_session_new(true, world.mem);
    value = cookie_sign(key, session, "t", world.mem);
    assert_string_equal(session, cookie_verify(key, value, "t", world.mem));
    assert_null(cookie_verify(key, value, "u", world.mem));
    assert_null(cookie_verify(key, value, NULL, world.mem));
}

static void cookie_key__is_the_one_of_the_first_replica(void **state)
{
    struct cookie_key one, two;
    const unsigned char *a, *b;
    struct ci_err err = {0};

    (void)state;
    cookie_key_init(&one);
    cookie_key_init(&two);
    assert_ok(cookie_key_get(&one, db_test.db, &a, &err), err);
    assert_ok(cookie_key_get(&two, db_test.db, &b, &err), err);
    assert_memory_equal(a, b, COOKIE_KEY);
    assert_int_equal(1, db_test_number(db_test.db, "SELECT count(*) AS n FROM server_keys"));
    cookie_key_release(&one);
    cookie_key_release(&two);
}

static void proxy__settings_are_checked(void **state)
{
    struct settings settings = {.proxy_user_header = "x-user"};
    struct ci_networks networks;
    struct ci_err err = {0};

    (void)state;
    assert_false(proxy_read_trust(&settings, world.mem, &networks, &err));
    settings.proxy_trust = "10.0.0.0/8,10.0.0.0/40";
    assert_false(proxy_read_trust(&settings, world.mem, &networks, &err));
    assert_non_null(strstr(err.msg, "10.0.0.0/40"));
    settings.proxy_trust = "10.0.0.0/8, ::1";
    assert_ok(proxy_read_trust(&settings, world.mem, &networks, &err), err);
}

static void proxy__names_the_user(void **state)
{
    struct ci_request request = world_request("POST", "/api/v2/builds/1");
    enum ci_errc code;

    (void)state;
    seed_users();
    world.settings.proxy_user_header = "X-Remote-User";
    world.settings.proxy_groups_header = "x-groups";
    world.settings.proxy_trust = "192.0.2.0/24";
    struct ci_err err = {0};
    assert_ok(proxy_read_trust(&world.settings, world.mem, &world.www.proxy_trust, &err), err);
    request.peer = "192.0.2.1";
    world_header(&request, "x-remote-user", "zoe");
    world_header(&request, "x-groups", " dev , ,release managers,");
    world_header(&request, "host", "ci.local");
    const struct identity *who = ask(&request, &code);
    assert_int_equal(IDENTITY_PROXY, who->kind);
    assert_string_equal("zoe", who->username);
    assert_int_equal(2, who->groups.count);
    assert_string_equal("release managers", who->groups.items[1]);
    /* From anywhere else the header counts for nothing. */
    request.peer = "198.51.100.1";
    who = ask(&request, &code);
    assert_int_equal(IDENTITY_ANONYMOUS, who->kind);
    request.peer = "192.0.2.1";
    db_test_sql(db_test.db, "INSERT INTO users (username, active, created_by) "
                            "VALUES ('zoe', false, 'test')");
    assert_null(ask(&request, &code));
    assert_int_equal(CI_EUNAUTHENTICATED, code);
    db_test_sql(db_test.db, "DELETE FROM users");
    struct ci_request foreign = request;
    world_header(&foreign, "origin", "http://evil.example");
    assert_null(ask(&foreign, &code));
    assert_int_equal(CI_EDENIED, code);
    world_header(&request, "x-remote-user", "root");
    assert_null(ask(&request, &code));
    world.settings.proxy_user_header = NULL;
    world.www.proxy_trust = (struct ci_networks){0};
}

static void audit__bounds_what_was_refused(void **state)
{
    struct ci_request request = world_request("POST", "/api/v2/builds/1");
    const struct identity nobody = {.username = "anonymous"};

    (void)state;
    db_test_sql(db_test.db, "DELETE FROM audit");
    audit_refused(&world.www, &request, &nobody, "stop", "builds/1", "you need to have role 'x'");
    assert_int_equal(1, db_test_number(db_test.db,
                                       "SELECT count(*) AS n FROM audit WHERE outcome = 'refused' "
                                       "AND client = '192.0.2.1' AND tokenid IS NULL AND "
                                       "detail->>'why' LIKE 'you need%'"));
    for (int i = 0; i < 2 * AUDIT_REFUSED_MOST; i++)
        (void)audit_limit_allows(&world.www.audit_limit, request.now);
    assert_false(audit_limit_allows(&world.www.audit_limit, request.now));
    assert_true(
        audit_limit_allows(&world.www.audit_limit, (struct ci_time){(WORLD_NOW + 61) * 1000000LL}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(token__speaks_for_its_user),
        world_test(token__is_void),
        world_test(token__of_the_admin_keeps_its_scopes),
        world_test(session__keeps_whom_the_provider_named),
        world_test(session__ends_with_its_user),
        world_test(session__of_the_admin_ends_with_the_token),
        world_test(session__obeys_no_foreign_page),
        world_test(session__obeys_no_page_without_tls),
        world_test(session__is_nobody_on_a_foreign_pages_socket),
        world_test(cookie__is_signed),
        world_test(cookie_key__is_the_one_of_the_first_replica),
        world_test(proxy__settings_are_checked),
        world_test(proxy__names_the_user),
        world_test(audit__bounds_what_was_refused),
    };

    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("www.identity", tests, world_open, world_close);
}
