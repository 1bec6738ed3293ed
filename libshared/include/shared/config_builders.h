/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The builders of slipway.yaml with their projects, locks and workers.
 * A part of shared/config.h: once parsed never changed, read by any thread.
 */
#pragma once

#include "shared/config_secret.h"
#include "shared/steps.h"

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
