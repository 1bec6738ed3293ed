/* SPDX-License-Identifier: Apache-2.0 */
/* One step of a build: what it works with and how it ends. */
#pragma once

#include "exec.h"
#include "stepenv.h"

struct step {
    struct worker *worker;
    struct build *build;
    const struct ci_step *def;
    int number;         /* in the list of steps */
    void *mem;          /* of the step */
    const char *folder; /* of the build, absolute */
    const char *dir;    /* where the command runs; made */
    struct stepenv env;
    struct stepenv *build_env; /* what later steps start from */
    struct steplog log;
};

struct step_end {
    enum ci_result result;
    char state[200]; /* "failed (exit code 2)" */
};

/* The types of steps. Each fills *end. */
void step_run(struct step *step, struct step_end *end);
void step_git(struct step *step, struct step_end *end);

/* Fills *end. */
void step_ends(struct step_end *end, enum ci_result result, const char *fmt, ...) CI_PRINTF(3, 4);

/* Says into the log how the command ended, and makes the step's end of it. */
void step_judge(struct step *step, const struct command *command, const struct outcome *outcome,
                struct step_end *end);

/* A command with the step's folder, environment and times. */
struct command step_command(struct step *step, const char *const *argv);
