/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in with the admin token, or as a local user by name and password:
 * as JSON, or by HTTP Basic as Buildbot's scripts do. Signing out.
 */
#include "accounts/password.h"
#include "accounts/redirect.h"
#include "accounts/signin.h"
#include "reply.h"
#include "www_sql.h"

#include <string.h>

/* ---- by the admin token ---- */

static bool reply_user(const struct ci_request *request, struct ci_response *response,
                       const struct identity *who)
{
    json_t *user = identity_to_json(who);

    json_object_set_new(user, "username", json_string(who->username));
    reply_compact(request, response, 200, json_pack("{s:o}", "user", user));
    return true;
}

static bool login_admin(struct www *www, const struct ci_request *request,
                        struct ci_response *response, const char *token, struct ci_err *err)
{
    const char *admin = www->settings->admin_token;
    const struct identity who = {.kind = IDENTITY_ADMIN,
                                 .username = "admin",
                                 .full_name = "Administrator",
                                 .provider = "admin-token",
                                 .scopes = IDENTITY_ALL_SCOPES};
    const char *client = signin_client(request);
    int wait = throttle_try(&www->throttle, client, request->now);

    if (wait)
        return signin_shut_out(request, response, wait);
    if (!admin || !*admin || !secret_same(admin, token)) {
        signin_failed(www, request, NULL, "admin-token", "wrong token");
        return ci_fail(err, CI_EUNAUTHENTICATED, "the token is not the admin's");
    }
    throttle_passed(&www->throttle, client);
    return session_begin(www, request, response, &who, err) && reply_user(request, response, &who);
}

/* ---- by name and password ---- */

struct user_row {
    const char *folded; /* the name asked for, in one of its spellings */
    const char *username, *full_name, *email;
    struct ci_strs groups;
    const char *password_hash;
};
static const struct ci_field user_row_fields[] = {
    CI_FIELD(struct user_row, folded, 0),    CI_FIELD(struct user_row, username, 0),
    CI_FIELD(struct user_row, full_name, 0), CI_FIELD(struct user_row, email, 0),
    CI_FIELD(struct user_row, groups, 0),    CI_FIELD(struct user_row, password_hash, CI_SECRET),
};
static const struct ci_record user_row_record = CI_RECORD("user", struct user_row, user_row_fields);

static bool find_user(struct www *www, const char *username, void *mem, struct user_row *row,
                      struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(www->app->db, &tx, err) &&
           ci_db_one(&tx, &sql_user_password, CI_ARGS(ci_arg(username)), &user_row_record, mem, row,
                     err);
}

/* Asked and counted in one turn. An unknown user takes as long. */
static bool try_password(struct www *www, const struct ci_request *request,
                         const struct user_row *user, const char *password, int *wait, bool *right,
                         struct ci_err *err)
{
    *right = false;
    *wait = signin_wait(www, request, user->folded);
    if (*wait) /* need not queue */
        return true;
    if (!password_turn(&www->passwords, err))
        return false;
    *wait = signin_wait(www, request, user->folded);
    if (!*wait) {
        *right = password_right(&www->passwords, password, user->password_hash) && user->username;
        if (!*right)
            signin_count(www, request, user->folded);
    }
    password_turn_end(&www->passwords);
    return true;
}

bool auth_password(struct www *www, const struct ci_request *request, const char *username,
                   const char *password, struct identity *out, int *wait, struct ci_err *err)
{
    struct user_row user = {0};
    bool right;

    *wait = 0;
    if (!find_user(www, username, request->mem, &user, err) ||
        !try_password(www, request, &user, password, wait, &right, err))
        return false;
    if (*wait)
        return ci_fail(err, CI_EUNAUTHENTICATED, "too many failed sign-ins");
    if (!right) {
        signin_failed(www, request, username, "local", "wrong user name or password");
        return ci_fail(err, CI_EUNAUTHENTICATED, "wrong user name or password");
    }
    *out = (struct identity){.kind = IDENTITY_SESSION,
                             .username = user.username,
                             .full_name = user.full_name,
                             .email = user.email,
                             .provider = "local",
                             .groups = user.groups,
                             .scopes = IDENTITY_ALL_SCOPES};
    return true;
}

