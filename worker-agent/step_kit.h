/* SPDX-License-Identifier: Apache-2.0 */
/* Small things that several types of steps say and do. */
#pragma once

#include "shared/steps.h"
#include "step.h"

/* Text as the output of a program would be, into the step's log of that name; NULL: stdio. */
void kit_write(struct step *step, const char *log, const char *text, size_t len);

/* A line in the log, and the end of the step with the same words. */
void kit_ends(struct step *step, struct step_end *end, enum ci_result result, const char *fmt, ...)
    CI_PRINTF(4, 5);

/* The step was stopped: it ends as cancelled. */
void kit_cancelled(struct step *step, struct step_end *end);

/* "1 file", "2 files", in step->mem */
const char *kit_count(struct step *step, size_t count, const char *one, const char *many);

/* As it renders in a line, in step->mem; shortened when it is long. */
const char *kit_json(struct step *step, json_t *value);

/* The property plus `by`, as a number that counts over the whole build. */
void kit_add_property(struct step *step, const char *name, int64_t by);

/* For work of the agent's own: CI_EGONE when the step is stopped, CI_EUNAVAILABLE when it has taken
 * longer than its max_time since `begin`. */
CI_MUST_USE bool kit_goes_on(struct step *step, struct ci_mono begin, struct ci_err *err);

/* The end of such work: cancelled when it was stopped, else a failure with these words. */
void kit_fails(struct step *step, struct step_end *end, const struct ci_err *err);

/* "644" as a number; `otherwise` for NULL. */
int kit_mode(const char *octal, int otherwise);
