/* SPDX-License-Identifier: Apache-2.0 */
/* A build while its thread runs: what its steps share. */
#pragma once

#include "shared/condition.h"
#include "step.h"

struct service;
struct environment;

struct job {
    /* Set before the first step begins: */
    struct worker *worker; /* of the build's own thread */
    struct build *build;
    const struct start *start;
    void *mem;        /* of the build's own thread */
    const char *slug; /* of its folder, without the index */
    const char *folder, *tmp;

    /* Only steps that run alone change these: */
    const struct ci_step **steps;
    size_t step_count;
    size_t recipe_count;             /* so many of them the builder knows */
    struct service *services;        /* in the background, the newest first */
    struct environment *environment; /* in use, or NULL */

    pthread_mutex_t lock; /* guards what follows: members of a group run at the same time */
    void *shared_mem;     /* of the next ones */
    struct stepenv env;   /* what later steps start from */
    struct ci_buf state;  /* names of the steps that went wrong */
    json_t *properties;   /* {name: [value, source]}; replaced, never changed */
    json_t *results;      /* {step: result}; the same */
    struct ci_fold fold;
    bool cancelled;
    const char *trouble; /* the build could not be carried out at all */
};

/* Sets everything but the folders; false with job->trouble: the secrets can't be hidden. */
CI_MUST_USE bool job_init(struct job *job, struct worker *worker, struct build *build);
void job_release(struct job *job);

/* With the secrets hidden, in mem or `text` itself. */
const char *job_mask(const struct job *job, void *mem, const char *text);

/* New references to what later steps see. */
json_t *job_properties(struct job *job);
json_t *job_results(struct job *job);

/* Appends a frame to the journal, with the text of `frame`. */
void job_tell(struct job *job, const struct ci_buf *frame);

/* All of its steps, in order and side by side; then the background's end. */
void job_do_steps(struct job *job);

/*
 * One step from step_started to step_finished, on `worker` and by its thread.
 * One that starts something in the background is done when that is ready.
 */
void job_do_step(struct job *job, struct worker *worker, const struct ci_step *def, int number);

/* Neighbours that run side by side: `count` of them from `first` on. */
void job_do_group(struct job *job, size_t first, size_t count);

/* Whether a step would begin now. */
bool job_wants(struct job *job, const struct ci_step *def);

/* By its type, in its folder: fills *end. Also for steps inside another. */
void job_carry_out(struct step *step, struct step_end *end);
/* Sets step->dir and step->env by its definition, below `folder`; false with *end filled. */
CI_MUST_USE bool job_prepare(struct step *step, const char *folder, struct step_end *end);
