/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting the warnings in a compiler's output, by the rules of Buildbot's
 * WarningCountingShellCommand: a line counts when the pattern matches at its
 * beginning and no suppression speaks against it. Pure.
 */
#pragma once

#include "shared/config.h"

struct warnings;

/* CI_EINVALID: a pattern does not compile. In mem. */
CI_MUST_USE bool warnings_new(const struct ci_compile_args *args, void *mem, struct warnings **out,
                              struct ci_err *err);

/*
 * Adds the rules of a suppression file: "FILE : TEXT", "FILE : TEXT : 12" or
 * "FILE : TEXT : 12-34" in each line, both POSIX extended; # begins a comment.
 * CI_EINVALID names the line.
 */
CI_MUST_USE bool warnings_suppress(struct warnings *warnings, const char *rules,
                                   struct ci_err *err);

/* Whether the line (NUL-terminated) is a warning that counts. */
bool warnings_line(struct warnings *warnings, const char *line);

int warnings_count(const struct warnings *warnings);
