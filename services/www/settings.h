/* SPDX-License-Identifier: Apache-2.0 */
/* The process settings of www. */
#pragma once

#include "shared/service.h"

struct settings {
    struct ci_common_settings common;
    const char *admin_token;
    const char *changes_url;
    const char *ui_dir;        /* NULL: looked for */
    const char *artifacts_dir; /* NULL: artifacts lie where the configuration says, or nowhere */
    int session_days;
};

extern const struct ci_setting settings_rows[];
extern const size_t settings_count;
