/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The properties with which a build starts, by Buildbot's precedence: those
 * of the changes, the buildset, the builder, the worker, and the build's own
 * values, each overwriting the ones before. No I/O.
 */
#pragma once

#include "shared/mem.h"

/* Everything borrowed; json members may be NULL. */
struct props_input {
    json_t *changes;  /* [{author, properties: {name: [value, source]}}], oldest first */
    json_t *buildset; /* {name: [value, source]} */
    json_t *builder;  /* {name: value}, of the configuration */
    json_t *worker;   /* {name: value} */
    json_t *sources;  /* [{codebase, repository, project, branch, revision}] */
    int64_t number, builderid;
    const char *builder_name, *worker_name;
};

/* {name: [value, source]}, a new reference. */
json_t *props_merge(const struct props_input *input);
