/* SPDX-License-Identifier: Apache-2.0 */
/* `access`: who has which role, and what the roles may do. */
#include "config_internal.h"
#include "shared/settings.h"

#include <string.h>

const char *const ci_action_names[] = {
    [CI_ACTION_READ] = "read",     [CI_ACTION_FORCE] = "force",
    [CI_ACTION_TRY] = "try",       [CI_ACTION_REBUILD] = "rebuild",
    [CI_ACTION_STOP] = "stop",     [CI_ACTION_SET_PRIORITY] = "set_priority",
    [CI_ACTION_PIN] = "pin",       [CI_ACTION_SCHEDULER] = "scheduler",
    [CI_ACTION_WORKER] = "worker", [CI_ACTION_CHANGE] = "change",
    [CI_ACTION_CONFIG] = "config", [CI_ACTION_AUDIT] = "audit",
    [CI_ACTION_USERS] = "users",   [CI_ACTION_COUNT] = NULL,
};

/* Roles that nobody declares; admins may be declared as well. */
static const char *const built_in[] = {"admins", "owner", "anyone", "signed_in"};

struct ci_strs config_role_names(struct ci_strs declared, void *mem)
{
    const char **names = ci_mem_array(mem, const char *, declared.count + CI_COUNT(built_in));

    for (size_t i = 0; i < CI_COUNT(built_in); i++)
        names[i] = built_in[i];
    for (size_t i = 0; i < declared.count; i++)
        names[CI_COUNT(built_in) + i] = declared.items[i];
    return (struct ci_strs){names, declared.count + CI_COUNT(built_in)};
}

/* One of ci_action_names, or a word for several. */
static const char *check_action(const char *text, void *mem)
{
    const char *known[CI_ACTION_COUNT + 2];
    struct ci_buf list;
    size_t count = 0;

    for (; count < CI_ACTION_COUNT; count++)
        known[count] = ci_action_names[count];
    known[count++] = "any";
    known[count++] = "control";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(known[i], text) == 0)
            return NULL;
    }
    const char *nearest = ci_nearest(text, known, count);
    if (nearest)
        return ci_mem_printf(mem, "no action \"%.60s\" (did you mean \"%s\"?)", text, nearest);
    ci_buf_init(&list, mem);
    for (size_t i = 0; i < count; i++)
        ci_buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
    return ci_mem_printf(mem, "no action \"%.60s\" (known: %s)", text, list.text);
}

static const char *check_role(const char *text, void *mem)
{
    for (size_t i = 1; i < CI_COUNT(built_in); i++) {
        if (strcmp(built_in[i], text) == 0)
            return ci_mem_printf(mem, "\"%s\" is built in and can't be declared", text);
    }
    return check_identifier(text, mem);
}

/* A glob of the part behind the "@". */
static const char *check_mail_domain(const char *text, void *mem)
{
    if (strpbrk(text, "@ \t\r\n"))
        return ci_mem_printf(mem, "\"%.100s\" is no mail domain", text);
    return NULL;
}

#define AT(member) offsetof(struct ci_role_holders, member)
static const struct key role_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED,
        "Name that rules refer to; who has the role called admins may do everything.",
        .example = "developers", .check = check_role),
    KEY("users", KEY_STRS, AT(users), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Names of users, or globs; upper and lower case are the same, as in the lists below.",
        .example = "[ada, \"release-*\"]"),
    KEY("groups", KEY_STRS, AT(groups), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Groups that whoever signs them in says they are in, or globs.", .example = "[acme/core]"),
    KEY("emails", KEY_STRS, AT(emails), KEY_NOT_EMPTY | KEY_UNIQUE, "Mail addresses, or globs.",
        .example = "[ada@acme.example]"),
    KEY("domains", KEY_STRS, AT(domains), KEY_NOT_EMPTY | KEY_UNIQUE,
        "What stands behind the \"@\" of the address, or globs.", .example = "[acme.example]",
        .check = check_mail_domain),
    KEY("signed_in", KEY_BOOL, AT(signed_in), 0,
        "Whether everybody who has signed in has the role; default false.", .example = "true"),
};
#undef AT

static void finish_role(struct decode *d, const struct node *map, void *out)
{
    const struct ci_role_holders *role = out;

    if (!role->users.count && !role->groups.count && !role->emails.count && !role->domains.count &&
        !role->signed_in)
        complain(d, map, "nobody has the role: needs users, groups, emails, domains or signed_in");
}

