/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox loop: every change is shown to every scheduler, once. */
#include "loops.h"
#include "make.h"
#include "plan.h"
#include "store.h"
#include "verdicts.h"

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
    struct making making;
    struct ci_tx *tx;
    struct ci_tick *tick;
    struct move *moves;
    size_t move_count, move_size;
    bool *taken; /* for each change: some scheduler found it important */
};

/* A scheduler that looks at a change. */
struct show {
    const struct ci_scheduler *scheduler;
    int64_t schedulerid;
    const struct ci_candidate *change;
};

static bool build_now(struct inbox *inbox, const struct show *show, struct ci_err *err)
{
    void *mem = inbox->tick->mem;
    json_t *seen = NULL;

    if (show->scheduler->create_absolute_source_stamps &&
        !store_state(inbox->tx, show->schedulerid, "codebases", false, mem, &seen, err))
        return false;
    struct ci_buildset_request request =
        plan_from_changes(show->scheduler, show->change, 1, seen, mem);
    return make_buildset(&inbox->making, show->scheduler->builders, &request, NULL, err);
}

/* An important change starts the stable timer; any change moves one that runs. */
static bool keep(struct inbox *inbox, const struct show *show, bool important, struct ci_err *err)
{
    void *mem = inbox->tick->mem;
    const struct ci_scheduler *scheduler = show->scheduler;
    const struct move move = {
        .schedulerid = show->schedulerid,
        .timer = plan_timer_key(scheduler, show->change, mem),
        .due = ci_time_add(inbox->tick->now, scheduler->tree_stable_timer),
        .start = important,
    };

    if (!store_change_keep(inbox->tx, show->schedulerid, move.timer, show->change->changeid,
                           important, err))
        return false;
    if (scheduler->type == CI_SCHED_PERIODIC || scheduler->type == CI_SCHED_NIGHTLY)
        return true; /* their timers go by the clock */
    inbox->moves = make_room(mem, inbox->moves, inbox->move_count, &inbox->move_size, sizeof(move));
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

static bool remember(struct inbox *inbox, const struct show *show, struct ci_err *err)
{
    const struct ci_candidate *change = show->change;

    return !show->scheduler->create_absolute_source_stamps ||
           store_codebase_seen(inbox->tx, show->schedulerid,
                               change->codebase ? change->codebase : "", plan_seen(change),
                               inbox->tick->mem, err);
}

static bool show_one(struct inbox *inbox, const struct show *show, bool *taken, struct ci_err *err)
{
    const struct ci_scheduler *scheduler = show->scheduler;
    bool at_once =
        scheduler->tree_stable_timer.us == 0 &&
        (scheduler->type == CI_SCHED_SINGLE_BRANCH || scheduler->type == CI_SCHED_ANY_BRANCH);

    switch (ci_scheduler_judge(scheduler, show->change)) {
    case CI_VERDICT_IGNORED:
    case CI_VERDICT_REFUSED:
        return true;
    case CI_VERDICT_UNIMPORTANT:
        return remember(inbox, show, err) && (at_once || keep(inbox, show, false, err));
    case CI_VERDICT_IMPORTANT:
        *taken = true;
        return remember(inbox, show, err) &&
               (at_once ? build_now(inbox, show, err) : keep(inbox, show, true, err));
    }
    return true;
}

static bool show_all(struct inbox *inbox, const struct inbox_batch *batch, struct ci_err *err)
{
    const struct ci_config *config = inbox->making.config;

    CI_FOREACH(const struct scheduler_entry, entry, batch->schedulers) {
        const struct ci_scheduler *scheduler = ci_config_scheduler(config, entry->name);
        bool *taken = inbox->taken;

        if (!scheduler || !entry->enabled)
            continue;
        CI_FOREACH(const struct ci_candidate, change, batch->changes) {
            const struct show show = {scheduler, entry->schedulerid, change};

            if (!show_one(inbox, &show, taken++, err))
                return ci_fail_in(err, "scheduler \"%s\"", scheduler->name);
        }
    }
    return move_timers(inbox, err);
}

bool tick_inbox(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    CI_AUTO_TX tx = {0};
    struct inbox inbox = {
        .making = {.app = app, .tx = &tx, .config = config, .tick = tick},
          .tx = &tx, .tick = tick
    };
    struct inbox_batch batch = {0};

    if (!ci_tx_begin(app->db, &tx, err) || !store_inbox_take(&tx, BATCH, tick->mem, &batch, err))
        return false;
    /* A change is shown once: not to the schedulers of a configuration that is over. */
    if (batch.changes.count > 0 && batch.version > config->version) {
        ci_tx_rollback(&tx);
        tick->again = true;
        return ci_config_cache_refresh(app->config, NULL, err);
    }
    inbox.taken = ci_mem_array(tick->mem, bool, batch.changes.count);
    if (!show_all(&inbox, &batch, err) ||
        !verdicts_write(&tx, config, &batch, inbox.taken, tick->mem, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    make_announce(&inbox.making);
    if (inbox.move_count > 0)
        ci_loops_wake(app->loops, "timers");
    tick->again = batch.changes.count == BATCH;
    return true;
}
