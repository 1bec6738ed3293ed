/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that describe slipway.yaml. A section is a mapping of the file
 * and the struct it fills; its keys say how each value is read, checked,
 * explained and printed in the JSON Schema. A key never fails: what is wrong
 * is added to the problems and reading goes on, so one run finds everything.
 */
#pragma once

#include "config_node.h"

enum key_kind {
    KEY_STR,        /* const char *; numbers count as text */
    KEY_INT,        /* int, min..max */
    KEY_BOOL,       /* bool */
    KEY_DUR,        /* struct ci_dur; min in seconds; null is 0 */
    KEY_STRS,       /* struct ci_strs; a single text counts as a list of one */
    KEY_ENUM,       /* enum, one of `names` */
    KEY_EITHER,     /* bool, one of two `names`: false, true */
    KEY_KVS,        /* struct ci_kvs */
    KEY_JSON,       /* json_t *, anything */
    KEY_OBJECT,     /* json_t *, a mapping */
    KEY_SECRET,     /* struct ci_secret */
    KEY_MATCH,      /* struct ci_match, its list `match` */
    KEY_SECTION,    /* `section`, in place */
    KEY_LIST,       /* struct ci_list of `section` or `choice` */
    KEY_BRANCHES,   /* struct ci_change_source: "all", a list or one name */
    KEY_MODES,      /* unsigned: modes of a notifier */
    KEY_SIZE,       /* int64_t, bytes: 512MiB, 2GB or a number */
    KEY_POINTER,    /* pointer to the struct of `section`, made when the key is there */
    KEY_COMMAND,    /* struct ci_command: a text or a list */
    KEY_STEPS,      /* struct ci_list of struct ci_step */
    KEY_CODEBASES,  /* struct ci_list of struct ci_source_spec: a list or a mapping by name */
    KEY_PROPERTIES, /* struct ci_change_filter: property_eq and its kin, their list `match` */
    KEY_COLLAPSE,   /* enum ci_collapse: a name, true or false */
    KEY_SWITCH,     /* const char *: a text, true for the first of `names`, false for NULL */
    KEY_LATER,      /* read by the section\'s finish, as `section`, or else as what it is `like` */
    KEY_CRON_FIELD, /* read by nightly's check: a number, a text or a list of them */
    KEY_TYPE,       /* `type`, which chose this section */
};

enum {
    KEY_REQUIRED = 1 << 0,
    KEY_NOT_EMPTY = 1 << 1,
    KEY_JOIN = 1 << 2,      /* KEY_KVS: a list of texts is joined with ":" */
    KEY_UNIQUE = 1 << 3,    /* KEY_STRS: no member twice */
    KEY_WIRE = 1 << 4,      /* only between builder and agent, unknown in the file */
    KEY_RENDER = 1 << 5,    /* its texts hold %(...)s, replaced when the step begins */
    KEY_CONDITION = 1 << 6, /* KEY_STR: an expression */
    KEY_PUBLIC = 1 << 7,    /* with KEY_RENDER: secrets have no place in it */
};

/* Which of ci_match's lists a key fills. */
enum match_list { MATCH_EQ, MATCH_NOT_EQ, MATCH_RE, MATCH_NOT_RE };

/* Things that have names, so that others can point at them. */
enum space {
    SPACE_NONE,
    SPACE_BUILDER,
    SPACE_SCHEDULER,
    SPACE_WORKER,
    SPACE_NOTIFIER,
    SPACE_SOURCE,
    SPACE_LOCK,
    SPACE_CANCELLER,
    SPACE_ROLE,
    SPACE_PROJECT,
    SPACE_COUNT
};

struct around;
struct decode;
struct section;

/* Returns NULL when the text is fine, or what is wrong with it (in mem). */
typedef const char *text_check(const char *text, void *mem);

struct choice {
    const char *discriminator; /* "type": its value chooses; NULL: a step, whose key chooses */
    const char *noun;          /* "scheduler type", for messages */
    const struct section *const *sections; /* NULL-terminated */
};

struct key {
    const char *name;
    enum key_kind kind;
    unsigned flags;
    size_t offset;
    const char *help;    /* one sentence that names unit and default */
    const char *example; /* a value, as YAML */
    const char *alias;   /* Buildbot's other name for it, or NULL */
    const char *const *names;
    const struct section *section;
    const struct choice *choice;
    enum key_kind like;     /* KEY_LATER */
    text_check *check;      /* of each text */
    text_check *check_name; /* KEY_KVS, KEY_OBJECT: of each key */
    enum space refers_to;   /* each text must be a name of this kind */
    enum match_list match;
    int64_t min, max; /* both 0: any */
    size_t present;   /* KEY_SECTION: 1 + offset of a bool that says it was there */
};

