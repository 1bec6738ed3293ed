/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask for while builds run. */
#include "control.h"

#include "builder_sql.h"
#include "end.h"

/* Requests completed by one transaction. */
enum { CANCEL_BATCH = 100 };

struct pending {
    int64_t buildrequestid, buildsetid;
};
static const struct ci_field pending_fields[] = {
    CI_FIELD(struct pending, buildrequestid, 0),
    CI_FIELD(struct pending, buildsetid, 0),
};
static const struct ci_record pending_record = CI_RECORD("pending", struct pending, pending_fields);

struct stopping {
    int64_t buildid, workerid;
    const char *stop_reason;
};
static const struct ci_field stopping_fields[] = {
    CI_FIELD(struct stopping, buildid, 0),
    CI_FIELD(struct stopping, workerid, 0),
    CI_FIELD(struct stopping, stop_reason, 0),
};
static const struct ci_record stopping_record =
    CI_RECORD("stopping", struct stopping, stopping_fields);
static const struct ci_record unseen_record = {"unseen", stopping_fields, 2,
                                               sizeof(struct stopping), false};

static const struct ci_field held_fields[] = {
    CI_FIELD(struct hub_facts, workerid, 0),
    CI_FIELD(struct hub_facts, paused, 0),
    CI_FIELD(struct hub_facts, graceful, 0),
};
static const struct ci_record held_record = CI_RECORD("worker", struct hub_facts, held_fields);

bool control_cancel_requests(struct builder *builder, struct ci_time now, void *mem, bool *more,
                             struct ci_err *err)
{
    struct batch batch = {.mem = mem};
    struct ci_list requests = {0};
    struct end_rows *rows;
    size_t i = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_cancel_pending, CI_ARGS(ci_arg((int)CANCEL_BATCH)), &pending_record,
                    mem, &requests, err))
        return false;
    *more = requests.count == CANCEL_BATCH;
    if (requests.count == 0)
        return true;
    rows = ci_mem_array(mem, struct end_rows, requests.count);
    CI_FOREACH(struct pending, request, requests)
        end_add_request(&batch, request->buildrequestid, request->buildsetid, CI_CANCELLED, now,
                        &rows[i++]);
    if (!ci_db_pipeline_commit(&tx, batch.items, batch.count, mem, err))
        return false;
    while (i-- > 0)
        end_publish(builder->app->bus, &rows[i]);
    return true;
}

/* A cancel of a request with a build becomes a stop of the build. */
static bool mark_builds(struct builder *builder, struct ci_time now, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(builder->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_cancel_stop_builds, CI_ARGS(ci_arg(now)), NULL, err) &&
           ci_tx_commit(&tx, err);
}

bool control_stop_builds(struct builder *builder, struct ci_time now, void *mem, struct ci_err *err)
{
    struct ci_list builds = {0};
    CI_AUTO_TX tx = {0};

    if (!mark_builds(builder, now, err) || !ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_cancel_builds, CI_NO_ARGS, &stopping_record, mem, &builds, err))
        return false;
    CI_FOREACH(struct stopping, build, builds)
        hub_cancel(builder->hub, build->workerid, build->buildid, build->stop_reason);
    return true;
}

bool control_hold_workers(struct builder *builder, struct ci_time now, void *mem,
                          struct ci_err *err)
{
    struct ci_list held = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_workers_held, CI_ARGS(ci_arg(now)), &held_record, mem, &held, err))
        return false;
    hub_set_held(builder->hub, held);
    return true;
}

bool control_check_unseen(struct builder *builder, struct ci_time before, void *mem,
                          struct ci_err *err)
{
    struct ci_list builds = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_builds_unseen, CI_ARGS(ci_arg(before)), &unseen_record, mem, &builds,
                    err))
        return false;
    CI_FOREACH(struct stopping, build, builds)
        hub_check(builder->hub, build->workerid, build->buildid);
    return true;
}
