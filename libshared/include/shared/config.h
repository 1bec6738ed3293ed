/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slipway.yaml as structs. ci_config_parse() reads, validates and decodes a
 * file by the record tables in src/config_*.c; the same tables print the JSON
 * Schema. A struct ci_config is never changed after parsing and may be read
 * by any thread.
 */
#pragma once

#include "shared/db.h"
#include "shared/network.h"
#include "shared/steps.h"

struct ci_store_spec; /* shared/blob.h */
struct ci_vault;      /* shared/secrets.h */

/* A value that may be a literal, {secret: NAME} or {env: NAME}. */
enum ci_secret_kind { CI_SECRET_NONE, CI_SECRET_LITERAL, CI_SECRET_FILE, CI_SECRET_ENV };
struct ci_secret {
    enum ci_secret_kind kind;
    const char *value; /* the literal, or NAME */
};

/* Reads the value: a file NAME in secrets_dir (its text without the last newline) or getenv(NAME).
 */
CI_MUST_USE bool ci_secret_read(const struct ci_secret *secret, const char *secrets_dir, void *mem,
                                const char **out, struct ci_err *err);

/* ---- change sources ---- */

enum ci_change_source_type {
    CI_SOURCE_GIT_POLLER,
    CI_SOURCE_HG_POLLER,
    CI_SOURCE_SVN_POLLER,
    CI_SOURCE_GITHUB_PULLREQUESTS,
    CI_SOURCE_GITLAB_MERGEREQUESTS,
    CI_SOURCE_GITEA_PULLREQUESTS,
    CI_SOURCE_FORGEJO_PULLREQUESTS, /* the API is Gitea's */
    CI_SOURCE_BITBUCKET_PULLREQUESTS,
    CI_SOURCE_BITBUCKET_SERVER_PULLREQUESTS,
    CI_SOURCE_COUNT
};
extern const char *const ci_change_source_type_names[]; /* "git_poller" ... as in the file */

/* What a path of a Subversion repository means (SVNPoller's split_file). */
enum ci_svn_split {
    CI_SVN_ALWAYS_TRUNK,      /* the path; no branch */
    CI_SVN_BRANCHES,          /* trunk/PATH, branches/NAME/PATH; others are none */
    CI_SVN_PROJECTS_BRANCHES, /* the same behind PROJECT/ */
};
struct ci_svn_poller {
    enum ci_svn_split split_file;
    int histmax;         /* revisions of one look; default 100 */
    const char *revlink; /* revlinktmpl: "%s" is the revision; NULL: none */
    struct ci_strs extra_args;
};

/* Which of a repository's addresses the changes of a pull request name. */
enum ci_repository_type {
    CI_REPOSITORY_HTTPS,
    CI_REPOSITORY_SSH,
    CI_REPOSITORY_GIT,
    CI_REPOSITORY_SVN
};
struct ci_forge_poller {
    const char *base_url; /* of the API, or of the forge; no "/" at the end */
    const char *owner, *repo;
    const char *api_user; /* NULL: the token is a bearer's */
    struct ci_secret token;
    bool magic_link; /* the branch is the forge's ref of the request, in the target's repository */
    enum ci_repository_type repository_type;
    struct ci_kvs
        pullrequest_filter; /* dotted field (glob): its value (glob; "!" before: not so) */
    struct ci_strs property_whitelist; /* globs of dotted fields that become properties */
};

struct ci_change_source {
    enum ci_change_source_type type;
    const char *name;       /* default: the repository, or "TYPE:OWNER/REPO" */
    const char *repository; /* URL or path; of a forge: what its base_url, owner and repo make */
    bool all_branches;      /* branches: all */
    struct ci_strs
        branches; /* names and globs (release/...); empty without all_branches: remote HEAD */
    struct ci_dur poll_interval;    /* default 600 s, at least 1 s */
    struct ci_dur random_delay_min; /* added to each interval; both 0: up to a tenth */
    struct ci_dur random_delay_max; /* of the interval */
    bool poll_at_launch;            /* default true */
    bool use_timestamps;            /* default true: changes are dated as their commits */
    struct ci_dur timeout;          /* of one process or call; default 120 s */
    const char *project, *codebase, *category; /* "" */
    const char *user;                          /* signs in together with ... */
    struct ci_secret password;
    union {                       /* by type */
        struct ci_strs bookmarks; /* hg_poller: names and globs */
        struct ci_svn_poller svn;
        struct ci_forge_poller forge;
    };
};
/* Whether it polls a forge's API: `forge` is meant. */
bool ci_change_source_is_forge(const struct ci_change_source *source);

