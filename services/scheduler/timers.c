/* SPDX-License-Identifier: Apache-2.0 */
/* The timers loop: fires what is due, one timer a transaction. */
#include "fire.h"
#include "loops.h"
#include "make.h"
#include "plan.h"
#include "store.h"
#include "trigger.h"

/* One timer that was taken. */
struct firing {
    struct making making;
    struct ci_tx *tx;
    const struct ci_scheduler *scheduler;
    const struct timer *timer;
    struct ci_tick *tick;
};

static bool build(struct firing *firing, struct ci_buildset_request *request, struct ci_err *err)
{
    return make_buildset(&firing->making, firing->scheduler->builders, request, NULL, err);
}

/* What create_absolute_source_stamps has remembered; NULL without it. */
static bool read_seen(struct firing *firing, json_t **seen, struct ci_err *err)
{
    *seen = NULL;
    return !firing->scheduler->create_absolute_source_stamps ||
           store_state(firing->tx, firing->timer->schedulerid, "codebases", false,
                       firing->tick->mem, seen, err);
}

/* The tree is stable: one buildset with all that was kept. */
static bool fire_stable(struct firing *firing, struct ci_err *err)
{
    struct ci_list changes = {0};
    struct ci_buildset_request request;
    json_t *seen;

    if (!store_changes_take(firing->tx, firing->timer->schedulerid, firing->timer->timer,
                            firing->tick->mem, &changes, err) ||
        !read_seen(firing, &seen, err))
        return false;
    if (changes.count == 0)
        return true;
    request =
        plan_from_changes(firing->scheduler, changes.items, changes.count, seen, firing->tick->mem);
    return build(firing, &request, err);
}

static bool build_timed(struct firing *firing, struct ci_err *err)
{
    void *mem = firing->tick->mem;
    struct ci_list changes = {0};
    struct ci_buildset_request request;
    json_t *seen;

    if (!store_changes_take(firing->tx, firing->timer->schedulerid, "", mem, &changes, err) ||
        !read_seen(firing, &seen, err))
        return false;
    request = changes.count
                  ? plan_from_changes(firing->scheduler, changes.items, changes.count, seen, mem)
                  : plan_timed(firing->making.config, firing->scheduler, seen, mem);
    return build(firing, &request, err);
}

/* What was triggered since the last time is built now, once; see trigger.c. */
static bool build_triggered(struct firing *firing, struct ci_err *err)
{
    void *mem = firing->tick->mem;
    struct ci_buildset_request request;
    json_t *last;

    if (!store_state(firing->tx, firing->timer->schedulerid, "last_trigger", true, mem, &last, err))
        return false;
    if (!last)
        return true;
    request = trigger_plan(firing->scheduler, last, mem);
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

    if (fire_next(scheduler, tick->now, tick->now, tick->mem, &next, &why))
        return store_timer_set(firing->tx, firing->timer->schedulerid, "", next, err);
    ci_log(CI_ERROR, "scheduler.stopped", ci_kv("scheduler", scheduler->name),
           ci_kv("error", (const char *)why.msg));
    return true;
}

/* Whether to build what the clock asks for, which is remembered. */
static bool judge_timed(struct firing *firing, const struct scheduler_memory *memory, bool *builds,
                        struct ci_err *err)
{
    const struct ci_scheduler *scheduler = firing->scheduler;
    int64_t id = firing->timer->schedulerid;
    struct ci_tick *tick = firing->tick;
    struct fire_facts facts = {
        .forced = fire_is_forced(scheduler, firing->timer->due_at, tick->now, tick->mem),
        .last = memory->last_build,
        .last_only_if_changed = memory->last_only_if_changed,
    };

    if (!store_changes_important(firing->tx, id, "", tick->mem, &facts.important, err) ||
        !store_last_build_set(firing->tx, id, tick->now, scheduler->only_if_changed, tick->mem,
                              err))
        return false;
    *builds = fire_builds(scheduler, &facts);
    return true;
}

/* A periodic or nightly time has come: build, or not, and set the next one. */
static bool fire_timed(struct firing *firing, struct ci_err *err)
{
    struct scheduler_memory memory;
    bool builds;

    if (!store_memory_lock(firing->tx, firing->timer->schedulerid, firing->tick->mem, &memory,
                           err) ||
        !set_next(firing, err))
        return false;
    if (!firing->timer->enabled)
        return true;
    if (firing->scheduler->type == CI_SCHED_NIGHTLY_TRIGGERABLE)
        return build_triggered(firing, err);
    return judge_timed(firing, &memory, &builds, err) && (!builds || build_timed(firing, err));
}

static bool fire(struct firing *firing, struct ci_err *err)
{
    if (!firing->scheduler)
        return true; /* it left the configuration */
    if (fire_is_timed(firing->scheduler))
        return fire_timed(firing, err);
    return !firing->timer->enabled || fire_stable(firing, err);
}

bool tick_timers(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    CI_AUTO_TX tx = {0};
    struct timer timer;
    struct firing firing = {
        .making = {.app = app, .tx = &tx, .config = config, .tick = tick},
        .tx = &tx,
        .timer = &timer,
        .tick = tick,
    };

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
    make_announce(&firing.making);
    return true;
}
