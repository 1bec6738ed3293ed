/* SPDX-License-Identifier: Apache-2.0 */
/* When timed schedulers (periodic, nightly, nightly_triggerable) fire, and whether they then build.
 * Plain functions. */
#pragma once

#include "shared/config.h"

bool fire_is_timed(const struct ci_scheduler *scheduler);

/* Text that changes exactly when the fire times of a timed scheduler do. In mem. */
const char *fire_definition(const struct ci_scheduler *scheduler, void *mem);

/*
 * When a timed scheduler fires next. `last` is its latest fire, 0 when it has
 * never fired: a periodic one then fires at once, and one that is overdue
 * fires at once and only once. CI_EINVALID when no time exists (a cron line
 * for 30 February) or the zone can't be read.
 */
CI_MUST_USE bool fire_next(const struct ci_scheduler *scheduler, struct ci_time last,
                           struct ci_time now, void *mem, struct ci_time *out, struct ci_err *err);

/*
 * Whether a time of the cron line from `due` to `now` (several when some were
 * missed) is one of force_at's, too.
 */
bool fire_is_forced(const struct ci_scheduler *scheduler, struct ci_time due, struct ci_time now,
                    void *mem);

/* What decides whether a timed scheduler that fires builds. */
struct fire_facts {
    bool forced;               /* fire_is_forced() */
    bool important;            /* an important change is kept */
    struct ci_time last;       /* the fire before, 0: none */
    bool last_only_if_changed; /* as it was configured then */
};

/*
 * With only_if_changed not without an important change, except the first
 * time, the first time since it has only_if_changed, and when it is forced.
 */
bool fire_builds(const struct ci_scheduler *scheduler, const struct fire_facts *facts);
