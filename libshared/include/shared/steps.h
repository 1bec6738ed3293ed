/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps of a recipe: what is common to all of them, and the arguments of each
 * type. The tables in src/config_step*.c read and check them, write and read
 * them for the agent, render their texts and describe them in the manual and
 * the schema; there is no second list of keys.
 *
 * "rendered" means that %(prop:...)s and its kin are replaced when the step
 * begins (shared/interpolate.h). Everything lives in the configuration's mem.
 */
#pragma once

#include "shared/interpolate.h"
#include "shared/record.h"
#include "shared/result.h"

/* A mapping with free keys, in file order; values as text. */
struct ci_kvs {
    const struct ci_pair_kv {
        const char *key, *value; /* value NULL: null in the file (env: delete the variable) */
    } * items;
    size_t count;
};
const char *ci_kvs_get(struct ci_kvs kvs, const char *key);

enum ci_step_type {
    CI_STEP_RUN,
    CI_STEP_SEQUENCE,
    CI_STEP_GIT,
    CI_STEP_HG,
    CI_STEP_SVN,
    CI_STEP_COMPILE,
    CI_STEP_TEST,
    CI_STEP_SET_PROPERTY,
    CI_STEP_SET_PROPERTIES,
    CI_STEP_SET_PROPERTIES_FROM_ENV,
    CI_STEP_TRIGGER,
    CI_STEP_MKDIR,
    CI_STEP_RMDIR,
    CI_STEP_COPY,
    CI_STEP_FILE_EXISTS,
    CI_STEP_UPLOAD,
    CI_STEP_UPLOAD_DIRECTORY,
    CI_STEP_DOWNLOAD,
    CI_STEP_WRITE_FILE,
    CI_STEP_HTTP,
    CI_STEP_ASSERT,
    CI_STEP_LOG,
    CI_STEP_GIT_COMMIT,
    CI_STEP_GIT_TAG,
    CI_STEP_GIT_PUSH,
    CI_STEP_TREE_SIZE,
    CI_STEP_REPOSITORY_STEPS, /* reads the repository's own file; builder's `repository_file` */
    CI_STEP_ENVIRONMENT,      /* prepares or finds the environment; builder's `environment` */
    CI_STEP_GROUP,            /* only while parsing: its members follow in its place */
    CI_STEP_TEMPLATE,         /* only while parsing: the template's steps follow in its place */
    CI_STEP_TYPE_COUNT
};
extern const char *const ci_step_type_names[]; /* "run", "git", ...: the keys of the file */

/* A lock that a step, build or worker needs: `locks: [NAME, {lock: NAME, mode: exclusive}]`. */
struct ci_lock_use {
    const char *lock; /* name in `locks` of the file */
    bool exclusive;   /* mode: counting (default), exclusive */
    int count;        /* counting: how many of the lock's max_count; default 1, 0 allowed */
};

/* `background:` of a run step: the command lives beside the later steps. */
struct ci_background {
    const char *ready;          /* tcp:[HOST:]PORT, http://..., socket:PATH, log:REGEX,
                                   command:TEXT, rendered; NULL: as soon as it runs */
    struct ci_dur timeout;      /* to get ready; default 60 s */
    const char *stop;           /* command text that ends it; NULL: interrupt signals */
    struct ci_dur stop_timeout; /* then it is killed; default 10 s */
};

struct ci_step {
    enum ci_step_type type;
    const char *name; /* unique in the build: repeats got _1, _2 ... */
    const char *description, *description_done, *description_suffix; /* rendered; or NULL */
    struct ci_kvs env;            /* rendered; the builder's merged in: the step wins */
    const char *workdir;          /* rendered; below the build's folder; default "build" */
    struct ci_dur timeout;        /* without output; 0 = never; default 1200 s */
    struct ci_dur max_time;       /* in all; 0 = never */
    struct ci_dur sigterm_time;   /* from SIGTERM to interrupt_signal; default 5 s */
    const char *interrupt_signal; /* "KILL" (default), "INT", "TERM", "QUIT", "HUP" */
    int max_lines;                /* 0: any; more end the step as FAILURE */
    bool use_pty, log_environ;    /* log_environ: the whole environment in the log */
    const char *initial_stdin;    /* rendered; or NULL */
    struct ci_kvs log_files;      /* log name: file below workdir, followed as it grows */
    struct ci_kvs decode_rc;      /* exit code: result name; empty: 0 SUCCESS, else FAILURE */
    const char *do_step_if, *hide_step_if;  /* conditions (shared/condition.h), or NULL */
    struct ci_list locks;                   /* struct ci_lock_use */
    struct ci_step_flags flags;             /* defaults by type: see the tables */
    const char *group;                      /* name of its group, or NULL */
    int parallel;                           /* > 0: runs beside the neighbours of the same number */
    const struct ci_background *background; /* or NULL; run only */
    json_t *kw;       /* {name: value} of its template, for %(kw:NAME)s; or NULL */
    const void *args; /* struct ci_*_args by type, never NULL */
};

