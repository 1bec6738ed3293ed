/* SPDX-License-Identifier: Apache-2.0 */
/* From the command of a step's definition to one that can be carried out. */
#pragma once

#include "shared/config.h"
#include "step.h"

/* /bin/sh -c TEXT, NULL-terminated, in mem. */
const char *const *shell_argv(void *mem, const char *text);

/* With everything that step->def says of its commands but the files to follow. */
struct command shell_command(struct step *step, const struct ci_command *given);

/* Says what will run, where, and with which variables. */
void shell_say(struct step *step, const struct command *command);