/* ---- schedulers ---- */

/* Buildbot's ChangeFilter: every given condition must hold; a list holds when any member does. */
struct ci_match {
    bool given;
    struct ci_strs eq, not_eq, re, not_re; /* re: POSIX extended, matched at the start */
    bool eq_null;                          /* null was among the eq values (branch: null) */
};
/* property_eq, property_not_eq, property_re, property_not_re of one property of the change. */
struct ci_property_match {
    const char *name;
    struct ci_match match; /* of its value as text; null: the change has no such property */
};
struct ci_change_filter {
    bool given;
    struct ci_match project, repository, branch, category, codebase;
    struct ci_list properties; /* struct ci_property_match */
};

enum ci_scheduler_type {
    CI_SCHED_SINGLE_BRANCH,
    CI_SCHED_ANY_BRANCH,
    CI_SCHED_PERIODIC,
    CI_SCHED_NIGHTLY,
    CI_SCHED_FORCE,
    CI_SCHED_DEPENDENT,
    CI_SCHED_TRIGGERABLE,
    CI_SCHED_NIGHTLY_TRIGGERABLE,
    CI_SCHED_TRY,
};
extern const char *const ci_scheduler_type_names[]; /* "single_branch", ... as in the file */

/* A force parameter the user added (`parameters:` of a force scheduler). */
enum ci_param_type {
    CI_PARAM_STRING,
    CI_PARAM_TEXT,
    CI_PARAM_INT,
    CI_PARAM_BOOL,
    CI_PARAM_CHOICE,
    CI_PARAM_FIXED,
    CI_PARAM_USERNAME,      /* text; need_email: with an address */
    CI_PARAM_WORKER_CHOICE, /* "" or a worker of the builders: the build runs there */
    CI_PARAM_INHERIT_BUILD, /* "builder/number": its properties are taken over */
    CI_PARAM_FILE,          /* text of a file, at most 10 MiB */
    CI_PARAM_ANY_PROPERTY,  /* {name, value} chosen by the user */
    CI_PARAM_PATCH,         /* {body, level, author, comment, subdir} for the source */
    CI_PARAM_CODEBASE,      /* branch, revision, repository, project of one codebase */
    CI_PARAM_NESTED,        /* fields in a group; name "" flattens */
};
struct ci_force_param {
    enum ci_param_type type;
    const char *name, *label, *tablabel, *tooltip, *regex;
    json_t *value_default; /* key `default` */
    bool required, multiple, hide, strict, need_email;
    json_t *autopopulate;          /* choice: {value: {field: value}}; or NULL */
    int size, rows, cols, maxsize; /* 0: as the dialog likes; maxsize in bytes */
    struct ci_strs choices;
    struct ci_strs compatible_builds; /* inherit_build: builders; empty: the scheduler's own */
    const char *codebase;             /* codebase, patch */
    const char *layout;               /* nested: simple, vertical, tabs */
    int columns;                      /* nested: 1 to 4 */
    struct ci_list fields;            /* nested, codebase: struct ci_force_param */
};

