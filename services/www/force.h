/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Force schedulers: the fields of their forms, and what a filled-in form asks
 * for. Pure; names and texts are Buildbot's (buildbot/schedulers/forcesched.py).
 */
#pragma once

#include "shared/buildset.h"
#include "shared/config.h"

/* All force schedulers as a JSON array of REST objects without `enabled`. New reference. */
json_t *force_schedulers_json(const struct ci_config *config);

/* The form of one: nested fields for who and why, for the source, then the user's. New reference.
 */
json_t *force_fields(const struct ci_config *config, const struct ci_scheduler *scheduler);

/* A form that was filled in rightly. */
struct force_order {
    const char *owner, *reason; /* reason: of the buildset, made from the scheduler's pattern */
    int priority;
    struct ci_source source;
    json_t *properties;      /* {name: [value, source]}, tied to mem */
    struct ci_strs builders; /* names */
};

/*
 * Reads `params` against the scheduler's form. `user` is who is signed in; a
 * user name in the form goes before it. `builderid_name` is the name of
 * params.builderid's builder, NULL when there is none. Nothing or a JSON
 * object {full name of the field: complaint} in *errors (tied to mem).
 */
bool force_read(const struct ci_config *config, const struct ci_scheduler *scheduler,
                const json_t *params, const char *user, const char *builderid_name, void *mem,
                struct force_order *out, json_t **errors);
