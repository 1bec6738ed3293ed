/* SPDX-License-Identifier: Apache-2.0 */
/* The `start` command of a poll: everything that a build needs to know. */
#pragma once

#include "shared/config.h"

struct source {
    const char *codebase, *repository, *branch, *revision, *project;
};

struct start {
    int64_t build;
    const char *token;
    int attempt, number;
    const char *builder;
    int64_t builderid;
    json_t *env; /* {key: text or null}, or NULL */
    json_t *properties;
    struct ci_list sources; /* struct source */
    struct ci_list steps;   /* struct ci_step */
};

/* Decodes into mem. CI_EINVALID: a start that can't be read. */
CI_MUST_USE bool start_read(json_t *command, void *mem, struct start *out, struct ci_err *err);

/* The source a step without a codebase of its own means: that of `repository` (NULL: any); or NULL.
 */
const struct source *start_source(const struct start *start, const char *repository);

/* `env` as text pairs, in mem; values that are no text are passed over. */
struct ci_kvs start_env(const struct start *start, void *mem);
