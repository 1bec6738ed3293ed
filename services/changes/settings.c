/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings. */
#include "settings.h"

const struct ci_setting changes_settings[CHANGES_SETTINGS] = {
    {"STATE_DIR", CI_SET_PATH, offsetof(struct settings, state_dir), "/var/lib/slipway/changes",
     "folder of the pollers' repositories; a cache, made when missing", 0, 0},
};
