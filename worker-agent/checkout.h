/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What git, hg and svn have in common: which source they check out, from what
 * an earlier build left or anew, and what is told of it. Each of them is a
 * struct checkout_vcs.
 */
#pragma once

#include "shared/steps.h"
#include "start.h"
#include "vcs.h"

/* How bringing the folder to the revision went. */
enum obtained {
    OBTAINED,
    BROKEN, /* what is here is of no use: remove it and try again (checkout_local()) */
    OVER,   /* the step has ended; its end says how */
};

struct checkout {
    struct step *step;
    struct step_end *end;
    const struct ci_checkout *def;
    const struct checkout_vcs *vcs;
    void *user;                /* of the vcs */
    const struct source *from; /* of the build, or NULL */
    const char *repository;
    const char *branch;   /* NULL: the repository's default */
    const char *revision; /* NULL: the branch's latest */
    const char *dir;      /* where to check out */
    const char *trouble;  /* with BROKEN: why */
    bool fresh;           /* nothing was here before */
    struct ci_mono begin;
};

struct checkout_vcs {
    const char *name;   /* "git": its program, and the source of the properties */
    const char *folder; /* ".git": it is there where something was checked out before */
    /* Sets step->env and what else is needed; false with *end filled. */
    bool (*prepare)(struct checkout *checkout);
    /* Brings checkout->dir to the revision; what was changed there is lost, what is new stays. */
    enum obtained (*obtain)(struct checkout *checkout);
    /* Removes what the repository does not have; of the ignored too, if `ignored`. */
    enum vcs_word (*clean)(struct checkout *checkout, bool ignored);
    /* What is there now, in step->mem; NULL: it can't be told. */
    const char *(*revision)(struct checkout *checkout);
    /* After the revision was told; false with *end filled. Or NULL. */
    bool (*describe)(struct checkout *checkout);
    bool applies_patches;                       /* `git apply` works in its folder */
    void (*release)(struct checkout *checkout); /* or NULL */
};

/* The whole step. */
void checkout_do(struct checkout *checkout);

/* A FAILURE with these words. */
enum obtained checkout_fails(struct checkout *checkout, const char *fmt, ...) CI_PRINTF(2, 3);

/* What a local command said: a refusal where something old was in the way is BROKEN. */
enum obtained checkout_local(struct checkout *checkout, enum vcs_word word, const char *what);

/*
 * The server did not do `what`: VCS_DONE: now, after a pause, try again.
 * VCS_REFUSED: that was often enough. *tries starts with 0.
 */
enum vcs_word checkout_again(struct checkout *checkout, int *tries, const char *what);

/* A property of this source: of codebase "" the value itself, else {codebase: value} with others.
 */
void checkout_set_property(struct checkout *checkout, const char *name, const char *value);

/* Removes all that is in the folder and makes what must be there; false with *end filled. */
CI_MUST_USE bool checkout_empty(struct checkout *checkout);

/* "<dir>/<folder of the vcs>/<name>", in step->mem. */
const char *checkout_file(const struct checkout *checkout, const char *name);
bool checkout_has(const struct checkout *checkout, const char *name);

/* Which branch and revision of which repository; false with *end filled. */
CI_MUST_USE bool checkout_choose(struct checkout *checkout);
