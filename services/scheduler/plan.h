/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scheduler asks to be built: sources, reason, priority and properties
 * of a buildset, and timer keys. Plain functions; what they return lives in
 * mem. builderids are filled by make_buildset().
 */
#pragma once

#include "shared/buildset.h"
#include "shared/filter.h"

/* "" for a single_branch; for an any_branch one timer per codebase, project, repository, branch. */
const char *plan_timer_key(const struct ci_scheduler *scheduler, const struct ci_candidate *change,
                           void *mem);

/* Buildbot's text, unless the scheduler has its own. */
const char *plan_reason(const struct ci_scheduler *scheduler, void *mem);

/*
 * A buildset for these changes (at least one, oldest first): per codebase the
 * newest decides branch, revision, repository and project; the scheduler's
 * other codebases have their defaults, or with create_absolute_source_stamps
 * what was seen of them last. All changes are linked. `seen`:
 * plan_seen() by codebase, or NULL.
 */
struct ci_buildset_request plan_from_changes(const struct ci_scheduler *scheduler,
                                             const struct ci_candidate *changes, size_t count,
                                             const json_t *seen, void *mem);

/*
 * A buildset without changes, of a timed scheduler. One that lists codebases
 * builds their defaults (or what was seen last); else there is one source, the
 * latest of the scheduler's repository and branch. What it does not name is
 * that of the change source of its repository; without a repository that of
 * the configuration's only change source.
 */
struct ci_buildset_request plan_timed(const struct ci_config *config,
                                      const struct ci_scheduler *scheduler, const json_t *seen,
                                      void *mem);

/* A buildset of a dependent scheduler: the sources and changes of its upstream's. */
struct ci_buildset_request plan_downstream(const struct ci_scheduler *scheduler, json_t *sources,
                                           struct ci_i64s changeids, void *mem);

/* What create_absolute_source_stamps remembers of a change: {repository, branch, revision, project,
 * change}. New reference. */
json_t *plan_seen(const struct ci_candidate *change);

/*
 * A triggered buildset. `given`: [{codebase, repository, project, branch,
 * revision, patchid}], what is null or "" not being given, or null. They go over the
 * defaults of the scheduler's codebases; codebases that it does not list are
 * dropped, unless it lists none. `set`: {name: value}, which go before the
 * scheduler's properties.
 */
struct ci_buildset_request plan_triggered(const struct ci_scheduler *scheduler, const json_t *given,
                                          json_t *set, void *mem);

/* [{codebase, repository, project, branch, revision, patchid}] as sources. */
void plan_sources(const json_t *list, void *mem, struct ci_buildset_request *out);

/* Adds {name: value} as {name: [value, source]}. */
void plan_set_properties(json_t *properties, json_t *set, const char *source);
