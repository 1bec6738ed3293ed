/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, told from a request: the bearer of the admin token or of an API
 * token, a browser's session, or whom the trusted proxy names. What they may
 * do is access.h's.
 */
#pragma once

#include "shared/config.h"
#include "shared/http.h"

struct www;

enum identity_kind {
    IDENTITY_ANONYMOUS,
    IDENTITY_ADMIN,   /* the admin token of the settings, or a session begun with it */
    IDENTITY_SESSION, /* a browser that signed in */
    IDENTITY_TOKEN,   /* an API token */
    IDENTITY_PROXY,   /* the trusted proxy's header */
};

struct identity {
    enum identity_kind kind;
    const char *username;  /* "anonymous", "admin", else the user's */
    const char *full_name; /* or NULL */
    const char *email;     /* or NULL */
    const char *provider;  /* local, github ...; "token", "admin-token", "proxy"; NULL: anonymous */
    struct ci_strs groups;
    int64_t tokenid; /* of a token; 0 */
    unsigned scopes; /* bits 1 << enum ci_action; all of them unless it is a token */
};

/*
 * Finds out who asks; without any credentials IDENTITY_ANONYMOUS. Credentials
 * that are wrong, expired or revoked are CI_EUNAUTHENTICATED, never anonymous;
 * but a browser's cookie that is over is anonymous, as with Buildbot. A
 * session's request that is no GET or HEAD from a foreign page is CI_EDENIED
 * "invalid origin". *out and its texts live in request->mem. Any thread.
 */
CI_MUST_USE bool identity_of(struct www *www, const struct ci_request *request,
                             const struct identity **out, struct ci_err *err);

/* The identity that a token or session keeps, as JSON and back (full_name, email, groups,
 * provider). */
json_t *identity_to_json(const struct identity *identity);
void identity_from_json(const json_t *json, void *mem, struct identity *out);
