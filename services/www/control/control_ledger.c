/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to a delivery: have it read again. */
#include "control/rpc.h"
#include "shared/delivery.h"
#include "shared/subjects.h"
#include "www_sql.h"

/* Rules about builders and projects don't fit: a delivery may be about any. */
bool control_target_delivery(struct control *control, struct control_subject *out,
                             struct ci_err *err)
{
    (void)control;
    (void)err;
    *out = (struct control_subject){0};
    return true;
}

/* The row is the work: the changes service takes it, however long it was away. */
bool control_delivery_replay(struct control *control, struct ci_err *err)
{
    const struct ci_delivery *delivery = control->row;
    struct ci_app *app = control->www->app;
    CI_AUTO_TX tx = {0};

    if (!delivery->replayable)
        return rpc_fail(control->request->mem, control->error, 409, RPC_INVALID_REQUEST,
                        "the delivery was not kept whole: it can't be replayed");
    if (!ci_tx_begin(app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_replay_add,
                    CI_ARGS(ci_arg(delivery->deliveryid), ci_arg(control->user)), NULL, err) ||
        !control_audit(control, &tx, NULL, err) || !ci_tx_commit(&tx, err))
        return false;
    ci_bus_ring(app->bus, CI_SUBJECT_WAKE_CHANGES);
    return true;
}
