/* SPDX-License-Identifier: Apache-2.0 */
/* The agent protocol: decode, act, encode. */
#include "api.h"

#include "artifact.h"
#include "builder.h"
#include "call.h"
#include "events.h"
#include "ingest.h"
#include "poll.h"
#include "session.h"
#include "workers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_MAX = 1000,
    WAIT_MAX_S = 60,
    POLL_BODY_MAX = 1 << 20,
};

static ci_handler post_session, post_poll, post_journal;

#define CALL "/agent/v1/builds/:n:build/"
const struct ci_route api_routes[] = {
    {"POST", "/agent/v1/session",                 CI_ROLE_PUBLIC, post_session,        0,                  false},
    {"POST", "/agent/v1/poll",                    CI_ROLE_AGENT,  post_poll,           POLL_BODY_MAX,      false},
    {"POST", "/agent/v1/builds/:n:build/journal", CI_ROLE_AGENT,  post_journal,        JOURNAL_BODY_MAX,
     true                                                                                                       },
    {"POST", CALL "trigger",                      CI_ROLE_AGENT,  call_trigger,        0,                  false},
    {"POST", CALL "trigger/cancel",               CI_ROLE_AGENT,  call_trigger_cancel, 0,                  false},
    {"POST", CALL "lock",                         CI_ROLE_AGENT,  call_lock,           0,                  false},
    {"POST", CALL "unlock",                       CI_ROLE_AGENT,  call_unlock,         0,                  false},
    {"PUT",  CALL "blobs/:sha256",                CI_ROLE_AGENT,  call_put_blob,       ARTIFACT_PIECE_MAX, true },
    {"GET",  CALL "blobs/:sha256",                CI_ROLE_AGENT,  call_get_blob,       0,                  false},
    {"POST", CALL "artifacts",                    CI_ROLE_AGENT,  call_add_artifact,   ARTIFACT_LIST_MAX,  false},
    {"GET",  CALL "artifacts",                    CI_ROLE_AGENT,  call_list_artifacts, 0,                  false},
};
#undef CALL
const size_t api_route_count = CI_COUNT(api_routes);

bool api_authenticate(void *service, const struct ci_request *request, enum ci_role needed,
                      struct ci_principal *out, struct ci_err *err)
{
    const char *token = ci_request_bearer(request);

    if (needed != CI_ROLE_AGENT)
        return ci_fail(err, CI_EDENIED, "no one may do this here");
    if (!token)
        return ci_fail(err, CI_EUNAUTHENTICATED, "a session token is needed");
    return session_find(builder_of(service), token, request->mem, out, err);
}

struct session_body {
    const char *name;
    int slots;
    json_t *labels, *info;
};
static const struct ci_field session_fields[] = {
    CI_FIELD(struct session_body, name, 0),
    CI_FIELD(struct session_body, slots, CI_REQUIRED),
    CI_FIELD(struct session_body, labels, 0),
    CI_FIELD(struct session_body, info, 0),
};
static const struct ci_record session_record =
    CI_RECORD_OPEN("session", struct session_body, session_fields);

static bool read_session(const struct ci_request *request, struct session_body *body,
                         struct session_proof *proof, struct ci_err *err)
{
    if (!request->body)
        return ci_fail(err, CI_EINVALID, "a JSON body is needed");
    if (!ci_record_from_json(&session_record, request->body, request->mem, body, err))
        return false;
    if (body->slots < 0 || body->slots > SLOTS_MAX)
        return ci_fail(err, CI_EINVALID, "session.slots: must be 0 to %d", SLOTS_MAX);
    if (ci_request_basic(request, &proof->name, &proof->password))
        return true;
    proof->name = body->name;
    proof->enrolment = ci_request_bearer(request);
    return proof->enrolment ||
           ci_fail(err, CI_EUNAUTHENTICATED, "a password or an enrolment token is needed");
}

static bool post_session(void *service, const struct ci_request *request,
                         struct ci_response *response, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    const struct ci_dur heartbeat =
        lease_heartbeat(builder->settings->heartbeat, builder->settings->lease);
    struct session_body body = {0};
    struct session_proof proof = {0};
    struct session session;

    if (!read_session(request, &body, &proof, err) ||
        !session_open(builder, &proof, &(struct session_offer){body.slots, body.labels, body.info},
                      request->now, request->mem, &session, err))
        return false;
    response->body = json_pack("{s:s,s:I,s:I,s:I,s:I}", "token", session.token, "workerid",
                               (json_int_t)session.workerid, "session", (json_int_t)session.session,
                               "heartbeat", (json_int_t)(heartbeat.us / 1000000), "lease",
                               (json_int_t)(builder->settings->lease.us / 1000000));
    ci_log(CI_INFO, "session.opened", ci_kv("worker", proof.name),
           ci_kv("session", session.session));
    events_rows(builder->app->bus, "workers", "connected", &ci_worker_row_record,
                (struct ci_list){&session.worker, 1});
    return true;
}

