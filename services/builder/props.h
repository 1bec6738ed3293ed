/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The properties with which a build starts, by Buildbot's precedence: those
 * of the configuration, the changes, the buildset, the builder, the worker,
 * and the build's own values, each overwriting the ones before. Texts of the
 * builder's and the worker's are rendered over those before them. No I/O.
 */
#pragma once

#include "shared/mem.h"

/* Everything borrowed; json members may be NULL. */
struct props_input {
    json_t *global;                    /* {name: value} of the whole configuration */
    json_t *changes;                   /* [{author, properties: {name: [value, source]}}],
                                          oldest first */
    json_t *buildset;                  /* {name: [value, source]} */
    json_t *builder, *builder_default; /* {name: value}; default: where it is unset still */
    json_t *worker, *worker_default;   /* {name: value} */
    json_t *sources;                   /* [{codebase, repository, project, branch, revision}] */
    json_t *worker_facts;              /* what %(worker:...)s sees */
    int64_t builderid;
    const char *builder_name, *worker_name, *project; /* project "": none */
};

/* {name: [value, source]}, a new reference; all but the number of the build. */
json_t *props_merge(const struct props_input *input);
void props_set_number(json_t *props, int64_t number);

/* The value of a property, borrowed; NULL: there is none. */
json_t *props_value(json_t *props, const char *name);

/* The builder under which the build is to appear, instead of its own. */
struct props_virtual {
    const char *name, *description, *project; /* borrowed; description may be NULL */
    json_t *tags;                             /* borrowed, or NULL */
};
/* False: no property virtual_builder_name. */
bool props_virtual(json_t *props, struct props_virtual *out);
