/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OAuth2 and OpenID Connect as messages, without any network: the URL to send
 * a browser to, and what the provider's answer proves. The one place that
 * knows libiddawc; the calls are provider.c's, with its limits and timeouts.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* What both halves of one sign-in share. */
struct oidc_deal {
    const char *authorize_url;
    const char *issuer; /* NULL: plain OAuth2 */
    const char *jwks;   /* JSON of the issuer's keys; NULL before they are needed */
    const char *client_id;
    const char *redirect_uri;
    const char *scope; /* blanks between */
    const char *state, *nonce, *verifier;
};

/* Before anything else; further calls do nothing. */
CI_MUST_USE bool oidc_init(struct ci_err *err);

/* The provider's page, with PKCE's challenge (S256). In mem. */
CI_MUST_USE bool oidc_authorize_url(const struct oidc_deal *deal, void *mem, const char **out,
                                    struct ci_err *err);

/*
 * The access token of the token endpoint's answer, and with an issuer the
 * claims of its id_token, which is verified: an asymmetric signature by one of
 * the keys, issuer, audience, nonce and times. CI_EDENIED when it proves
 * nothing. Both in mem.
 */
CI_MUST_USE bool oidc_read_tokens(const struct oidc_deal *deal, int status, json_t *answer,
                                  int64_t now_s, void *mem, const char **access_token,
                                  const json_t **claims, struct ci_err *err);
