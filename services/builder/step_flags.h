/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a step does to its build, as bits: steps that no recipe names bring
 * their flags with them, and the database keeps them (steps.flags).
 */
#pragma once

#include "shared/err.h"
#include "shared/result.h"

/* struct ci_step_flags in its order, and one that is of the builder alone. */
enum {
    STEP_HALT_ON_FAILURE = 1 << 0,
    STEP_FLUNK_ON_FAILURE = 1 << 1,
    STEP_WARN_ON_FAILURE = 1 << 2,
    STEP_FLUNK_ON_WARNINGS = 1 << 3,
    STEP_WARN_ON_WARNINGS = 1 << 4,
    STEP_ALWAYS_RUN = 1 << 5,
    STEP_BACKGROUND = 1 << 6, /* its logs go on after its end; they complete with the build */
};

/* CI_EINVALID names the first that is no flag. */
CI_MUST_USE bool step_flags_check(struct ci_strs names, struct ci_err *err);
/* Names that are no flags are passed over. */
int step_flags_bits(struct ci_strs names);
struct ci_step_flags step_flags_of(int bits);
