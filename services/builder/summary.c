/* SPDX-License-Identifier: Apache-2.0 */
/* The state string of a finished build (buildbot/process/build.py, allStepsDone). */
#include "summary.h"

static const char *const words[CI_RESULT_COUNT] = {
    [CI_SUCCESS] = "build successful", [CI_WARNINGS] = "warnings",   [CI_FAILURE] = "failed",
    [CI_SKIPPED] = "build skipped",    [CI_EXCEPTION] = "exception", [CI_RETRY] = "retry",
    [CI_CANCELLED] = "cancelled",
};

static bool names_steps(enum ci_result build)
{
    return build == CI_WARNINGS || build == CI_FAILURE || build == CI_EXCEPTION;
}

/* Did this step alone bring the build to `build`? */
static bool caused(const struct summary_step *step, enum ci_result build)
{
    const struct ci_fold before = {.build = CI_SUCCESS};

    return step->results >= 0 && step->results < CI_RESULT_COUNT &&
           ci_result_fold(before, (enum ci_result)step->results, &step->flags).build == build;
}

const char *summary_text(void *mem, enum ci_result build, const struct summary_step *steps,
                         size_t count)
{
    struct ci_buf text;

    if (!names_steps(build))
        return words[build];
    ci_buf_init(&text, mem);
    ci_buf_puts(&text, words[build]);
    for (size_t i = 0; i < count; i++) {
        if (caused(&steps[i], build))
            ci_buf_printf(&text, " %s", steps[i].name);
    }
    return text.text;
}
