/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/session.h"

#include "www_sql.h"

static void set_cookie(const struct ci_request *request, struct ci_response *response,
                       const char *value, int64_t seconds)
{
    ci_response_header(request, response, "Set-Cookie",
                       ci_mem_printf(request->mem,
                                     COOKIE_NAME
                                     "=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
                                     value, (long long)seconds, request->secure ? "; Secure" : ""));
    ci_response_header(request, response, "Cache-Control", "no-store");
}

/* The session that the browser had, if any: its cookie is about to be replaced. */
static bool end_last(struct www *www, const struct ci_request *request, const unsigned char *key,
                     struct ci_tx *tx, struct ci_err *err)
{
    const char *cookie = ci_request_cookie(request, COOKIE_NAME);
    const char *last =
        cookie ? cookie_verify(key, cookie, www->settings->admin_token, request->mem) : NULL;

    return !last || ci_db_exec(tx, &sql_session_end,
                               CI_ARGS(ci_arg(secret_hash(request->mem, last))), NULL, err);
}

bool session_begin(struct www *www, const struct ci_request *request, struct ci_response *response,
                   const struct identity *who, struct ci_err *err)
{
    int64_t seconds = (int64_t)www->settings->session_days * 86400;
    const char *session = cookie_session_new(who->kind == IDENTITY_ADMIN, request->mem);
    const json_t *identity = ci_mem_json(request->mem, identity_to_json(who));
    const unsigned char *key;
    CI_AUTO_TX tx = {0};

    if (!cookie_key_get(&www->cookie_key, www->app->db, &key, err) ||
        !ci_tx_begin(www->app->db, &tx, err) || !end_last(www, request, key, &tx, err) ||
        !ci_db_exec(&tx, &sql_session_purge, CI_ARGS(ci_arg(request->now)), NULL, err) ||
        !ci_db_exec(&tx, &sql_session_add,
                    CI_ARGS(ci_arg(secret_hash(request->mem, session)), ci_arg(who->username),
                            ci_arg_json(request->mem, identity), ci_arg(request->now),
                            ci_arg(ci_time_add(request->now, ci_seconds(seconds)))),
                    NULL, err) ||
        !audit_add(&tx, request, who, "sign-in", "auth/login", "done", NULL, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    set_cookie(request, response,
               cookie_sign(key, session, www->settings->admin_token, request->mem), seconds);
    return true;
}

static bool forget(struct www *www, const struct ci_request *request, const char *session,
                   struct ci_err *err)
{
    const struct identity *who;
    struct ci_err unknown;
    CI_AUTO_TX tx = {0};

    /* A session that is void, or a foreign page's wish: it ends all the same, unrecorded. */
    bool known = identity_of(www, request, &who, &unknown) && who->kind != IDENTITY_ANONYMOUS;
    return ci_tx_begin(www->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_session_end, CI_ARGS(ci_arg(secret_hash(request->mem, session))),
                      NULL, err) &&
           (!known || audit_add(&tx, request, who, "sign-out", "auth/logout", "done", NULL, err)) &&
           ci_tx_commit(&tx, err);
}

bool session_end(struct www *www, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    const char *cookie = ci_request_cookie(request, COOKIE_NAME);
    const unsigned char *key;

    if (cookie && *cookie) {
        if (!cookie_key_get(&www->cookie_key, www->app->db, &key, err))
            return false;
        const char *session = cookie_verify(key, cookie, www->settings->admin_token, request->mem);
        if (session && !forget(www, request, session, err))
            return false;
    }
    set_cookie(request, response, "", 0);
    return true;
}
