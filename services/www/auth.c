/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may change anything: the bearer of the admin token, or a browser whose
 * session was begun with it. Only hashes of session tokens are stored.
 */
#include "origin.h"
#include "reply.h"
#include "www.h"
#include "www_sql.h"

#include <sodium.h>
#include <string.h>

#define COOKIE "slipway_session"
enum { TOKEN_BYTES = 32, TOKEN_TEXT = 2 * TOKEN_BYTES + 1 };

static const char *const admin_name = "admin";

static struct ci_bytes hash(void *mem, const char *text)
{
    unsigned char *out = ci_mem_alloc(mem, crypto_hash_sha256_BYTES);

    crypto_hash_sha256(out, (const unsigned char *)text, strlen(text));
    return (struct ci_bytes){out, crypto_hash_sha256_BYTES};
}

/* Through hashes, so that neither content nor length shows in the time taken. */
static bool is_admin_token(const struct settings *settings, const char *token, void *mem)
{
    const char *ours = settings->admin_token;

    return ours && *ours && token &&
           sodium_memcmp(hash(mem, ours).data, hash(mem, token).data, crypto_hash_sha256_BYTES) ==
               0;
}

struct session_row {
    const char *username;
};
static const struct ci_field session_row_fields[] = {CI_FIELD(struct session_row, username, 0)};
static const struct ci_record session_row_record =
    CI_RECORD("session", struct session_row, session_row_fields);

/* CI_EUNAUTHENTICATED without a session in force. */
static bool find_session(struct www *www, const struct ci_request *request, const char **name,
                         struct ci_err *err)
{
    const char *token = ci_request_cookie(request, COOKIE);
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    if (token && *token) {
        if (!ci_tx_read(www->app->db, &tx, err) ||
            !ci_db_rows(&tx, &sql_session_find,
                        CI_ARGS(ci_arg(hash(request->mem, token)), ci_arg(request->now)),
                        &session_row_record, request->mem, &rows, err))
            return false;
        if (rows.count) {
            *name = ((const struct session_row *)rows.items)->username;
            return true;
        }
    }
    return ci_fail(err, CI_EUNAUTHENTICATED, "you need to have role 'admin'");
}

static bool only_reads(const struct ci_request *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

bool auth_admin(struct www *www, const struct ci_request *request, struct ci_principal *out,
                struct ci_err *err)
{
    const char *bearer = ci_request_bearer(request);
    const char *name = admin_name;

    if (bearer) {
        if (!is_admin_token(www->settings, bearer, request->mem))
            return ci_fail(err, CI_EUNAUTHENTICATED, "the token is not the admin's");
    } else {
        if (!find_session(www, request, &name, err))
            return false;
        /* A browser sends the cookie whatever page asks; the Origin says which page does. */
        if (!only_reads(request) && !origin_is_ours(www, request))
            return ci_fail(err, CI_EDENIED, "invalid origin");
    }
    *out = (struct ci_principal){.role = CI_ROLE_ADMIN, .name = name};
    return true;
}

bool www_authenticate(void *service, const struct ci_request *request, enum ci_role needed,
                      struct ci_principal *out, struct ci_err *err)
{
    if (needed != CI_ROLE_ADMIN)
        return ci_fail(err, CI_EDENIED, "agents are served by the builder");
    return auth_admin(www_of(service), request, out, err);
}

/* Secure where the request came over TLS, which a proxy in front tells us. */
static void set_cookie(const struct ci_request *request, struct ci_response *response,
                       const char *token, int64_t seconds)
{

    ci_response_header(request, response, "Set-Cookie",
                       ci_mem_printf(request->mem,
                                     COOKIE "=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
                                     token, (long long)seconds, request->secure ? "; Secure" : ""));
    ci_response_header(request, response, "Cache-Control", "no-store");
}

static bool begin_session(struct www *www, const struct ci_request *request,
                          struct ci_response *response, struct ci_err *err)
{
    int64_t seconds = (int64_t)www->settings->session_days * 86400;
    unsigned char random[TOKEN_BYTES];
    char token[TOKEN_TEXT];
    CI_AUTO_TX tx = {0};

    randombytes_buf(random, sizeof(random));
    sodium_bin2hex(token, sizeof(token), random, sizeof(random));
    if (!ci_tx_begin(www->app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_session_purge, CI_ARGS(ci_arg(request->now)), NULL, err) ||
        !ci_db_exec(&tx, &sql_session_add,
                    CI_ARGS(ci_arg(hash(request->mem, token)), ci_arg(admin_name),
                            ci_arg(request->now),
                            ci_arg(ci_time_add(request->now, ci_seconds(seconds)))),
                    NULL, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    set_cookie(request, response, token, seconds);
    reply_compact(
        request, response, 200,
        json_pack("{s:{s:s, s:s}}", "user", "username", admin_name, "full_name", "Administrator"));
    return true;
}

bool auth_login(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct www *www = www_of(service);
    const char *token = json_string_value(json_object_get(request->body, "token"));
    const char *client = request->client ? request->client : "";

    if (throttle_wait(&www->throttle, client, request->now) > 0) {
        ci_response_header(request, response, "Retry-After", "60");
        return reply_error(request, response, 429, "too many wrong tokens: try again in a minute");
    }
    if (!token)
        return ci_fail(err, CI_EINVALID, "token: missing");
    if (!is_admin_token(www->settings, token, request->mem)) {
        throttle_failed(&www->throttle, client, request->now);
        return ci_fail(err, CI_EUNAUTHENTICATED, "the token is not the admin's");
    }
    return begin_session(www, request, response, err);
}

bool auth_logout(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    struct www *www = www_of(service);
    const char *token = ci_request_cookie(request, COOKIE);
    CI_AUTO_TX tx = {0};

    if (token && *token &&
        (!ci_tx_begin(www->app->db, &tx, err) ||
         !ci_db_exec(&tx, &sql_session_end, CI_ARGS(ci_arg(hash(request->mem, token))), NULL,
                     err) ||
         !ci_tx_commit(&tx, err)))
        return false;
    set_cookie(request, response, "", 0);
    reply_compact(request, response, 200, json_object());
    return true;
}
