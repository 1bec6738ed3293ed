/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps a step after job_do_step() needs of it. */
#pragma once

#include "job.h"

/* "compiling", masked, in step->mem; NULL: nothing but that it runs. */
const char *job_step_state(struct step *step);
/* Tells its end and folds it into the build's. */
void job_step_finished(struct step *step, const struct step_end *end);
void job_step_free(struct step *step);
