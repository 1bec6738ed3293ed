/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's process settings. */
#pragma once

#include "shared/log.h"
#include "shared/settings.h"

struct settings {
    const char *admin;
    const char *cgroup; /* "auto" or "off" */
    struct ci_dur drain_timeout;
    const char *enrolment_token; /* instead of a password, or NULL */
    const char *labels;          /* "k=v,k=v", or NULL */
    enum ci_level log_level;
    const char *name; /* never NULL after loading */
    const char *password;
    const char *server; /* comma-separated URLs */
    int slots;          /* at least 1 after loading */
    const char *work_dir;
    /* Made from the above by settings_load(): */
    struct ci_strs servers; /* without a slash at the end */
    json_t *label_object;   /* {key: value} */
    bool use_cgroup;
};

/*
 * Reads flags and SLIPWAY_* variables; strings live in mem. CI_EINVALID names
 * the flag at fault. CI_SETTINGS_DONE: --help or --version has been answered.
 */
CI_MUST_USE bool settings_load(int argc, char **argv, void *mem, struct settings *out,
                               enum ci_settings_outcome *outcome, struct ci_err *err);

/* The list of --server, in mem: blanks and final slashes dropped. */
CI_MUST_USE bool settings_servers(const char *text, void *mem, struct ci_strs *out,
                                  struct ci_err *err);

/* The object of --labels, tied to mem; NULL gives an empty one. */
CI_MUST_USE bool settings_labels(const char *text, void *mem, json_t **out, struct ci_err *err);
