/* SPDX-License-Identifier: Apache-2.0 */
/* Fire times; see fire.h. */
#include "fire.h"

#include "shared/cron.h"

/* More times of force_at than any outage has seen: beyond, one that matches is taken for granted.
 */
enum { MAX_MISSED = 100000 };

bool fire_is_timed(const struct ci_scheduler *scheduler)
{
    switch (scheduler->type) {
    case CI_SCHED_PERIODIC:
    case CI_SCHED_NIGHTLY:
    case CI_SCHED_NIGHTLY_TRIGGERABLE:
        return true;
    case CI_SCHED_SINGLE_BRANCH:
    case CI_SCHED_ANY_BRANCH:
    case CI_SCHED_FORCE:
    case CI_SCHED_DEPENDENT:
    case CI_SCHED_TRIGGERABLE:
    case CI_SCHED_TRY:
        return false;
    }
    return false;
}

const char *fire_definition(const struct ci_scheduler *scheduler, void *mem)
{
    if (scheduler->type == CI_SCHED_PERIODIC)
        return ci_mem_printf(mem, "periodic %lld", (long long)scheduler->period.us);
    return ci_mem_printf(mem, "nightly %s %s", scheduler->time_zone, scheduler->cron);
}

static bool next_nightly(const struct ci_scheduler *scheduler, struct ci_time after, void *mem,
                         struct ci_time *out, struct ci_err *err)
{
    const struct ci_zone *zone;
    struct ci_cron cron;

    if (!ci_cron_parse(scheduler->cron, &cron, err) ||
        !ci_zone_load(scheduler->time_zone, mem, &zone, err))
        return ci_fail_in(err, "scheduler \"%s\"", scheduler->name);
    if (!ci_cron_next(&cron, zone, after, out))
        return ci_fail(err, CI_EINVALID, "scheduler \"%s\": \"%s\" never comes", scheduler->name,
                       scheduler->cron);
    return true;
}

bool fire_next(const struct ci_scheduler *scheduler, struct ci_time last, struct ci_time now,
               void *mem, struct ci_time *out, struct ci_err *err)
{
    struct ci_time next = {0};

    if (scheduler->type == CI_SCHED_PERIODIC) {
        next = last.us ? ci_time_add(last, scheduler->period) : now;
    } else if (!next_nightly(scheduler, last.us ? last : now, mem, &next, err)) {
        return false;
    }
    *out = next.us < now.us ? now : next;
    return true;
}

bool fire_is_forced(const struct ci_scheduler *scheduler, struct ci_time due, struct ci_time now,
                    void *mem)
{
    struct ci_time at = {due.us - 1}, fire;
    struct ci_cron forced, cron;
    const struct ci_zone *zone;
    struct ci_err err;

    if (!scheduler->force_at || !ci_cron_parse(scheduler->force_at, &forced, &err) ||
        !ci_cron_parse(scheduler->cron, &cron, &err) ||
        !ci_zone_load(scheduler->time_zone, mem, &zone, &err))
        return false;
    for (int i = 0; i < MAX_MISSED; i++) {
        if (!ci_cron_next(&forced, zone, at, &at) || at.us > now.us)
            return false;
        if (ci_cron_next(&cron, zone, (struct ci_time){at.us - 1}, &fire) && fire.us == at.us)
            return true;
    }
    return true;
}

bool fire_builds(const struct ci_scheduler *scheduler, const struct fire_facts *facts)
{
    return !scheduler->only_if_changed || facts->forced || facts->important || !facts->last.us ||
           !facts->last_only_if_changed;
}
