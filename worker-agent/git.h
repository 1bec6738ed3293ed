/* SPDX-License-Identifier: Apache-2.0 */
/* Running git inside a step: each command is shown in the log and stopped with the step. */
#pragma once

#include "step.h"

enum git_word {
    GIT_DONE,
    GIT_REFUSED, /* git ran and said no */
    GIT_OVER,    /* the step is over: cancelled, timed out, no git; its end is filled */
};

struct git {
    struct step *step;
    struct step_end *end;
    const char *url;
    const char *branch;   /* NULL: the repository's default */
    const char *revision; /* NULL: the branch's latest */
    bool fresh;           /* nothing was here before */
    struct ci_mono begin;
};

/* Sets what git needs to know of its surroundings. */
void git_prepare(struct git *git);

/* git with these arguments, NULL-terminated; `capture` as in exec.h, or NULL. */
enum git_word git_do(struct git *git, const char *const *args, struct ci_buf *capture);
#define git_do_args(git, capture, ...)                                                             \
    git_do((git), (const char *const[]){__VA_ARGS__, NULL}, (capture))

/* The URL without its password, in mem. */
char *git_show_url(void *mem, const char *url);

/* 40 or 64 hexadecimal digits. */
bool git_is_full_hash(const char *revision);
