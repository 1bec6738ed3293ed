/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the git step. */
#pragma once

#include "checkout.h"
#include "git.h"

struct git_step {
    struct checkout *checkout;
    const struct ci_git_args *args;
    struct git git;
};

/* ---- step_git_fetch.c: what talks to the repository ---- */

/* Fetches what is needed; *target is what to check out. */
enum obtained git_fetch_needed(struct git_step *git, const char **target);

/* ---- step_git_parts.c: what belongs to a repository beside its commits ---- */

/* The remote under its name, the mirror, large files; `anew`: the repository was made just now. */
enum obtained git_set_up(struct git_step *git, bool anew);
/* Submodules and large files of what is checked out. */
enum obtained git_complete(struct git_step *git);
enum vcs_word git_clean(struct git_step *git, bool ignored);
/* False with the step's end filled. */
bool git_describe(struct git_step *git);
