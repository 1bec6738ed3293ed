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
    /*
     * The admin token of the settings, a session begun with it, or an API token
     * made with it (tokenid != 0): the scopes bound that one like any other.
     */
    IDENTITY_ADMIN,
    IDENTITY_SESSION, /* a browser that signed in */
    IDENTITY_TOKEN,   /* an API token */
    IDENTITY_PROXY,   /* the trusted proxy's header */
};

enum { IDENTITY_ALL_SCOPES = (1 << CI_ACTION_COUNT) - 1 };

struct identity {
    enum identity_kind kind;
    const char *username;  /* "anonymous", "admin", else the user's */
    const char *full_name; /* or NULL */
    const char *email;     /* or NULL */
    const char *provider;  /* local, github ...; "admin-token", "proxy"; NULL: anonymous */
    struct ci_strs groups;
    int64_t tokenid; /* of a token; 0 */
    unsigned scopes; /* bits 1 << enum ci_action; all of them unless it is a token */
};

/*
 * Finds out who asks; without any credentials IDENTITY_ANONYMOUS. Credentials
 * that are wrong, expired or revoked are CI_EUNAUTHENTICATED, never anonymous;
 * but a browser's cookie that is over is anonymous, as with Buildbot. A
 * session's request that is no GET or HEAD from a foreign page is CI_EDENIED
 * "invalid origin", and its WebSocket anonymous. *out and its texts live in request->mem. Any
 * thread.
 */
CI_MUST_USE bool identity_of(struct www *www, const struct ci_request *request,
                             const struct identity **out, struct ci_err *err);

/* The bits of words of a token: action names, or "all". Words that are none count for nothing. */
unsigned identity_scopes(struct ci_strs words);

/*
 * Whether a page of somebody else's makes a browser send this request: by Origin,
 * Sec-Fetch-Site or, where there is neither, Referer. Programs send none of them.
 */
bool identity_from_foreign_page(struct www *www, const struct ci_request *request);

/* The identity that a token or session keeps, as JSON and back (full_name, email, groups,
 * provider). */
json_t *identity_to_json(const struct identity *identity);
void identity_from_json(const json_t *json, void *mem, struct identity *out);