struct section {
    const char *name; /* for choices the discriminator's value; else for the schema */
    const char *help;
    const struct key *keys;
    size_t count;
    const struct section *base; /* more keys of the same struct, or NULL */
    size_t size;
    int tag;                    /* what a choice stores in the struct's first member */
    const struct section *args; /* of a type of step: what its `args` points at */
    const char *primary;        /* the key that a value of another kind than a mapping is of */
    bool whole;                 /* a type of step: its value always is that of the primary key */
    bool wire_only;             /* a type of step that no file names */
    bool has_chapter;           /* of the manual, though used in one place only */
    bool is_shared;       /* used in many places: $defs of the schema, a chapter of the manual */
    const void *defaults; /* what a list item starts as; NULL: zeroes */
    enum space space;     /* what the key `name` of a list item names */
    /* Conditions between keys and derived values, after all keys were read; may be NULL. */
    void (*finish)(struct decode *d, const struct node *map, void *out);
};

/* A row; what a kind needs besides follows as designators: .min = 1, .check = check_url ... */
#define KEY(name_, kind_, offset_, flags_, help_, ...)                                             \
    {                                                                                              \
        .name = (name_), .kind = (kind_), .offset = (offset_), .flags = (flags_), .help = (help_), \
        __VA_ARGS__                                                                                \
    }

#define SECTION_KEYS(keys_) .keys = (keys_), .count = CI_COUNT(keys_)

struct decode {
    void *mem;
    struct problems *problems;
    struct ci_strs names[SPACE_COUNT]; /* in file order, known before decoding starts */
    json_t *lines[SPACE_COUNT];        /* name -> line of its first use */
    const char *path;                  /* of the node at hand, "" at the root */
    bool wire; /* a step for an agent: it was checked before, and unknown keys are passed over */
    bool any_name;               /* references are not checked: what they name is elsewhere */
    bool repository;             /* steps of a repository's own file */
    struct ci_bytes file;        /* its text */
    const struct node *root;     /* its tree */
    const struct around *around; /* what the steps at hand stand in, or NULL */
    json_t *kw;                  /* of the template at hand, or NULL */
    int template_depth, template_uses;
    bool circular;      /* templates use one another */
    int parallel_count; /* groups so far whose members run side by side */
};

/* Adds "path: text" at the node's place. The hint forms add (did you mean ...?) or (known: ...). */
void complain(struct decode *d, const struct node *at, const char *fmt, ...) CI_PRINTF(3, 4);
void complain_hint(struct decode *d, const struct node *at, const char *given,
                   const char *const *known, size_t count, const char *what);

/* Goes down to a key or an item; the old path is the value to put back. */
const char *path_enter(struct decode *d, const char *key);
const char *path_enter_item(struct decode *d, size_t index);

/* Reads `map` into *out, which holds the defaults. */
void section_read(struct decode *d, const struct section *section, const struct node *map,
                  void *out);
/* What a mapping's keys fill: of several the first that knows a key gets it. */
struct fill {
    const struct section *section;
    void *out;
};
/* Reads one key of `map`; `named`: its name is a part of the path. */
void key_read(struct decode *d, const struct fill *fills, size_t count, const struct node *map,
              size_t index, bool named);
void check_missing(struct decode *d, const struct section *section, const struct node *map);
/* By the value or, without a discriminator, the name of a key; NULL after complaining. */
const struct section *choose(struct decode *d, const struct choice *choice,
                             const struct node *item);
/* The key called `name` (or its alias), bases included, or NULL. */
const struct key *section_key(const struct section *section, const char *name);

/* Reads one value by its key's kind. `at` is where the key's offset points. */
typedef void value_reader(struct decode *d, const struct key *key, const struct node *node,
                          void *at);
value_reader value_read;

/* A name as a key of `names`, where d->any_name does not make it known. */
void check_reference(struct decode *d, enum space space, const struct node *node);
/* The forms in a text (KEY_RENDER, KEY_PUBLIC), or the expression (KEY_CONDITION). */
void check_language(struct decode *d, unsigned flags, const struct node *node);
/* The same in every text of a tree. */
void check_language_tree(struct decode *d, unsigned flags, const struct node *node);
/* One step; false after complaining about its type. */
bool step_read(struct decode *d, const struct node *node, struct ci_step *step);
/* Whether it has the shape of a KEY_CRON_FIELD. */
bool value_is_cron_field(const struct node *node);
/* Adds "expected WHAT, not ...". */
void value_expected(struct decode *d, const struct node *node, const char *what);
/* Text of a scalar, or NULL after complaining. */
const char *value_text(struct decode *d, const struct key *key, const struct node *node);
value_reader value_int, value_dur, value_enum, value_either, value_cron_field, value_bool,
    value_size, value_collapse, value_switch, value_pointer;
