/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that live beside the later steps (`background`): each has a thread
 * of its own, which pumps its output, and ends with the build.
 */
#pragma once

#include "job.h"

/*
 * Starts the step's command and waits until it is ready. True: it is, the
 * step's end has been told, and the step is ours until the build ends. False:
 * *end says why not, and nothing of it runs.
 */
CI_MUST_USE bool background_start(struct step *step, struct step_end *end);

/* A step went wrong: says which commands in the background died before, if any did. */
void background_blame(struct step *step, struct step_end *end);

/* The build is over: ends all of them, the youngest first. */
void background_stop(struct job *job);