static bool login_user(struct www *www, const struct ci_request *request,
                       struct ci_response *response, const char *username, const char *password,
                       struct ci_err *err)
{
    struct identity who = {0};
    int wait;

    if (!auth_password(www, request, username, password, &who, &wait, err))
        return wait && signin_shut_out(request, response, wait);
    return session_begin(www, request, response, &who, err) && reply_user(request, response, &who);
}

bool auth_login(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct www *www = www_of(service);
    const char *token = json_string_value(json_object_get(request->body, "token"));
    const char *username = json_string_value(json_object_get(request->body, "username"));
    const char *password = json_string_value(json_object_get(request->body, "password"));

    /* A foreign page must not sign a browser in as somebody else. */
    if (identity_from_foreign_page(www, request))
        return ci_fail(err, CI_EDENIED, "invalid origin");
    if (token)
        return login_admin(www, request, response, token, err);
    if (username && password)
        return login_user(www, request, response, username, password, err);
    return ci_fail(err, CI_EINVALID, "token, or username and password: missing");
}

/* ---- GET, as Buildbot has it ---- */

static bool challenge(const struct ci_request *request, struct ci_response *response)
{
    ci_response_header(request, response, "WWW-Authenticate", "Basic realm=\"buildbot\"");
    ci_response_header(request, response, "Cache-Control", "no-store");
    return reply_error(request, response, 401, "sign in with your user name and password");
}

static bool login_basic(struct www *www, const struct ci_request *request,
                        struct ci_response *response, struct ci_err *err)
{
    const char *username, *password;
    struct identity who = {0};
    int wait;

    if (!ci_request_basic(request, &username, &password))
        return challenge(request, response);
    if (!auth_password(www, request, username, password, &who, &wait, err) && wait)
        return signin_shut_out(request, response, wait);
    if (!who.username)
        return err->code == CI_EUNAUTHENTICATED && challenge(request, response);
    if (!session_begin(www, request, response, &who, err))
        return false;
    redirect_reply(request, response,
                   redirect_to(request->mem, redirect_base(www, request),
                               ci_request_query(request, "redirect")));
    return true;
}

/* The provider asked for, or the only one there is; NULL. */
static const struct ci_sign_in *choose(const struct ci_config *config,
                                       const struct ci_request *request)
{
    const char *name = ci_request_query(request, "provider");

    if (name)
        return ci_config_sign_in(config, name);
    return config->sign_in.count == 1 ? config->sign_in.items : NULL;
}

bool auth_login_get(void *service, const struct ci_request *request, struct ci_response *response,
                    struct ci_err *err)
{
    struct www *www = www_of(service);
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const struct ci_sign_in *provider = choose(config, request);

    if (ci_request_header(request, "authorization"))
        return login_basic(www, request, response, err);
    if (ci_request_query(request, "provider") && !provider)
        return ci_fail(err, CI_ENOTFOUND, "no such provider is configured");
    if (!provider)
        return login_basic(www, request, response, err);
    if (ci_request_query(request, "code") || ci_request_query(request, "error"))
        return signin_finish(www, request, response, config, provider, err);
    return signin_start(www, request, response, config, provider,
                        ci_request_query(request, "redirect"), err);
}

bool auth_callback(void *service, const struct ci_request *request, struct ci_response *response,
                   struct ci_err *err)
{
    struct www *www = www_of(service);
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const struct ci_sign_in *provider =
        ci_config_sign_in(config, ci_request_param(request, "provider"));

    if (!provider)
        return ci_fail(err, CI_ENOTFOUND, "no such provider is configured");
    return signin_finish(www, request, response, config, provider, err);
}

bool auth_logout(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    if (!session_end(www_of(service), request, response, err))
        return false;
    reply_compact(request, response, 200, json_object());
    return true;
}

/*
 * A page elsewhere may lead here, too: being signed out is all that it brings,
 * and links and bookmarks of Buildbot's need it.
 */
bool auth_logout_get(void *service, const struct ci_request *request, struct ci_response *response,
                     struct ci_err *err)
{
    struct www *www = www_of(service);

    if (!session_end(www, request, response, err))
        return false;
    redirect_reply(request, response,
                   redirect_to(request->mem, redirect_base(www, request),
                               ci_request_query(request, "redirect")));
    return true;
}
