/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files below a folder. Paths are relative; neither ".." nor a symbolic link
 * leads out of the folder, whatever a build puts there meanwhile.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

#include <sys/stat.h>

/* Opens the folder itself; -1. */
int below_root(const char *folder, struct ci_err *err);

/* "a//./b/" as "a/b", "." for the folder itself; CI_EINVALID: absolute, or with "..". */
CI_MUST_USE bool below_normal(void *mem, const char *path, const char **out, struct ci_err *err);

/* As openat(2) with O_CLOEXEC; -1 with errno: EXDEV when it leads out. `path` is normal. */
int below_open(int root, const char *path, int flags, mode_t mode);

/* The folder that the path is in, opened (-1), and its last part, which points into `path`. */
int below_parent(int root, const char *path, const char **name);

/* Makes the folder and what is missing above it. */
CI_MUST_USE bool below_make(int root, const char *path, struct ci_err *err);

/* A whole file of at most `max` bytes, in mem, a NUL behind. CI_ETOOLARGE, CI_ENOTFOUND ... */
CI_MUST_USE bool below_read(const char *folder, const char *path, size_t max, void *mem,
                            struct ci_bytes *out, struct ci_err *err);

/* "could not WHAT PATH: " with errno's text, and its code. */
bool below_fail(struct ci_err *err, const char *what, const char *path);

void below_close(int *fd); /* for CI_CLEANUP */
