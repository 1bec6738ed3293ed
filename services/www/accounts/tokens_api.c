/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, listing and revoking API tokens: one's own, and those of service
 * accounts for who may change users.
 */
#include "access/access.h"
#include "access/tokens.h"
#include "id_row.h"
#include "reply.h"
#include "www.h"
#include "www_sql.h"

#include <string.h>
#include <strings.h>

enum { NAME_LONGEST = 200, HINT = 8, TOKENS_MOST = 200, DAYS_MOST = 3650 };

struct token_order {
    const char *name, *username;
    struct ci_strs scopes;
    int64_t expires_in_days; /* 0: never */
};
static const struct ci_field token_order_fields[] = {
    CI_FIELD(struct token_order, name, CI_REQUIRED),
    CI_FIELD(struct token_order, username, 0),
    CI_FIELD(struct token_order, scopes, 0),
    CI_FIELD(struct token_order, expires_in_days, 0),
};
static const struct ci_record token_order_record =
    CI_RECORD("token", struct token_order, token_order_fields);

static bool check_scopes(const struct ci_strs scopes, const struct identity *who,
                         struct ci_err *err)
{
    for (size_t i = 0; i < scopes.count; i++)
        if (!identity_scopes((struct ci_strs){&scopes.items[i], 1}))
            return ci_fail(err, CI_EINVALID, "scopes: no action \"%.60s\"", scopes.items[i]);
    if (identity_scopes(scopes) & ~who->scopes)
        return ci_fail(err, CI_EDENIED, "scopes: a token can't make one that is for more");
    return true;
}

static bool read_order(const struct ci_request *request, const struct identity *who,
                       struct token_order *out, struct ci_err *err)
{
    static const char *const all[] = {"all"};

    *out = (struct token_order){0};
    if (!json_is_object(request->body))
        return ci_fail(err, CI_EINVALID, "the body must be a JSON object");
    if (!ci_record_from_json(&token_order_record, request->body, request->mem, out, err))
        return false;
    if (!json_object_get(request->body, "scopes"))
        out->scopes = (struct ci_strs){all, 1};
    if (!*out->name || strlen(out->name) > NAME_LONGEST || strpbrk(out->name, "\r\n\t"))
        return ci_fail(err, CI_EINVALID, "name: one line of 1 to %d bytes", NAME_LONGEST);
    if (!out->scopes.count)
        return ci_fail(err, CI_EINVALID, "scopes: at least one");
    if (out->expires_in_days < 0 || out->expires_in_days > DAYS_MOST)
        return ci_fail(err, CI_EINVALID, "expires_in_days: 1 to %d, or 0 for never", DAYS_MOST);
    return check_scopes(out->scopes, who, err);
}

struct name_row {
    const char *username;
};
static const struct ci_field name_row_fields[] = {CI_FIELD(struct name_row, username, 0)};
static const struct ci_record name_row_record = CI_RECORD("user", struct name_row, name_row_fields);

/* A service account's token: nobody makes one that speaks for another person. */
static bool for_service(struct www *www, const struct ci_request *request, struct ci_tx *tx,
                        const char *username, struct identity *out, struct ci_err *err)
{
    const struct identity *who;
    struct name_row row = {0};

    if (!access_check(www, request, CI_ACTION_USERS, NULL, &who, err))
        return false;
    if (!ci_db_one(tx, &sql_user_service, CI_ARGS(ci_arg(username)), &name_row_record, request->mem,
                   &row, err))
        return err->code == CI_ENOTFOUND
                   ? ci_fail(err, CI_ENOTFOUND, "no active service account \"%.100s\"", username)
                   : false;
    *out = (struct identity){.username = row.username, .provider = "local"};
    return true;
}

static bool check_count(struct ci_tx *tx, const char *username, void *mem, struct ci_err *err)
{
    struct id_row row = {0};

    if (!ci_db_one(tx, &sql_token_count_own, CI_ARGS(ci_arg(username)), &id_row_record, mem, &row,
                   err))
        return false;
    return row.id < TOKENS_MOST ||
           ci_fail(err, CI_ECONFLICT, "%s has %d tokens: revoke one first", username, TOKENS_MOST);
}

static bool add(struct ci_tx *tx, const struct ci_request *request, const struct identity *who,
                const struct identity *owner, const struct token_order *order, const char *secret,
                struct ci_list *rows, struct ci_err *err)
{
    void *mem = request->mem;
    const json_t *identity = ci_mem_json(mem, identity_to_json(owner));
    const struct ci_maybe maker = {who->tokenid != 0, who->tokenid};
    struct ci_time end = {0};

