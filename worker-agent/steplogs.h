/* SPDX-License-Identifier: Apache-2.0 */
/* All logs of a step. */
#pragma once

#include "follow.h"
#include "step.h"

void steplogs_flush(struct step *step);
void steplogs_release(struct step *step);

/* Those that step->def->log_files asks for, to be followed; NULL: none. In step->mem. */
struct follows *steplogs_follow(struct step *step);
