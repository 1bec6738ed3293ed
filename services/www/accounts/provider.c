/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/provider.h"

#include "shared/clock.h"
#include "shared/json.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

enum { TIMEOUT_S = 10, CONNECT_S = 5, REPLY_MOST = 1 << 20, NAME_LONGEST = 200 };

/* What the types differ in; URLs are relative to the server. */
static const struct kind {
    const char *server, *authorize, *token, *scope;
    provider_who *who; /* NULL: an issuer of OpenID Connect */
} kinds[] = {
    [CI_SIGN_IN_OIDC] = {NULL,                          NULL,                     NULL,                        "openid profile email",          NULL      },
    [CI_SIGN_IN_GITHUB] = {"https://github.com",          "/login/oauth/authorize",
                         "/login/oauth/access_token",                                                          "read:user user:email read:org",
                         github_user                                                                                                                      },
    [CI_SIGN_IN_GITLAB] = {"https://gitlab.com",          "/oauth/authorize",       "/oauth/token",              "read_api",
                         gitlab_user                                                                                                                      },
    [CI_SIGN_IN_GITEA] = {NULL,                          "/login/oauth/authorize", "/login/oauth/access_token",
                         "read:user read:organization",                                                                                         gitea_user},
    [CI_SIGN_IN_GOOGLE] = {"https://accounts.google.com", NULL,                     NULL,                        "openid profile email",          NULL      },
};

static const char *without_slash(void *mem, const char *url)
{
    size_t len = strlen(url);

    return ci_mem_strndup(mem, url, len && url[len - 1] == '/' ? len - 1 : len);
}

static const char *join(void *mem, struct ci_strs words)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < words.count; i++)
        ci_buf_printf(&out, "%s%s", i ? " " : "", words.items[i]);
    return out.text;
}

static bool call(struct provider *provider, const struct ci_call *what, struct ci_reply *reply,
                 struct ci_err *err)
{
    struct ci_call whole = *what;
    const struct ci_pair accept = {"Accept", "application/json"};

    whole.headers = (struct ci_pairs){&accept, 1};
    whole.timeout = ci_seconds(TIMEOUT_S);
    whole.max_reply = REPLY_MOST;
    if (ci_client_call(provider->client, &whole, provider->mem, reply, err))
        return true;
    /* Its own text may hold the URL, and that the code. */
    return ci_fail(err, CI_EUNAVAILABLE, "%s could not be reached", provider->config->title);
}

bool provider_get(struct provider *provider, const char *url, const char *token,
                  struct ci_reply *reply, struct ci_err *err)
{
    const struct ci_call what = {.url = url, .bearer = token};

    if (!call(provider, &what, reply, err))
        return false;
    if (reply->status != 200 || !reply->json)
        return ci_fail(err, CI_EUNAVAILABLE, "%s did not answer as expected (HTTP status %d)",
                       provider->config->title, reply->status);
    return true;
}

/* An address of the discovery document. */
static const char *end_of(const json_t *document, const char *name)
{
    const char *url = json_string_value(json_object_get(document, name));

    return url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) ? url
                                                                                        : NULL;
}

static bool supports(const json_t *list, const char *word)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
        if (json_is_string(item) && strcmp(json_string_value(item), word) == 0)
            return true;
    return false;
}

/* The document, as it is known or else asked for. */
static bool read_document(struct provider *provider, const char *issuer, const json_t **out,
                          struct ci_err *err)
{
    const char *known =
        discoveries_get(provider->discoveries, issuer, ci_mono_now(), provider->mem);
    json_error_t where;
    struct ci_reply reply;

    json_t *kept = known ? ci_json_read(known, strlen(known), 0, &where) : NULL;
    if (kept) {
        *out = ci_mem_json(provider->mem, kept);
        return true;
    }
    if (!provider_get(provider,
                      ci_mem_printf(provider->mem, "%s/.well-known/openid-configuration", issuer),
                      NULL, &reply, err))
        return false;
    discoveries_put(provider->discoveries, issuer, reply.body.data, ci_mono_now());
    *out = reply.json;
    return true;
}

