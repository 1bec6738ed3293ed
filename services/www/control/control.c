/* SPDX-License-Identifier: Apache-2.0 */
/* POST below /api/v2: envelope, right, resource, action. */
#include "access/origin.h"
#include "control/actions.h"
#include "edge/idempotency.h"
#include "reply.h"

#include <string.h>

const char *control_reason(const struct control *control)
{
    const char *reason = json_string_value(json_object_get(control->params, "reason"));

    return reason && *reason ? reason : "no reason";
}

bool control_audit(struct control *control, struct ci_tx *tx, json_t *detail, struct ci_err *err)
{
    return audit_add(tx, control->request, control->who, control->method, control->path, "done",
                     detail, err) &&
           idempotency_keep(tx, control->idempotency, control->result, err);
}

/* Fills *error with what the failure is in JSON-RPC. */
static bool fail_with(struct control *control, const struct ci_err *err)
{
    int code =
        err->code == CI_EINVALID ? RPC_INVALID_PARAMS
        : err->code == CI_ENOTFOUND || err->code == CI_EDENIED || err->code == CI_EUNAUTHENTICATED
            ? RPC_INVALID_REQUEST
            : RPC_INTERNAL;

    return rpc_fail(control->request->mem, control->error, ci_status_of(err->code), code, "%s",
                    err->msg);
}

/* Who asks; whoever may read nothing gets no further. */
static bool find_caller(struct control *control)
{
    struct ci_err err;

    if (!access_check(control->www, control->request, CI_ACTION_READ, NULL, &control->who, &err))
        return fail_with(control, &err);
    control->user = control->who->username;
    return true;
}

/* The resource as they see it: what is hidden from them is not there. */
static bool find_row(struct control *control, const struct path_match *match, struct ci_err *err)
{
    struct access_view *view = ci_mem_zero(control->request->mem, struct access_view);
    CI_AUTO_TX tx = {0};

    control->view = view;
    return ci_tx_read(control->www->app->db, &tx, err) &&
           access_view(control->www, &tx, control->who, control->request->mem, view, err) &&
           rest_row(control->www, &tx, match, view, control->request->mem, &control->row, err);
}

static bool has_right(struct control *control, const struct action *action, struct ci_err *err)
{
    struct control_subject subject;

    return !action->target || (action->target(control, &subject, err) &&
                               control_may(control, action->right, &subject, err));
}

/* Runs the action, unless a call with this Idempotency-Key has or is about to. */
static bool run_once(struct control *control, const struct action *action, struct ci_err *err)
{
    const struct ci_request *request = control->request;
    enum idempotency_verdict verdict;
    json_t *answer = NULL;

    if (!idempotency_begin(control->www, request, control->who, control->idempotency, &verdict,
                           &answer, err))
        return false;
    if (verdict == IDEMPOTENCY_KNOWN) {
        control->result = json_incref(answer);
        return true;
    }
    if (verdict != IDEMPOTENCY_GO) {
        bool busy = verdict == IDEMPOTENCY_BUSY;

        control->error->retry_after = busy ? IDEMPOTENCY_RETRY_S : 0;
        return rpc_fail(request->mem, control->error, busy ? 409 : 422, RPC_INVALID_REQUEST, "%s",
                        idempotency_text(verdict));
    }
    bool done = action->run(control, err);
    idempotency_end(control->www, control->idempotency, done);
    if (!done)
        json_decref(CI_STEAL(control->result));
    return done;
}

/* Runs the action; what failed becomes a JSON-RPC error like everything else on this path. */
static bool run_action(struct control *control, const struct path_match *match,
                       const struct action *action)
{
    struct ci_err err;

    if (find_row(control, match, &err) && has_right(control, action, &err) &&
        action_check(action, control->params, control->request->mem, control->error) &&
        run_once(control, action, &err))
        return true;
    return !control->error->status && fail_with(control, &err);
}

static bool call_resource(struct control *control, const struct rpc_call *call)
{
    const struct ci_request *request = control->request;
    const char *path = rest_path_of(request);
    struct path_match match;

    if (!path || !paths_match(rest_paths, path, request->mem, &match))
        return rpc_fail(request->mem, control->error, 404, RPC_INVALID_REQUEST, "Invalid path: %s",
                        path ? path : "");
    const struct action *action = action_find(match.path, call->method);
    if (!action)
        return rpc_fail(request->mem, control->error, 501, RPC_NO_METHOD,
                        "action: %s is not supported", call->method);
    return run_action(control, &match, action);
}

bool control_post(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    struct www *www = www_of(service);
    struct rpc_call call = {0};
    struct rpc_error error;
    struct idempotency idempotency = {0};
    struct control control = {.www = www,
                              .request = request,
                              .error = &error,
                              .path = rest_path_of(request),
                              .idempotency = &idempotency};

    (void)err;
    if (!origin_allows(www, request, response)) {
        reply_compact(request, response, 400,
                      json_pack("{s:{s:s}}", "error", "message", "invalid origin"));
        response->content_type = "text/plain; charset=utf-8";
        return true;
    }
    bool done = rpc_parse(request, &call, &error) && find_caller(&control);
    control.params = call.params;
    control.method = call.method;
    if (done && call_resource(&control, &call))
        rpc_reply(request, response, call.id, control.result);
    else
        rpc_reply_error(request, response, &error);
    return true;
}
