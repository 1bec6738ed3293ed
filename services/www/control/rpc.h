/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-RPC 2.0 on the resources' paths: what a control call brings and how it
 * is answered. Buildbot's codes and texts (section "JSON-RPC").
 */
#pragma once

#include "access/audit.h"
#include "rest/rest.h"

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
    int retry_after; /* seconds; 0: nothing is said of it */
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
    const char *user;               /* who asks */
    const struct identity *who;     /* the same, with all that is known of them */
    const struct access_view *view; /* what they may not see */
    json_t *params;
    void *row;                 /* the resource, as its record's struct */
    json_t *result;            /* out: new reference, or NULL for null */
    struct rpc_error *error;   /* out: filled when the parameters are refused */
    const char *method, *path; /* as called, "builds/17" */
    struct idempotency *idempotency;
};

/*
 * Carries it out. False: either error->status is set (refused), or *err says
 * what failed.
 */
typedef bool control_action(struct control *control, struct ci_err *err);

/* What an action is done to, as rules see it; with several sources one branch is as good as each.
 */
struct control_subject {
    struct access_target target;
    struct ci_strs branches;
};
typedef bool control_target(struct control *control, struct control_subject *out,
                            struct ci_err *err);
control_target control_target_build, control_target_request, control_target_scheduler,
    control_target_worker, control_target_delivery;

/* Whether who asks may do that to the subject, on each of its branches; CI_EDENIED and kin. */
CI_MUST_USE bool control_may(struct control *control, enum ci_action action,
                             const struct control_subject *subject, struct ci_err *err);

/*
 * The same for builds of these builders that a scheduler is asked for; *sources: struct ci_source.
 */
CI_MUST_USE bool control_may_order(struct control *control, enum ci_action action,
                                   const struct ci_scheduler *scheduler, struct ci_strs builders,
                                   struct ci_list sources, struct ci_err *err);

/*
 * The name of the one who has signed in, who can't call himself somebody else; NULL: a stranger, or
 * the admin token, which several share.
 */
const char *control_person(const struct control *control);

control_action control_build_stop, control_build_rebuild, control_build_pin, control_build_unpin;
control_action control_request_cancel, control_request_priority;
control_action control_worker_pause, control_worker_unpause, control_worker_stop,
    control_worker_kill;
control_action control_delivery_replay, control_scheduler_enable, control_force, control_try;

/*
 * Records the call in the audit log, in the transaction that carries it out, and there keeps
 * control->result for the call's Idempotency-Key: it has to be known by then.
 * `detail`: an object, taken; NULL for none.
 */
CI_MUST_USE bool control_audit(struct control *control, struct ci_tx *tx, json_t *detail,
                               struct ci_err *err);

/* params.reason, or "no reason". */
const char *control_reason(const struct control *control);
