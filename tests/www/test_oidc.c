/* SPDX-License-Identifier: Apache-2.0 */
/* OpenID Connect without a network: the address to go to, what claims say, who is let in. */
#include "accounts/oidc.h"
#include "accounts/provider.h"
#include "ci_test.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void *mem;

static int begin(void **state)
{
    (void)state;
    mem = ci_mem_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    ci_mem_free(mem);
    return 0;
}

/* RFC 7636, appendix B. */
static const char verifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
static const char challenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

static struct oidc_deal new_deal(void)
{
    return (struct oidc_deal){
        .authorize_url = "https://id.example/authorize",
        .issuer = "https://id.example",
        .jwks = "{\"keys\": []}",
        .client_id = "a client&id",
        .redirect_uri = "https://ci.example/auth/callback/acme",
        .scope = "openid profile",
        .state = "the-state",
        .nonce = "the-nonce",
        .verifier = verifier,
    };
}

static void authorize_url__has_state_nonce_and_challenge(void **state)
{
    struct oidc_deal deal = new_deal();
    struct ci_err err = {0};
    const char *url;

    (void)state;
    assert_ok(oidc_authorize_url(&deal, mem, &url, &err), err);
    assert_int_equal(0, strncmp(url, "https://id.example/authorize?", 29));
    assert_non_null(strstr(url, "response_type=code"));
    assert_non_null(strstr(url, "state=the-state"));
    assert_non_null(strstr(url, "nonce=the-nonce"));
    assert_non_null(strstr(url, "code_challenge_method=S256"));
    assert_non_null(strstr(url, challenge));
    assert_null(strstr(url, verifier));
    assert_non_null(strstr(url, "%26id"));
    assert_non_null(strstr(url, "https%3A%2F%2Fci.example%2Fauth%2Fcallback%2Facme"));
    /* Plain OAuth2 knows no nonce. */
    deal.issuer = NULL;
    assert_ok(oidc_authorize_url(&deal, mem, &url, &err), err);
    assert_null(strstr(url, "nonce="));
    assert_non_null(strstr(url, challenge));
}

static bool read_tokens(const struct oidc_deal *deal, int status, const char *answer,
                        enum ci_errc *code)
{
    json_t *json = ci_mem_json(mem, json_loads(answer, 0, NULL));
    const json_t *claims;
    const char *token;
    struct ci_err err = {0};
    bool fine = oidc_read_tokens(deal, status, json, 1700000000, mem, &token, &claims, &err);

    *code = err.code;
    return fine;
}

static void tokens__are_there_or_it_fails(void **state)
{
    struct oidc_deal plain = new_deal();
    enum ci_errc code;

    (void)state;
    plain.issuer = NULL;
    assert_true(read_tokens(&plain, 200, "{\"access_token\": \"t\"}", &code));
    assert_false(read_tokens(&plain, 200, "{\"error\": \"bad_verification_code\"}", &code));
    assert_int_equal(CI_EDENIED, code);
    assert_false(read_tokens(&plain, 500, "{\"access_token\": \"t\"}", &code));
    assert_int_equal(CI_EUNAVAILABLE, code);
    assert_false(read_tokens(&plain, 200, "{\"access_token\": 7}", &code));
    assert_false(read_tokens(&plain, 200, "[]", &code));
}

static const char *part(const char *json)
{
    enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
    size_t size = sodium_base64_ENCODED_LEN(strlen(json), VARIANT);

    return sodium_bin2base64(ci_mem_alloc(mem, size), size, (const unsigned char *)json,
                             strlen(json), VARIANT);
}

static void id_token__is_nothing_without_a_signature(void **state)
{
    static const char *const headers[] = {
        "{\"alg\": \"none\"}",
        "{\"alg\": \"HS256\"}",
        "{\"alg\": \"RS256\"}",
        "{\"alg\": \"rs256\"}",
        "{\"alg\": 7}",
        "{}",
        "[]",
        "not json",
        "",
    };
    static const char claims[] = "{\"iss\": \"https://id.example\", \"aud\": \"a client&id\", "
                                 "\"nonce\": \"the-nonce\", \"sub\": \"ann\", \"exp\": 1700000600, "
                                 "\"iat\": 1700000000}";
    struct oidc_deal deal = new_deal();
    enum ci_errc code;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(headers); i++) {
        const char *token = ci_mem_printf(mem, "%s.%s.%s", part(headers[i]), part(claims), "c2ln");
        const char *answer =
            ci_mem_printf(mem,
                          "{\"access_token\": \"t\", \"token_type\": \"Bearer\", \"id_token\": "
                          "\"%s\"}",
                          token);

        if (read_tokens(&deal, 200, answer, &code) || code != CI_EDENIED)
            fail_msg("%s", headers[i]);
    }
    assert_false(
        read_tokens(&deal, 200, "{\"access_token\": \"t\", \"token_type\": \"Bearer\"}", &code));
    assert_int_equal(CI_EDENIED, code);
    deal.jwks = "no keys";
    assert_false(
        read_tokens(&deal, 200, "{\"access_token\": \"t\", \"token_type\": \"Bearer\"}", &code));
    assert_int_equal(CI_EUNAVAILABLE, code);
}

static bool identify(const struct ci_sign_in *config, const char *claims, const char *userinfo,
                     struct identity *out)
{
    struct ci_err err = {0};

    *out = (struct identity){0};
    return oidc_identity(config, ci_mem_json(mem, json_loads(claims, 0, NULL)),
                         userinfo ? ci_mem_json(mem, json_loads(userinfo, 0, NULL)) : NULL, mem,
                         out, &err);
}

