/* SPDX-License-Identifier: Apache-2.0 */
/* The REST fields of users, API tokens and the audit log. No secret, and no hash of one, is among
 * them. */
#include "access/tokens.h"
#include "tables/tables.h"

struct user_row {
    int64_t userid;
    const char *username, *full_name, *email;
    struct ci_strs groups;
    bool password, service, active;
    struct ci_time created_at;
    const char *created_by;
};
static const struct ci_field user_record_fields[] = {
    CI_FIELD_HELP(struct user_row, userid, 0, "Its number."),
    CI_FIELD_HELP(struct user_row, username, 0, "What they sign in by."),
    CI_FIELD(struct user_row, full_name, 0),
    CI_FIELD(struct user_row, email, 0),
    CI_FIELD_HELP(struct user_row, groups, 0, "Roles are given to these."),
    CI_FIELD_HELP(struct user_row, password, 0, "Whether there is a password to sign in by."),
    CI_FIELD_HELP(struct user_row, service, 0, "A program's account: it has tokens only."),
    CI_FIELD_HELP(struct user_row, active, 0, "False: no sign-in, and the tokens are void."),
    CI_FIELD(struct user_row, created_at, 0),
    CI_FIELD(struct user_row, created_by, 0),
};
static const struct ci_record user_record = CI_RECORD("user", struct user_row, user_record_fields);

static const struct rest_field user_fields[] = {
    {"userid",     "us.userid",                    REST_INT,  false, NULL},
    {"username",   "us.username",                  REST_STR,  false, NULL},
    {"full_name",  "us.full_name",                 REST_STR,  true,  NULL},
    {"email",      "us.email",                     REST_STR,  true,  NULL},
    {"groups",     "us.groups",                    REST_STRS, false, NULL},
    {"password",   "us.password_hash IS NOT NULL", REST_BOOL, false, NULL},
    {"service",    "us.service",                   REST_BOOL, false, NULL},
    {"active",     "us.active",                    REST_BOOL, false, NULL},
    {"created_at", "us.created_at",                REST_TIME, false, NULL},
    {"created_by", "us.created_by",                REST_STR,  false, NULL},
};
const struct rest_resource rest_users = REST_RESOURCE(
    "users", "users us", "us.userid", user_fields, &user_record,
    .help = "A local user or service account.", .hidden = HIDDEN_NEVER, .right = CI_ACTION_USERS);

struct token_row {
    int64_t tokenid;
    const char *name, *hint, *username;
    struct ci_strs scopes;
    struct ci_time created_at;
    const char *created_by;
    struct ci_time expires_at, last_used_at;
    const char *last_used_from;
    struct ci_time revoked_at;
};
static const struct ci_field token_record_fields[] = {
    CI_FIELD(struct token_row, tokenid, 0),
    CI_FIELD_HELP(struct token_row, name, 0, "What it is for."),
    CI_FIELD_HELP(struct token_row, hint, 0, "Its first characters, to tell it by."),
    CI_FIELD_HELP(struct token_row, username, 0, "Whom it speaks for."),
    CI_FIELD_HELP(struct token_row, scopes, 0, "The actions that it is for, or all."),
    CI_FIELD(struct token_row, created_at, 0),
    CI_FIELD(struct token_row, created_by, 0),
    CI_FIELD_HELP(struct token_row, expires_at, 0, "Null: never."),
    CI_FIELD_HELP(struct token_row, last_used_at, 0, "To the minute."),
    CI_FIELD_HELP(struct token_row, last_used_from, 0, "The client's address."),
    CI_FIELD(struct token_row, revoked_at, 0),
};
const struct ci_record token_record = CI_RECORD("token", struct token_row, token_record_fields);

static const struct rest_field token_fields[] = {
    {"tokenid",        "tk.tokenid",        REST_INT,  false, NULL},
    {"name",           "tk.name",           REST_STR,  false, NULL},
    {"hint",           "tk.hint",           REST_STR,  false, NULL},
    {"username",       "tk.username",       REST_STR,  false, NULL},
    {"scopes",         "tk.scopes",         REST_STRS, false, NULL},
    {"created_at",     "tk.created_at",     REST_TIME, false, NULL},
    {"created_by",     "tk.created_by",     REST_STR,  false, NULL},
    {"expires_at",     "tk.expires_at",     REST_TIME, true,  NULL},
    {"last_used_at",   "tk.last_used_at",   REST_TIME, true,  NULL},
    {"last_used_from", "tk.last_used_from", REST_STR,  true,  NULL},
    {"revoked_at",     "tk.revoked_at",     REST_TIME, true,  NULL},
};
const struct rest_resource rest_tokens =
    REST_RESOURCE("tokens", "tokens tk", "tk.tokenid", token_fields, &token_record,
                  .help = "An API token; what it is itself is told once, when it is made.",
                  .hidden = HIDDEN_NEVER, .right = CI_ACTION_USERS);

struct audit_row {
    int64_t auditid;
    struct ci_time at;
    const char *username, *provider;
    struct ci_maybe tokenid;
    const char *client, *action, *target, *outcome;
    json_t *detail;
};
static const struct ci_field audit_record_fields[] = {
    CI_FIELD(struct audit_row, auditid, 0),
    CI_FIELD(struct audit_row, at, 0),
    CI_FIELD_HELP(struct audit_row, username, 0, "Who; anonymous of who has not signed in."),
    CI_FIELD_HELP(struct audit_row, provider, 0, "Who said so: local, admin-token, github ..."),
    CI_FIELD_HELP(struct audit_row, tokenid, 0, "Through which API token."),
    CI_FIELD_HELP(struct audit_row, client, 0, "From which address."),
    CI_FIELD_HELP(struct audit_row, action, 0, "force, stop, apply, sign-in ..."),
    CI_FIELD_HELP(struct audit_row, target, 0, "The resource's path: builds/17."),
    CI_FIELD_HELP(struct audit_row, outcome, 0, "done, refused or failed."),
    CI_FIELD(struct audit_row, detail, 0),
};
static const struct ci_record audit_record =
    CI_RECORD("audit", struct audit_row, audit_record_fields);

static const struct rest_field audit_fields[] = {
    {"auditid",  "au.auditid",  REST_INT,    false, NULL},
    {"at",       "au.at",       REST_TIME,   false, NULL},
    {"username", "au.username", REST_STR,    false, NULL},
    {"provider", "au.provider", REST_STR,    true,  NULL},
    {"tokenid",  "au.tokenid",  REST_INT,    true,  NULL},
    {"client",   "au.client",   REST_STR,    true,  NULL},
    {"action",   "au.action",   REST_STR,    false, NULL},
    {"target",   "au.target",   REST_STR,    false, NULL},
    {"outcome",  "au.outcome",  REST_STR,    false, NULL},
    {"detail",   "au.detail",   REST_OPAQUE, false, NULL},
};
const struct rest_resource rest_audit = REST_RESOURCE(
    "audit", "audit au", "au.auditid", audit_fields, &audit_record,
    .help = "Who did what, or was refused it.", .hidden = HIDDEN_NEVER, .right = CI_ACTION_AUDIT);
