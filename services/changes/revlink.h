/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a change's revision, found by the address of its repository. Pure. */
#pragma once

#include "change.h"

/*
 * The page of the revision: by the first of `revlinks` (struct ci_revlink, the configuration's)
 * that matches the short address of the repository, else by those of forges that everybody knows.
 * NULL when nothing matches, or without revision or repository. In mem.
 */
const char *revlink_of(struct ci_list revlinks, const char *repository, const char *revision,
                       void *mem);

/* The same for a change that came without a page of its own; others keep theirs. */
void revlink_add(struct ci_list revlinks, struct new_change *change, void *mem);
