/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two texts, as diff(1) tells it. */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

struct ci_diff_text {
    const char *label; /* its name in the head of the diff */
    struct ci_bytes text;
};

/*
 * The unified diff, in mem; empty when the texts are equal. They are never on
 * a disk, as they may hold secrets. CI_EUNAVAILABLE: diff(1) could not be run.
 * Any thread.
 */
CI_MUST_USE bool ci_diff(const struct ci_diff_text *old, const struct ci_diff_text *new, void *mem,
                         struct ci_bytes *out, struct ci_err *err);
