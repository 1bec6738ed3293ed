/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One step of a build: what it works with, what it can tell and ask, and how
 * it ends. A step belongs to one thread; steps of a group run at the same
 * time, each in its own.
 */
#pragma once

#include "exec.h"
#include "stepenv.h"

struct job;
struct ci_command; /* shared/steps.h */
struct ci_scope;   /* shared/interpolate.h */
struct ci_step;

struct step {
    struct worker *worker;
    struct build *build;
    struct job *job;           /* what the steps of the build share (job.h) */
    const struct ci_step *def; /* rendered */
    int number;                /* in the list of steps */
    void *mem;                 /* of the step */
    const char *folder;        /* of the build, absolute */
    const char *dir;           /* where the command runs; made */
    struct stepenv env;
    struct stepenv *build_env;    /* what this step started from; change it by step_set_env() */
    const struct ci_scope *scope; /* for what is rendered only now; follows step_set_property() */
    struct ci_scope *own_scope;   /* the same, for step_set_property() alone */
    struct steplog log;           /* "stdio" */
    struct steplog_more *logs;    /* the others (step_log()) */
    struct ci_client *client;     /* of step_call(); NULL: not yet */
    int warnings;                 /* what a type counts; told with its end */
};

struct step_end {
    enum ci_result result;
    char state[200]; /* "failed (exit code 2)" */
};

/*
 * The types of steps are functions `void step_do_<type>(struct step *, struct
 * step_end *)`, declared in step_types.h. Each fills *end.
 */

/* Fills *end. */
void step_ends(struct step_end *end, enum ci_result result, const char *fmt, ...) CI_PRINTF(3, 4);

/* ---- what a step tells ---- */

/* For later steps and the builder; false: it can't be stored, and the log says why. `value` is
 * borrowed. */
bool step_set_property(struct step *step, const char *name, json_t *value, const char *source);
/* As step_set_property() and earlier steps have set it; borrowed, for as long as the step. NULL:
 * there is none. */
json_t *step_property(struct step *step, const char *name);
/* A variable for later steps; NULL deletes it. */
void step_set_env(struct step *step, const char *key, const char *value);
/* A link on the step's page. */
void step_add_url(struct step *step, const char *name, const char *url);
/* A further log of the step, opened when first asked for; lives as long as the step. */
struct steplog *step_log(struct step *step, const char *name);

/*
 * A set of test results. Each is an object with name, path, line,
 * duration_ns and value; keys without a value may be missing.
 */
struct step_tests;
/* In step->mem. */
struct step_tests *step_tests_new(struct step *step, const char *description, const char *category,
                                  const char *unit);
void step_tests_add(struct step_tests *tests, json_t *result); /* stolen */
/* What is left goes. */
void step_tests_end(struct step_tests *tests);

/* The build waits for others (true), or goes on: while it waits it takes no slot. */
void step_waiting(struct step *step, bool waiting);

/* It is to end now: the build was cancelled or killed. */
bool step_stopped(struct step *step);
/* Waits so long, or until step_stopped(); returns that. */
bool step_pause(struct step *step, struct ci_dur pause);

/* Memory that lives as long as the build; only for its steps one after the other. */
void *step_build_mem(struct step *step);
/* Appends steps (struct ci_step, in step_build_mem(), not rendered) to the build's. */
void step_add_steps(struct step *step, struct ci_list steps);

/* ---- what a step asks of the builder service ---- */

struct step_request {
    const char *method; /* NULL = GET */
    const char *path;   /* below /agent/v1/builds/<id>/, with its query, encoded */
    struct ci_bytes body;
    const char *content_type; /* of the body; NULL = application/json */
    json_t *json;             /* borrowed; sent as the body instead */
    struct ci_dur timeout;    /* of one try; 0 = 60 s */
};
struct step_reply {
    int status;
    struct ci_bytes body; /* in mem, NUL follows */
    json_t *json;         /* tied to mem; NULL when the body is no JSON */
    const char *error;    /* status >= 400: what the builder says; in mem */
};
/*
 * Makes the call, again and again as long as nobody answers or the answer is
 * 401, 408, 429 or 5xx. True: another answer came, whatever its status.
 * False: the step was stopped.
 */
CI_MUST_USE bool step_call(struct step *step, const struct step_request *request, void *mem,
                           struct step_reply *out, struct ci_err *err);

/* ---- commands of a step ---- */

struct step_command {
    const struct ci_command *command; /* rendered */
    struct steplog *log;              /* NULL: stdio */
    struct ci_buf *capture;           /* gets stdout, or NULL */
    size_t capture_max;               /* bytes; 0: 1 KiB */
    const struct observer *observer;  /* sees each line, or NULL */
};
/*
 * Tells the command, its folder and its variables in the log, runs it as the
 * step's attributes ask (timeouts, pty, log files, ...) and fills *end by its
 * exit code (decode_rc) or ending; *outcome (may be NULL) says how it ended.
 */
void step_run_command(struct step *step, const struct step_command *what, struct outcome *outcome,
                      struct step_end *end);

/* A command with the step's folder, environment and times, for what a type runs by itself. */
struct command step_command(struct step *step, const char *const *argv);
/* Says into the log how it ended, and makes the step's end of it. */
void step_judge(struct step *step, const struct command *command, const struct outcome *outcome,
                struct step_end *end);
