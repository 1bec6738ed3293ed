/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and changing local users and service accounts, and one's own password.
 * A token that is not for everything can't: whoever sets groups and passwords
 * can do what those users can.
 */
#include "access/access.h"
#include "accounts/signin.h"
#include "id_row.h"
#include "reply.h"
#include "www_sql.h"

#include <string.h>
#include <strings.h>

enum { NAME_LONGEST = 200, TEXT_LONGEST = 500, GROUPS_MOST = 200 };

/* What a request says of a user; a NULL pointer or an unset list is "as it was". */
struct user_order {
    const char *username, *full_name, *email, *password;
    struct ci_strs groups;
    bool service, active;
};
static const struct ci_field user_order_fields[] = {
    CI_FIELD(struct user_order, username, 0), CI_FIELD(struct user_order, full_name, 0),
    CI_FIELD(struct user_order, email, 0),    CI_FIELD(struct user_order, password, CI_SECRET),
    CI_FIELD(struct user_order, groups, 0),   CI_FIELD(struct user_order, service, 0),
    CI_FIELD(struct user_order, active, 0),
};
static const struct ci_record user_order_record =
    CI_RECORD("user", struct user_order, user_order_fields);

static bool is_line(const char *text, size_t most)
{
    for (const unsigned char *at = (const unsigned char *)text; at && *at; at++)
        if (*at < ' ' || *at == 0x7f)
            return false;
    return !text || strlen(text) <= most;
}

/* A number could not be told from a user's id in a path. */
static bool check_name(const char *name, struct ci_err *err)
{
    if (!name || !*name || !is_line(name, NAME_LONGEST) || strpbrk(name, " /\\") ||
        strspn(name, "0123456789") == strlen(name))
        return ci_fail(err, CI_EINVALID,
                       "username: 1 to %d characters, no blanks or slashes, and no number",
                       NAME_LONGEST);
    if (strcasecmp(name, "admin") == 0 || strcasecmp(name, "anonymous") == 0)
        return ci_fail(err, CI_EINVALID, "username: \"%s\" is taken", name);
    return true;
}

static bool read_order(const struct ci_request *request, struct user_order *out, struct ci_err *err)
{
    *out = (struct user_order){.active = true};
    if (!json_is_object(request->body))
        return ci_fail(err, CI_EINVALID, "the body must be a JSON object");
    if (!ci_record_from_json(&user_order_record, request->body, request->mem, out, err))
        return false;
    if (!is_line(out->full_name, TEXT_LONGEST) || !is_line(out->email, TEXT_LONGEST))
        return ci_fail(err, CI_EINVALID, "full_name, email: one line of at most %d bytes",
                       TEXT_LONGEST);
    for (size_t i = 0; i < out->groups.count; i++)
        if (!*out->groups.items[i] || !is_line(out->groups.items[i], NAME_LONGEST))
            return ci_fail(err, CI_EINVALID, "groups: a name of at most %d bytes each",
                           NAME_LONGEST);
    return out->groups.count <= GROUPS_MOST ||
           ci_fail(err, CI_EINVALID, "groups: at most %d", GROUPS_MOST);
}

/* The hash of the password asked for; NULL without one. */
static bool hash_password(struct www *www, const struct ci_request *request, const char *password,
                          const char **out, struct ci_err *err)
{
    char *hash = ci_mem_alloc(request->mem, PASSWORD_HASH);

    *out = NULL;
    if (!password)
        return true;
    if (!password_hash(&www->passwords, password, hash, err))
        return false;
    *out = hash;
    return true;
}

static bool check_right(struct www *www, const struct ci_request *request,
                        const struct identity **who, struct ci_err *err)
{
    if (!access_check(www, request, CI_ACTION_USERS, NULL, who, err))
        return false;
    return (*who)->scopes == IDENTITY_ALL_SCOPES ||
           ci_fail(err, CI_EDENIED, "users are changed by who signed in, or a token for all");
}

/* What was asked for, without the password. */
static json_t *detail_of(const struct ci_request *request)
{
    json_t *detail = json_deep_copy(request->body);

    if (json_object_del(detail, "password") == 0)
        json_object_set_new(detail, "password", json_string("set"));
    return detail;
}

static bool reply_id(const struct ci_request *request, struct ci_response *response, int status,
                     const char *username, int64_t userid)
{
    reply_compact(request, response, status,
                  json_pack("{s:I, s:s}", "userid", (json_int_t)userid, "username", username));
    return true;
}

