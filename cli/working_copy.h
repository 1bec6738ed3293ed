/* SPDX-License-Identifier: Apache-2.0 */
/* What a working copy tells `slipway try`: where it comes from and what was changed in it. */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* As asked for, then as found; texts in mem. NULL: to be found, or there is none. */
struct working_copy {
    const char *vcs;  /* "git", "hg" or "svn" */
    const char *root; /* absolute */
    const char *repository, *branch, *base;
    bool untracked; /* files that the vcs does not know are part of it */
    int level;      /* of the diff's paths */
    struct ci_bytes diff;
};

/* The working copy that `folder` is in, without what needs the vcs. CI_EINVALID: in none. */
CI_MUST_USE bool working_copy_find(const char *folder, void *mem, struct working_copy *out,
                                   struct ci_err *err);

/* Fills what is NULL and the diff. CI_EINVALID says what is missing. */
CI_MUST_USE bool working_copy_read(struct working_copy *copy, void *mem, struct ci_err *err);

/* Without user and password, in mem: everybody sees it. Pure. */
const char *working_copy_public_url(void *mem, const char *url);

/* ---- for the kinds (working_copy_*.c) ---- */

CI_MUST_USE bool working_copy_git(struct working_copy *copy, void *mem, struct ci_err *err);
CI_MUST_USE bool working_copy_hg(struct working_copy *copy, void *mem, struct ci_err *err);
CI_MUST_USE bool working_copy_svn(struct working_copy *copy, void *mem, struct ci_err *err);

/* The program's output; CI_EINVALID with its own words when it exits with anything but 0. */
CI_MUST_USE bool working_copy_run(const struct working_copy *copy, const char *const *argv,
                                  const char *const *env, void *mem, struct ci_bytes *out,
                                  struct ci_err *err);
/* Its first line; NULL: it refused or said nothing. */
const char *working_copy_ask(const struct working_copy *copy, const char *const *argv, void *mem);
#define WORKING_COPY_ASK(copy, mem, ...)                                                           \
    working_copy_ask((copy), (const char *const[]){__VA_ARGS__, NULL}, (mem))
