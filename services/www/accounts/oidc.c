/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/oidc.h"

#include "shared/json.h"

#include <iddawc.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SKEW_S = 120, TOKEN_LONGEST = 64 << 10 };

static bool begun;

static void begin(void)
{
    begun = i_global_init() == I_OK;
}

bool oidc_init(struct ci_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, begin);
    return begun || ci_fail(err, CI_EINTERNAL, "libiddawc could not start");
}

static bool set_up(const struct oidc_deal *deal, struct _i_session *session)
{
    const struct {
        i_option option;
        const char *value;
    } texts[] = {
        {I_OPT_CLIENT_ID,          deal->client_id                  },
        {I_OPT_REDIRECT_URI,       deal->redirect_uri               },
        {I_OPT_SCOPE,              deal->scope                      },
        {I_OPT_STATE,              deal->state                      },
        {I_OPT_NONCE,              deal->issuer ? deal->nonce : NULL},
        {I_OPT_PKCE_CODE_VERIFIER, deal->verifier                   },
        {I_OPT_AUTH_ENDPOINT,      deal->authorize_url              },
        {I_OPT_ISSUER,             deal->issuer                     },
    };

    if (i_init_session(session) != I_OK)
        return false;
    /* A key that lies elsewhere is none: nothing is fetched behind our back. */
    if (i_set_int_parameter(session, I_OPT_X5U_FLAGS, R_FLAG_IGNORE_REMOTE) != I_OK ||
        i_set_int_parameter(session, I_OPT_PKCE_METHOD, I_PKCE_METHOD_S256) != I_OK ||
        i_set_response_type(session, I_RESPONSE_TYPE_CODE) != I_OK)
        return false;
    for (size_t i = 0; i < CI_COUNT(texts); i++)
        if (texts[i].value && i_set_str_parameter(session, texts[i].option, texts[i].value) != I_OK)
            return false;
    return true;
}

bool oidc_authorize_url(const struct oidc_deal *deal, void *mem, const char **out,
                        struct ci_err *err)
{
    CI_CLEANUP(i_clean_session) struct _i_session session = {0};

    if (!set_up(deal, &session) || i_build_auth_url_get(&session) != I_OK)
        return ci_fail(err, CI_EINTERNAL, "the provider's address could not be made");
    *out = ci_mem_strdup(mem, i_get_str_parameter(&session, I_OPT_REDIRECT_TO));
    return true;
}