value_reader value_strs, value_kvs, value_secret, value_match, value_branches, value_modes,
    value_command, value_steps, value_codebases, value_properties, section_list_read;

text_check check_signal, check_octal, check_exit_code, check_result, check_whole_number,
    check_property_name, check_http_method;
text_check check_identifier, check_builder_name, check_step_name, check_regex, check_url,
    check_cron, check_zone, check_relative_path, check_address, check_one_line, check_domain,
    check_description_format;

extern const struct section config_source_common, config_github_poller, config_gitlab_poller,
    config_gitea_poller, config_forgejo_poller, config_bitbucket_poller,
    config_bitbucket_server_poller;
extern const struct section config_root, config_web_hooks, config_relay;
extern const struct choice config_sources, config_schedulers, config_steps, config_notifiers;
extern const struct section config_revlink, config_project, config_builder, config_worker,
    config_lock, config_lock_use, config_force, config_scheduler_common, config_filter,
    config_parameter, config_source_spec, config_retention, config_storage, config_secrets,
    config_environment, config_template, config_templates, config_repository;
extern const struct section config_scheduler_named, config_scheduler_changes, config_periodic,
    config_nightly, config_nightly_triggerable;
extern const struct section config_sign_in;
/* What concerns several providers: names, prefixes. */
void config_check_sign_in(struct decode *d, const struct node *list,
                          const struct ci_config *config);
extern const struct section config_access, config_www, config_limits;
/* The declared roles and those that are built in, in mem. */
struct ci_strs config_role_names(struct ci_strs declared, void *mem);
extern const struct choice config_cancellers;
extern const struct ci_scheduler config_scheduler_defaults;
/* What every dialect of web hooks starts as. */
extern const char *const config_hook_skips[2];
extern const char *const config_gerrit_events[2];
#define CONFIG_HOOK_DEFAULTS                                                                       \
    {                                                                                              \
        .hooks = {                                                                                 \
            [0 ... CI_HOOK_COUNT - 1] = {.strict = true,                                           \
                                         .codebase = "",                                           \
                                         .skips = {config_hook_skips, 2},                          \
                                         .pull_ref = "merge",                                      \
                                         .api = "https://api.github.com",                          \
                                         .events = {config_gerrit_events, 2}},                     \
        },                                                                                         \
    }
#define CONFIG_RETENTION_DEFAULTS                                                                  \
    {                                                                                              \
        .min_builds = 10, .deliveries = { 90 * 86400 * INT64_C(1000000) }                          \
    }
extern const char *const config_modes[]; /* names of the CI_MODE_ bits, from bit 0 */
enum { CONFIG_MODE_COUNT = 7 };

/* What was left to the file's own value, until config_resolve_policy(). */
enum { CONFIG_NOT_GIVEN = -1 };
#define CONFIG_RETENTION_NOT_GIVEN                                                                 \
    {                                                                                              \
        .logs = {CONFIG_NOT_GIVEN}, .builds = {CONFIG_NOT_GIVEN}, .artifacts = {CONFIG_NOT_GIVEN}, \
        .changes = {CONFIG_NOT_GIVEN}, .deliveries = {CONFIG_NOT_GIVEN},                           \
        .max_builds = CONFIG_NOT_GIVEN, .min_builds = CONFIG_NOT_GIVEN                             \
    }
extern const char *const config_collapse_names[];
/* Gives builders what the file says for all. */
void config_resolve_policy(struct ci_config *config);
/* Calls `visit` for every section that the manual describes, once. */
typedef void config_visitor(const struct section *section, void *user);
void config_each_section(config_visitor *visit, void *user);
/* That no two parameters of a list have one name. */
void config_check_parameters(struct decode *d, const struct node *list);
/* Puts the cells of each matrix behind its builder. */
void config_expand_matrices(struct decode *d, struct ci_config *config);
/* That the pollers which may be poked are there. */
void config_check_hooks(struct decode *d, const struct ci_config *config);
/* What can only be judged with the whole file at hand. */
void config_cross_check(struct decode *d, const struct ci_config *config);

/* What timed and forced builds take when no change says it. */
#define CONFIG_SOURCE_KEYS                                                                         \
    KEY("branch", KEY_STR, offsetof(struct ci_scheduler, branch), KEY_NOT_EMPTY,                   \
        "Branch to build; default: the remote's HEAD.", .example = "main"),                        \
        KEY("repository", KEY_STR, offsetof(struct ci_scheduler, repository), 0,                   \
            "Repository to build; default \"\".", .example = "https://git.example/app.git"),       \
        KEY("project", KEY_STR, offsetof(struct ci_scheduler, project), 0,                         \
            "Project to build; default \"\".", .example = "acme"),                                 \
        KEY("codebase", KEY_STR, offsetof(struct ci_scheduler, codebase), 0,                       \
            "Codebase to build; default \"\".", .example = "client")
