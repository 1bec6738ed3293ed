/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trigger steps: the request is stored once, whoever asks how often, the
 * scheduler makes the buildsets, and the answer is what has become of them.
 * A waiting call holds no database connection.
 */
#include "builder_sql.h"
#include "call.h"
#include "shared/subjects.h"
#include "trigger.h"
#include "waits.h"

#include <inttypes.h>

/* Stores the request unless it is there. */
static bool keep(struct builder *builder, const struct ci_request *request, int64_t buildid,
                 int step, struct ci_err *err)
{
    int64_t stored = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_trigger_add,
                    CI_ARGS(ci_arg(buildid), ci_arg(step), ci_arg_json(request->mem, request->body),
                            ci_arg(request->now)),
                    &stored, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    if (stored > 0 && builder->app->bus)
        ci_bus_ring(builder->app->bus, CI_SUBJECT_WAKE_SCHEDULER);
    return true;
}

static bool look(struct builder *builder, int64_t buildid, int step, void *mem,
                 struct trigger_status *out, struct ci_err *err)
{
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_trigger_status, CI_ARGS(ci_arg(buildid), ci_arg(step)),
                    &trigger_status_record, mem, &rows, err))
        return false;
    if (rows.count == 0) /* the build ended between the two statements */
        return ci_fail(err, CI_EGONE, "build %" PRId64 " is over", buildid);
    *out = *(const struct trigger_status *)rows.items;
    return true;
}

/* Looks until something has changed since the first look, or until the time is over. */
static bool watch(struct builder *builder, struct wait *wait, int64_t buildid, int step,
                  struct ci_mono until, void *mem, struct trigger_status *out, struct ci_err *err)
{
    struct trigger_status first;

    if (!look(builder, buildid, step, mem, &first, err))
        return false;
    *out = first;
    while (!trigger_complete(out) && trigger_equal(&first, out)) {
        if (out->done)
            wait_for(wait, trigger_requests(out, mem));
        if (!wait_until(wait, until))
            return true;
        if (!look(builder, buildid, step, mem, out, err))
            return false;
    }
    return true;
}

bool call_trigger(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    const struct ci_mono until = call_until(request);
    struct call_build build = {0};
    struct trigger_status status = {0};
    struct wait wait;
    int step = 0;
    bool done;

    if (!call_step(request, &step, err))
        return false;
    if (!request->body)
        return ci_fail(err, CI_EINVALID, "a JSON body is needed");
    if (!trigger_check(request->body, request->mem, err) ||
        !call_begin(builder, request, &build, err))
        return false;
    wait_enter(&wait, builder->waits);
    done = keep(builder, request, build.buildid, step, err) &&
           watch(builder, &wait, build.buildid, step, until, request->mem, &status, err);
    wait_leave(&wait);
    if (!done)
        return builder_retry_later(err);
    response->body = trigger_json(&status);
    return true;
}

bool call_trigger_cancel(void *service, const struct ci_request *request,
                         struct ci_response *response, struct ci_err *err)
{
    static const char reason[] = "the step that triggered it was stopped";
    struct builder *builder = builder_of(service);
    struct call_build build = {0};
    int64_t cancelled = 0;
    int step = 0;
    CI_AUTO_TX tx = {0};

    if (!call_step(request, &step, err) || !call_begin(builder, request, &build, err))
        return false;
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_trigger_withdraw,
                    CI_ARGS(ci_arg(build.buildid), ci_arg(step), ci_arg(reason)), NULL, err) ||
        !ci_db_exec(&tx, &sql_trigger_cancel,
                    CI_ARGS(ci_arg(build.buildid), ci_arg(step), ci_arg(reason)), &cancelled,
                    err) ||
        !ci_tx_commit(&tx, err))
        return builder_retry_later(err);
    if (cancelled > 0 && builder->app->bus)
        ci_bus_ring(builder->app->bus, CI_SUBJECT_WAKE_CONTROL);
    response->body = json_pack("{s:I}", "cancelled", (json_int_t)cancelled);
    return true;
}
