/* SPDX-License-Identifier: Apache-2.0 */
/* The `start` command of a poll: everything that a build needs to know. */
#pragma once

#include "shared/config.h"

struct source {
    const char *codebase, *repository, *branch, *revision, *project;
    json_t *patch; /* {level, subdir, author, comment, body: base64}, or NULL */
};

struct start {
    int64_t build;
    const char *token;
    int attempt, number;
    const char *builder;
    int64_t builderid;
    json_t *env;                 /* {key: text or null}, or NULL */
    json_t *properties;          /* {name: [value, source]} */
    struct ci_list sources;      /* struct source */
    json_t *source_list;         /* the same as they came; never NULL */
    struct ci_list steps;        /* struct ci_step */
    json_t *secrets;             /* {name: value}, or NULL */
    json_t *worker;              /* {name, labels, properties}, or NULL */
    struct ci_strs files;        /* that the build's changes touch */
    const char *repository_file; /* or NULL */
    int64_t log_max_size;        /* bytes of one log; 0: any */
};

/* Decodes into mem. CI_EINVALID: a start that can't be read. */
CI_MUST_USE bool start_read(json_t *command, void *mem, struct start *out, struct ci_err *err);

/* The source a step without a codebase of its own means: that of `repository` (NULL: any); or NULL.
 */
const struct source *start_source(const struct start *start, const char *repository);

/* `env` as text pairs, in mem; values that are no text are passed over. */
struct ci_kvs start_env(const struct start *start, void *mem);