static const struct ci_field listed_fields[] = {
    {.name = "build",
     .type = CI_I64,
     .flags = CI_REQUIRED,
     .offset = offsetof(struct hub_listed,                 build)},
    {.name = "token",
     .type = CI_STR,
     .flags = CI_REQUIRED,
     .offset = offsetof(struct hub_listed,                                 token)},
    {.name = "waiting",         .type = CI_BOOL,         .offset = offsetof(struct hub_listed, waiting)},
};
static const struct ci_record listed_record =
    CI_RECORD_OPEN("build", struct hub_listed, listed_fields);

static const struct ci_field environment_fields[] = {
    CI_FIELD(struct workers_environment, builderid, CI_REQUIRED),
    CI_FIELD(struct workers_environment, key, CI_REQUIRED),
};
static const struct ci_record environment_record =
    CI_RECORD_OPEN("environment", struct workers_environment, environment_fields);

struct poll_body {
    int slots;
    bool draining;
    struct ci_list builds; /* struct hub_listed; how far their journals are is the agent's affair */
    struct ci_list environments; /* struct workers_environment; told when they have changed */
};
static const struct ci_field poll_fields[] = {
    CI_FIELD(struct poll_body, slots, CI_REQUIRED),
    CI_FIELD(struct poll_body, draining, 0),
    CI_FIELD_LIST(struct poll_body, builds, &listed_record, 0),
    CI_FIELD_LIST(struct poll_body, environments, &environment_record, 0),
};
static const struct ci_record poll_record = CI_RECORD_OPEN("poll", struct poll_body, poll_fields);

/* Seconds to wait at most; 30 unless told. */
static struct ci_dur read_wait(const struct ci_request *request)
{
    const char *text = ci_request_query(request, "wait");
    const long seconds = text ? strtol(text, NULL, 10) : 30;

    if (seconds < 0)
        return ci_seconds(0);
    return ci_seconds(seconds > WAIT_MAX_S ? WAIT_MAX_S : seconds);
}

static bool post_poll(void *service, const struct ci_request *request, struct ci_response *response,
                      struct ci_err *err)
{
    const struct ci_mono until = ci_mono_add(ci_mono_now(), read_wait(request));
    struct poll_body body = {0};
    struct hub_poll poll;
    json_t *commands = NULL;

    if (!request->body)
        return ci_fail(err, CI_EINVALID, "a JSON body is needed");
    if (!ci_record_from_json(&poll_record, request->body, request->mem, &body, err))
        return false;
    if (body.slots < 0 || body.slots > SLOTS_MAX)
        return ci_fail(err, CI_EINVALID, "poll.slots: must be 0 to %d", SLOTS_MAX);
    poll = (struct hub_poll){
        .workerid = request->who.id,
        .session = request->who.session,
        .name = request->who.name,
        .slots = body.slots,
        .draining = body.draining,
        .listed = body.builds.items,
        .listed_count = body.builds.count,
    };
    if (json_object_get(request->body, "environments") &&
        !workers_environments(builder_of(service), request->who.id, body.environments, request->now,
                              request->mem, err))
        return builder_retry_later(err);
    if (!poll_run(builder_of(service), &poll, until, request->mem, &commands, err))
        return false;
    if (commands)
        response->body = json_pack("{s:o}", "commands", commands);
    return true;
}

/* The batch's first sequence number, or -1. */
static int64_t read_seq(const struct ci_request *request)
{
    const char *text = ci_request_query(request, "seq");
    char *end = NULL;
    long long seq;

    if (!text || text[0] < '0' || text[0] > '9')
        return -1;
    seq = strtoll(text, &end, 10);
    return *end == '\0' && seq < INT64_MAX / 2 ? seq : -1;
}

static void answer_journal(const struct ingest_reply *reply, struct ci_response *response)
{
    response->body = json_pack("{s:I}", "next", (json_int_t)reply->next);
    if (reply->gap) {
        response->status = 409;
        json_object_set_new(response->body, "error",
                            json_sprintf("frames from %" PRId64 " on are missing", reply->next));
    } else if (reply->cancel) {
        json_object_set_new(response->body, "cancel", json_string(reply->cancel));
    }
}

static bool post_journal(void *service, const struct ci_request *request,
                         struct ci_response *response, struct ci_err *err)
{
    const struct ingest_request batch = {
        .who = request->who,
        .buildid = ci_request_id(request, "build"),
        .seq = read_seq(request),
        .token = ci_request_header(request, "slipway-attempt"),
        .body = request->raw,
        .now = request->now,
    };
    struct ingest_reply reply;

    if (batch.seq < 0)
        return ci_fail(err, CI_EINVALID, "seq: must be a whole number from 0");
    if (!batch.token)
        return ci_fail(err, CI_EINVALID, "header Slipway-Attempt is needed");
    if (!ingest(builder_of(service), &batch, request->mem, &reply, err))
        return false;
    answer_journal(&reply, response);
    return true;
}
