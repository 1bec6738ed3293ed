/* SPDX-License-Identifier: Apache-2.0 */
/* The decision: rules, roles and scopes; see access.h. Pure. */
#include "access/access.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

static bool is_one_of(struct ci_strs names, const char *name)
{
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], name) == 0)
            return true;
    }
    return false;
}

static bool any_glob(struct ci_strs globs, const char *text, int flags)
{
    for (size_t i = 0; text && i < globs.count; i++) {
        if (fnmatch(globs.items[i], text, flags) == 0)
            return true;
    }
    return false;
}

/* ---- roles ---- */

static const char *domain_of(const char *email)
{
    const char *at = email ? strrchr(email, '@') : NULL;

    return at ? at + 1 : NULL;
}

static bool is_holder(const struct ci_role_holders *role, const struct identity *who)
{
    if (role->signed_in || any_glob(role->users, who->username, FNM_CASEFOLD) ||
        any_glob(role->emails, who->email, FNM_CASEFOLD) ||
        any_glob(role->domains, domain_of(who->email), FNM_CASEFOLD))
        return true;
    for (size_t i = 0; i < who->groups.count; i++) {
        if (any_glob(role->groups, who->groups.items[i], FNM_CASEFOLD))
            return true;
    }
    return false;
}

/* An owner is a user's name, an address, or "Name <address>". A full name is anybody's choice. */
static bool is_owner(const struct identity *who, const char *owner)
{
    const char *open = strrchr(owner, '<');
    const char *address = open ? open + 1 : owner;
    size_t len = strcspn(address, ">");

    if (who->username && strcasecmp(who->username, owner) == 0)
        return true;
    return who->email && *who->email && strlen(who->email) == len &&
           strncasecmp(who->email, address, len) == 0;
}

static bool owns(const struct identity *who, const struct access_target *target)
{
    for (size_t i = 0; i < target->owners.count; i++) {
        if (is_owner(who, target->owners.items[i]))
            return true;
    }
    return false;
}

static bool is_declared(const struct ci_config *config, const struct identity *who,
                        const char *role)
{
    CI_FOREACH(const struct ci_role_holders, holders, config->access.roles) {
        if (strcmp(holders->name, role) == 0 && is_holder(holders, who))
            return true;
    }
    return false;
}

static bool has_role(const struct ci_config *config, const struct identity *who,
                     const struct access_target *target, const char *role)
{
    if (strcmp(role, "anyone") == 0)
        return true;
    if (who->kind == IDENTITY_ANONYMOUS)
        return false;
    return strcmp(role, "signed_in") == 0 || (strcmp(role, "owner") == 0 && owns(who, target)) ||
           is_declared(config, who, role);
}

static bool has_any_role(const struct ci_config *config, const struct identity *who,
                         const struct access_target *target, struct ci_strs roles)
{
    for (size_t i = 0; i < roles.count; i++) {
        if (has_role(config, who, target, roles.items[i]))
            return true;
    }
    return false;
}

static bool is_admin(const struct ci_config *config, const struct identity *who)
{
    return who->kind == IDENTITY_ADMIN ||
           (who->kind != IDENTITY_ANONYMOUS && is_declared(config, who, "admins"));
}

/* ---- rules ---- */

static bool is_about_action(const struct ci_access_rule *rule, enum ci_action action)
{
    return is_one_of(rule->actions, ci_action_names[action]) || is_one_of(rule->actions, "any") ||
           (action != CI_ACTION_READ && is_one_of(rule->actions, "control"));
}

/* A rule that names what the target has not is not about the target. */
static bool allows(struct ci_strs globs, const char *text)
{
    return globs.count == 0 || any_glob(globs, text, 0);
}

static bool is_about(const struct ci_access_rule *rule, enum ci_action action,
                     const struct access_target *target)
{
    return is_about_action(rule, action) && allows(rule->builders, target->builder) &&
           allows(rule->projects, target->project) && allows(rule->schedulers, target->scheduler) &&
           allows(rule->workers, target->worker) && allows(rule->branches, target->branch);
}

/* The rule that decides, or NULL; *allowed is its word. */
static const struct ci_access_rule *decide(const struct ci_config *config,
                                           const struct identity *who, enum ci_action action,
                                           const struct access_target *target, bool *allowed)
{
    CI_FOREACH(const struct ci_access_rule, rule, config->access.rules) {
        if (!is_about(rule, action, target))
            continue;
        *allowed = has_any_role(config, who, target, rule->roles);
        if (*allowed || rule->default_deny)
            return rule;
    }
    *allowed = action == CI_ACTION_READ;
    return NULL;
}

