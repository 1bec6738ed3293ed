/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One poll of one repository: from the tips seen before and the tips there
 * are now to changes. Buildbot's rules (buildbot/changes/gitpoller.py): the
 * first poll only records; later every commit of a branch's first-parent line
 * that no tip seen before reaches becomes a change, oldest first.
 */
#pragma once

#include "git.h"

struct poll {
    const struct ci_change_source *source;
    struct ci_list seen; /* struct poller_ref: the tips before */
    bool initialized;    /* false: the first poll */
    /* Filled by poll_look(), in mem: */
    struct new_change *changes;
    size_t change_count;
    struct ci_strs branches, revisions; /* the tips now */
};

/*
 * Looks at the remote and fills *poll. A branch that was force-pushed counts
 * from the tips that are still known; where its own former tip is nowhere to
 * be had any more, its new tip alone becomes a change rather than its whole
 * history. A broken cache is made anew.
 */
CI_MUST_USE bool poll_look(const struct git *git, struct poll *poll, void *mem, struct ci_err *err);
