/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in at a provider: out with a state that is used once, back with a code. */
#include "accounts/provider.h"
#include "accounts/redirect.h"
#include "accounts/signin.h"
#include "id_row.h"
#include "reply.h"
#include "shared/log.h"
#include "www_sql.h"

#include <string.h>

#define BROWSER_COOKIE "slipway_signin"
enum { MINUTES = 10, SECRET_TEXT = 43, PARAM_LONGEST = 4096 };

/* What is kept between the two halves. */
struct detail {
    const char *nonce, *verifier, *place;
    const char *browser; /* sha256 of the cookie, hex: who began is who comes back */
};
static const struct ci_field detail_fields[] = {
    CI_FIELD(struct detail, nonce, CI_REQUIRED),
    CI_FIELD(struct detail, verifier, CI_REQUIRED),
    CI_FIELD(struct detail, place, 0),
    CI_FIELD(struct detail, browser, CI_REQUIRED),
};
static const struct ci_record detail_record = CI_RECORD("detail", struct detail, detail_fields);

struct signin_row {
    json_t *detail;
};
static const struct ci_field signin_row_fields[] = {CI_FIELD(struct signin_row, detail, 0)};
static const struct ci_record signin_row_record =
    CI_RECORD("signin", struct signin_row, signin_row_fields);

static const char *hex(struct ci_bytes bytes, void *mem)
{
    const unsigned char *at = bytes.data;
    struct ci_buf out;

    ci_buf_init(&out, mem);
    for (size_t i = 0; i < bytes.len; i++)
        ci_buf_printf(&out, "%02x", at[i]);
    return out.text;
}

/* ---- answers for people ---- */

static void add_escaped(struct ci_buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("&<>\"'", *text))
            ci_buf_printf(out, "&#%d;", *text);
        else
            ci_buf_add(out, text, 1);
    }
}

static bool page(const struct ci_request *request, struct ci_response *response, int status,
                 const char *message)
{
    struct ci_buf out;

    ci_buf_init(&out, request->mem);
    ci_buf_puts(&out, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign-in "
                      "failed</title><h1>Sign-in failed</h1><p>");
    add_escaped(&out, message);
    ci_buf_puts(&out, "</p><p><a href=\"/\">Back to the builds</a></p></html>\n");
    response->status = status;
    response->raw = (struct ci_bytes){out.text, out.len};
    response->content_type = "text/html; charset=utf-8";
    ci_response_header(request, response, "X-Content-Type-Options", "nosniff");
    ci_response_header(request, response, "Cache-Control", "no-store");
    return true;
}

/* The provider's fault is 503, as with Buildbot; what it says of the user 403. */
static bool failure(struct www *www, const struct ci_request *request, struct ci_response *response,
                    const struct ci_sign_in *provider, const struct ci_err *why)
{
    const struct identity who = {.username = "anonymous", .provider = provider->name};
    bool denied = why->code == CI_EDENIED || why->code == CI_EINVALID;

    ci_log(CI_WARN, "signin.failed", ci_kv("provider", provider->name),
           ci_kv("problem", (const char *)why->msg));
    audit_refused(www, request, &who, "sign-in", "auth/login", why->msg);
    return page(request, response, denied ? 403 : 503, why->msg);
}

/* ---- out ---- */

static void set_browser_cookie(const struct ci_request *request, struct ci_response *response,
                               const char *value)
{
    ci_response_header(request, response, "Set-Cookie",
                       ci_mem_printf(request->mem,
                                     BROWSER_COOKIE
                                     "=%s; Path=/auth; Max-Age=%d; HttpOnly; SameSite=Lax%s",
                                     value, MINUTES * 60, request->secure ? "; Secure" : ""));
}

/* The one it has, so that two tabs can sign in side by side. */
static const char *browser_secret(const struct ci_request *request)
{
    const char *value = ci_request_cookie(request, BROWSER_COOKIE);

    return value && strlen(value) == SECRET_TEXT ? value : secret_new(request->mem);
}

static bool keep(struct www *www, const struct ci_request *request, const char *provider,
                 const char *state, const struct detail *detail, struct ci_err *err)
{
    const json_t *json = ci_mem_json(request->mem, ci_record_to_json(&detail_record, detail));
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(www->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_signin_purge, CI_ARGS(ci_arg(request->now)), NULL, err) &&
           ci_db_exec(&tx, &sql_signin_add,
                      CI_ARGS(ci_arg(secret_hash(request->mem, state)), ci_arg(provider),
                              ci_arg_json(request->mem, json), ci_arg(request->now)),
                      NULL, err) &&
           ci_tx_commit(&tx, err);
}

