/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading repositories with git, each process with a deadline, and parsing
 * what it prints. The parsers are plain functions; the rest blocks.
 *
 * Errors: CI_EUNAVAILABLE what git says of the remote, a timeout, or the stop;
 * CI_ECONFLICT the poller's own repository is broken (a lock left by a killed
 * git, a torn object): git_drop() it and begin anew.
 */
#pragma once

#include "change.h"

struct git {
    const char *dir;             /* the poller's bare repository, a cache */
    const char *repository;      /* the remote */
    const char *user, *password; /* who signs in there by HTTP; or NULL */
    struct ci_dur timeout;       /* of one process */
    const volatile bool *abort;
};

struct git_tip {
    const char *branch, *revision;
};

struct git_commit {
    const char *revision, *author, *committer, *comments;
    struct ci_time when; /* of the commit */
    struct ci_strs files;
};

/*
 * The remote's tips of the branches that the source names, struct git_tip,
 * sorted by branch. An empty repository has none.
 */
CI_MUST_USE bool git_tips(const struct git *git, const struct ci_change_source *source, void *mem,
                          struct ci_list *out, struct ci_err *err);

/* Fetches these tips into the bare repository, which is made when missing. */
CI_MUST_USE bool git_fetch(const struct git *git, const struct ci_list *tips, void *mem,
                           struct ci_err *err);

/* Removes the bare repository; the next fetch makes it anew. */
void git_drop(const struct git *git);

/* Those of the commits that the bare repository has. */
CI_MUST_USE bool git_known(const struct git *git, struct ci_strs revisions, void *mem,
                           struct ci_strs *out, struct ci_err *err);

/*
 * The commits of `tip`'s first-parent line that none of `seen` reaches, oldest
 * first, struct git_commit. `seen` must be in the bare repository; with
 * `only_tip` at most the tip itself.
 */
CI_MUST_USE bool git_commits(const struct git *git, const char *tip, struct ci_strs seen,
                             bool only_tip, void *mem, struct ci_list *out, struct ci_err *err);

/*
 * `git ls-remote --symref` output to tips, by the source's branches. Without
 * any the branch that HEAD names; a server that does not tell the name (plain
 * HTTP) means main, master or else the first branch at HEAD's commit, as
 * `git clone` takes it. Branches whose names are no UTF-8 or longer than 500
 * bytes can't be stored and are passed over.
 */
void git_parse_tips(const char *text, const struct ci_change_source *source, void *mem,
                    struct ci_list *out);
/* The output of git_commits()'s git log to commits; CI_EINTERNAL when it is not that. */
CI_MUST_USE bool git_parse_log(struct ci_bytes text, void *mem, struct ci_list *out,
                               struct ci_err *err);
