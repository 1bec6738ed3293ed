/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox loop: every change is shown to every scheduler, once. */
#include "loops.h"
#include "plan.h"
#include "shared/service.h"
#include "store.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH = 100 };

/* A stable timer to be moved; `start`: also when it does not run. */
struct move {
    int64_t schedulerid;
    const char *timer;
    struct ci_time due;
    bool start;
};

/* What one tick works with. */
struct inbox {
    struct ci_app *app;
    struct ci_tx *tx;
    struct ci_tick *tick;
    struct ci_buildset_made *made; /* announced after the commit */
    size_t made_count, made_size;
    struct move *moves;
    size_t move_count, move_size;
};

/* The array with room for one more. */
static void *grow(void *mem, void *items, size_t count, size_t *size, size_t each)
{
    void *more;

    if (count < *size)
        return items;
    *size = *size ? 2 * *size : 16;
    more = ci_mem_array_size(mem, each, *size);
    if (count > 0)
        memcpy(more, items, count * each);
    return more;
}

static bool build_now(struct inbox *inbox, const struct ci_scheduler *scheduler,
                      const struct change *change, struct ci_err *err)
{
    void *mem = inbox->tick->mem;
    struct ci_buildset_request request = plan_from_changes(scheduler, change, 1, mem);
    struct ci_buildset_made made;

    if (!store_builder_ids(inbox->tx, scheduler->builders, mem, &request.builderids, err) ||
        !ci_buildset_add(inbox->tx, &request, inbox->tick->now, mem, &made, err))
        return false;
    inbox->made = grow(mem, inbox->made, inbox->made_count, &inbox->made_size, sizeof(made));
    inbox->made[inbox->made_count++] = made;
    return true;
}

/* An important change starts the stable timer; any change moves one that runs. */
static bool keep(struct inbox *inbox, const struct ci_scheduler *scheduler, int64_t id,
                 const struct change *change, bool important, struct ci_err *err)
{
    void *mem = inbox->tick->mem;
    const struct move move = {
        .schedulerid = id,
        .timer = plan_timer_key(scheduler, change, mem),
        .due = ci_time_add(inbox->tick->now, scheduler->tree_stable_timer),
        .start = important,
    };

    if (!store_change_keep(inbox->tx, id, move.timer, change->changeid, important, err))
        return false;
    if (scheduler->type == CI_SCHED_PERIODIC || scheduler->type == CI_SCHED_NIGHTLY)
        return true; /* their timers go by the clock */
    inbox->moves = grow(mem, inbox->moves, inbox->move_count, &inbox->move_size, sizeof(move));
    inbox->moves[inbox->move_count++] = move;
    return true;
}

static int compare_moves(const void *a, const void *b)
{
    const struct move *left = a, *right = b;

    if (left->schedulerid != right->schedulerid)
        return left->schedulerid < right->schedulerid ? -1 : 1;
    return strcmp(left->timer, right->timer);
}

/* Each timer once, and in one order, so that two replicas can't wait for each other. */
static bool move_timers(struct inbox *inbox, struct ci_err *err)
{
    const struct move *moves = inbox->moves;

    if (inbox->move_count > 1)
        qsort(inbox->moves, inbox->move_count, sizeof(*moves), compare_moves);
    for (size_t i = 0; i < inbox->move_count;) {
        const struct move *first = &moves[i];
        bool start = false, moved;

        for (; i < inbox->move_count && compare_moves(&moves[i], first) == 0; i++)
            start = start || moves[i].start;
        moved =
            start ? store_timer_set(inbox->tx, first->schedulerid, first->timer, first->due, err)
                  : store_timer_move(inbox->tx, first->schedulerid, first->timer, first->due, err);
        if (!moved)
            return false;
    }
    return true;
}

static bool show(struct inbox *inbox, const struct ci_scheduler *scheduler, int64_t id,
                 const struct change *change, struct ci_err *err)
{
    bool at_once =
        scheduler->tree_stable_timer.us == 0 &&
        (scheduler->type == CI_SCHED_SINGLE_BRANCH || scheduler->type == CI_SCHED_ANY_BRANCH);

    switch (scheduler_judge(scheduler, change)) {
    case VERDICT_IGNORED:
        return true;
    case VERDICT_UNIMPORTANT:
        return at_once || keep(inbox, scheduler, id, change, false, err);
    case VERDICT_IMPORTANT:
        return at_once ? build_now(inbox, scheduler, change, err)
                       : keep(inbox, scheduler, id, change, true, err);
    }
    return true;
}

static bool show_all(struct inbox *inbox, const struct ci_config *config,
                     const struct inbox_batch *batch, struct ci_err *err)
{
    CI_FOREACH(const struct scheduler_entry, entry, batch->schedulers) {
        const struct ci_scheduler *scheduler = ci_config_scheduler(config, entry->name);

        if (!scheduler || !entry->enabled)
            continue;
        CI_FOREACH(const struct change, change, batch->changes)
            if (!show(inbox, scheduler, entry->schedulerid, change, err))
                return ci_fail_in(err, "scheduler \"%s\"", scheduler->name);
    }
    return move_timers(inbox, err);
}

static void announce(const struct inbox *inbox)
{
    struct ci_app *app = inbox->app;

    for (size_t i = 0; i < inbox->made_count; i++) {
        ci_buildset_announce(app->db, app->bus, &inbox->made[i], inbox->tick->mem);
        ci_log(CI_INFO, "buildset.new", ci_kv("buildset", inbox->made[i].bsid));
    }
    if (inbox->move_count > 0)
        ci_loops_wake(app->loops, "timers");
}

bool tick_inbox(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    CI_AUTO_TX tx = {0};
    struct inbox inbox = {.app = app, .tx = &tx, .tick = tick};
    struct inbox_batch batch = {0};

    if (!ci_tx_begin(app->db, &tx, err) || !store_inbox_take(&tx, BATCH, tick->mem, &batch, err))
        return false;
    /* A change is shown once: not to the schedulers of a configuration that is over. */
    if (batch.changes.count > 0 && batch.version > config->version) {
        ci_tx_rollback(&tx);
        tick->again = true;
        return ci_config_cache_refresh(app->config, NULL, err);
    }
    if (!show_all(&inbox, config, &batch, err) || !ci_tx_commit(&tx, err))
        return false;
    announce(&inbox);
    tick->again = batch.changes.count == BATCH;
    return true;
}
