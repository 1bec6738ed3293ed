/* SPDX-License-Identifier: Apache-2.0 */
/* The state string of a finished build, in Buildbot's words. No I/O. */
#pragma once

#include "shared/mem.h"
#include "shared/result.h"

/* A finished step as the summary needs it. */
struct summary_step {
    const char *name;
    int results;
    struct ci_step_flags flags;
    int number;
};

/*
 * "build successful", "failed compile test", "warnings lint", "exception git",
 * "retry", "cancelled": the word of the result and, for the middle three, the
 * names of the steps that brought the build to it. In mem or static.
 */
const char *summary_text(void *mem, enum ci_result build, const struct summary_step *steps,
                         size_t count);
