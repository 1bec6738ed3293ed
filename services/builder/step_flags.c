/* SPDX-License-Identifier: Apache-2.0 */
/* What a step does to its build, as bits. */
#include "step_flags.h"

#include <string.h>

static const struct {
    const char *name;
    int bit;
} flags[] = {
    {"halt_on_failure",   STEP_HALT_ON_FAILURE  },
    {"flunk_on_failure",  STEP_FLUNK_ON_FAILURE },
    {"warn_on_failure",   STEP_WARN_ON_FAILURE  },
    {"flunk_on_warnings", STEP_FLUNK_ON_WARNINGS},
    {"warn_on_warnings",  STEP_WARN_ON_WARNINGS },
    {"always_run",        STEP_ALWAYS_RUN       },
    {"background",        STEP_BACKGROUND       },
};

static int bit_of(const char *name)
{
    for (size_t i = 0; i < CI_COUNT(flags); i++) {
        if (strcmp(flags[i].name, name) == 0)
            return flags[i].bit;
    }
    return 0;
}

bool step_flags_check(struct ci_strs names, struct ci_err *err)
{
    for (size_t i = 0; i < names.count; i++) {
        if (!bit_of(names.items[i]))
            return ci_fail(err, CI_EINVALID, "flags: unrecognized \"%.40s\"", names.items[i]);
    }
    return true;
}

int step_flags_bits(struct ci_strs names)
{
    int bits = 0;

    for (size_t i = 0; i < names.count; i++)
        bits |= bit_of(names.items[i]);
    return bits;
}

struct ci_step_flags step_flags_of(int bits)
{
    return (struct ci_step_flags){
        .halt_on_failure = bits & STEP_HALT_ON_FAILURE,
        .flunk_on_failure = bits & STEP_FLUNK_ON_FAILURE,
        .warn_on_failure = bits & STEP_WARN_ON_FAILURE,
        .flunk_on_warnings = bits & STEP_FLUNK_ON_WARNINGS,
        .warn_on_warnings = bits & STEP_WARN_ON_WARNINGS,
        .always_run = bits & STEP_ALWAYS_RUN,
    };
}
