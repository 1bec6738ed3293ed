/* SPDX-License-Identifier: Apache-2.0 */
/* What hg prints, as structs; plain functions. */
#pragma once

#include "change.h"

struct hg_commit {
    const char *revision, *branch, *author, *comments;
    struct ci_time when;
    struct ci_strs files;
};

/*
 * Changesets as poll_hg() has them printed: node, branch, author, date and
 * message, NUL-ended, then the files and an empty one. struct hg_commit, in
 * mem; CI_EINTERNAL when it is not that.
 */
CI_MUST_USE bool hg_parse_log(struct ci_bytes text, void *mem, struct ci_list *out,
                              struct ci_err *err);
