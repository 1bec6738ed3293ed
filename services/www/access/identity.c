/* SPDX-License-Identifier: Apache-2.0 */
#include "access/identity.h"

#include "access/cookie.h"
#include "access/origin.h"
#include "access/proxy.h"
#include "access/tokens.h"
#include "id_row.h"
#include "shared/log.h"
#include "www_sql.h"

#include <string.h>
#include <strings.h>

static const char admin_name[] = "admin";

static const struct ci_field identity_fields[] = {
    CI_FIELD(struct identity, full_name, CI_OMIT_NULL),
    CI_FIELD(struct identity, email, CI_OMIT_NULL),
    CI_FIELD(struct identity, provider, CI_OMIT_NULL),
    CI_FIELD(struct identity, groups, CI_OMIT_NULL),
};
static const struct ci_record identity_record = {.name = "identity",
                                                 .fields = identity_fields,
                                                 .count = CI_COUNT(identity_fields),
                                                 .size = sizeof(struct identity),
                                                 .open = true};

json_t *identity_to_json(const struct identity *identity)
{
    return ci_record_to_json(&identity_record, identity);
}

void identity_from_json(const json_t *json, void *mem, struct identity *out)
{
    json_t *copy = ci_mem_json(mem, json ? json_deep_copy(json) : json_object());
    const char *key;
    json_t *value;
    void *next;
    struct ci_err err;

    json_object_foreach_safe(copy, next, key, value) if (json_is_null(value))
        json_object_del(copy, key);
    if (!ci_record_from_json(&identity_record, copy, mem, out, &err))
        ci_log(CI_WARN, "identity.unreadable", ci_kv("problem", err.msg));
}

unsigned identity_scopes(struct ci_strs words)
{
    unsigned scopes = 0;

    for (size_t i = 0; i < words.count; i++) {
        if (strcmp(words.items[i], "all") == 0)
            return IDENTITY_ALL_SCOPES;
        for (unsigned action = 0; action < CI_ACTION_COUNT; action++)
            if (strcmp(words.items[i], ci_action_names[action]) == 0)
                scopes |= 1U << action;
    }
    return scopes;
}

static struct identity *new_identity(void *mem, enum identity_kind kind, const char *username,
                                     const char *provider)
{
    struct identity *identity = ci_mem_zero(mem, struct identity);

    identity->kind = kind;
    identity->username = username;
    identity->provider = provider;
    identity->scopes = IDENTITY_ALL_SCOPES;
    return identity;
}

static struct identity *new_admin(void *mem)
{
    struct identity *identity = new_identity(mem, IDENTITY_ADMIN, admin_name, "admin-token");

    identity->full_name = "Administrator";
    return identity;
}

/* ---- API tokens ---- */

struct token_row {
    int64_t tokenid;
    const char *username;
    struct ci_strs scopes;
    json_t *identity;
    bool stale; /* its last use is noted as more than a minute ago */
};
static const struct ci_field token_row_fields[] = {
    CI_FIELD(struct token_row, tokenid, 0), CI_FIELD(struct token_row, username, 0),
    CI_FIELD(struct token_row, scopes, 0),  CI_FIELD(struct token_row, identity, 0),
    CI_FIELD(struct token_row, stale, 0),
};
static const struct ci_record token_row_record =
    CI_RECORD("token", struct token_row, token_row_fields);

/* The request goes on even if this can't be noted. */
static void note_use(struct www *www, const struct ci_request *request, int64_t tokenid)
{
    struct ci_err err;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(www->app->db, &tx, &err) ||
        !ci_db_exec(&tx, &sql_token_used,
                    CI_ARGS(ci_arg(tokenid), ci_arg(request->now), ci_arg(request->client)), NULL,
                    &err))
        ci_log(CI_WARN, "token.use_not_noted", ci_kv("token", tokenid), ci_kv("problem", err.msg));
}

static bool find_token(struct www *www, const struct ci_request *request, const char *token,
                       struct ci_list *rows, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(www->app->db, &tx, err) &&
           ci_db_rows(&tx, &sql_token_find,
                      CI_ARGS(ci_arg(secret_hash(request->mem, token)), ci_arg(request->now)),
                      &token_row_record, request->mem, rows, err);
}

static bool by_token(struct www *www, const struct ci_request *request, const char *token,
                     const struct identity **out, struct ci_err *err)
{
    struct ci_list rows;

    if (!find_token(www, request, token, &rows, err))
        return false;
    if (!rows.count)
        return ci_fail(err, CI_EUNAUTHENTICATED, "the token is not known, or over");
    const struct token_row *row = rows.items;
    struct identity *found = new_identity(request->mem, IDENTITY_TOKEN, row->username, NULL);
    identity_from_json(row->identity, request->mem, found);
    if (found->provider && strcmp(found->provider, "admin-token") == 0)
        found->kind = IDENTITY_ADMIN;
    found->tokenid = row->tokenid;
    found->scopes = identity_scopes(row->scopes);
    if (row->stale)
        note_use(www, request, row->tokenid);
    *out = found;
    return true;
}

