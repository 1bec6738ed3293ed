/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done to builds and to the requests for them. */
#include "control/order.h"
#include "id_row.h"
#include "shared/event.h"
#include "shared/model.h"
#include "shared/subjects.h"
#include "www_sql.h"

/* Runs one statement, records it and commits. Takes `detail`. */
static bool execute(struct control *control, json_t *detail, const struct ci_stmt *stmt,
                    const struct ci_arg *args, size_t nargs, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    if (detail)
        ci_mem_json(control->request->mem, detail);
    return ci_tx_begin(control->www->app->db, &tx, err) &&
           ci_db_exec(&tx, stmt, args, nargs, NULL, err) &&
           control_audit(control, &tx, json_incref(detail), err) && ci_tx_commit(&tx, err);
}

static json_t *reason_detail(const struct control *control)
{
    return json_pack("{s:s}", "reason", control_reason(control));
}

bool control_build_stop(struct control *control, struct ci_err *err)
{
    const struct ci_build *build = control->row;

    if (!execute(control, reason_detail(control), &sql_build_stop,
                 CI_ARGS(ci_arg(build->buildid), ci_arg(control_reason(control)),
                         ci_arg(control->request->now)),
                 err))
        return false;
    ci_bus_ring(control->www->app->bus, CI_SUBJECT_WAKE_CONTROL);
    return true;
}

/* Retention passes over a pinned build. */
static bool pin(struct control *control, bool pinned, struct ci_err *err)
{
    const struct ci_build *build = control->row;

    return execute(control, NULL, &sql_build_pin, CI_ARGS(ci_arg(build->buildid), ci_arg(pinned)),
                   err);
}

bool control_build_pin(struct control *control, struct ci_err *err)
{
    return pin(control, true, err);
}

bool control_build_unpin(struct control *control, struct ci_err *err)
{
    return pin(control, false, err);
}

bool control_request_cancel(struct control *control, struct ci_err *err)
{
    const struct ci_buildrequest *request = control->row;

    if (!execute(control, reason_detail(control), &sql_request_cancel,
                 CI_ARGS(ci_arg(request->buildrequestid), ci_arg(control_reason(control))), err))
        return false;
    /* Of one that has a build, that build's end tells. */
    if (!request->claimed && !request->complete)
        ci_event_publish(control->www->app->bus, "buildrequests", request->buildrequestid, "cancel",
                         &ci_buildrequest_record, request);
    ci_bus_ring(control->www->app->bus, CI_SUBJECT_WAKE_CONTROL);
    return true;
}

bool control_request_priority(struct control *control, struct ci_err *err)
{
    const struct ci_buildrequest *request = control->row;
    json_int_t value = json_integer_value(json_object_get(control->params, "priority"));

    if (!execute(control, json_pack("{s:I}", "priority", value), &sql_request_priority,
                 CI_ARGS(ci_arg(request->buildrequestid), ci_arg_i64(value)), err))
        return false;
    ci_bus_ring(control->www->app->bus, CI_SUBJECT_WAKE_BUILDER);
    return true;
}

/* Why a build was made. */
struct origin {
    int64_t bsid;
    const char *external_idstring;
    struct ci_maybe rebuilt_buildid, parent_buildid;
    const char *parent_relationship;
    json_t *properties;
    int priority;
};
static const struct ci_field origin_fields[] = {
    CI_FIELD(struct origin, bsid, 0),
    CI_FIELD(struct origin, external_idstring, 0),
    CI_FIELD(struct origin, rebuilt_buildid, 0),
    CI_FIELD(struct origin, parent_buildid, 0),
    CI_FIELD(struct origin, parent_relationship, 0),
    CI_FIELD(struct origin, properties, 0),
    CI_FIELD(struct origin, priority, 0),
};
static const struct ci_record origin_record = CI_RECORD("origin", struct origin, origin_fields);

static const struct ci_field source_fields[] = {
    CI_FIELD(struct ci_source, codebase, 0), CI_FIELD(struct ci_source, repository, 0),
    CI_FIELD(struct ci_source, project, 0),  CI_FIELD(struct ci_source, branch, 0),
    CI_FIELD(struct ci_source, revision, 0), CI_FIELD(struct ci_source, patchid, 0),
};
static const struct ci_record source_record = CI_RECORD("source", struct ci_source, source_fields);

static bool read_origin(struct ci_tx *tx, const struct ci_build *build, void *mem,
                        struct ci_buildset_request *out, struct ci_err *err)
{
    struct origin origin = {0};
    struct ci_list sources, changes;

    if (!ci_db_one(tx, &sql_rebuild_origin, CI_ARGS(ci_arg(build->buildid)), &origin_record, mem,
                   &origin, err) ||
        !ci_db_rows(tx, &sql_rebuild_sources, CI_ARGS(ci_arg(origin.bsid)), &source_record, mem,
                    &sources, err) ||
        !ci_db_rows(tx, &sql_rebuild_changes, CI_ARGS(ci_arg(origin.bsid)), &id_row_record, mem,
                    &changes, err))
        return false;
    *out = (struct ci_buildset_request){
        .scheduler = "rebuild",
        .reason = "rebuild",
        .external_idstring = origin.external_idstring,
        .sources = sources.items,
        .source_count = sources.count,
 /* struct id_row is one int64_t, so that its rows are the list. */
        .changeids = {changes.items, changes.count},
        .properties = origin.properties,
        .priority = origin.priority,
        .rebuilt_buildid =
            origin.rebuilt_buildid.set ? origin.rebuilt_buildid : ci_some(build->buildid),
        .parent_buildid = origin.parent_buildid,
        .parent_relationship = origin.parent_relationship,
    };
    return true;
}
_Static_assert(sizeof(struct id_row) == sizeof(int64_t), "rows of ids are a list of ids");

bool control_build_rebuild(struct control *control, struct ci_err *err)
{
    const struct ci_build *build = control->row;
    void *mem = control->request->mem;
    struct ci_buildset_request wanted;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(control->www->app->db, &tx, err) ||
        !read_origin(&tx, build, mem, &wanted, err))
        return false;
    wanted.builderids = (struct ci_i64s){&build->builderid, 1};
    return order_make(control, &tx, &wanted, order_reply, err);
}