    if (order->expires_in_days)
        end = ci_time_add(request->now, ci_seconds(order->expires_in_days * 86400));
    return ci_db_rows(tx, &sql_token_add,
                      CI_ARGS(ci_arg(secret_hash(mem, secret)),
                              ci_arg(ci_mem_strndup(mem, secret, HINT)), ci_arg(order->name),
                              ci_arg(owner->username), ci_arg_json(mem, identity),
                              ci_arg(order->scopes), ci_arg(request->now), ci_arg(who->username),
                              ci_arg(end), ci_arg(maker)),
                      &token_record, mem, rows, err) &&
           audit_add(tx, request, who, "create",
                     ci_mem_printf(mem, "tokens/%lld", (long long)*(const int64_t *)rows->items),
                     "done",
                     json_pack("{s:s, s:s, s:O}", "name", order->name, "username", owner->username,
                               "scopes",
                               json_object_get(request->body, "scopes")
                                   ? json_object_get(request->body, "scopes")
                                   : json_null()),
                     err);
}

bool tokens_create(void *service, const struct ci_request *request, struct ci_response *response,
                   struct ci_err *err)
{
    struct www *www = www_of(service);
    const char *secret = ci_mem_printf(request->mem, TOKEN_PREFIX "%s", secret_new(request->mem));
    const struct identity *who;
    struct token_order order;
    struct identity owner;
    struct ci_list rows;
    CI_AUTO_TX tx = {0};

    if (!access_identity(www, request, &who, err) || !read_order(request, who, &order, err) ||
        !ci_tx_begin(www->app->db, &tx, err))
        return false;
    owner = *who;
    if (order.username && strcasecmp(order.username, who->username) != 0 &&
        !for_service(www, request, &tx, order.username, &owner, err))
        return false;
    if (!check_count(&tx, owner.username, request->mem, err) ||
        !add(&tx, request, who, &owner, &order, secret, &rows, err) || !ci_tx_commit(&tx, err))
        return false;
    json_t *token = ci_record_to_json(&token_record, rows.items);
    json_object_set_new(token, "token", json_string(secret));
    ci_response_header(request, response, "Cache-Control", "no-store");
    reply_compact(request, response, 201, json_pack("{s:[o]}", "tokens", token));
    return true;
}

bool tokens_own(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct www *www = www_of(service);
    json_t *list = json_array();
    const struct identity *who;
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    ci_mem_json(request->mem, list);
    if (!access_identity(www, request, &who, err) || !ci_tx_read(www->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_token_list_own, CI_ARGS(ci_arg(who->username), ci_arg(who->provider)),
                    &token_record, request->mem, &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        json_array_append_new(list, ci_record_to_json(&token_record, (const char *)rows.items +
                                                                         i * token_record.size));
    reply_compact(request, response, 200, json_pack("{s:O}", "tokens", list));
    return true;
}

struct owner_row {
    const char *username, *provider;
};
static const struct ci_field owner_row_fields[] = {
    CI_FIELD(struct owner_row, username, 0),
    CI_FIELD(struct owner_row, provider, 0),
};
static const struct ci_record owner_row_record =
    CI_RECORD("owner", struct owner_row, owner_row_fields);

/* One's own, or any for who may change users; what others have is not there for the rest. */
static bool check_owner(struct www *www, const struct ci_request *request, struct ci_tx *tx,
                        int64_t tokenid, const struct identity *who, struct ci_err *err)
{
    struct owner_row owner = {0};

    if (!ci_db_one(tx, &sql_token_owner, CI_ARGS(ci_arg(tokenid)), &owner_row_record, request->mem,
                   &owner, err))
        return err->code == CI_ENOTFOUND ? ci_fail(err, CI_ENOTFOUND, "no such token") : false;
    if (strcmp(owner.username, who->username) == 0 && who->provider &&
        strcmp(owner.provider, who->provider) == 0)
        return true;
    return access_check_as(www, request, who, CI_ACTION_USERS, NULL, err);
}

bool tokens_revoke(void *service, const struct ci_request *request, struct ci_response *response,
                   struct ci_err *err)
{
    struct www *www = www_of(service);
    int64_t tokenid = ci_request_id(request, "tokenid");
    const struct identity *who;
    CI_AUTO_TX tx = {0};

    if (!access_identity(www, request, &who, err) || !ci_tx_begin(www->app->db, &tx, err) ||
        !check_owner(www, request, &tx, tokenid, who, err) ||
        !ci_db_exec(&tx, &sql_token_revoke, CI_ARGS(ci_arg(tokenid), ci_arg(request->now)), NULL,
                    err) ||
        !audit_add(&tx, request, who, "revoke",
                   ci_mem_printf(request->mem, "tokens/%lld", (long long)tokenid), "done", NULL,
                   err) ||
        !ci_tx_commit(&tx, err))
        return false;
    reply_compact(request, response, 200, json_object());
    return true;
}
