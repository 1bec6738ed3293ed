/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a build at its start: which locks it takes, and whether it is over before it
 * begins (do_build_if, a secret that is missing). For claim*.c only. */
#pragma once

#include "claim_run.h"

/* The locks of a pair's build, and of a build: struct locks_use, in mem. */
struct ci_list claim_uses(const struct run *run, size_t pair);
struct ci_list claim_build_uses(const struct run *run, const struct claim_build *build);

/*
 * Reads the secrets of every builder among the pairs. Those of a builder
 * whose secrets can't be read now are dropped, and it is left alone for a
 * while; those of one whose secrets do not exist will end at once.
 */
void claim_read_secrets(struct run *run);

/* Sets secrets, or ended and state, of a build whose properties are known. */
void claim_decide(const struct run *run, struct claim_build *build);

bool claim_any_ended(const struct run *run);
/* Ends the builds just made (run->made) that are over before they began, and commits. */
CI_MUST_USE bool claim_end_builds(struct run *run, struct ci_tx *tx, struct ci_err *err);
/* After the commit: the events. */
void claim_publish_ended(const struct run *run);

/* The made build of a plan's, or NULL. */
const struct ci_build *claim_made(const struct run *run, const struct claim_build *build);