/* ---- answers ---- */

static const struct access_target nothing = {0};

static bool refuse(const struct identity *who, struct ci_strs roles, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf list;

    ci_buf_init(&list, mem);
    for (size_t i = 0; i < roles.count; i++)
        ci_buf_printf(&list, "%s'%s'", i ? " or " : "", roles.items[i]);
    return ci_fail(err, who->kind == IDENTITY_ANONYMOUS ? CI_EUNAUTHENTICATED : CI_EDENIED,
                   "you need to have role %s", list.text);
}

/* What holds before any rule is asked: a token's scopes, and a door that is closed to strangers. */
static bool may_enter(const struct ci_config *config, const struct identity *who,
                      enum ci_action action, struct ci_err *err)
{
    if (!(who->scopes & 1U << action))
        return ci_fail(err, CI_EDENIED, "the token's scopes do not include '%s'",
                       ci_action_names[action]);
    if (who->kind == IDENTITY_ANONYMOUS && !config->access.anonymous_reads)
        return ci_fail(err, CI_EUNAUTHENTICATED, "you need to sign in");
    return true;
}

bool access_allowed(const struct ci_config *config, const struct identity *who,
                    enum ci_action action, const struct access_target *target, struct ci_err *err)
{
    static const char *const admins[] = {"admins"};
    bool allowed;

    if (!may_enter(config, who, action, err))
        return false;
    if (is_admin(config, who))
        return true;
    const struct ci_access_rule *rule =
        decide(config, who, action, target ? target : &nothing, &allowed);
    return allowed || refuse(who, rule ? rule->roles : (struct ci_strs){admins, 1}, err);
}

bool access_is_admin(const struct ci_config *config, const struct identity *who, struct ci_err *err)
{
    static const char *const admins[] = {"admins"};

    for (unsigned action = 0; action < CI_ACTION_COUNT; action++) {
        if (!may_enter(config, who, action, err))
            return false;
    }
    return is_admin(config, who) || refuse(who, (struct ci_strs){admins, 1}, err);
}

/* ---- reading ---- */

static bool names_something(const struct ci_access_rule *rule)
{
    return rule->builders.count > 0 || rule->projects.count > 0;
}

bool access_reads(const struct ci_config *config, const struct identity *who, struct ci_err *err)
{
    if (access_allowed(config, who, CI_ACTION_READ, NULL, err))
        return true;
    if (!(who->scopes & 1U << CI_ACTION_READ) ||
        (who->kind == IDENTITY_ANONYMOUS && !config->access.anonymous_reads))
        return false;
    CI_FOREACH(const struct ci_access_rule, rule, config->access.rules) {
        if (is_about_action(rule, CI_ACTION_READ) && names_something(rule) &&
            has_any_role(config, who, &nothing, rule->roles))
            return true;
    }
    return false;
}

bool access_may_read(const struct ci_config *config, const struct identity *who,
                     const struct access_target *target, bool *by_project)
{
    bool allowed;
    const struct ci_access_rule *rule = decide(config, who, CI_ACTION_READ, target, &allowed);

    *by_project = rule && rule->projects.count > 0;
    return allowed;
}

bool access_view_needs_names(const struct ci_config *config, const struct identity *who)
{
    bool by_project;

    if (is_admin(config, who))
        return false;
    CI_FOREACH(const struct ci_access_rule, rule, config->access.rules) {
        if (is_about_action(rule, CI_ACTION_READ) && names_something(rule))
            return true;
    }
    return !access_may_read(config, who, &nothing, &by_project);
}

struct ci_strs access_roles(const struct ci_config *config, const struct identity *who, void *mem)
{
    const char **names = ci_mem_array(mem, const char *, config->access.roles.count + 2);
    size_t count = 0;

    if (who->kind == IDENTITY_ANONYMOUS)
        return (struct ci_strs){names, 0};
    names[count++] = "signed_in";
    if (is_admin(config, who))
        names[count++] = "admins";
    CI_FOREACH(const struct ci_role_holders, role, config->access.roles) {
        if (strcmp(role->name, "admins") != 0 && is_holder(role, who))
            names[count++] = role->name;
    }
    return (struct ci_strs){names, count};
}