/* A part of a JWT as JSON, in mem; NULL when it is none. */
static json_t *jwt_part(const char *token, size_t len, void *mem)
{
    unsigned char *bytes = ci_mem_alloc(mem, len + 1);
    json_error_t where;
    size_t size;

    if (sodium_base642bin(bytes, len, token, len, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return NULL;
    json_t *json = ci_json_read((const char *)bytes, size, JSON_REJECT_DUPLICATES, &where);
    return json ? ci_mem_json(mem, json) : NULL;
}

/* "none" proves nothing, and HS256 no more than our own secret, which others may hold, too. */
static bool is_asymmetric(const char *token, void *mem)
{
    static const char *const known[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                        "PS512", "ES256", "ES384", "ES512", "EdDSA"};
    const json_t *header = jwt_part(token, strcspn(token, "."), mem);
    const char *alg = json_string_value(json_object_get(header, "alg"));

    for (size_t i = 0; alg && i < CI_COUNT(known); i++)
        if (strcmp(alg, known[i]) == 0)
            return true;
    return false;
}

static bool is_for_us(const json_t *audience, const json_t *azp, const char *client_id)
{
    const json_t *item;
    size_t i;

    if (azp && (!json_is_string(azp) || strcmp(json_string_value(azp), client_id) != 0))
        return false;
    if (json_is_string(audience))
        return strcmp(json_string_value(audience), client_id) == 0;
    json_array_foreach(audience, i, item)
        if (json_is_string(item) && strcmp(json_string_value(item), client_id) == 0)
            return json_array_size(audience) == 1 || azp;
    return false;
}

static bool text_is(const json_t *claims, const char *name, const char *expected)
{
    const char *text = json_string_value(json_object_get(claims, name));

    return text && expected && strcmp(text, expected) == 0;
}

/* What the library has looked at before us, and what it leaves to its callers. */
static const char *complaint(const struct oidc_deal *deal, const json_t *claims, int64_t now_s)
{
    const json_t *expires = json_object_get(claims, "exp"),
                 *issued = json_object_get(claims, "iat");
    const char *subject = json_string_value(json_object_get(claims, "sub"));

    if (!text_is(claims, "iss", deal->issuer))
        return "it is of another issuer";
    if (!is_for_us(json_object_get(claims, "aud"), json_object_get(claims, "azp"), deal->client_id))
        return "it is for somebody else";
    if (!text_is(claims, "nonce", deal->nonce))
        return "its nonce is not ours";
    if (!json_is_number(expires) || json_number_value(expires) + SKEW_S < (double)now_s)
        return "it is over";
    if (!json_is_number(issued) || json_number_value(issued) - SKEW_S > (double)now_s)
        return "it is of the future";
    return subject && *subject ? NULL : "it names nobody";
}

static bool read_id_token(const struct oidc_deal *deal, struct _i_session *session, int64_t now_s,
                          void *mem, const json_t **claims, struct ci_err *err)
{
    const char *token = i_get_str_parameter(session, I_OPT_ID_TOKEN), *why;

    if (!token || strlen(token) > TOKEN_LONGEST || !strchr(token, '.'))
        return ci_fail(err, CI_EDENIED, "the provider sent no id_token");
    if (!is_asymmetric(token, mem))
        return ci_fail(err, CI_EDENIED, "the id_token is not signed as it should be");
    if (i_verify_id_token(session) != I_OK)
        return ci_fail(err, CI_EDENIED, "the id_token's signature or claims are not right");
    const char *payload = strchr(token, '.') + 1;
    *claims = jwt_part(payload, strcspn(payload, "."), mem);
    if (!*claims)
        return ci_fail(err, CI_EDENIED, "the id_token can't be read");
    why = complaint(deal, *claims, now_s);
    return !why || ci_fail(err, CI_EDENIED, "the id_token is not right: %s", why);
}

static bool set_keys(const struct oidc_deal *deal, struct _i_session *session)
{
    json_error_t where;
    json_t *keys = ci_json_read(deal->jwks, strlen(deal->jwks), 0, &where);
    bool fine = keys && i_set_server_jwks(session, keys) == I_OK;

    json_decref(keys);
    return fine;
}

bool oidc_read_tokens(const struct oidc_deal *deal, int status, json_t *answer, int64_t now_s,
                      void *mem, const char **access_token, const json_t **claims,
                      struct ci_err *err)
{
    const char *code = json_string_value(json_object_get(answer, "error"));
    const char *access = json_string_value(json_object_get(answer, "access_token"));
    CI_CLEANUP(i_clean_session) struct _i_session session = {0};

    *claims = NULL;
    if (code) /* GitHub says this with status 200 */
        return ci_fail(err, CI_EDENIED, "the provider refused the code: %.80s", code);
    if (status != 200 || !access || strlen(access) > TOKEN_LONGEST)
        return ci_fail(err, CI_EUNAVAILABLE, "the provider gave no token (HTTP status %d)", status);
    *access_token = ci_mem_strdup(mem, access);
    if (!deal->issuer)
        return true;
    if (!set_up(deal, &session) || !set_keys(deal, &session))
        return ci_fail(err, CI_EUNAVAILABLE, "the provider's keys can't be read");
    if (i_parse_token_response(&session, status, answer) != I_OK)
        return ci_fail(err, CI_EDENIED, "the provider's answer is not what was asked for");
    return read_id_token(deal, &session, now_s, mem, claims, err);
}
