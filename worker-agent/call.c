/* SPDX-License-Identifier: Apache-2.0 */
/* What a step asks of the builder service, until it is answered. */
#include "session.h"
#include "shared/clock.h"
#include "step.h"

#include <inttypes.h>

bool step_stopped(struct step *step)
{
    return build_is_stopped(step->build);
}

bool step_pause(struct step *step, struct ci_dur pause)
{
    struct agent *agent = step->build->agent;
    struct ci_mono until = ci_mono_add(ci_mono_now(), pause);
    struct ci_dur left = pause;

    agent_lock(agent);
    while (left.us > 0 && !step->build->interrupted) {
        agent_wait(agent, &agent->connection, left);
        left = ci_mono_since(until, ci_mono_now());
    }
    agent_unlock(agent);
    return step_stopped(step);
}

/* A new session or a builder that is back ends the pause. */
static void wait_a_while(struct step *step, struct backoff *backoff)
{
    struct agent *agent = step->build->agent;
    struct ci_dur pause = backoff_next(backoff, agent_random());

    agent_lock(agent);
    if (!step->build->interrupted)
        agent_wait(agent, &agent->connection, pause);
    agent_unlock(agent);
}

static bool is_final(int status)
{
    return status < 500 && status != 408 && status != 429;
}

/* One try; false: nobody answered, or not for good. */
static bool try_once(struct step *step, const struct step_request *request, void *mem,
                     struct ci_reply *reply, struct ci_err *err)
{
    const struct ci_pair attempt = {"Slipway-Attempt", step->build->token};
    struct ci_call call = {
        .method = request->method,
        .headers = {&attempt, 1},
        .body = request->body,
        .content_type = request->content_type,
        .json = request->json,
        .timeout = request->timeout,
        .abort = &step->build->interrupted,
    };
    const char *path =
        ci_mem_printf(mem, "/agent/v1/builds/%" PRId64 "/%s", step->build->id, request->path);

    if (session_call(step->build->agent, step->client, &call, path, mem, reply, err) != CALLED)
        return false;
    return is_final(reply->status) ||
           ci_fail(err, CI_EUNAVAILABLE, "%s", session_error(reply, mem));
}

bool step_call(struct step *step, const struct step_request *request, void *mem,
               struct step_reply *out, struct ci_err *err)
{
    struct backoff backoff = {0};

    if (!step->client)
        step->client = session_client();
    while (!step_stopped(step)) {
        struct ci_reply reply = {0};

        if (try_once(step, request, mem, &reply, err)) {
            *out = (struct step_reply){
                .status = reply.status,
                .body = reply.body,
                .json = reply.json,
                .error = reply.status >= 400 ? session_error(&reply, mem) : NULL,
            };
            return true;
        }
        if (backoff.tries == 0)
            steplog_say(&step->log, "the builder does not answer, trying again: %s", err->msg);
        wait_a_while(step, &backoff);
    }
    return ci_fail(err, CI_EUNAVAILABLE, "cancelled");
}
