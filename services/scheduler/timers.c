/* SPDX-License-Identifier: Apache-2.0 */
/* The timers loop: fires what is due, one timer a transaction. */
#include "loops.h"
#include "plan.h"
#include "shared/service.h"
#include "store.h"

/* One timer that was taken. */
struct firing {
    struct ci_tx *tx;
    const struct ci_config *config;
    const struct ci_scheduler *scheduler;
    const struct timer *timer;
    struct ci_tick *tick;
    bool built;
    struct ci_buildset_made made;
};

static bool build(struct firing *firing, struct ci_buildset_request *request, struct ci_err *err)
{
    void *mem = firing->tick->mem;

    firing->built = true;
    return store_builder_ids(firing->tx, firing->scheduler->builders, mem, &request->builderids,
                             err) &&
           ci_buildset_add(firing->tx, request, firing->tick->now, mem, &firing->made, err);
}

/* The tree is stable: one buildset with all that was kept. */
static bool fire_stable(struct firing *firing, struct ci_err *err)
{
    struct ci_list changes = {0};
    struct ci_buildset_request request;

    if (!store_changes_take(firing->tx, firing->timer->schedulerid, firing->timer->timer,
                            firing->tick->mem, &changes, err))
        return false;
    if (changes.count == 0)
        return true;
    request = plan_from_changes(firing->scheduler, changes.items, changes.count, firing->tick->mem);
    return build(firing, &request, err);
}

static bool build_timed(struct firing *firing, struct ci_err *err)
{
    struct ci_list changes = {0};
    struct ci_buildset_request request;

    if (!store_changes_take(firing->tx, firing->timer->schedulerid, "", firing->tick->mem, &changes,
                            err))
        return false;
    request = changes.count ? plan_from_changes(firing->scheduler, changes.items, changes.count,
                                                firing->tick->mem)
                            : plan_timed(firing->config, firing->scheduler, firing->tick->mem);
    return build(firing, &request, err);
}

/*
 * The next fire time is set with this one's end. A scheduler that has none (no
 * zone file any more) must not keep the other timers from firing: its timer
 * goes, and sync tries again.
 */
static bool set_next(struct firing *firing, struct ci_err *err)
{
    const struct ci_scheduler *scheduler = firing->scheduler;
    struct ci_tick *tick = firing->tick;
    struct ci_time next;
    struct ci_err why;

    if (plan_next(scheduler, tick->now, tick->now, tick->mem, &next, &why))
        return store_timer_set(firing->tx, firing->timer->schedulerid, "", next, err);
    ci_log(CI_ERROR, "scheduler.stopped", ci_kv("scheduler", scheduler->name),
           ci_kv("error", (const char *)why.msg));
    return true;
}

/* A periodic or nightly time has come: build, or not, and set the next one. */
static bool fire_timed(struct firing *firing, struct ci_err *err)
{
    const struct ci_scheduler *scheduler = firing->scheduler;
    int64_t id = firing->timer->schedulerid;
    struct ci_tick *tick = firing->tick;
    struct scheduler_memory memory;
    bool important;

    if (!store_memory_lock(firing->tx, id, tick->mem, &memory, err) || !set_next(firing, err))
        return false;
    if (!firing->timer->enabled)
        return true;
    if (!store_changes_important(firing->tx, id, "", tick->mem, &important, err) ||
        !store_last_build_set(firing->tx, id, tick->now, scheduler->only_if_changed, tick->mem,
                              err))
        return false;
    return !plan_timed_builds(scheduler, important, memory.last_build,
                              memory.last_only_if_changed) ||
           build_timed(firing, err);
}

static bool fire(struct firing *firing, struct ci_err *err)
{
    if (!firing->scheduler)
        return true; /* it left the configuration */
    switch (firing->scheduler->type) {
    case CI_SCHED_SINGLE_BRANCH:
    case CI_SCHED_ANY_BRANCH:
        return !firing->timer->enabled || fire_stable(firing, err);
    case CI_SCHED_PERIODIC:
    case CI_SCHED_NIGHTLY:
        return fire_timed(firing, err);
    case CI_SCHED_FORCE:
    case CI_SCHED_DEPENDENT:
    case CI_SCHED_TRIGGERABLE:
    case CI_SCHED_NIGHTLY_TRIGGERABLE:
    case CI_SCHED_TRY:
        return true;
    }
    return true;
}

bool tick_timers(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    CI_AUTO_TX tx = {0};
    struct timer timer;
    struct firing firing = {.tx = &tx, .config = config, .timer = &timer, .tick = tick};

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (!store_timer_take(&tx, tick->now, tick->mem, &timer, err))
        return err->code == CI_ENOTFOUND &&
               store_timer_next(&tx, tick->now, tick->mem, &tick->due, err);
    tick->again = true;
    if (timer.version > config->version) { /* its definition may be another by now */
        ci_tx_rollback(&tx);
        return ci_config_cache_refresh(app->config, NULL, err);
    }
    firing.scheduler = ci_config_scheduler(config, timer.name);
    if (!fire(&firing, err) || !ci_tx_commit(&tx, err))
        return ci_fail_in(err, "timer of scheduler \"%s\"", timer.name);
    if (firing.built) {
        ci_buildset_announce(app->db, app->bus, &firing.made, tick->mem);
        ci_log(CI_INFO, "buildset.new", ci_kv("buildset", firing.made.bsid),
               ci_kv("scheduler", timer.name));
    }
    return true;
}