static const struct section config_role = {
    .name = "role",
    .help = "Who has a role: whoever any of the lists names.",
    SECTION_KEYS(role_keys),
    .size = sizeof(struct ci_role_holders),
    .space = SPACE_ROLE,
    .finish = finish_role,
};

#define AT(member) offsetof(struct ci_access_rule, member)
static const struct key rule_keys[] = {
    KEY("actions", KEY_STRS, AT(actions), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_UNIQUE,
        "What the rule is about: read, force, try, rebuild, stop, set_priority, pin, scheduler, "
        "worker, change, config, audit, users; control is all of them but read, any is all.",
        .example = "[force, rebuild, stop]", .check = check_action),
    KEY("builders", KEY_STRS, AT(builders), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only for these builders, names or globs; default: whatever it is about.",
        .example = "[\"release-*\"]"),
    KEY("projects", KEY_STRS, AT(projects), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only for these projects, names or globs; default: whatever it is about.",
        .example = "[acme]"),
    KEY("schedulers", KEY_STRS, AT(schedulers), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only for these schedulers, names or globs; default: whatever it is about.",
        .example = "[force]"),
    KEY("workers", KEY_STRS, AT(workers), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only for these workers, names or globs; default: whatever it is about.",
        .example = "[\"mac-*\"]"),
    KEY("branches", KEY_STRS, AT(branches), KEY_UNIQUE,
        "Only for these branches, names or globs; \"\" is the repository's default branch; "
        "default: whatever it is about.",
        .example = "[main, \"release/*\", \"\"]"),
    KEY("roles", KEY_STRS, AT(roles), KEY_REQUIRED | KEY_NOT_EMPTY | KEY_UNIQUE,
        "Who may: one of these roles is enough. Built in are admins, owner (of the build), "
        "signed_in (everybody who has) and anyone.",
        .example = "[developers, owner]", .alias = "role", .refers_to = SPACE_ROLE),
    KEY("default_deny", KEY_BOOL, AT(default_deny), 0,
        "Whether who has none of the roles is refused at once; false: the next rule is asked; "
        "default true.",
        .example = "false"),
};
#undef AT

static bool has_action(const struct ci_access_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->actions.count; i++) {
        if (strcmp(rule->actions.items[i], name) == 0)
            return true;
    }
    return false;
}

/* A rule that can never match hides nothing, though its author believes so. */
static void finish_rule(struct decode *d, const struct node *map, void *out)
{
    static const char *const idle[] = {"schedulers", "workers", "branches"};
    const struct ci_access_rule *rule = out;
    const struct node *branches = node_get(map, "branches");

    if (branches && rule->branches.count == 0)
        complain(d, branches, "must not be empty");
    for (size_t i = 0; has_action(rule, "read") && i < CI_COUNT(idle); i++) {
        if (node_get(map, idle[i]))
            complain(d, node_get(map, idle[i]),
                     "what may be read is a matter of builders and projects, not of %s", idle[i]);
    }
}

static const struct ci_access_rule rule_defaults = {.default_deny = true};

static const struct section config_rule = {
    .name = "rule",
    .help = "Who may do something. The first rule that is about what is asked for decides.",
    SECTION_KEYS(rule_keys),
    .size = sizeof(struct ci_access_rule),
    .defaults = &rule_defaults,
    .finish = finish_rule,
};

static const char *const anonymous_names[] = {"none", "read", NULL};

#define AT(member) offsetof(struct ci_access, member)
static const struct key access_keys[] = {
    KEY("anonymous", KEY_EITHER, AT(anonymous_reads), 0,
        "What who has not signed in may do as far as no rule says it: read or none; none refuses "
        "them everything; default read.",
        .example = "none", .names = anonymous_names),
    KEY("roles", KEY_LIST, AT(roles), 0, "Who is who; default: there are no roles.",
        .example = "[{name: developers, groups: [acme/core]}]", .section = &config_role),
    KEY("rules", KEY_LIST, AT(rules), 0,
        "Who may do what, in order; what no rule is about is allowed where it is reading, and the "
        "admins' where it is not; default: no rules.",
        .example = "[{actions: [force, stop], roles: [signed_in]}]", .section = &config_rule),
};
#undef AT

const struct section config_access = {
    .name = "access",
    .help = "Who may read and do what.",
    SECTION_KEYS(access_keys),
    .size = sizeof(struct ci_access),
    .has_chapter = true,
};
