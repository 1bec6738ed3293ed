/* SPDX-License-Identifier: Apache-2.0 */
/* The call `try`: somebody's patch becomes a buildset, once for a job id. */
#include "control/order.h"
#include "control/try.h"
#include "tables/tables.h"
#include "www_sql.h"

struct tried {
    int64_t bsid;
    struct ci_i64s brids, builderids;
};
static const struct ci_field tried_fields[] = {
    CI_FIELD(struct tried, bsid, 0),
    CI_FIELD(struct tried, brids, 0),
    CI_FIELD(struct tried, builderids, 0),
};
static const struct ci_record tried_record = CI_RECORD("try", struct tried, tried_fields);

static json_t *reply(int64_t bsid, struct ci_i64s brids, struct ci_i64s builderids)
{
    return json_pack("{s:I, s:o}", "bsid", (json_int_t)bsid, "brids",
                     order_requests(brids, builderids));
}

static json_t *answer(const struct ci_buildset_made *made, struct ci_i64s builderids)
{
    return reply(made->bsid, made->brids, builderids);
}

/* A client whose answer was lost asks again: it gets what it got then. Other calls for the job
 * wait. */
static bool find_tried(struct control *control, struct ci_tx *tx, const char *scheduler,
                       const char *jobid, struct ci_list *rows, struct ci_err *err)
{
    void *mem = control->request->mem;
    const char *key = ci_mem_printf(mem, "try %s %s", scheduler, jobid);

    return ci_db_exec(tx, &sql_try_lock, CI_ARGS(ci_arg(key)), NULL, err) &&
           ci_db_rows(tx, &sql_try_find, CI_ARGS(ci_arg(scheduler), ci_arg(jobid)), &tried_record,
                      mem, rows, err);
}

static bool make_buildset(struct control *control, struct ci_tx *tx, const char *scheduler,
                          struct try_order *order, struct ci_err *err)
{
    void *mem = control->request->mem;
    int64_t *patchid = &order->sources[order->patched].patchid;
    struct ci_buildset_request wanted = {
        .scheduler = scheduler,
        .reason = order->reason,
        .external_idstring = order->jobid,
        .sources = order->sources,
        .source_count = order->source_count,
        .properties = order->properties,
        .priority = order->priority,
    };

    if (order->patch.body.data && !order_patch_add(tx, &order->patch, mem, patchid, err))
        return false;
    return order_builders(tx, order->builders, mem, &wanted.builderids, err) &&
           order_make(control, tx, &wanted, answer, err);
}

bool control_try(struct control *control, struct ci_err *err)
{
    const struct tryscheduler_row *row = control->row;
    const char *name = row->name;
    CI_AUTO_CONFIG config = ci_config_get(control->www->app->config);
    const struct ci_scheduler *scheduler = ci_config_scheduler(config, name);
    struct ci_list earlier = {0};
    struct try_order order;
    CI_AUTO_TX tx = {0};

    if (!scheduler || scheduler->type != CI_SCHED_TRY)
        return ci_fail(err, CI_ENOTFOUND, "no try scheduler \"%s\"", name);
    if (!row->enabled)
        return ci_fail(err, CI_ECONFLICT, "scheduler '%s' is disabled", name);
    if (!try_read(scheduler, control->view, control->params, control_person(control),
                  control->request->mem, &order, err) ||
        !control_may_order(control, CI_ACTION_TRY, scheduler, order.builders,
                           (struct ci_list){order.sources, order.source_count}, err) ||
        !ci_tx_begin(control->www->app->db, &tx, err) ||
        (order.jobid && !find_tried(control, &tx, name, order.jobid, &earlier, err)))
        return false;
    if (!earlier.count)
        return make_buildset(control, &tx, name, &order, err);
    const struct tried *tried = earlier.items;
    control->result = reply(tried->bsid, tried->brids, tried->builderids);
    return true;
}
