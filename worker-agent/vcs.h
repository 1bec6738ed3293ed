/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running a version control program inside a step: each command is shown in
 * the log, stopped with the step, and takes of the one time of the whole step.
 */
#pragma once

#include "step.h"

enum vcs_word {
    VCS_DONE,
    VCS_REFUSED, /* the program ran and said no */
    VCS_OVER,    /* the step is over: cancelled, timed out, no such program; its end is filled */
};

struct vcs_run {
    struct step *step;
    struct step_end *end;
    const char *dir;         /* NULL: the step's */
    struct ci_mono begin;    /* of the step: what its max_time counts from */
    const char *const *argv; /* NULL-terminated */
    size_t unsaid;           /* so many arguments after argv[0] are not shown */
    const char *input;       /* or NULL */
    struct ci_buf *capture;  /* gets stdout, or NULL */
    size_t capture_max;      /* bytes; 0: 1 KiB */
};

enum vcs_word vcs_run(const struct vcs_run *run);

/* What is left of the whole step's time, at least a moment; 0: it has no end. */
struct ci_dur vcs_time_left(const struct step *step, struct ci_mono begin);

/* The URL without its password, in mem. */
char *vcs_show_url(void *mem, const char *url);

/* A file that only its owner may read. CI_EUNAVAILABLE. */
CI_MUST_USE bool vcs_write_secret(const char *path, const void *data, size_t len, mode_t mode,
                                  struct ci_err *err);
