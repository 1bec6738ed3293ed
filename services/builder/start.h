/* SPDX-License-Identifier: Apache-2.0 */
/* The `start` command of the agent protocol: a build as its agent gets it. No I/O. */
#pragma once

#include "shared/config.h"

/* A build that is to start; a row of build_starts.sql. */
struct start {
    int64_t buildid, workerid, builderid, number, attempt, config_version;
    const char *token, *builder; /* name of the builder whose recipe runs */
    json_t *properties;          /* {name: [value, source]} */
    json_t *sources; /* [{codebase, repository, project, branch, revision, patch}], or NULL */
    json_t *changes; /* [{files: [...]}], or NULL */
    json_t *worker;  /* what %(worker:...)s sees */
};
extern const struct ci_record start_record;

/* A new reference. `secrets`: {name: value} or NULL. CI_ENOTFOUND: the configuration has no such
 * builder. */
CI_MUST_USE bool start_command(const struct ci_config *config, const struct start *start,
                               json_t *secrets, json_t **out, struct ci_err *err);
