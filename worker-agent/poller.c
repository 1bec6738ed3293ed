/* SPDX-License-Identifier: Apache-2.0 */
/* Polls and the commands they bring. */
#include "poller.h"

#include "backoff.h"
#include "environment.h"
#include "sender.h"
#include "shared/log.h"

#include <inttypes.h>
#include <string.h>

enum { ANSWER_SECONDS = 20 }; /* beyond the wait */

static struct build *named(struct agent *agent, json_t *command)
{
    const char *token = json_string_value(json_object_get(command, "token"));

    return agent_find(agent, json_integer_value(json_object_get(command, "build")),
                      token ? token : "");
}

static void do_start(struct agent *agent, json_t *command)
{
    build_start_locked(agent, command);
}

static void do_cancel(struct agent *agent, json_t *command)
{
    struct build *build = named(agent, command);

    if (build)
        build_cancel_locked(build);
}

static void do_forget(struct agent *agent, json_t *command)
{
    struct build *build = named(agent, command);

    if (!build)
        return;
    build_kill_locked(build);
    build_settle_locked(build);
}

static void do_drain(struct agent *agent, json_t *command)
{
    (void)command;
    agent->draining = true;
}

static void do_stop(struct agent *agent, json_t *command)
{
    (void)command;
    agent->draining = agent->leaving = true;
    agent_changed_locked(agent);
}

static const struct {
    const char *name;
    void (*run)(struct agent *agent, json_t *command); /* lock held */
} commands[] = {
    {"start",  do_start },
    {"cancel", do_cancel},
    {"forget", do_forget},
    {"drain",  do_drain },
    {"stop",   do_stop  },
};

static void obey_locked(struct agent *agent, json_t *command)
{
    const char *name = json_string_value(json_object_get(command, "command"));

    for (size_t i = 0; name && i < CI_COUNT(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            commands[i].run(agent, command);
            return;
        }
    }
    ci_log(CI_WARN, "command.unrecognized", ci_kv("command", name));
}

static void obey(struct agent *agent, const struct ci_reply *reply)
{
    json_t *list = json_object_get(reply->json, "commands"), *command;
    size_t i;

    agent_lock(agent);
    json_array_foreach(list, i, command)
        obey_locked(agent, command);
    agent_unlock(agent);
}

static json_t *describe_build(struct build *build)
{
    json_t *json =
        json_pack("{s:I, s:s, s:I}", "build", (json_int_t)build->id, "token", build->token, "next",
                  (json_int_t)(build->spool ? spool_front(build->spool) : 0));

    if (build->waits)
        json_object_set_new(json, "waiting", json_true());
    return json;
}

/* What we hold, as the body of a poll. */
static json_t *describe(struct agent *agent, bool *draining, bool *environments)
{
    json_t *builds = json_array(), *body;

    agent_lock(agent);
    for (struct build *build = agent->builds; build; build = build->next)
        json_array_append_new(builds, describe_build(build));
    agent->kick = false;
    *draining = agent->draining;
    *environments = agent->environments_changed;
    agent->environments_changed = false;
    agent_unlock(agent);
    body = json_pack("{s:i, s:b, s:o}", "slots", agent->settings->slots, "draining", *draining,
                     "builds", builds);
    if (*environments)
        json_object_set_new(body, "environments", environment_list(agent->builders_dir));
    return body;
}

/* They were not heard. */
static void list_again(struct agent *agent)
{
    agent_lock(agent);
    agent->environments_changed = true;
    agent_unlock(agent);
}

/* After a poll that said so has been answered no more builds come. */
static void note_drained(struct agent *agent)
{
    agent_lock(agent);
    agent->drain_told = true;
    agent_changed_locked(agent);
    agent_unlock(agent);
}

static bool is_answered(struct agent *agent, const struct ci_reply *reply, void *mem,
                        struct ci_err *err)
{
    if (reply->status == 409) {
        agent_replaced(agent);
        return ci_fail(err, CI_ECONFLICT, "%s", session_error(reply, mem));
    }
    return reply->status == 200 || reply->status == 204 ||
           ci_fail(err, CI_EUNAVAILABLE, "%s", session_error(reply, mem));
}

static bool poll_once(struct agent *agent, struct ci_client *client, int wait, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_reply reply = {0};
    bool draining, environments;
    struct ci_call call = {
        .method = "POST",
        .json = ci_mem_json(mem, describe(agent, &draining, &environments)),
        .timeout = ci_seconds(wait + ANSWER_SECONDS),
    };
    const char *path = ci_mem_printf(mem, "/agent/v1/poll?wait=%d", wait);

    if (session_call(agent, client, &call, path, mem, &reply, err) != CALLED ||
        !is_answered(agent, &reply, mem, err)) {
        if (environments)
            list_again(agent);
        return false;
    }
    obey(agent, &reply);
    if (draining)
        note_drained(agent);
    return true;
}

bool poller_kick(struct agent *agent, struct ci_client *client, struct ci_err *err)
{
    return poll_once(agent, client, 0, err);
}

/* A session if there is none, then one poll: after a failure a short one, to know where we are. */
static bool turn(struct agent *agent, struct ci_client *client, bool failed, struct ci_err *err)
{
    bool session;
    int heartbeat;

    agent_lock(agent);
    session = agent->session;
    heartbeat = agent->heartbeat;
    agent_unlock(agent);
    if (!session && !session_open(agent, client, err))
        return false;
    return poll_once(agent, client, failed ? 0 : heartbeat, err);
}

static bool is_stopping(struct agent *agent)
{
    bool stopping;

    agent_lock(agent);
    stopping = agent->stopping || agent->replaced;
    agent_unlock(agent);
    return stopping;
}

static void pause_for(struct agent *agent, struct ci_dur pause)
{
    agent_lock(agent);
    if (!agent->stopping)
        agent_wait(agent, &agent->connection, pause);
    agent_unlock(agent);
}

static void note_answer(struct agent *agent)
{
    agent_lock(agent);
    sender_retry_locked(agent);
    agent_unlock(agent);
}

void *poller_run(void *arg)
{
    struct agent *agent = arg;
    struct ci_client *client = session_client();
    struct backoff backoff = {0};
    struct ci_err err;

    while (!is_stopping(agent)) {
        if (turn(agent, client, backoff.tries > 0, &err)) {
            if (backoff.tries > 0)
                note_answer(agent);
            backoff_reset(&backoff);
        } else if (!is_stopping(agent)) {
            struct ci_dur pause = backoff_next(&backoff, agent_random());

            /* The first of a row is news. */
            ci_log(backoff.tries == 1 ? CI_WARN : CI_DEBUG, "poll.failed",
                   ci_kv("error", (const char *)err.msg), ci_kv("pause_ms", pause.us / 1000));
            pause_for(agent, pause);
        }
    }
    ci_client_close(client);
    return NULL;
}