/* A command: a text for /bin/sh -c or a list for exec. Rendered. */
struct ci_command {
    const char *text; /* or NULL ... */
    struct ci_strs argv;
};

struct ci_run_args {
    struct ci_command command;
};

struct ci_sequence_item {
    struct ci_command command;
    const char *log; /* name of its log; default stdio */
    struct ci_step_flags flags;
};
struct ci_sequence_args {
    struct ci_list commands; /* struct ci_sequence_item */
};

enum ci_checkout_mode { CI_CHECKOUT_INCREMENTAL, CI_CHECKOUT_FULL };
enum ci_checkout_method {                      /* of mode full; default fresh */
                          CI_CHECKOUT_FRESH,   /* nothing untracked stays */
                          CI_CHECKOUT_CLEAN,   /* ignored files stay */
                          CI_CHECKOUT_COPY,    /* checked out to `source`, copied to workdir */
                          CI_CHECKOUT_CLOBBER, /* everything is removed first */
};

/* git, hg, svn: what they share. */
struct ci_checkout {
    const char *repository, *branch; /* rendered; NULL = the source stamp's */
    const char *codebase;            /* which source stamp; default "" */
    enum ci_checkout_mode mode;      /* default incremental */
    enum ci_checkout_method method;
    bool always_use_latest;
    int retries;               /* of what talks to the server; default 3 */
    struct ci_dur retry_delay; /* default 5 s */
    bool clobber_on_failure;   /* one more try in an empty folder; default true */
};

struct ci_git_args {
    struct ci_checkout checkout;
    bool submodules, lfs, tags, progress;
    int depth;             /* shallow; 0 = whole history */
    const char *filter;    /* partial clone, such as blob:none */
    const char *reference; /* mirror folder on the worker, or NULL */
    const char *origin;    /* name of the remote; default origin */
    struct ci_kvs config;  /* -c key=value, rendered */
    const char *ssh_private_key, *ssh_known_hosts, *ssh_host_key; /* rendered: use secrets */
    const char *user, *token; /* HTTP authentication, rendered: use secrets */
    bool describe;            /* git describe --tags --always -> commit-description */
};

struct ci_hg_args {
    struct ci_checkout checkout;
    bool branch_in_repository; /* branch_type: inrepo (default); dirname: in the URL */
    const char *default_branch;
    bool clobber_on_branch_change; /* default true */
};

struct ci_svn_args {
    struct ci_checkout checkout; /* branch is a folder below repository: %(src::branch)s ... */
    const char *user, *password; /* rendered */
    struct ci_strs extra_args;
    const char *depth; /* empty, files, immediates, infinity; NULL: infinity */
    bool prefer_last_changed_rev;
};

struct ci_warning_rule {       /* a warning that does not count */
    const char *file, *text;   /* POSIX extended, matched anywhere; NULL: any */
    int first_line, last_line; /* 0: any */
};
struct ci_compile_args {
    struct ci_command command;   /* default: make all */
    const char *warning_pattern; /* default (.*warning[: ]), ignoring case; "" counts none */
    const char *directory_enter_pattern, *directory_leave_pattern;
    const char *suppression_file; /* on the worker, Buildbot's format; or NULL */
    struct ci_list suppress;      /* struct ci_warning_rule */
    int max_warn_count;           /* -1: any; more make FAILURE */
};

enum ci_report_format {
    CI_REPORT_JUNIT,
    CI_REPORT_TAP,
    CI_REPORT_SUBUNIT,
    CI_REPORT_PYTEST,     /* what `pytest -rA` prints */
    CI_REPORT_GOOGLETEST, /* what a test program prints */
    CI_REPORT_CTEST,      /* what ctest prints */
};
struct ci_report {
    enum ci_report_format format;
    struct ci_strs files; /* globs below workdir; empty: the output of the command */
    const char *description;
};
struct ci_test_args {
    struct ci_command command; /* default: make test */
    struct ci_list reports;    /* struct ci_report */
    bool fail_on_no_tests;
};

struct ci_set_property_args {
    const char *property;
    json_t *value;             /* rendered; NULL with a command */
    struct ci_command command; /* or its output ... */
    bool strip;                /* default true */
    const char *pattern;       /* POSIX extended: the first group (or all) is the value */
    struct ci_kvs patterns;    /* property: pattern, several at once */
    bool json;                 /* output is JSON: an object sets each of its keys, unless
                                  `property` names where to put the whole */
};
struct ci_set_properties_args {
    json_t *properties; /* {name: value}, rendered */
};
struct ci_set_properties_from_env_args {
    struct ci_strs variables;
};

