/* SPDX-License-Identifier: Apache-2.0 */
/* The `run` step: a text for the shell, or a list of arguments. */
#include "shared/config.h"
#include "step_types.h"

void step_do_run(struct step *step, struct step_end *end)
{
    const struct ci_run_args *args = step->def->args;

    step_run_command(step, &(struct step_command){.command = &args->command}, NULL, end);
}
