/* SPDX-License-Identifier: Apache-2.0 */
/* What svn prints, as structs, and what its paths mean; plain functions. */
#pragma once

#include "change.h"

/* Of `svn info --xml`. */
struct svn_info {
    int64_t revision; /* the newest of the repository */
    const char *url, *root;
};
CI_MUST_USE bool svn_parse_info(struct ci_bytes text, void *mem, struct svn_info *out,
                                struct ci_err *err);

struct svn_path {
    const char *action; /* "A", "M", "D", "R" */
    const char *path;   /* below the root, begins with "/" */
};

/* Of `svn log --xml --verbose`. */
struct svn_entry {
    int64_t revision;
    const char *author, *comments; /* "" when not told */
    struct ci_time when;
    struct svn_path *paths;
    size_t path_count;
};
/* struct svn_entry, as printed. CI_EINTERNAL when it is not that. */
CI_MUST_USE bool svn_parse_log(struct ci_bytes text, void *mem, struct ci_list *out,
                               struct ci_err *err);

/* Where a path belongs. */
struct svn_place {
    const char *project, *branch; /* NULL: none; trunk is none, too */
    const char *file;             /* "" for the branch itself */
};
/* What `split` says of a path below the poller's URL (without "/" before); false: nothing. */
bool svn_split(enum ci_svn_split split, const char *path, void *mem, struct svn_place *out);

/*
 * The path below the folder that is looked at, or NULL when it is outside.
 * `prefix`: the folder below the root, "" or "/a/b".
 */
const char *svn_below(const char *prefix, const char *path);
