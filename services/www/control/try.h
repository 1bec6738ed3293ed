/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The try schedulers, and what a call asks one of them to build: somebody's
 * patch on a revision (buildbot/schedulers/trysched.py). Pure.
 */
#pragma once

#include "control/order.h"
#include "shared/config.h"

/* Each as {name, builder_names, codebases}, as far as `view` (NULL: all) shows it. New reference.
 */
json_t *try_schedulers_json(const struct ci_config *config, const struct access_view *view);

struct try_order {
    const char *reason, *jobid; /* jobid NULL: none */
    struct ci_strs builders;
    struct ci_source *sources;
    size_t source_count, patched; /* patched: the index of the source that the patch is for */
    struct order_patch patch;     /* body.data NULL: without one */
    json_t *properties;           /* {name: [value, source]}, tied to mem */
    int priority;
};

/*
 * Reads params {builders, properties, who, comment, jobid, repository, project, codebase,
 * branch, baserev, patch: {level, subdir, body, encoding, author, comment}}. Without builders all
 * of the scheduler's that `view` (NULL: all) shows. `user` is who signed in, and nobody else's name
 * is taken for theirs; NULL: `who` and a property `owner` say who it is. CI_EINVALID says what is
 * wrong.
 */
CI_MUST_USE bool try_read(const struct ci_scheduler *scheduler, const struct access_view *view,
                          const json_t *params, const char *user, void *mem, struct try_order *out,
                          struct ci_err *err);
