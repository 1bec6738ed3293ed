/* SPDX-License-Identifier: Apache-2.0 */
/* Result codes and their folding, as buildbot/process/results.py does it. */
#include "shared/result.h"

#include <string.h>

static const char *const names[CI_RESULT_COUNT] = {
    [CI_SUCCESS] = "success",     [CI_WARNINGS] = "warnings",   [CI_FAILURE] = "failure",
    [CI_SKIPPED] = "skipped",     [CI_EXCEPTION] = "exception", [CI_RETRY] = "retry",
    [CI_CANCELLED] = "cancelled",
};

/* Higher wins. The codes' own order is history and says nothing. */
static const int strength[CI_RESULT_COUNT] = {
    [CI_SKIPPED] = 0,   [CI_SUCCESS] = 1, [CI_WARNINGS] = 2,  [CI_FAILURE] = 3,
    [CI_EXCEPTION] = 4, [CI_RETRY] = 5,   [CI_CANCELLED] = 6,
};

const char *ci_result_name(int result)
{
    return result >= 0 && result < CI_RESULT_COUNT ? names[result] : "running";
}

bool ci_result_parse(const char *name, enum ci_result *out)
{
    for (int i = 0; i < CI_RESULT_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum ci_result)i;
            return true;
        }
    }
    return false;
}

enum ci_result ci_result_worst(enum ci_result a, enum ci_result b)
{
    return strength[a] >= strength[b] ? a : b;
}

static enum ci_result after_failure(const struct ci_step_flags *flags)
{
    if (flags->flunk_on_failure)
        return CI_FAILURE;
    return flags->warn_on_failure ? CI_WARNINGS : CI_SUCCESS;
}

static enum ci_result after_warnings(const struct ci_step_flags *flags)
{
    if (flags->flunk_on_warnings)
        return CI_FAILURE;
    return flags->warn_on_warnings ? CI_WARNINGS : CI_SUCCESS;
}

struct ci_fold ci_result_fold(struct ci_fold before, enum ci_result step,
                              const struct ci_step_flags *flags)
{
    enum ci_result counts = step;
    bool stop = false;

    switch (step) {
    case CI_SUCCESS:
    case CI_SKIPPED:
        break;
    case CI_WARNINGS:
        counts = after_warnings(flags);
        break;
    case CI_FAILURE:
        counts = after_failure(flags);
        stop = flags->halt_on_failure;
        break;
    case CI_EXCEPTION:
    case CI_RETRY:
    case CI_CANCELLED:
        stop = true;
        break;
    }
    return (struct ci_fold){
        .build = ci_result_worst(before.build, counts),
        .stop = before.stop || stop,
    };
}
