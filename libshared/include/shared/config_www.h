/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What slipway.yaml says of the web: who may do what and signs in how, limits, and web hooks.
 * A part of shared/config.h: once parsed never changed, read by any thread.
 */
#pragma once

#include "shared/config_secret.h"
#include "shared/network.h"
#include "shared/record.h"

/* ---- access ---- */

/* What can be asked for; the words of rules, scopes and the audit log. */
enum ci_action {
    CI_ACTION_READ,
    CI_ACTION_FORCE,        /* a force scheduler */
    CI_ACTION_TRY,          /* a try scheduler */
    CI_ACTION_REBUILD,      /* a build */
    CI_ACTION_STOP,         /* stop a build, cancel a request */
    CI_ACTION_SET_PRIORITY, /* of a request */
    CI_ACTION_PIN,          /* a build: retention passes over it; unpin */
    CI_ACTION_SCHEDULER,    /* enable and disable */
    CI_ACTION_WORKER,       /* pause, unpause, stop, kill */
    CI_ACTION_CHANGE,       /* send a change, poke a poller, replay a delivery */
    CI_ACTION_CONFIG,       /* read and apply slipway.yaml */
    CI_ACTION_AUDIT,        /* read the audit log, and the bodies of deliveries */
    CI_ACTION_USERS,        /* users, and the tokens of others */
    CI_ACTION_COUNT
};
extern const char *const ci_action_names[]; /* "read", "force" ..., NULL-terminated */

/* Who has a role: whoever any of the lists names. Globs, compared without case. */
struct ci_role_holders {
    const char *name;
    struct ci_strs users, groups, emails, domains;
    bool signed_in; /* everybody who signed in */
};

/* allowRules of Buildbot, in order. Empty lists match everything. */
struct ci_access_rule {
    struct ci_strs actions; /* names of enum ci_action; "any", "control" (any but read) */
    struct ci_strs builders, projects, schedulers, workers, branches; /* globs */
    struct ci_strs roles; /* any of them; "owner": of the build; "anyone": also the anonymous */
    bool default_deny;    /* default true */
};

struct ci_access {
    bool anonymous_reads; /* anonymous: read (default) or none */
    struct ci_list roles; /* struct ci_role_holders; the one called admins may do everything */
    struct ci_list rules; /* struct ci_access_rule */
};

/* ---- the web server ---- */

struct ci_www {
    struct ci_strs allowed_origins; /* globs, lower case; empty: that of url */
    struct ci_strs avatar_methods;  /* "gravatar" */
    int json_cache_seconds;         /* 0: clients ask again each time */
    bool robots_allowed;
    json_t *theme, *ui_default_config; /* objects or NULL */
};

/* How much one client may ask; 0 a minute: any. */
struct ci_limits {
    int requests_per_minute, requests_burst; /* default 6000, 2000 */
    int writes_per_minute, writes_burst;     /* default 600, 200 */
    struct ci_strs exempt;                   /* as given */
    struct ci_networks exempt_networks;      /* who has no limits; default: this machine */
};

/* ---- sign_in ---- */

struct ci_config;

enum ci_sign_in_type {
    CI_SIGN_IN_OIDC,
    CI_SIGN_IN_GITHUB,
    CI_SIGN_IN_GITLAB,
    CI_SIGN_IN_GITEA,
    CI_SIGN_IN_GOOGLE,
};
extern const char *const ci_sign_in_type_names[];

/* A provider that says who somebody is. */
struct ci_sign_in {
    enum ci_sign_in_type type;
    const char *name;    /* in /auth/callback/NAME; default: the type */
    const char *title;   /* of the button; default: the name */
    const char *url;     /* of the server, or the issuer; NULL: the public one */
    const char *api_url; /* github, where it is not the server's own; or NULL */
    const char *client_id;
    struct ci_secret client_secret;            /* CI_SECRET_NONE: a public client */
    struct ci_strs scopes;                     /* empty: what the type needs */
    const char *username_claim, *groups_claim; /* oidc, google; NULL: the type's */
    const char *prefix;                        /* put before user names; "" */
    struct ci_strs domains, groups;            /* who is let in; empty: everybody there */
    bool trust_email;       /* also addresses that the provider does not call verified */
    bool buildbot_callback; /* comes back to /auth/login, as with Buildbot */
};

/* The provider of that name, or NULL. */
const struct ci_sign_in *ci_config_sign_in(const struct ci_config *config, const char *name);

/* ---- web hooks ---- */

/* Whose deliveries are taken at /change_hook/<dialect>. */
enum ci_hook_dialect {
    CI_HOOK_BASE,
    CI_HOOK_BITBUCKET,
    CI_HOOK_BITBUCKETCLOUD,
    CI_HOOK_BITBUCKETSERVER,
    CI_HOOK_FORGEJO,
    CI_HOOK_GERRIT,
    CI_HOOK_GITEA,
    CI_HOOK_GITHUB,
    CI_HOOK_GITLAB,
    CI_HOOK_GOGS,
    CI_HOOK_POLLER,
    CI_HOOK_COUNT
};

/* One dialect; what it has no key for stays at its default. */
struct ci_hook {
    bool on;
    struct ci_secret secret;   /* signs deliveries, or is their token */
    bool strict;               /* default true: an unsigned one is refused when a secret is set */
    bool sha1;                 /* github: the older X-Hub-Signature is taken as well */
    const char *codebase;      /* "" */
    struct ci_strs skips;      /* POSIX extended; a message that holds one makes no change */
    struct ci_strs properties; /* globs of names: what of the payload becomes properties */
    const char *pull_ref;      /* of refs/pull/<n>/...: merge, head */
    struct ci_secret token;    /* github: asks the API for a pull request's files; or none */
    const char *api;           /* github: where that is, without "/" at the end */
    const char *git_base_url;  /* gerrit: what repositories begin with */
    struct ci_strs events;     /* gerrit: types that make changes */
    bool only_allowed;         /* poller: none but ... */
    struct ci_strs allowed;    /* ... these may be poked */
};

struct ci_web_hooks {
    struct ci_hook hooks[CI_HOOK_COUNT];
    const char *user; /* HTTP Basic for every dialect; NULL: none */
    struct ci_secret password;
};