static bool discover(struct provider *provider, const char *issuer, struct ci_err *err)
{
    const json_t *document;

    if (!read_document(provider, issuer, &document, err))
        return false;
    const char *named = json_string_value(json_object_get(document, "issuer"));
    if (!named || strcmp(without_slash(provider->mem, named), issuer) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "%s calls itself another issuer than url says",
                       provider->config->title);
    provider->deal.issuer = named;
    provider->deal.authorize_url = end_of(document, "authorization_endpoint");
    provider->token_url = end_of(document, "token_endpoint");
    provider->userinfo_url = end_of(document, "userinfo_endpoint");
    provider->jwks_url = end_of(document, "jwks_uri");
    provider->basic = !supports(json_object_get(document, "token_endpoint_auth_methods_supported"),
                                "client_secret_post");
    if (!provider->deal.authorize_url || !provider->token_url || !provider->jwks_url)
        return ci_fail(err, CI_EUNAVAILABLE, "%s does not tell all of its addresses",
                       provider->config->title);
    return true;
}

static const char *api_of(const struct ci_sign_in *config, const char *server, void *mem)
{
    if (config->api_url)
        return without_slash(mem, config->api_url);
    switch (config->type) {
    case CI_SIGN_IN_GITHUB:
        return config->url ? ci_mem_printf(mem, "%s/api/v3", server) : "https://api.github.com";
    case CI_SIGN_IN_GITLAB:
        return ci_mem_printf(mem, "%s/api/v4", server);
    case CI_SIGN_IN_GITEA:
        return ci_mem_printf(mem, "%s/api/v1", server);
    case CI_SIGN_IN_OIDC:
    case CI_SIGN_IN_GOOGLE:
        break;
    }
    return NULL;
}

static bool find_ends(struct provider *provider, struct ci_err *err)
{
    const struct kind *kind = &kinds[provider->config->type];
    const char *server =
        without_slash(provider->mem, provider->config->url ? provider->config->url : kind->server);

    if (!kind->who)
        return discover(provider, server, err);
    provider->deal.authorize_url = ci_mem_printf(provider->mem, "%s%s", server, kind->authorize);
    provider->token_url = ci_mem_printf(provider->mem, "%s%s", server, kind->token);
    provider->api = api_of(provider->config, server, provider->mem);
    return true;
}

bool provider_open(const struct ci_sign_in *config, const char *secrets_dir,
                   struct discoveries *discoveries, const char *redirect_uri, void *mem,
                   struct provider *out, struct ci_err *err)
{
    const struct ci_client_options options = {.user_agent = "slipway/" SLIPWAY_VERSION,
                                              .connect_timeout = ci_seconds(CONNECT_S)};

    *out = (struct provider){.config = config, .mem = mem, .discoveries = discoveries};
    out->deal = (struct oidc_deal){
        .client_id = config->client_id,
        .redirect_uri = redirect_uri,
        .scope = config->scopes.count ? join(mem, config->scopes) : kinds[config->type].scope,
    };
    if (config->client_secret.kind != CI_SECRET_NONE &&
        !ci_secret_read(&config->client_secret, secrets_dir, mem, &out->secret, err))
        return ci_fail_in(err, "sign_in %s", config->name);
    return ci_client_open(&options, &out->client, err) && find_ends(out, err);
}

void provider_release(struct provider *provider)
{
    ci_client_close(provider->client);
    provider->client = NULL;
}

static void add_field(struct ci_buf *form, const char *name, const char *value)
{
    ci_buf_printf(form, "%s%s=%s", form->len ? "&" : "", name,
                  ci_url_encode(form->mem, value, false));
}

static bool exchange(struct provider *provider, const char *code, struct ci_reply *reply,
                     struct ci_err *err)
{
    const struct oidc_deal *deal = &provider->deal;
    bool basic = provider->secret && provider->basic;
    struct ci_buf form;