struct ci_scheduler {
    enum ci_scheduler_type type;
    const char *name;
    struct ci_strs builders; /* names, checked to exist */
    const char *reason;      /* NULL: Buildbot's text */
    int priority;
    json_t *properties;              /* object or NULL */
    struct ci_kvs branch_priorities; /* branch or glob: added to priority, first match */
    struct ci_list codebases;        /* struct ci_source_spec; empty: the one called "" */
    const char *upstream;            /* dependent: name of a scheduler */
    const char *force_at;            /* nightly: cron line of fires that always build; or NULL */
    bool create_absolute_source_stamps;
    const char *username_label; /* force: label of the user's name */
    struct ci_change_filter change_filter;
    struct ci_dur tree_stable_timer;  /* 0: none, each important change builds at once */
    struct ci_strs important_files;   /* globs; empty: every file is important */
    struct ci_strs unimportant_files; /* globs that make a file unimportant */
    bool only_important, only_if_changed;
    struct ci_dur period;  /* periodic: period */
    const char *cron;      /* nightly: five fields */
    const char *time_zone; /* IANA name; default "UTC" */
    /* Of timed and forced builds; branch NULL: the default one, the others "". */
    const char *branch, *repository, *project, *codebase;
    const char *button_name, *label; /* force; default: name */
    struct ci_list parameters;       /* struct ci_force_param */
};

/* ---- builders and steps ---- */

/* Which requests a new one makes superfluous. */
enum ci_collapse {
    CI_COLLAPSE_OFF,     /* none (the default) */
    CI_COLLAPSE_ON,      /* every unclaimed one of the builder with the same codebases,
                            repositories, branches and projects */
    CI_COLLAPSE_COMPARE, /* Buildbot's rules: shared/collapse.h */
};

enum ci_next_worker {
    CI_WORKER_LEAST_BUSY, /* the most free slots (the default) */
    CI_WORKER_RANDOM,
    CI_WORKER_LAST_USED, /* the one that built this builder last */
    CI_WORKER_WARMEST,   /* the one with the environment; default with `environment` */
};

/* What is kept; 0: for ever, any number. Inherited from the file's to the builder's. */
struct ci_retention {
    struct ci_dur logs, builds, artifacts, changes; /* ages */
    struct ci_dur deliveries;                       /* default 90 days */
    struct ci_dur audit;                            /* default 0: for ever */
    int max_builds; /* newest builds of each builder that are kept */
    int min_builds; /* ... and that are never removed by age; default 10 */
};

struct ci_builder {
    const char *name, *description, *description_format;
    const char *project;
    struct ci_strs tags;
    struct ci_strs workers;      /* names; empty with no labels: any worker */
    struct ci_kvs worker_labels; /* all must be equal on the worker */
    struct ci_kvs env;
    json_t *properties, *default_properties; /* objects or NULL; rendered when the build starts */
    struct ci_list steps;                    /* struct ci_step */
    struct ci_list locks;        /* struct ci_lock_use: held from the start to the end of a build */
    const char *do_build_if;     /* condition, or NULL: false ends the build as SKIPPED */
    const char *can_start_build; /* condition over worker.* and prop.*, or NULL */
    enum ci_next_worker next_worker;
    enum ci_collapse collapse_requests;
    struct ci_dur
        queue_timeout;    /* a request without a build for so long ends as EXCEPTION; 0: never */
    bool has_environment; /* a step of type CI_STEP_ENVIRONMENT is among the steps */
    struct ci_dur environment_wait;
    const char *repository_file; /* NULL: not allowed */
    struct ci_retention retention;
    /* A matrix becomes this builder, whose only step triggers its cells and waits, and one builder
     * for each cell, called "NAME (os=linux, py=3.11)". */
    bool is_matrix;
    const char *matrix_parent; /* of a cell: the builder with the matrix; or NULL */
    json_t *matrix;            /* of a cell: {key: value}, also its properties; or NULL */
};

/* What builders and changes say they belong to; one that only they name has nothing but its name.
 */
struct ci_project {
    const char *name, *description, *description_format;
    struct ci_strs codebases; /* whose commits are kept, besides those of the change sources */
};

/* Where the pages of a repository's revisions are. */
struct ci_revlink {
    const char *repository; /* pattern, of the address as ci_repository_short() has it */
    const char *revlink;    /* "%s" is the revision, "\1" what the pattern's first group took */
};

struct ci_lock {
    const char *name;
    int max_count;                      /* default 1 */
    bool per_worker;                    /* each worker has its own */
    struct ci_kvs max_count_for_worker; /* worker: count; with per_worker */
};

