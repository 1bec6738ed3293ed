/* SPDX-License-Identifier: Apache-2.0 */
/* Flags that may be given several times, which the table of settings has no room for. */
#pragma once

#include "shared/err.h"
#include "shared/json.h"
#include "shared/mem.h"

struct repeated {
    const char *flag;    /* "--property" */
    const char **values; /* room for argc */
    size_t count;
};

/* Takes the flag out of argv, with its values in the order given. */
CI_MUST_USE bool repeated_take(struct repeated *repeated, int *argc, char **argv,
                               struct ci_err *err);

/* NAME=VALUE each, into the object `out`. */
CI_MUST_USE bool repeated_properties(const struct repeated *given, void *mem, json_t *out,
                                     struct ci_err *err);
