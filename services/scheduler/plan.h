/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scheduler asks to be built: sources and reason of a buildset, timer
 * keys, fire times. Plain functions; what they return lives in mem.
 */
#pragma once

#include "filter.h"
#include "shared/buildset.h"

/* "" for a single_branch; for an any_branch one timer per codebase, project, repository, branch. */
const char *plan_timer_key(const struct ci_scheduler *scheduler, const struct change *change,
                           void *mem);

/* Buildbot's text, unless the scheduler has its own. */
const char *plan_reason(const struct ci_scheduler *scheduler, void *mem);

/*
 * A buildset for these changes (at least one, oldest first): per codebase the
 * newest decides branch, revision, repository and project; all are linked.
 * Scheduler, reason, priority and properties are filled; builderids are not.
 */
struct ci_buildset_request plan_from_changes(const struct ci_scheduler *scheduler,
                                             const struct change *changes, size_t count, void *mem);

/*
 * A buildset without changes, of a timed scheduler: one source, latest
 * revision, of the scheduler's repository and branch. What it does not name is
 * that of the change source of its repository; without a repository that of
 * the configuration's only change source.
 */
struct ci_buildset_request plan_timed(const struct ci_config *config,
                                      const struct ci_scheduler *scheduler, void *mem);

/* Text that changes exactly when the fire times of a timed scheduler do. In mem. */
const char *plan_definition(const struct ci_scheduler *scheduler, void *mem);

/*
 * When a timed scheduler fires next. `last` is its latest fire, 0 when it has
 * never fired: a periodic one then fires at once, and one that is overdue
 * fires at once and only once. CI_EINVALID when no time exists (a cron line
 * for 30 February) or the zone can't be read.
 */
CI_MUST_USE bool plan_next(const struct ci_scheduler *scheduler, struct ci_time last,
                           struct ci_time now, void *mem, struct ci_time *out, struct ci_err *err);

/*
 * Whether a timed scheduler that fires now builds: with only_if_changed not
 * without an important change, except the first time (`last` 0) and the first
 * time since it has only_if_changed.
 */
bool plan_timed_builds(const struct ci_scheduler *scheduler, bool important_stored,
                       struct ci_time last, bool last_only_if_changed);