bool signin_start(struct www *www, const struct ci_request *request, struct ci_response *response,
                  const struct ci_config *config, const struct ci_sign_in *provider,
                  const char *place, struct ci_err *err)
{
    const char *state = secret_new(request->mem), *browser = browser_secret(request), *url;
    const struct detail detail = {
        .nonce = secret_new(request->mem),
        .verifier = secret_new(request->mem),
        .place = place && strlen(place) < PARAM_LONGEST ? place : "",
        .browser = hex(secret_hash(request->mem, browser), request->mem),
    };
    CI_CLEANUP(provider_release) struct provider open = {0};
    struct ci_err why;

    if (!provider_open(provider, www->settings->common.secrets_dir, &www->discoveries,
                       signin_callback(config, provider, request->mem), request->mem, &open, &why))
        return failure(www, request, response, provider, &why);
    open.deal.state = state;
    open.deal.nonce = detail.nonce;
    open.deal.verifier = detail.verifier;
    if (!oidc_authorize_url(&open.deal, request->mem, &url, err) ||
        !keep(www, request, provider->name, state, &detail, err))
        return false;
    set_browser_cookie(request, response, browser);
    redirect_reply(request, response, url);
    return true;
}

/* ---- back ---- */

/* The sign-in that the state names, taken so that nobody comes back with it again. */
static bool take(struct www *www, const struct ci_request *request, const char *provider,
                 struct detail *out, struct ci_err *err)
{
    const char *state = ci_request_query(request, "state");
    const char *browser = ci_request_cookie(request, BROWSER_COOKIE);
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (state && strlen(state) == SECRET_TEXT &&
        (!ci_tx_read(www->app->db, &tx, err) ||
         !ci_db_rows(&tx, &sql_signin_take,
                     CI_ARGS(ci_arg(secret_hash(request->mem, state)), ci_arg(provider),
                             ci_arg(request->now)),
                     &signin_row_record, request->mem, &rows, err)))
        return false;
    if (!rows.count)
        return ci_fail(err, CI_EINVALID,
                       "this sign-in is over, or was not begun here: please begin it again");
    const struct signin_row *row = rows.items;
    if (!ci_record_from_json(&detail_record, row->detail, request->mem, out, err))
        return false;
    if (!browser ||
        !secret_same(out->browser, hex(secret_hash(request->mem, browser), request->mem)))
        return ci_fail(err, CI_EINVALID,
                       "this sign-in was begun by another browser: please begin it again");
    return true;
}

/* Nobody is taken for a local user, or for one who was deactivated. */
static bool check_free(struct www *www, const char *username, void *mem, struct ci_err *err)
{
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(www->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_user_taken, CI_ARGS(ci_arg(username)), &id_row_record, mem, &rows,
                    err))
        return false;
    return !rows.count || ci_fail(err, CI_EDENIED,
                                  "the name \"%s\" is a local user's; a prefix in sign_in sets "
                                  "the provider's users apart",
                                  username);
}

static bool who_is_it(struct www *www, const struct ci_request *request,
                      const struct ci_config *config, const struct ci_sign_in *provider,
                      struct identity *who, const char **place, struct ci_err *err)
{
    const char *code = ci_request_query(request, "code");
    const char *refused = ci_request_query(request, "error");
    CI_CLEANUP(provider_release) struct provider open = {0};
    struct detail detail = {0};

    if (!take(www, request, provider->name, &detail, err))
        return false;
    *place = detail.place;
    if (refused)
        return ci_fail(err, strcmp(refused, "access_denied") == 0 ? CI_EDENIED : CI_EUNAVAILABLE,
                       "%s says: %.80s", provider->title, refused);
    if (!code || !*code || strlen(code) > PARAM_LONGEST)
        return ci_fail(err, CI_EINVALID, "%s sent no code", provider->title);
    if (!provider_open(provider, www->settings->common.secrets_dir, &www->discoveries,
                       signin_callback(config, provider, request->mem), request->mem, &open, err))
        return false;
    open.deal.nonce = detail.nonce;
    open.deal.verifier = detail.verifier;
    return provider_user(&open, code, request->now.us / 1000000, who, err) &&
           check_free(www, who->username, request->mem, err);
}

bool signin_finish(struct www *www, const struct ci_request *request, struct ci_response *response,
                   const struct ci_config *config, const struct ci_sign_in *provider,
                   struct ci_err *err)
{
    struct identity who = {0};
    const char *place = "";
    struct ci_err why;

    if (!who_is_it(www, request, config, provider, &who, &place, &why))
        return failure(www, request, response, provider, &why);
    if (!session_begin(www, request, response, &who, err))
        return false;
    redirect_reply(request, response,
                   redirect_to(request->mem, redirect_base(www, request), place));
    return true;
}