struct ci_trigger_args {
    struct ci_strs schedulers; /* names, rendered */
    struct ci_strs builders;   /* instead: builders by name (matrix) */
    struct ci_strs unimportant_schedulers;
    bool wait_for_finish;
    bool update_source_stamp;        /* default true: revision is got_revision */
    bool always_use_latest;          /* no stamps at all */
    struct ci_list source_stamps;    /* struct ci_source_spec, rendered; excludes the two above */
    json_t *set_properties;          /* {name: value}, rendered */
    const char *parent_relationship; /* default "Triggered from" */
};
struct ci_source_spec {                          /* explicit stamp; also of codebases */
    const char *codebase, *repository, *project; /* default "" */
    const char *branch, *revision;               /* NULL: default branch, latest */
};

struct ci_paths_args { /* mkdir, rmdir, file_exists: paths below workdir, rendered */
    struct ci_strs paths;
};
struct ci_copy_args {
    const char *source, *destination; /* rendered, below workdir */
};

struct ci_upload_args {    /* upload, upload_directory */
    struct ci_strs files;  /* globs below workdir, rendered */
    const char *directory; /* upload_directory: this folder with all below it */
    const char *as;        /* folder of the artifacts' names; default "" */
    int64_t max_size;      /* bytes; 0: any; more fails the step */
    bool keep_stamp;
    const char *url_text; /* of the link on the step; default: the name */
    bool allow_missing;   /* no match is no failure */
    struct ci_dur keep;   /* 0: as retention says */
};
enum ci_download_from {
    CI_FROM_PARENT,   /* the build that triggered this one */
    CI_FROM_BUILDSET, /* any build of this buildset or of the ones this build triggered */
    CI_FROM_BUILDER,  /* the newest successful build of `builder` (of `branch`, if given) */
    CI_FROM_BUILD,    /* this build */
};
struct ci_download_args {
    const char *artifact; /* name or glob, rendered */
    enum ci_download_from from;
    const char *builder, *branch; /* rendered */
    const char *to;               /* file or folder below workdir; default "." */
    const char *mode;             /* octal; NULL: as uploaded */
};
struct ci_write_file_args {
    const char *path, *content; /* rendered */
    json_t *json;               /* instead of content, rendered */
    bool properties;            /* instead: {"properties": ..., "sourcestamps": ...} */
    const char *mode;           /* octal; default 644 */
};
struct ci_http_args {
    const char *url;                     /* rendered */
    const char *method;                  /* default POST */
    struct ci_kvs headers, params, form; /* rendered */
    const char *body;                    /* rendered */
    json_t *json;                        /* rendered */
    const char *user, *password;         /* rendered */
    bool hide_request_headers, hide_response_headers;
    bool verify; /* default true */
};
struct ci_assert_args {
    const char *condition; /* shared/condition.h */
};
struct ci_log_args {
    json_t *content; /* rendered, pretty printed */
    const char *log; /* default Output */
};
struct ci_git_commit_args {
    struct ci_strs paths, messages; /* rendered */
    bool no_verify;
    const char *empty_commits; /* disallow (default), create, ignore */
    struct ci_kvs config;      /* user.name ..., rendered */
};
struct ci_git_tag_args {
    const char *tag; /* rendered */
    struct ci_strs messages;
    bool annotated, force;
    struct ci_kvs config;
};
struct ci_git_push_args {
    const char *repository, *branch; /* rendered; default: the checkout's */
    bool force;
    const char *ssh_private_key, *ssh_known_hosts, *ssh_host_key, *user, *token;
    struct ci_kvs config;
};
struct ci_tree_size_args {
    const char *property; /* default tree-size-KiB */
};
struct ci_repository_steps_args {
    const char *path; /* default .slipway.yml */
};
struct ci_environment_args {
    struct ci_strs key;   /* globs of files below build/ that identify it */
    struct ci_list steps; /* struct ci_step: prepare it, inside its own folder */
    struct ci_strs path;  /* folders of it put before PATH */
    struct ci_dur wait;   /* the matcher holds a request so long for a warm worker; default 10 s */
    bool keep_dirty;      /* default false: what a build leaves changed is destroyed */
};

/* A step as the agent gets it (a new reference, never NULL), and back into mem. Unknown keys are
 * passed over. */
json_t *ci_step_to_json(const struct ci_step *step);
CI_MUST_USE bool ci_step_from_json(json_t *json, void *mem, struct ci_step *out,
                                   struct ci_err *err);

/*
 * A copy of the step with every rendered text replaced, in mem. The error
 * names the key. do_step_if, hide_step_if and the condition of assert are not
 * texts and stay.
 */
CI_MUST_USE bool ci_step_render(const struct ci_step *step, const struct ci_scope *scope, void *mem,
                                struct ci_step *out, struct ci_err *err);

/* Adds the names of the secrets that the steps' texts ask for, each once. */
void ci_steps_secrets(struct ci_list steps, void *mem, struct ci_strs *names);
