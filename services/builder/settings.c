/* SPDX-License-Identifier: Apache-2.0 */
/* The table behind --help, the flags and the SLIPWAY_* variables of the builder service. */
#include "settings.h"

const struct ci_setting builder_settings_rows[] = {
    {"ARTIFACTS_DIR",   CI_SET_PATH,     offsetof(struct builder_settings, artifacts_dir),
     CI_SET_OPTIONAL,                                                                               "folder of artifacts, where the configuration names no storage",      0, 0    },
    {"ENROLMENT_TOKEN", CI_SET_SECRET,   offsetof(struct builder_settings, enrolment_token),
     CI_SET_OPTIONAL,                                                                               "token with which agents enrol themselves under a name of their own", 0, 0    },
    {"HEARTBEAT",       CI_SET_DURATION, offsetof(struct builder_settings, heartbeat),       "10s",
     "seconds between two polls of an agent, at most",                                                                                                                    1, 600  },
    {"LEASE",           CI_SET_DURATION, offsetof(struct builder_settings, lease),           "60s",
     "seconds that a silent agent keeps its builds",                                                                                                                      4, 86400},
    {"MAX_ATTEMPTS",    CI_SET_INT,      offsetof(struct builder_settings, max_attempts),    "5",
     "builds of one request that may be lost before it ends as an exception",                                                                                             1, 1000 },
};
const size_t builder_settings_count = CI_COUNT(builder_settings_rows);
