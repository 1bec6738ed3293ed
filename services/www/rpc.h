/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC 2.0 on the resources' paths: what a control call brings and how it
 * is answered. Buildbot's codes and texts (section "JSON-RPC").
 */
#pragma once

#include "audit.h"
#include "rest.h"

enum {
    RPC_PARSE = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_NO_METHOD = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL = -32603,
};

struct rpc_call {
    const char *method;
    json_t *id;     /* borrowed from the document */
    json_t *params; /* an object */
};

/* A refusal; message is a text, or an object of complaints by field. */
struct rpc_error {
    int status, code;
    json_t *message; /* tied to the request's mem */
    json_t *id;      /* NULL unless it was read */
};

/* Fills *error and returns false. */
bool rpc_fail(void *mem, struct rpc_error *error, int status, int code, const char *fmt, ...)
    CI_PRINTF(5, 6);

/* Reads the envelope; the document lives in mem. */
bool rpc_parse(const struct ci_request *request, struct rpc_call *out, struct rpc_error *error);

void rpc_reply_error(const struct ci_request *request, struct ci_response *response,
                     const struct rpc_error *error);
/* Takes `result`; NULL means null. */
void rpc_reply(const struct ci_request *request, struct ci_response *response, json_t *id,
               json_t *result);

/* What an action works with. */
struct control {
    struct www *www;
    const struct ci_request *request;
    const char *user; /* who asks */
    json_t *params;
    void *row;               /* the resource, as its record's struct */
    json_t *result;          /* out: new reference, or NULL for null */
    struct rpc_error *error; /* out: filled when the parameters are refused */
    const struct identity *who;
    const char *method, *path; /* as called, "builds/17" */
};

/*
 * Carries it out. False: either error->status is set (refused), or *err says
 * what failed.
 */
typedef bool control_action(struct control *control, struct ci_err *err);

control_action control_build_stop, control_build_rebuild, control_build_pin, control_build_unpin;
control_action control_request_cancel, control_request_priority;
control_action control_worker_pause, control_worker_unpause, control_worker_stop,
    control_worker_kill;
control_action control_scheduler_enable, control_force, control_try;

/*
 * Records the call in the audit log, in the transaction that carries it out.
 * `detail`: an object, taken; NULL for none.
 */
CI_MUST_USE bool control_audit(struct control *control, struct ci_tx *tx, json_t *detail,
                               struct ci_err *err);

/* params.reason, or "no reason". */
const char *control_reason(const struct control *control);
