/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of changes. */
#pragma once

#include "shared/service.h"

struct settings {
    struct ci_common_settings common;
    const char *state_dir; /* bare repositories that pollers fetch into; may be lost at any time */
};

enum { CHANGES_SETTINGS = 1 };
extern const struct ci_setting changes_settings[CHANGES_SETTINGS];
