/* SPDX-License-Identifier: Apache-2.0 */
/* Posting journals until they are acknowledged. */
#include "sender.h"

#include "agent.h"
#include "poller.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <inttypes.h>

/*
 * With many builds at once everybody waits for processors anyway: a frame
 * then waits so long for each build that runs, so that a short build goes out
 * whole in one post. What is LARGE, or a build's last frame, goes at once.
 */
enum {
    BUSY_BUILDS = 4,
    BUSY_WAIT_US = 4000,
    BUSY_LONGEST_US = 200000,
    LARGE = 256 << 10,
    MAX_SENDERS = 8,
    IDLE_SECONDS = 10,
};

static int running_locked(const struct agent *agent)
{
    int running = 0;

    for (const struct build *build = agent->builds; build; build = build->next)
        running += build->running ? 1 : 0;
    return running;
}

struct ci_dur sender_patience_locked(const struct agent *agent)
{
    const int running = running_locked(agent), wait = running * BUSY_WAIT_US;

    return (struct ci_dur){running < BUSY_BUILDS    ? 0
                           : wait < BUSY_LONGEST_US ? wait
                                                    : BUSY_LONGEST_US};
}

void sender_notify_locked(struct build *build, enum build_haste haste)
{
    struct agent *agent = build->agent;
    struct ci_mono now = ci_mono_now();

    /* In the pause after a failure the new waits with the old: each line would be another try. */
    if (build->due.us != 0 && build->backoff.tries > 0)
        return;
    if (haste == BUILD_SOON && spool_pending(build->spool) < LARGE)
        now = ci_mono_add(now, sender_patience_locked(agent));
    if (build->due.us != 0 && build->due.us <= now.us)
        return;
    build->due = now;
    if (!build->sending)
        pthread_cond_signal(&agent->outgoing);
}

void sender_retry_locked(struct agent *agent)
{
    struct ci_mono now = ci_mono_now();

    for (struct build *build = agent->builds; build; build = build->next)
        if (build->due.us > now.us && build->backoff.tries > 0)
            build->due = now;
    pthread_cond_broadcast(&agent->outgoing);
}

/* The build whose turn is first, or NULL; *wait is how long until then. */
static struct build *first_locked(struct agent *agent, struct ci_dur *wait)
{
    struct build *first = NULL;

    for (struct build *build = agent->builds; build; build = build->next)
        if (build->due.us != 0 && !build->sending && build->spool &&
            !(build->refused && build->running) && (!first || build->due.us < first->due.us))
            first = build;
    *wait = first ? ci_mono_since(first->due, ci_mono_now()) : ci_seconds(IDLE_SECONDS);
    return first;
}

static enum called post(struct build *build, struct ci_client *client, void *mem,
                        const struct spool_batch *batch, struct ci_reply *reply, struct ci_err *err)
{
    const struct ci_pair attempt = {"Slipway-Attempt", build->token};
    struct ci_call call = {
        .method = "POST",
        .headers = {&attempt, 1},
        .body = batch->bytes,
        .content_type = "application/vnd.slipway.journal",
    };

    return session_call(build->agent, client, &call,
                        ci_mem_printf(mem, "/agent/v1/builds/%" PRId64 "/journal?seq=%" PRId64,
                                      build->id, batch->seq),
                        mem, reply, err);
}

static void again_locked(struct build *build, const char *why)
{
    struct ci_dur pause = backoff_next(&build->backoff, agent_random());

    ci_log(build->backoff.tries == 1 ? CI_WARN : CI_DEBUG, "journal.retry",
           ci_kv("build", build->id), ci_kv("error", why), ci_kv("pause_ms", pause.us / 1000));
    build->due = ci_mono_add(ci_mono_now(), pause);
}

static void gone_locked(struct build *build, const char *why)
{
    ci_log(CI_WARN, "build.gone", ci_kv("build", build->id), ci_kv("error", why));
    build_kill_locked(build);
}

/* The builder has everything before `next`. */
static void go_on_locked(struct build *build, const struct ci_reply *reply)
{
    json_t *next = json_object_get(reply->json, "next");

    if (!json_is_integer(next) || !spool_ack(build->spool, json_integer_value(next))) {
        gone_locked(build, "the builder expects a frame that there is not");
        return;
    }
    backoff_reset(&build->backoff);
    build->due = (struct ci_mono){0};
    if (!spool_empty(build->spool))
        sender_notify_locked(build, build->finished ? BUILD_NOW : BUILD_SOON);
}

