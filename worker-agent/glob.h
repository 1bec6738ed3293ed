/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding files by patterns as shells have them: * ? [a-z] within one part of
 * a path, ** for any number of parts. Names that begin with a dot are found
 * only by a pattern that has that dot.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* Both are relative, without "." and empty parts. Pure. */
bool glob_matches(const char *pattern, const char *path);
/* Whether a path below the folder `path` may match. Pure. */
bool glob_enters(const char *pattern, const char *path);

/* Whether the text is more than a plain path. Pure. */
bool glob_is_pattern(const char *text);

/*
 * The files (no folders; of symbolic links only those to files below root)
 * that match any of the patterns: their paths, sorted, each once, in mem.
 * CI_EINVALID: a pattern is absolute or has ".."; CI_ETOOLARGE: too many.
 */
CI_MUST_USE bool glob_find(int root, struct ci_strs patterns, void *mem, struct ci_strs *out,
                           struct ci_err *err);

/* All files below the folder, hidden ones too, likewise; `path` is normal (below.h). */
CI_MUST_USE bool glob_all(int root, const char *path, void *mem, struct ci_strs *out,
                          struct ci_err *err);
