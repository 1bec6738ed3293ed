/* SPDX-License-Identifier: Apache-2.0 */
/* What identifies an environment, and what tells whether it was changed. */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

enum { ENVIRONMENT_KEY = 16 }; /* hexadecimal digits */

/* The files below `folder` that the patterns name, sorted, each once, relative to it; in mem. */
CI_MUST_USE bool environment_files(const char *folder, struct ci_strs patterns, void *mem,
                                   struct ci_strs *out, struct ci_err *err);

/*
 * ENVIRONMENT_KEY digits, in mem: of the builder, the files' names and
 * contents, and the steps that prepare it (JSON, borrowed).
 */
CI_MUST_USE bool environment_key(int64_t builderid, const char *folder, struct ci_strs files,
                                 json_t *steps, void *mem, const char **out, struct ci_err *err);

/*
 * Of the names, sizes, times and modes of all that is below `folder`; in mem.
 * What Python caches of its sources is left out: it comes and goes.
 */
CI_MUST_USE bool environment_fingerprint(const char *folder, void *mem, const char **out,
                                         struct ci_err *err);

/* Copies the files, with their folders, from one folder to the other. */
CI_MUST_USE bool environment_copy(const char *from, const char *to, struct ci_strs files,
                                  struct ci_err *err);
