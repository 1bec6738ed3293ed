/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to workers and schedulers. */
#include "control/rpc.h"
#include "shared/event.h"
#include "shared/model.h"
#include "shared/subjects.h"
#include "www_sql.h"

/*
 * Tells the listeners how the resource stands now; what can't be read is not told, nor which
 * builders a worker serves: who listens may not see all of them.
 */
static void publish(struct control *control, const struct rest_resource *resource,
                    const char *where, int64_t id, const char *what)
{
    struct ci_arg arg = ci_arg(id);
    struct rest_scope scope = {.where = where, .args = &arg, .nargs = 1};
    struct rest_resource stored = *resource;
    struct query_options options = {0};
    struct ci_app *app = control->www->app;
    struct ci_list rows;
    struct ci_err err;
    CI_AUTO_TX tx = {0};

    stored.finish = NULL;
    if (ci_tx_read(app->db, &tx, &err) &&
        rest_rows(control->www, &tx, &stored, &scope, &options, control->request->mem, &rows,
                  &err) &&
        rows.count)
        ci_event_publish(app->bus, resource->plural, id, what, resource->record, rows.items);
}

/* Runs a statement on the worker, then tells those whom it concerns. */
static bool change_worker(struct control *control, const struct ci_stmt *stmt,
                          const struct ci_arg *args, size_t nargs, struct ci_err *err)
{
    const struct ci_worker_row *worker = control->row;
    struct ci_app *app = control->www->app;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err) || !ci_db_exec(&tx, stmt, args, nargs, NULL, err) ||
        !control_audit(control, &tx, json_pack("{s:s}", "reason", control_reason(control)), err) ||
        !ci_tx_commit(&tx, err))
        return false;
    ci_bus_ring(app->bus, CI_SUBJECT_WAKE_CONTROL);
    ci_bus_ring(app->bus, CI_SUBJECT_WAKE_BUILDER);
    publish(control, &rest_workers, "w.workerid = $1::bigint", worker->workerid, "state_updated");
    return true;
}

static bool pause_worker(struct control *control, bool paused, const char *reason,
                         struct ci_err *err)
{
    const struct ci_worker_row *worker = control->row;

    return change_worker(control, &sql_worker_pause,
                         CI_ARGS(ci_arg(worker->workerid), ci_arg(paused), ci_arg(reason),
                                 ci_arg(control->user), ci_arg(control->request->now)),
                         err);
}

bool control_worker_pause(struct control *control, struct ci_err *err)
{
    return pause_worker(control, true, control_reason(control), err);
}

bool control_worker_unpause(struct control *control, struct ci_err *err)
{
    return pause_worker(control, false, NULL, err);
}

bool control_worker_stop(struct control *control, struct ci_err *err)
{
    const struct ci_worker_row *worker = control->row;

    return change_worker(control, &sql_worker_graceful, CI_ARGS(ci_arg(worker->workerid)), err);
}

bool control_worker_kill(struct control *control, struct ci_err *err)
{
    const struct ci_worker_row *worker = control->row;

    return change_worker(control, &sql_worker_kill, CI_ARGS(ci_arg(worker->workerid)), err);
}

bool control_scheduler_enable(struct control *control, struct ci_err *err)
{
    const struct ci_scheduler_row *scheduler = control->row;
    json_t *enabled = json_object_get(control->params, "enabled");
    struct ci_app *app = control->www->app;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_scheduler_enable,
                    CI_ARGS(ci_arg(scheduler->schedulerid), ci_arg_bool(json_is_true(enabled))),
                    NULL, err) ||
        !control_audit(control, &tx, json_pack("{s:b}", "enabled", json_is_true(enabled)), err) ||
        !ci_tx_commit(&tx, err))
        return false;
    ci_tx_rollback(&tx);
    ci_bus_ring(app->bus, CI_SUBJECT_WAKE_SCHEDULER);
    publish(control, &rest_schedulers, "sc.schedulerid = $1::bigint", scheduler->schedulerid,
            "updated");
    return true;
}