static void claims__say_who_it_is(void **state)
{
    struct ci_sign_in config = {.type = CI_SIGN_IN_OIDC, .name = "acme", .title = "Acme"};
    struct identity who;

    (void)state;
    assert_true(identify(&config,
                         "{\"sub\": \"1\", \"preferred_username\": \"ann\", \"groups\": "
                         "[\"dev\", 7, \"\"]}",
                         "{\"sub\": \"1\", \"preferred_username\": \"eve\", \"name\": \"Ann\", "
                         "\"email\": \"a@x.org\", \"email_verified\": true}",
                         &who));
    assert_string_equal("ann", who.username);
    assert_string_equal("Ann", who.full_name);
    assert_string_equal("a@x.org", who.email);
    assert_int_equal(1, who.groups.count);
    /* Userinfo of somebody else. */
    assert_false(identify(&config, "{\"sub\": \"1\", \"preferred_username\": \"ann\"}",
                          "{\"sub\": \"2\"}", &who));
    assert_false(identify(&config, "{\"sub\": \"1\"}", NULL, &who));
    /* What userinfo verifies is not what the id_token says. */
    assert_true(identify(&config,
                         "{\"sub\": \"1\", \"preferred_username\": \"ann\", \"email\": "
                         "\"boss@x.org\"}",
                         "{\"sub\": \"1\", \"email\": \"a@x.org\", \"email_verified\": true}",
                         &who));
    assert_null(who.email);
    config.trust_email = true;
    assert_true(identify(&config,
                         "{\"sub\": \"1\", \"preferred_username\": \"ann\", \"email\": "
                         "\"a@x.org\", \"email_verified\": false}",
                         NULL, &who));
    assert_string_equal("a@x.org", who.email);
    config = (struct ci_sign_in){.type = CI_SIGN_IN_GOOGLE, .title = "Google"};
    assert_true(identify(
        &config, "{\"sub\": \"1\", \"email\": \"a@x.org\", \"email_verified\": true}", NULL, &who));
    assert_string_equal("a@x.org", who.username);
    assert_false(identify(&config, "{\"sub\": \"1\", \"email\": \"a@x.org\"}", NULL, &who));
    config.username_claim = "sub";
    config.groups_claim = "roles";
    assert_true(identify(&config, "{\"sub\": \"1\", \"roles\": [\"r\"]}", NULL, &who));
    assert_string_equal("1", who.username);
    assert_string_equal("r", who.groups.items[0]);
}

static void provider__lets_in_whom_it_should(void **state)
{
    static const char *const domains[] = {"acme.example", "*.acme.example"};
    static const char *const groups[] = {"acme", "lab/*"};
    static const char *const mine[] = {"other", "Lab/dev"};
    const struct ci_sign_in open = {0};
    const struct ci_sign_in by_domain = {
        .domains = {domains, 2}
    };
    const struct ci_sign_in by_group = {
        .groups = {groups, 2}
    };
    struct identity who = {0};
    struct ci_err err;

    (void)state;
    assert_true(provider_admits(&open, &who, &err));
    assert_false(provider_admits(&by_domain, &who, &err));
    assert_false(provider_admits(&by_group, &who, &err));
    who.email = "a@ACME.example";
    assert_true(provider_admits(&by_domain, &who, &err));
    who.email = "a@dev.acme.example";
    assert_true(provider_admits(&by_domain, &who, &err));
    who.email = "a@acme.example@evil.example";
    assert_false(provider_admits(&by_domain, &who, &err));
    who.email = "a@notacme.example";
    assert_false(provider_admits(&by_domain, &who, &err));
    who.groups = (struct ci_strs){mine, 1};
    assert_false(provider_admits(&by_group, &who, &err));
    who.groups = (struct ci_strs){mine, 2};
    assert_true(provider_admits(&by_group, &who, &err));
}

static void discovery__is_kept_for_a_minute(void **state)
{
    struct ci_mono now = {1000 * 1000000LL};
    struct discoveries discoveries;

    (void)state;
    discoveries_init(&discoveries);
    assert_null(discoveries_get(&discoveries, "a", now, mem));
    discoveries_put(&discoveries, "a", "1", now);
    discoveries_put(&discoveries, "a", "2", now);
    assert_string_equal("2", discoveries_get(&discoveries, "a", now, mem));
    assert_null(discoveries_get(&discoveries, "b", now, mem));
    now = ci_mono_add(now, ci_seconds(60));
    assert_null(discoveries_get(&discoveries, "a", now, mem));
    for (int i = 0; i < DISCOVERY_SLOTS; i++)
        discoveries_put(&discoveries, ci_mem_printf(mem, "i%d", i), "3",
                        ci_mono_add(now, ci_seconds(i)));
    assert_null(discoveries_get(&discoveries, "a", now, mem));
    assert_string_equal("3", discoveries_get(&discoveries, "i0", now, mem));
    discoveries_put(&discoveries, "new", "4", ci_mono_add(now, ci_seconds(20)));
    assert_null(discoveries_get(&discoveries, "i0", now, mem));
    discoveries_release(&discoveries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(authorize_url__has_state_nonce_and_challenge, begin, end),
        cmocka_unit_test_setup_teardown(tokens__are_there_or_it_fails, begin, end),
        cmocka_unit_test_setup_teardown(id_token__is_nothing_without_a_signature, begin, end),
        cmocka_unit_test_setup_teardown(claims__say_who_it_is, begin, end),
        cmocka_unit_test_setup_teardown(provider__lets_in_whom_it_should, begin, end),
        cmocka_unit_test_setup_teardown(discovery__is_kept_for_a_minute, begin, end),
    };
    struct ci_err err;

    if (sodium_init() < 0 || !oidc_init(&err))
        return 1;
    return cmocka_run_group_tests_name("www.oidc", tests, NULL, NULL);
}
