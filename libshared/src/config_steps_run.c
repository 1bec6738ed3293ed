/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that run commands. */
#include "config_internal.h"

static const struct key run_keys[] = {
    KEY("command", KEY_COMMAND, offsetof(struct ci_run_args, command), KEY_REQUIRED,
        "The command: a text for /bin/sh -c, or a list of program and arguments."),
};
static const struct section run_args = {
    .name = "run",
    SECTION_KEYS(run_keys),
    .size = sizeof(struct ci_run_args),
    .primary = "command",
};
const struct section config_step_run = {
    .name = "run",
    .help = "Runs a command.",
    .base = &config_step_common,
    .size = sizeof(struct ci_step),
    .tag = CI_STEP_RUN,
    .args = &run_args,
    .defaults = &config_step_defaults,
};