struct ci_worker {
    const char *name;
    struct ci_secret password;
    int max_builds; /* 0: as many as the agent offers */
    struct ci_kvs labels;
    json_t *properties, *default_properties; /* objects or NULL */
    struct ci_list locks;                    /* struct ci_lock_use: of each build on it */
    struct ci_strs notify_on_missing;        /* mail addresses */
    struct ci_dur missing_timeout;           /* default 1 h */
};

/* ---- cancellers ---- */

enum ci_canceller_type { CI_CANCEL_OLD_BUILD, CI_CANCEL_FAILING_BUILDSET };
struct ci_canceller {
    enum ci_canceller_type type;
    const char *name;
    struct ci_strs builders;               /* whose requests (old_build) or failures count */
    struct ci_strs builders_to_cancel;     /* failing_buildset; empty: all of the buildset */
    struct ci_change_filter source_filter; /* project, codebase, repository, branch of a source */
    bool merge_gerrit_iterations; /* the patch sets of a Gerrit change are one branch; default true
                                   */
};

/* ---- notifiers ---- */

enum ci_notifier_type { CI_NOTIFIER_MAIL };
enum ci_tls { CI_TLS_NONE, CI_TLS_STARTTLS, CI_TLS_IMPLICIT };
/* Modes as bits; "all" and the text "warnings" are expanded as the reference says. */
enum {
    CI_MODE_CHANGE = 1 << 0,
    CI_MODE_FAILING = 1 << 1,
    CI_MODE_PASSING = 1 << 2,
    CI_MODE_PROBLEM = 1 << 3,
    CI_MODE_WARNINGS = 1 << 4,
    CI_MODE_EXCEPTION = 1 << 5,
    CI_MODE_CANCELLED = 1 << 6,
};

struct ci_relay {
    const char *host; /* NULL with a maildir */
    int port;         /* default 25; 587 with starttls, 465 with implicit */
    const char *user; /* NULL: no authentication */
    struct ci_secret password;
    enum ci_tls tls;
    bool verify;         /* of the certificate; default true */
    const char *ca_file; /* NULL: the system's */
    const char *maildir; /* or this folder */
};

struct ci_notifier {
    enum ci_notifier_type type;
    const char *name; /* unique; default "mail", "mail_1" ... */
    const char *from;
    unsigned mode; /* bits; default failing, passing, warnings */
    struct ci_relay relay;
    struct ci_strs extra_recipients;
    bool send_to_interested_users; /* default true */
    const char *lookup;            /* mail domain for authors without an address, or NULL */
    struct ci_strs builders, tags, branches, schedulers; /* filters; empty: all */
    const char *subject;                                 /* NULL: the default */
    int log_lines;                                       /* of the failing log's end; default 50 */
};

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

/* ---- the whole ---- */

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

struct ci_config {
    int64_t version;                     /* of config_versions; 0 when parsed from a file */
    const char *title, *title_url, *url; /* url ends with "/" */
    struct ci_access access;
    struct ci_list sign_in; /* struct ci_sign_in */
    struct ci_www www;
    struct ci_limits limits;
    struct ci_web_hooks web_hooks;
    struct ci_list change_sources;      /* struct ci_change_source */
    struct ci_list revlinks;            /* struct ci_revlink */
    struct ci_list schedulers;          /* struct ci_scheduler */
    struct ci_list projects;            /* struct ci_project */
    struct ci_list builders;            /* struct ci_builder */
    struct ci_list workers;             /* struct ci_worker */
    struct ci_list notifiers;           /* struct ci_notifier */
    struct ci_list locks;               /* struct ci_lock */
    struct ci_list cancellers;          /* struct ci_canceller */
    json_t *properties;                 /* of every build, object or NULL */
    enum ci_collapse collapse_requests; /* of builders that do not say it */
    struct ci_retention retention;
    const struct ci_vault *vault;   /* secrets: {vault: ...}, or NULL */
    const struct ci_store_spec *s3; /* storage: {s3: ...}, or NULL */
    bool logs_in_s3;                /* storage: {logs: s3} */
    int64_t artifact_max_size;      /* bytes of one; default 1 GiB */
    int64_t artifact_quota;         /* bytes of all; 0: any */
    int64_t log_max_size;           /* bytes of one log; 0: any; the rest is dropped with a mark */
};

