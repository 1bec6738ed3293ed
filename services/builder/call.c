/* SPDX-License-Identifier: Apache-2.0 */
/* What every call of a running build begins with. */
#include "call.h"

#include "builder_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MAX_S = 60 };

static const struct ci_field build_fields[] = {
    CI_FIELD(struct call_build, buildid, 0),        CI_FIELD(struct call_build, number, 0),
    CI_FIELD(struct call_build, workerid, 0),       CI_FIELD(struct call_build, builderid, 0),
    CI_FIELD(struct call_build, config_version, 0), CI_FIELD(struct call_build, session, 0),
    CI_FIELD(struct call_build, buildsetid, 0),     CI_FIELD(struct call_build, parent_buildid, 0),
    CI_FIELD(struct call_build, token, CI_SECRET),  CI_FIELD(struct call_build, builder, 0),
    CI_FIELD(struct call_build, worker, 0),         CI_FIELD(struct call_build, complete, 0),
};
const struct ci_record call_build_record = CI_RECORD("build", struct call_build, build_fields);

bool call_check_sender(const struct ci_principal *who, const char *token, int64_t buildid,
                       int64_t workerid, int64_t session, const char *stored, struct ci_err *err)
{
    if (workerid != who->id)
        return ci_fail(err, CI_EDENIED, "build %" PRId64 " is another worker's", buildid);
    if (session != who->session)
        return ci_fail(err, CI_ECONFLICT, "session replaced by a newer one of this worker");
    if (strcmp(stored, token) != 0)
        return ci_fail(err, CI_EGONE, "stale attempt of build %" PRId64, buildid);
    return true;
}

bool call_begin(struct builder *builder, const struct ci_request *request, struct call_build *out,
                struct ci_err *err)
{
    const int64_t id = ci_request_id(request, "build");
    const char *token = ci_request_header(request, "slipway-attempt");
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (!token)
        return ci_fail(err, CI_EINVALID, "header Slipway-Attempt is needed");
    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_call_build, CI_ARGS(ci_arg(id)), &call_build_record, request->mem,
                    &rows, err))
        return builder_retry_later(err);
    if (rows.count == 0)
        return ci_fail(err, CI_EGONE, "no build %" PRId64, id);
    *out = *(const struct call_build *)rows.items;
    if (!call_check_sender(&request->who, token, id, out->workerid, out->session, out->token, err))
        return false;
    return !out->complete || ci_fail(err, CI_EGONE, "build %" PRId64 " is over", id);
}

bool call_step(const struct ci_request *request, int *out, struct ci_err *err)
{
    const char *text = ci_request_query(request, "step");
    char *end = NULL;
    long step = -1;

    if (text && text[0] >= '0' && text[0] <= '9')
        step = strtol(text, &end, 10);
    if (step < 0 || step > INT32_MAX || *end)
        return ci_fail(err, CI_EINVALID, "step: must be a whole number from 0");
    *out = (int)step;
    return true;
}

struct ci_mono call_until(const struct ci_request *request)
{
    const char *text = ci_request_query(request, "wait");
    long seconds = text ? strtol(text, NULL, 10) : 0;

    if (seconds < 0)
        seconds = 0;
    return ci_mono_add(ci_mono_now(), ci_seconds(seconds > WAIT_MAX_S ? WAIT_MAX_S : seconds));
}

bool call_body(const struct ci_request *request, const struct ci_record *record, void *out,
               struct ci_err *err)
{
    if (!request->body)
        return ci_fail(err, CI_EINVALID, "a JSON body is needed");
    return ci_record_from_json(record, request->body, request->mem, out, err);
}
