/* SPDX-License-Identifier: Apache-2.0 */
/* The process settings of the builder service. */
#pragma once

#include "shared/service.h"

struct builder_settings {
    struct ci_common_settings common;
    struct ci_dur lease;         /* a silent agent keeps its builds for so long */
    struct ci_dur heartbeat;     /* an agent polls at least so often */
    int max_attempts;            /* builds of one request before it ends as EXCEPTION */
    const char *enrolment_token; /* NULL: no agent can enrol itself */
    const char *artifacts_dir;   /* NULL: artifacts lie where the configuration says, or nowhere */
};

extern const struct ci_setting builder_settings_rows[];
extern const size_t builder_settings_count;