/* *out NULL: the bearer is none of ours, which a trusted proxy's may be. */
static bool by_bearer(struct www *www, const struct ci_request *request, const char *bearer,
                      const struct identity **out, struct ci_err *err)
{
    const char *admin = www->settings->admin_token;

    *out = NULL;
    if (strncmp(bearer, TOKEN_PREFIX, sizeof(TOKEN_PREFIX) - 1) == 0 &&
        strlen(bearer) == TOKEN_LENGTH)
        return by_token(www, request, bearer, out, err);
    if (admin && *admin && secret_same(admin, bearer))
        *out = new_admin(request->mem);
    return true;
}

/* ---- browsers ---- */

struct session_row {
    const char *username;
    json_t *identity;
};
static const struct ci_field session_row_fields[] = {
    CI_FIELD(struct session_row, username, 0),
    CI_FIELD(struct session_row, identity, 0),
};
static const struct ci_record session_row_record =
    CI_RECORD("session", struct session_row, session_row_fields);

static struct identity *session_identity(const struct session_row *row, const char *session,
                                         void *mem)
{
    struct identity *found = new_identity(mem, IDENTITY_SESSION, row->username, NULL);

    if (cookie_session_is_admin(session))
        return new_admin(mem);
    identity_from_json(row->identity, mem, found);
    return found;
}

/* *out NULL: no session, or one that is over. */
static bool by_session(struct www *www, const struct ci_request *request,
                       const struct identity **out, struct ci_err *err)
{
    const char *cookie = ci_request_cookie(request, COOKIE_NAME);
    const char *admin = www->settings->admin_token;
    const unsigned char *key;
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    *out = NULL;
    if (!cookie || !*cookie)
        return true;
    if (!cookie_key_get(&www->cookie_key, www->app->db, &key, err))
        return false;
    const char *session = cookie_verify(key, cookie, admin, request->mem);
    if (!session || (cookie_session_is_admin(session) && (!admin || !*admin)))
        return true;
    if (!ci_tx_read(www->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_session_find,
                    CI_ARGS(ci_arg(secret_hash(request->mem, session)), ci_arg(request->now)),
                    &session_row_record, request->mem, &rows, err))
        return false;
    if (rows.count)
        *out = session_identity(rows.items, session, request->mem);
    return true;
}

/* The proxy vouches for the name; whom we deactivated stays out all the same. */
static bool by_proxy(struct www *www, const struct ci_request *request, const struct identity **out,
                     struct ci_err *err)
{
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    if (!proxy_identity(www, request, out, err))
        return false;
    if (!*out)
        return true;
    if (!ci_tx_read(www->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_user_void, CI_ARGS(ci_arg((*out)->username)), &id_row_record,
                    request->mem, &rows, err))
        return false;
    return rows.count ? ci_fail(err, CI_EUNAUTHENTICATED, "this user is not active any more")
                      : true;
}

static bool only_reads(const struct ci_request *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

bool identity_from_foreign_page(struct www *www, const struct ci_request *request)
{
    const char *origin = ci_request_header(request, "origin");
    const char *site = ci_request_header(request, "sec-fetch-site");
    const char *referer = ci_request_header(request, "referer");

    if (origin)
        return !origin_is_ours(www, request);
    if (site)
        return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
    return referer && !origin_is_ours_url(www, request, referer);
}

/*
 * A page of somebody else's may not change anything with what the browser sends
 * along. It can't read our answers either, but for those on a WebSocket: there
 * it is nobody.
 */
static bool check_page(struct www *www, const struct ci_request *request,
                       const struct identity **out, struct ci_err *err)
{
    const char *upgrade = ci_request_header(request, "upgrade");
    bool socket = upgrade && strcasecmp(upgrade, "websocket") == 0;

    if ((only_reads(request) && !socket) || !identity_from_foreign_page(www, request))
        return true;
    *out = NULL;
    return socket || ci_fail(err, CI_EDENIED, "invalid origin");
}

/* What a browser sends along whatever page makes it ask: the cookie, what lets it by the proxy. */
static bool by_browser(struct www *www, const struct ci_request *request,
                       const struct identity **out, struct ci_err *err)
{
    if (!by_proxy(www, request, out, err) || (!*out && !by_session(www, request, out, err)))
        return false;
    return !*out || check_page(www, request, out, err);
}

bool identity_of(struct www *www, const struct ci_request *request, const struct identity **out,
                 struct ci_err *err)
{
    const char *bearer = ci_request_bearer(request);
    const struct identity *found = NULL;

    if (bearer && !by_bearer(www, request, bearer, &found, err))
        return false;
    if (!found && bearer) {
        if (!by_proxy(www, request, &found, err))
            return false;
        if (!found)
            return ci_fail(err, CI_EUNAUTHENTICATED, "the token is not known");
        if (!check_page(www, request, &found, err))
            return false;
    }
    if (!found && !by_browser(www, request, &found, err))
        return false;
    if (!found)
        found = new_identity(request->mem, IDENTITY_ANONYMOUS, "anonymous", NULL);
    *out = found;
    return true;
}
