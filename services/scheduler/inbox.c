/* SPDX-License-Identifier: Apache-2.0 */
/* The inbox loop: every change is shown to every scheduler, once. */
#include "loops.h"

#include "plan.h"
#include "store.h"

#include "shared/service.h"

enum { BATCH = 100 };

/* What one tick works with. */
struct inbox {
    struct ci_app *app;
    struct ci_tx *tx;
    struct ci_tick *tick;
    struct ci_buildset_made *made; /* announced after the commit */
    size_t made_count, made_size;
    bool timers_moved;
};

static bool build_now(struct inbox *inbox, const struct ci_scheduler *scheduler,
                      const struct change *change, struct ci_err *err)
{
    void *mem = inbox->tick->mem;
    struct ci_buildset_request request = plan_from_changes(scheduler, change, 1, mem);
    struct ci_buildset_made made;

    if (!store_builder_ids(inbox->tx, scheduler->builders, mem, &request.builderids, err) ||
        !ci_buildset_add(inbox->tx, &request, inbox->tick->now, mem, &made, err))
        return false;
    if (inbox->made_count == inbox->made_size) {
        inbox->made_size = inbox->made_size ? 2 * inbox->made_size : 16;
        inbox->made = talloc_realloc(mem, inbox->made, struct ci_buildset_made,
                                     (unsigned)inbox->made_size);
    }
    inbox->made[inbox->made_count++] = made;
    return true;
}

/* An important change starts the stable timer; any change moves one that runs. */
static bool keep(struct inbox *inbox, const struct ci_scheduler *scheduler, int64_t id,
                 const struct change *change, bool important, struct ci_err *err)
{
    const char *timer = plan_timer_key(scheduler, change, inbox->tick->mem);
    struct ci_time due = ci_time_add(inbox->tick->now, scheduler->tree_stable_timer);

    if (!store_change_keep(inbox->tx, id, timer, change->changeid, important, err))
        return false;
    if (scheduler->type == CI_SCHED_PERIODIC || scheduler->type == CI_SCHED_NIGHTLY)
        return true; /* their timers go by the clock */
    inbox->timers_moved = true;
    return important ? store_timer_set(inbox->tx, id, timer, due, err)
                     : store_timer_move(inbox->tx, id, timer, due, err);
}

static bool show(struct inbox *inbox, const struct ci_scheduler *scheduler, int64_t id,
                 const struct change *change, struct ci_err *err)
{
    bool at_once = scheduler->tree_stable_timer.us == 0 &&
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
                     const struct ci_list *entries, const struct ci_list *changes,
                     struct ci_err *err)
{
    CI_FOREACH(const struct scheduler_entry, entry, *entries) {
        const struct ci_scheduler *scheduler = ci_config_scheduler(config, entry->name);

        if (!scheduler || !entry->enabled)
            continue;
        CI_FOREACH(const struct change, change, *changes)
            if (!show(inbox, scheduler, entry->schedulerid, change, err))
                return ci_fail_in(err, "scheduler \"%s\"", scheduler->name);
    }
    return true;
}

bool tick_inbox(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct ci_list changes = {0}, entries = {0};
    CI_AUTO_TX tx = {0};
    struct inbox inbox = {.app = app, .tx = &tx, .tick = tick};

    if (!ci_tx_begin(app->db, &tx, err) ||
        !store_inbox_take(&tx, BATCH, tick->mem, &changes, &entries, err) ||
        !show_all(&inbox, config, &entries, &changes, err) || !ci_tx_commit(&tx, err))
        return false;
    for (size_t i = 0; i < inbox.made_count; i++) {
        ci_buildset_announce(app->db, app->bus, &inbox.made[i], tick->mem);
        ci_log(CI_INFO, "buildset.new", ci_kv("buildset", inbox.made[i].bsid));
    }
    if (inbox.timers_moved)
        ci_loops_wake(app->loops, "timers");
    tick->again = changes.count == BATCH;
    return true;
}
