/* SPDX-License-Identifier: Apache-2.0 */
/* Commits and branches of the codebases that the configuration names, from the changes told of. */
#pragma once

#include "shared/bus.h"
#include "shared/db.h"
#include "shared/model.h"

/* What the changes brought: the REST resources of what is new, or was moved. */
struct commit_news {
    struct ci_list commits;  /* struct ci_commit_row * */
    struct ci_list branches; /* struct ci_branch_row * */
};

/* Keeps the commits of these new changes, which come after their parents. *out in mem. */
CI_MUST_USE bool commits_add(struct ci_tx *tx, struct ci_change *const *changes, size_t count,
                             void *mem, struct commit_news *out, struct ci_err *err);

/* After the commit: commits/<id>/new and branches/<id>/update. */
void commits_announce(struct ci_bus *bus, const struct commit_news *news);