const struct ci_builder *ci_config_builder(const struct ci_config *config, const char *name);
const struct ci_scheduler *ci_config_scheduler(const struct ci_config *config, const char *name);
const struct ci_lock *ci_config_lock(const struct ci_config *config, const char *name);

/* One finding of the check. */
struct ci_problem {
    int line, column; /* from 1; 0: the whole file */
    /* A line of UTF-8: `schedulers[0].builders[1]: no builder "linx" (did you mean "linux"?)` */
    const char *message;
};

/*
 * Parses `text`, the content of `file` (for messages only). True: *out is a
 * whole configuration in mem. False: *problems (in mem) lists everything that
 * is wrong, in file order, struct ci_problem. Reads no other file and no
 * network. Limits: 4 MiB, 64 levels, 100,000 nodes; aliases are refused.
 */
CI_MUST_USE bool ci_config_parse(const char *file, const char *text, size_t len, void *mem,
                                 struct ci_config **out, struct ci_list *problems);

/* The JSON Schema (2020-12) of the file, from the same tables. New reference. */
json_t *ci_config_schema(void);

/*
 * The file that a repository carries (`.slipway.yml`): {steps: [...]} and
 * nothing else. Steps that read secrets, trigger or lock are refused. `taken`:
 * names of the steps before them.
 */
CI_MUST_USE bool ci_config_parse_repository(const char *file, const char *text, size_t len,
                                            struct ci_strs taken, void *mem, struct ci_list *steps,
                                            struct ci_list *problems);

/* The manual's reference, Markdown, from the same tables: docs/configuration.md. In mem. */
const char *ci_config_manual(void *mem);

/* ---- versions in the database ---- */

struct ci_config_version {
    int64_t version;
    struct ci_time applied_at;
    const char *applied_by;
    const char *comment;
    const char *yaml;
};
extern const struct ci_record ci_config_version_record;

CI_MUST_USE bool ci_config_load(struct ci_tx *tx, int64_t version, void *mem,
                                struct ci_config **out, struct ci_err *err);
/* version 0 and an empty configuration before the first apply. */
CI_MUST_USE bool ci_config_current_version(struct ci_tx *tx, int64_t *version, struct ci_err *err);
/*
 * Stores `yaml` as the new current version, and brings the tables of
 * builders, schedulers, workers, change sources, projects and codebases to
 * what it names (rows that left the file become inactive, or stay as they
 * were, and keep their ids; changed projects and codebases get its number). A text equal to the
 * current one makes no new version. CI_EINVALID with the first problem when it does not parse.
 */
CI_MUST_USE bool ci_config_apply(struct ci_tx *tx, const char *yaml, const char *by,
                                 const char *comment, void *mem, int64_t *version,
                                 struct ci_err *err);

/*
 * The versions a process works with: the current one, reread when told, and
 * older ones of running builds, kept as long as somebody holds them. Any thread.
 */
struct ci_config_cache;
struct ci_config_cache *ci_config_cache_new(struct ci_db *db);
void ci_config_cache_free(struct ci_config_cache *cache); /* NULL-safe */
/* Looks for a newer version; *changed (may be NULL) when one was taken up. */
CI_MUST_USE bool ci_config_cache_refresh(struct ci_config_cache *cache, bool *changed,
                                         struct ci_err *err);
/* The current version, or that very version; release it with ci_config_put(). */
const struct ci_config *ci_config_get(struct ci_config_cache *cache);
CI_MUST_USE bool ci_config_get_version(struct ci_config_cache *cache, int64_t version,
                                       const struct ci_config **out, struct ci_err *err);
void ci_config_put(const struct ci_config *config); /* NULL-safe */
void ci_config_put_cleanup(const struct ci_config **config);
#define CI_AUTO_CONFIG CI_CLEANUP(ci_config_put_cleanup) const struct ci_config *
