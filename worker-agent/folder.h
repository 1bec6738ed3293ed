/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which folder a build works in. Builds of one builder that run at the same
 * time never share one, and the lowest free index is taken, so that
 * checkouts are used again.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* The builder's name as a file name; one that had to be changed gets ".<id>" and stays unique. */
char *folder_slug(void *mem, const char *builder, int64_t builderid);

/* The lowest index from 1 that is none of `used`. */
int folder_index(const int *used, size_t count);

/* Fails with CI_EINVALID when `workdir` is absolute or leaves the build's folder by "..". */
CI_MUST_USE bool folder_check_workdir(const char *workdir, struct ci_err *err);

/* Makes `path` and what is missing above it; no error when it is there. */
CI_MUST_USE bool folder_make(const char *path, struct ci_err *err);

/* Removes what is in the folder, not the folder; a folder that is not there is empty. */
CI_MUST_USE bool folder_empty(const char *path, struct ci_err *err);
/* Removes the folder too. */
CI_MUST_USE bool folder_remove(const char *path, struct ci_err *err);
/* The same, also a file, by its name in an open folder; none of that name is no error. */
CI_MUST_USE bool folder_remove_at(int parent, const char *name, struct ci_err *err);