static void accepted_locked(struct build *build, const struct ci_reply *reply)
{
    if (json_is_string(json_object_get(reply->json, "cancel")))
        build_cancel_locked(build);
    go_on_locked(build, reply);
}

/* What the builder says about a batch. */
static void judge_locked(struct build *build, const struct ci_reply *reply, const char *why)
{
    switch (reply->status) {
    case 200:
        accepted_locked(build, reply);
        return;
    case 400:
    case 413:
        ci_log(CI_ERROR, "journal.refused", ci_kv("build", build->id), ci_kv("error", why));
        build_refuse_locked(build);
        return;
    case 403:
    case 404:
    case 410:
        gone_locked(build, why);
        return;
    case 409:
        /* With a number it is about the journal, without about our name. */
        if (json_object_get(reply->json, "next")) {
            go_on_locked(build, reply);
        } else {
            build->agent->replaced = true;
            agent_changed_locked(build->agent);
            again_locked(build, why);
        }
        return;
    }
    again_locked(build, why);
}

/* One batch of one build. */
static void send_batch(struct agent *agent, struct ci_client *client, struct build *build)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct spool_batch batch;
    struct ci_reply reply = {0};
    enum called called;
    struct ci_err err;

    if (!spool_batch(build->spool, mem, &batch, &err)) {
        agent_lock(agent);
        gone_locked(build, err.msg);
        return;
    }
    if (batch.bytes.len == 0) {
        agent_lock(agent);
        return;
    }
    called = post(build, client, mem, &batch, &reply, &err);
    agent_lock(agent);
    if (called == CALLED)
        judge_locked(build, &reply, session_error(&reply, mem));
    else
        again_locked(build, err.msg);
}

static void *run(void *arg);

/* Another one when there is more to do than hands. */
static void hire_locked(struct agent *agent)
{
    struct ci_dur wait;

    if (agent->idle_senders == 0 && agent->senders < MAX_SENDERS && first_locked(agent, &wait) &&
        wait.us <= 0 && agent_thread(run, agent))
        agent->senders++;
}

static void serve_locked(struct agent *agent, struct ci_client *client, struct build *build)
{
    build->sending = true;
    build->due = (struct ci_mono){0};
    hire_locked(agent);
    agent_unlock(agent);
    send_batch(agent, client, build); /* comes back with the lock held */
    build->sending = false;
    build_settle_locked(build);
}

static void kick_locked(struct agent *agent, struct ci_client *client)
{
    struct ci_err err;

    agent->kick = false;
    agent_unlock(agent);
    if (!poller_kick(agent, client, &err))
        ci_log(CI_DEBUG, "kick.failed", ci_kv("error", (const char *)err.msg));
    agent_lock(agent);
}

/* False when this sender has been idle for long and others are there. */
static bool turn_locked(struct agent *agent, struct ci_client *client)
{
    struct ci_dur wait;
    struct build *build = first_locked(agent, &wait);
    struct ci_mono before;

    if (agent->kick) {
        kick_locked(agent, client);
        return true;
    }
    if (build && wait.us <= 0) {
        serve_locked(agent, client, build);
        return true;
    }
    before = ci_mono_now();
    agent->idle_senders++;
    agent_wait(agent, &agent->outgoing, wait);
    agent->idle_senders--;
    return build || agent->senders == 1 || ci_mono_since(ci_mono_now(), before).us < wait.us;
}

static void *run(void *arg)
{
    struct agent *agent = arg;
    struct ci_client *client = session_client();

    agent_lock(agent);
    while (!agent->stopping && turn_locked(agent, client))
        continue;
    agent_unlock(agent);
    ci_client_close(client);
    agent_lock(agent);
    agent->senders--;
    agent_changed_locked(agent);
    agent_unlock(agent);
    return NULL;
}

bool sender_start(struct agent *agent, struct ci_err *err)
{
    agent_lock(agent);
    agent->senders++;
    agent_unlock(agent);
    if (agent_thread(run, agent))
        return true;
    agent_lock(agent);
    agent->senders--;
    agent_unlock(agent);
    return ci_fail(err, CI_EUNAVAILABLE, "could not start a thread");
}
