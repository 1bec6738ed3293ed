/* SPDX-License-Identifier: Apache-2.0 */
/* The loop table, and the loop that gives every timed scheduler its next fire time. */
#include "loops.h"

#include "fire.h"
#include "shared/service.h"
#include "shared/subjects.h"
#include "store.h"

#include <string.h>

const struct ci_loop scheduler_loops[SCHEDULER_LOOPS] = {
    {"inbox",       {5 * INT64_C(1000000)},  tick_inbox,       CI_SUBJECT_WAKE_SCHEDULER},
    {"timers",      {5 * INT64_C(1000000)},  tick_timers,      NULL                     },
    {"completions", {5 * INT64_C(1000000)},  tick_completions, CI_SUBJECT_WAKE_SCHEDULER},
    {"triggers",    {1 * INT64_C(1000000)},  tick_triggers,    CI_SUBJECT_WAKE_SCHEDULER},
    {"sync",        {30 * INT64_C(1000000)}, tick_sync,        NULL                     },
};

static const struct scheduler_entry *find_entry(const struct ci_list *entries, const char *name)
{
    CI_FOREACH(const struct scheduler_entry, entry, *entries)
        if (strcmp(entry->name, name) == 0)
            return entry;
    return NULL;
}

/* A timed scheduler: a timer when it has none, a new time when its definition
 * changed. */
static bool sync_timed(struct ci_tx *tx, const struct ci_config *config,
                       const struct ci_scheduler *scheduler, int64_t id, struct ci_tick *tick,
                       struct ci_err *err)
{
    const char *definition = fire_definition(scheduler, tick->mem);
    struct scheduler_memory memory;
    struct ci_time next, last;
    struct ci_err why;
    bool same;

    if (!store_memory_lock(tx, id, tick->mem, &memory, err))
        return false;
    same = memory.definition && strcmp(memory.definition, definition) == 0;
    if ((same && memory.timed) || memory.version > config->version)
        return true;
    /* A new cron line counts from now, so that it does not make up for times that were never its.
     */
    last = same || scheduler->type == CI_SCHED_PERIODIC ? memory.last_build : (struct ci_time){0};
    if (!fire_next(scheduler, last, tick->now, tick->mem, &next, &why)) {
        ci_log(CI_ERROR, "scheduler.stopped", ci_kv("scheduler", scheduler->name),
               ci_kv("error", (const char *)why.msg));
        return true; /* the others have theirs */
    }
    return store_timer_set(tx, id, "", next, err) &&
           store_definition_set(tx, id, definition, config->version, tick->mem, err);
}

/* Changes are kept for change-driven schedulers alone; the others find none. */
static bool sync_branch(struct ci_tx *tx, const struct ci_scheduler *scheduler, int64_t id,
                        struct ci_tick *tick, struct ci_err *err)
{
    struct ci_list keys = {0};

    if (!store_changes_timerless(tx, id, tick->mem, &keys, err))
        return false;
    CI_FOREACH(const struct timer, key, keys)
        if (!store_timer_set(tx, id, key->timer,
                             ci_time_add(tick->now, scheduler->tree_stable_timer), err))
            return false;
    return true;
}

/* In a transaction of its own: it holds one scheduler's lock, so it can't be part of a deadlock. */
static bool sync_one(struct ci_app *app, const struct ci_config *config,
                     const struct ci_scheduler *scheduler, const struct scheduler_entry *entry,
                     struct ci_tick *tick, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    bool fine = true;

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (fire_is_timed(scheduler))
        fine = sync_timed(&tx, config, scheduler, entry->schedulerid, tick, err);
    else if (entry->enabled)
        fine = sync_branch(&tx, scheduler, entry->schedulerid, tick, err);
    return fine && ci_tx_commit(&tx, err);
}

static bool read_entries(struct ci_app *app, struct ci_tick *tick, struct ci_list *entries,
                         struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(app->db, &tx, err) && store_timers_drop(&tx, err) &&
           store_schedulers(&tx, tick->mem, entries, err) && ci_tx_commit(&tx, err);
}

bool tick_sync(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct ci_list entries = {0};

    if (!read_entries(app, tick, &entries, err))
        return false;
    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        const struct scheduler_entry *entry = find_entry(&entries, scheduler->name);

        if (entry && !sync_one(app, config, scheduler, entry, tick, err))
            return false;
    }
    ci_loops_wake(app->loops, "timers");
    return true;
}
