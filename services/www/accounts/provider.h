/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sign-in's dealings with a provider: where its ends are, the exchange of
 * the code, and who the user is. Calls have timeouts and limits; no token, code
 * or secret is ever part of an error or a log line.
 */
#pragma once

#include "access/identity.h"
#include "accounts/discovery.h"
#include "accounts/oidc.h"
#include "shared/http_client.h"

enum { PROVIDER_GROUPS_MOST = 500 };

struct provider {
    const struct ci_sign_in *config;
    void *mem;
    struct discoveries *discoveries;
    struct ci_client *client;
    const char *secret; /* NULL: a public client */
    struct oidc_deal deal;
    const char *token_url;
    const char *userinfo_url; /* oidc; or NULL */
    const char *jwks_url;     /* oidc */
    const char *api;          /* forges: "https://api.github.com" */
    bool basic;               /* the secret goes as HTTP Basic */
};

/*
 * Finds the provider's ends, for an issuer by its discovery document. The deal
 * is filled but for state, nonce and verifier. Release it in any case.
 */
CI_MUST_USE bool provider_open(const struct ci_sign_in *config, const char *secrets_dir,
                               struct discoveries *discoveries, const char *redirect_uri, void *mem,
                               struct provider *out, struct ci_err *err);
void provider_release(struct provider *provider);

/* The code against a token, and the token against the user. *out in mem. */
CI_MUST_USE bool provider_user(struct provider *provider, const char *code, int64_t now_s,
                               struct identity *out, struct ci_err *err);

/* GET with the token; CI_EUNAVAILABLE unless it is JSON with status 200. */
CI_MUST_USE bool provider_get(struct provider *provider, const char *url, const char *token,
                              struct ci_reply *reply, struct ci_err *err);

/* Who it is, by the REST of each kind of forge. */
typedef bool provider_who(struct provider *provider, const char *token, struct identity *out,
                          struct ci_err *err);
provider_who github_user, gitlab_user, gitea_user;

/* Who it is, by claims and userinfo. */
CI_MUST_USE bool oidc_user(struct provider *provider, const char *token, const json_t *claims,
                           struct identity *out, struct ci_err *err);
/* The same from what was fetched. userinfo may be NULL. Pure. */
CI_MUST_USE bool oidc_identity(const struct ci_sign_in *config, const json_t *claims,
                               const json_t *userinfo, void *mem, struct identity *out,
                               struct ci_err *err);

/* Whether the configuration's domains and groups let the user in. Pure. */
CI_MUST_USE bool provider_admits(const struct ci_sign_in *config, const struct identity *who,
                                 struct ci_err *err);
