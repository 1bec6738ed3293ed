/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Force schedulers: the fields of their forms, and what a filled-in form asks
 * for. Pure but for force_world.c; names and texts are Buildbot's
 * (buildbot/schedulers/forcesched.py).
 */
#pragma once

#include "shared/buildset.h"
#include "shared/config.h"
#include "www.h"

struct access_view;

#define FORCE_ANY_WORKER "-any-" /* what a worker_choice offers for "no preference" */

/* What forms show and check that the configuration does not know. All may be NULL. */
struct force_world {
    const struct ci_config *config;
    const struct access_view *view; /* what who asks may not see; NULL: nothing is hidden */
    json_t *workers;                /* [{name, builders: [names of those that it serves]}] */
    json_t *builds;                 /* {builder: ["builder/12", ...]}: the newest finished ones */
    /* "builder/12" as it was given: {error} or {properties: {name: [value, source]}, changes:
     * [ids]} */
    json_t *inherited;
    bool says_who; /* who fills the form in is not told by signing in, but by its username field */
};

/* Reads what forms show to whoever has this view; `scheduler` NULL: of all of them. */
CI_MUST_USE bool force_world_read(struct ci_tx *tx, const struct ci_config *config,
                                  const struct access_view *view,
                                  const struct ci_scheduler *scheduler, void *mem,
                                  struct force_world *out, struct ci_err *err);
/* Adds what a form that was filled in refers to. */
CI_MUST_USE bool force_world_inherit(struct ci_tx *tx, const struct ci_scheduler *scheduler,
                                     const json_t *params, void *mem, struct force_world *world,
                                     struct ci_err *err);

/* All force schedulers as a JSON array of REST objects without `enabled`. New reference. */
json_t *force_schedulers_json(const struct force_world *world);

/*
 * The form of one: nested fields for who and why, for the source of each
 * codebase, then the user's. New reference.
 */
json_t *force_fields(const struct force_world *world, const struct ci_scheduler *scheduler);

/* "parent_name"; a parent of an empty name adds nothing. In mem. */
const char *force_full_name(const char *parent, const char *name, void *mem);

/* A codebase's frame: struct ci_force_param or, where it is none, its defaults. */
struct force_codebase {
    const char *codebase;
    struct ci_source_spec defaults;
    const struct ci_force_param *param; /* of type codebase, or NULL */
    const struct ci_force_param *patch; /* of type patch, or NULL */
};
/* struct force_codebase, one for each source that the form asks for. In mem. */
struct ci_list force_codebases(const struct force_world *world,
                               const struct ci_scheduler *scheduler, void *mem);

/* A patch that a form brings for one of the sources. */
struct force_patch {
    size_t source; /* index */
    int level;
    const char *body, *author, *comment, *subdir;
};

/* A form that was filled in rightly. */
struct force_order {
    const char *owner, *reason; /* reason: of the buildset, made from the scheduler's pattern */
    int priority;
    struct ci_source *sources;
    size_t source_count;
    struct ci_list patches;   /* struct force_patch */
    struct ci_i64s changeids; /* of inherited builds */
    json_t *properties;       /* {name: [value, source]}, tied to mem */
    struct ci_strs builders;  /* names */
};

/*
 * Reads `params` against the scheduler's form. `user` is who is signed in; a
 * user name in the form goes before it. `builderid_name` is the name of
 * params.builderid's builder, NULL when there is none. Nothing or a JSON
 * object {full name of the field: complaint} in *errors (tied to mem).
 */
bool force_read(const struct force_world *world, const struct ci_scheduler *scheduler,
                const json_t *params, const char *user, const char *builderid_name, void *mem,
                struct force_order *out, json_t **errors);
