/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Result codes and how step results fold into a build's, by Buildbot's rules
 * (buildbot/process/results.py and its documentation of build results).
 */
#pragma once

#include "shared/base.h"

enum ci_result {
    CI_SUCCESS = 0,
    CI_WARNINGS = 1,
    CI_FAILURE = 2,
    CI_SKIPPED = 3,
    CI_EXCEPTION = 4,
    CI_RETRY = 5,
    CI_CANCELLED = 6,
};
enum { CI_RESULT_COUNT = 7, CI_RESULT_NONE = -1 };

/* "success" ... "cancelled"; "running" for anything else. */
const char *ci_result_name(int result);
bool ci_result_parse(const char *name, enum ci_result *out);

/* The stronger: CANCELLED > RETRY > EXCEPTION > FAILURE > WARNINGS > SUCCESS > SKIPPED. */
enum ci_result ci_result_worst(enum ci_result a, enum ci_result b);

/* What a step does to its build. */
struct ci_step_flags {
    bool halt_on_failure, flunk_on_failure, warn_on_failure, flunk_on_warnings, warn_on_warnings;
    bool always_run;
};

struct ci_fold {
    enum ci_result build; /* the build's result so far; starts as CI_SUCCESS */
    bool stop;            /* only always_run steps follow */
};

/* The build after a step that ended with `step`. */
struct ci_fold ci_result_fold(struct ci_fold before, enum ci_result step,
                              const struct ci_step_flags *flags);