bool users_create(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    struct www *www = www_of(service);
    const struct identity *who;
    struct user_order order;
    struct id_row made = {0};
    const char *hash;
    CI_AUTO_TX tx = {0};

    if (!check_right(www, request, &who, err) || !read_order(request, &order, err) ||
        !check_name(order.username, err))
        return false;
    if (order.service && order.password)
        return ci_fail(err, CI_EINVALID, "password: a service account has tokens only");
    if (!hash_password(www, request, order.password, &hash, err) ||
        !ci_tx_begin(www->app->db, &tx, err))
        return false;
    if (!ci_db_one(&tx, &sql_user_add,
                   CI_ARGS(ci_arg(order.username), ci_arg(order.full_name), ci_arg(order.email),
                           ci_arg(order.groups), ci_arg(hash), ci_arg(order.service),
                           ci_arg(who->username), ci_arg(request->now)),
                   &id_row_record, request->mem, &made, err))
        return err->code == CI_ECONFLICT
                   ? ci_fail(err, CI_ECONFLICT, "there is a user \"%s\"", order.username)
                   : false;
    if (!audit_add(&tx, request, who, "create",
                   ci_mem_printf(request->mem, "users/%s", order.username), "done",
                   detail_of(request), err) ||
        !ci_tx_commit(&tx, err))
        return false;
    return reply_id(request, response, 201, order.username, made.id);
}

/* NULL where the body says nothing of it. */
static struct ci_arg given(const struct ci_request *request, const char *key, struct ci_arg value,
                           struct ci_arg null)
{
    return json_object_get(request->body, key) ? value : null;
}

static bool update(struct www *www, const struct ci_request *request, const struct identity *who,
                   const struct user_order *order, const char *hash, int64_t *userid,
                   struct ci_err *err)
{
    const char *name = ci_request_param(request, "username");
    const struct ci_arg no_list = {.kind = CI_ARG_NULL, .type = CI_ARG_STRS};
    struct id_row row = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(www->app->db, &tx, err))
        return false;
    if (!ci_db_one(&tx, &sql_user_update,
                   CI_ARGS(ci_arg(name), ci_arg(order->full_name), ci_arg(order->email),
                           given(request, "groups", ci_arg(order->groups), no_list), ci_arg(hash),
                           given(request, "active", ci_arg_str(order->active ? "true" : "false"),
                                 ci_arg_str(NULL))),
                   &id_row_record, request->mem, &row, err))
        return err->code == CI_ENOTFOUND ? ci_fail(err, CI_ENOTFOUND, "no such user") : false;
    /* Who knew the old password, or is to be kept out, has sessions maybe. */
    if ((hash || !order->active) &&
        !ci_db_exec(&tx, &sql_user_sessions_end, CI_ARGS(ci_arg(name)), NULL, err))
        return false;
    *userid = row.id;
    return audit_add(&tx, request, who, "update", ci_mem_printf(request->mem, "users/%s", name),
                     "done", detail_of(request), err) &&
           ci_tx_commit(&tx, err);
}

bool users_update(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    struct www *www = www_of(service);
    const struct identity *who;
    struct user_order order;
    const char *hash;
    int64_t userid = 0;

    if (!check_right(www, request, &who, err) || !read_order(request, &order, err))
        return false;
    if (order.username || json_object_get(request->body, "service"))
        return ci_fail(err, CI_EINVALID, "username, service: can't be changed");
    if (!hash_password(www, request, order.password, &hash, err) ||
        !update(www, request, who, &order, hash, &userid, err))
        return false;
    return reply_id(request, response, 200, ci_request_param(request, "username"), userid);
}

/* ---- one's own password ---- */

static bool set_own(struct www *www, const struct ci_request *request, const struct identity *who,
                    const char *hash, struct ci_err *err)
{
    const struct ci_arg none = ci_arg_str(NULL), no_list = {CI_ARG_NULL, .type = CI_ARG_STRS};
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(www->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_user_update,
                      CI_ARGS(ci_arg(who->username), none, none, no_list, ci_arg(hash), none), NULL,
                      err) &&
           ci_db_exec(&tx, &sql_user_sessions_end, CI_ARGS(ci_arg(who->username)), NULL, err) &&
           audit_add(&tx, request, who, "password", "me", "done", NULL, err) &&
           ci_tx_commit(&tx, err);
}

bool me_password(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    struct www *www = www_of(service);
    const char *before = json_string_value(json_object_get(request->body, "old"));
    const char *after = json_string_value(json_object_get(request->body, "new"));
    const struct identity *who;
    struct identity proven = {0};
    const char *hash;

    if (!access_identity(www, request, &who, err))
        return false;
    if (who->kind != IDENTITY_SESSION || strcmp(who->provider ? who->provider : "", "local") != 0)
        return ci_fail(err, CI_EDENIED, "only who signed in by a password changes it");
    if (!before || !after)
        return ci_fail(err, CI_EINVALID, "old, new: missing");
    int wait;
    if (!auth_password(www, request, who->username, before, &proven, &wait, err) && wait)
        return signin_shut_out(request, response, wait);
    if (!proven.username)
        return err->code == CI_EUNAUTHENTICATED ? ci_fail(err, CI_EDENIED, "old: wrong password")
                                                : false;
    /* All sessions end; this browser's goes on as a new one. */
    if (!hash_password(www, request, after, &hash, err) || !set_own(www, request, who, hash, err) ||
        !session_begin(www, request, response, &proven, err))
        return false;
    reply_compact(request, response, 200, json_object());
    return true;
}
