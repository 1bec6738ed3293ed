/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `sequence` step: commands one after the other, each with the say over
 * the step that a step has over its build (Buildbot's ShellSequence).
 */
#include "step_kit.h"
#include "step_types.h"

#include <string.h>

static void do_item(struct step *step, const struct ci_sequence_item *item, struct step_end *end)
{
    bool is_own = item->log && strcmp(item->log, "stdio") != 0;
    const struct step_command what = {
        .command = &item->command,
        .log = is_own ? step_log(step, item->log) : NULL,
    };

    step_run_command(step, &what, NULL, end);
}

void step_do_sequence(struct step *step, struct step_end *end)
{
    const struct ci_sequence_args *args = step->def->args;
    struct ci_fold fold = {.build = CI_SUCCESS};
    struct step_end worst = {CI_SUCCESS, "finished"};
    size_t number = 0;

    CI_FOREACH(const struct ci_sequence_item, item, args->commands) {
        struct step_end one = {CI_EXCEPTION, ""};
        enum ci_result before = fold.build;

        number++;
        do_item(step, item, &one);
        fold = ci_result_fold(fold, one.result, &item->flags);
        if (fold.build != before)
            step_ends(&worst, fold.build, "command %zu: %.170s", number, one.state);
        if (fold.stop || one.result == CI_CANCELLED || step_stopped(step))
            break;
    }
    *end = worst;
    end->result = fold.build;
}
