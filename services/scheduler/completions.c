/* SPDX-License-Identifier: Apache-2.0 */
/* The completions loop: a buildset that went well starts what depends on its scheduler. */
#include "loops.h"
#include "make.h"
#include "plan.h"
#include "shared/result.h"
#include "store.h"

#include <string.h>

enum { BATCH = 100 };

static bool depends(const struct ci_scheduler *scheduler, const struct completion *done)
{
    return scheduler && scheduler->type == CI_SCHED_DEPENDENT && done->scheduler &&
           strcmp(scheduler->upstream, done->scheduler) == 0;
}

static bool start_one(struct making *making, const struct ci_scheduler *scheduler,
                      const struct completion *done, struct ci_err *err)
{
    struct ci_buildset_request request =
        plan_downstream(scheduler, done->sources, done->changeids, making->tick->mem);

    if (!make_buildset(making, scheduler->builders, &request, NULL, err))
        return ci_fail_in(err, "scheduler \"%s\"", scheduler->name);
    return true;
}

static bool start_downstream(struct making *making, const struct completion_batch *batch,
                             const struct completion *done, struct ci_err *err)
{
    if (done->results != CI_SUCCESS && done->results != CI_WARNINGS)
        return true;
    CI_FOREACH(const struct scheduler_entry, entry, batch->schedulers) {
        const struct ci_scheduler *scheduler = ci_config_scheduler(making->config, entry->name);

        if (entry->enabled && depends(scheduler, done) && !start_one(making, scheduler, done, err))
            return false;
    }
    return true;
}

bool tick_completions(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    CI_AUTO_TX tx = {0};
    struct making making = {.app = app, .tx = &tx, .config = config, .tick = tick};
    struct completion_batch batch = {0};

    if (!ci_tx_begin(app->db, &tx, err) ||
        !store_completions_take(&tx, BATCH, tick->mem, &batch, err))
        return false;
    /* Not by a configuration that is over: it may not know the dependent one yet. */
    if (batch.completions.count > 0 && batch.version > config->version) {
        ci_tx_rollback(&tx);
        tick->again = true;
        return ci_config_cache_refresh(app->config, NULL, err);
    }
    CI_FOREACH(const struct completion, done, batch.completions)
        if (!start_downstream(&making, &batch, done, err))
            return false;
    if (!ci_tx_commit(&tx, err))
        return false;
    make_announce(&making);
    tick->again = batch.completions.count == BATCH;
    return true;
}
