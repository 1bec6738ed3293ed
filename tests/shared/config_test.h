/* SPDX-License-Identifier: Apache-2.0 */
/* A slipway.yaml in a test, as its structs. */
#pragma once

#include "ci_test.h"
#include "shared/config.h"

#include <string.h>

/* For files whose builders don't matter. */
#define JOB "builders: [{name: b, steps: [{run: make}]}]\n"

/* The test fails with the first problem of the file. */
static inline const struct ci_config *parse(void *mem, const char *text)
{
    struct ci_config *config;
    struct ci_list problems;

    if (!ci_config_parse("slipway.yaml", text, strlen(text), mem, &config, &problems))
        fail_msg("%s", ((const struct ci_problem *)problems.items)->message);
    return config;
}
