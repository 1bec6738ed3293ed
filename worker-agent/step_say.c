/* SPDX-License-Identifier: Apache-2.0 */
/* Steps that only look at what is known: assert and log. */
#include "job.h"
#include "start.h"
#include "step_kit.h"
#include "step_types.h"

#include <stdlib.h>
#include <string.h>

/* What the condition sees: properties, results so far, files of the changes. */
static bool evaluate(struct step *step, const char *text, bool *holds, struct ci_err *err)
{
    json_auto_t *results = job_results(step->job);
    struct ci_condition *condition;
    struct ci_condition_input input = {.scope = step->scope, .steps = results};
    int offset;

    pthread_mutex_lock(&step->job->lock);
    input.build_result = ci_some(step->job->fold.build);
    pthread_mutex_unlock(&step->job->lock);
    input.files = step->build->start->files;
    return ci_condition_parse(text, step->mem, &condition, &offset, err) &&
           ci_condition_eval(condition, &input, step->mem, holds, err);
}

void step_do_assert(struct step *step, struct step_end *end)
{
    const struct ci_assert_args *args = step->def->args;
    struct ci_err err;
    bool holds;

    steplog_say(&step->log, "%s", args->condition);
    if (!evaluate(step, args->condition, &holds, &err))
        kit_ends(step, end, CI_EXCEPTION, "%s", err.msg);
    else if (holds)
        kit_ends(step, end, CI_SUCCESS, "it holds");
    else
        kit_ends(step, end, CI_FAILURE, "it does not hold: %s", args->condition);
}

void step_do_log(struct step *step, struct step_end *end)
{
    const struct ci_log_args *args = step->def->args;
    char *text = json_dumps(args->content, JSON_INDENT(4) | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    if (!text)
        abort(); /* no memory */
    kit_write(step, args->log ? args->log : "Output", text, strlen(text));
    free(text);
    step_ends(end, CI_SUCCESS, "finished");
}