    ci_buf_init(&form, provider->mem);
    add_field(&form, "grant_type", "authorization_code");
    add_field(&form, "code", code);
    add_field(&form, "redirect_uri", deal->redirect_uri);
    add_field(&form, "code_verifier", deal->verifier);
    if (!basic)
        add_field(&form, "client_id", deal->client_id);
    if (provider->secret && !basic)
        add_field(&form, "client_secret", provider->secret);
    const struct ci_call what = {
        .method = "POST",
        .url = provider->token_url,
        .basic_user = basic ? ci_url_encode(provider->mem, deal->client_id, false) : NULL,
        .basic_password = basic ? ci_url_encode(provider->mem, provider->secret, false) : NULL,
        .body = {form.text, form.len},
        .content_type = "application/x-www-form-urlencoded",
    };
    if (!call(provider, &what, reply, err))
        return false;
    return reply->json || ci_fail(err, CI_EUNAVAILABLE, "%s gave no token (HTTP status %d)",
                                  provider->config->title, reply->status);
}

static bool read_keys(struct provider *provider, struct ci_err *err)
{
    struct ci_reply reply;

    if (!provider->jwks_url)
        return true;
    if (!provider_get(provider, provider->jwks_url, NULL, &reply, err))
        return false;
    provider->deal.jwks = reply.body.data; /* a NUL follows it */
    return true;
}

static bool glob_in(struct ci_strs globs, const char *text)
{
    for (size_t i = 0; text && i < globs.count; i++)
        if (fnmatch(globs.items[i], text, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

bool provider_admits(const struct ci_sign_in *config, const struct identity *who,
                     struct ci_err *err)
{
    const char *at = who->email ? strrchr(who->email, '@') : NULL;
    bool member = config->groups.count == 0;

    if (config->domains.count && !glob_in(config->domains, at ? at + 1 : NULL))
        return ci_fail(err, CI_EDENIED, "your address is of none of the domains that are let in");
    for (size_t i = 0; !member && i < who->groups.count; i++)
        member = glob_in(config->groups, who->groups.items[i]);
    return member || ci_fail(err, CI_EDENIED, "you are in none of the groups that are let in");
}

/* A name that can stand in logs and lists, and is nobody else's here. */
static bool finish_name(struct provider *provider, struct identity *who, struct ci_err *err)
{
    const char *name = who->username;

    for (const unsigned char *at = (const unsigned char *)name; at && *at; at++)
        if (*at < ' ' || *at == 0x7f)
            name = NULL;
    if (!name || !*name || strlen(name) > NAME_LONGEST)
        return ci_fail(err, CI_EDENIED, "%s gave no name for you", provider->config->title);
    who->username = ci_mem_printf(provider->mem, "%s%s", provider->config->prefix, name);
    if (strcasecmp(who->username, "admin") == 0 || strcasecmp(who->username, "anonymous") == 0)
        return ci_fail(err, CI_EDENIED,
                       "the name \"%s\" is taken; a prefix in sign_in sets its users apart",
                       who->username);
    return true;
}

bool provider_user(struct provider *provider, const char *code, int64_t now_s, struct identity *out,
                   struct ci_err *err)
{
    const struct kind *kind = &kinds[provider->config->type];
    const json_t *claims;
    struct ci_reply reply;
    const char *token;

    *out = (struct identity){.kind = IDENTITY_SESSION,
                             .provider = provider->config->name,
                             .scopes = IDENTITY_ALL_SCOPES};
    if (!read_keys(provider, err) || !exchange(provider, code, &reply, err) ||
        !oidc_read_tokens(&provider->deal, reply.status, reply.json, now_s, provider->mem, &token,
                          &claims, err))
        return false;
    if (!(kind->who ? kind->who(provider, token, out, err)
                    : oidc_user(provider, token, claims, out, err)))
        return false;
    return provider_admits(provider->config, out, err) && finish_name(provider, out, err);
}
