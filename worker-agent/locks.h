/* SPDX-License-Identifier: Apache-2.0 */
/* Locks of steps: the builder service keeps them, in order of age. */
#pragma once

#include "job.h"

/* Waits for step->def->locks and tells when they are held; they go with the step's end. False:
 * *end says why the step can't run. */
CI_MUST_USE bool locks_take(struct step *step, struct step_end *end);
