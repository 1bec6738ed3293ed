/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading repositories with git, each process with a deadline, and parsing
 * what it prints. The parsers are plain functions; the rest blocks.
 */
#pragma once

#include "change.h"

struct git {
    const char *dir;        /* the poller's bare repository */
    const char *repository; /* the remote */
    struct ci_dur timeout;  /* of one process */
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
 * The remote's tips of the branches that the source names, sorted by branch.
 * An empty repository has none.
 */
CI_MUST_USE bool git_tips(const struct git *git, const struct ci_change_source *source, void *mem,
                          struct ci_list *out, struct ci_err *err);

/* Fetches these tips into the bare repository, which is made when missing. */
CI_MUST_USE bool git_fetch(const struct git *git, const struct ci_list *tips, void *mem,
                           struct ci_err *err);

/* Whether the bare repository has the commit. */
CI_MUST_USE bool git_has(const struct git *git, const char *revision, void *mem, bool *out,
                         struct ci_err *err);

/*
 * The commits of `tip`'s first-parent line that none of `seen` reaches, oldest
 * first, struct git_commit. `seen` must be in the bare repository; with
 * `only_tip` just the tip itself.
 */
CI_MUST_USE bool git_commits(const struct git *git, const char *tip, struct ci_strs seen,
                             bool only_tip, void *mem, struct ci_list *out, struct ci_err *err);

/* `git ls-remote --symref` output to tips, by the source's branches. Exposed for tests. */
void git_parse_tips(const char *text, const struct ci_change_source *source, void *mem,
                    struct ci_list *out);
/* The output of git_commits()'s git log to commits; CI_EINTERNAL when it is not that. */
CI_MUST_USE bool git_parse_log(struct ci_bytes text, void *mem, struct ci_list *out,
                               struct ci_err *err);
