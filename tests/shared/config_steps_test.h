/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of a slipway.yaml in a test, as their structs. */
#pragma once

#include "config_test.h"

/* The steps of a builder with these, beside a lock "x" and a triggerable scheduler "t". */
static inline struct ci_list steps(void *mem, const char *text)
{
    const struct ci_config *config =
        parse(mem, ci_mem_printf(mem,
                                 "locks: [{name: x, max_count: 5}]\n"
                                 "schedulers: [{type: triggerable, name: t, builders: [b]}]\n"
                                 "builders: [{name: b, steps: [%s]}]",
                                 text));

    return ((const struct ci_builder *)config->builders.items)->steps;
}

static inline const struct ci_step *step(struct ci_list list, size_t index)
{
    assert_true(index < list.count);
    return (const struct ci_step *)list.items + index;
}
