/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedulers of slipway.yaml, and the cancellers: what is built when, and what no longer is.
 * A part of shared/config.h: once parsed never changed, read by any thread.
 */
#pragma once

#include "shared/steps.h"

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
