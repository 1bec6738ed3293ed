/* SPDX-License-Identifier: Apache-2.0 */
/* Beginning, stopping and letting go of builds. */
#include "build.h"

#include "agent.h"
#include "build_threads.h"
#include "sender.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DISK_PAUSE_SECONDS = 1 };

static struct build *build_new(struct agent *agent, int64_t id, const char *token)
{
    struct build *build = calloc(1, sizeof(*build));

    if (!build)
        abort(); /* no memory */
    build->agent = agent;
    build->mem = ci_mem_new();
    build->id = id;
    build->token = ci_mem_strdup(build->mem, token);
    return build;
}

void build_free(struct build *build)
{
    spool_free(build->spool);
    ci_mem_free(build->mem);
    free(build->slug);
    free(build);
}

static void add_locked(struct build *build)
{
    build->next = build->agent->builds;
    build->agent->builds = build;
}

/* A start that can't be read still is a build, whose end somebody waits for. */
static struct build *new_from(struct agent *agent, json_t *command)
{
    const char *token = json_string_value(json_object_get(command, "token"));
    json_int_t id = json_integer_value(json_object_get(command, "build"));
    struct build *build;
    struct ci_err err;

    if (!token || !*token || id <= 0) {
        ci_log(CI_ERROR, "start.unreadable", ci_kv("error", "neither build nor token"));
        return NULL;
    }
    if (agent_find(agent, id, token))
        return NULL;
    build = build_new(agent, id, token);
    build->start = ci_mem_zero(build->mem, struct start);
    if (!start_read(command, build->mem, build->start, &err))
        build->unreadable =
            ci_mem_printf(build->mem, "the agent can't read the build: %s", err.msg);
    return build;
}

void build_start_locked(struct agent *agent, json_t *command)
{
    struct build *build = new_from(agent, command);

    if (!build)
        return;
    build->running = true;
    add_locked(build);
    build_threads_add_locked(agent, build);
}

void build_adopt(struct agent *agent, struct spool *spool, const struct spool_found *found)
{
    struct build *build = build_new(agent, found->build, found->token);

    build->spool = spool;
    build->finished = true;
    build->due = ci_mono_now();
    add_locked(build);
}

void under_way_tell_locked(const struct under_way *command, enum wire_kind kind)
{
    struct wire_message message = {.kind = kind, .number = command->order};

    if (command->ctl >= 0)
        (void)!send(command->ctl, &message, sizeof(message), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void build_tell_locked(struct build *build, enum wire_kind kind)
{
    for (const struct under_way *command = build->commands; command; command = command->next)
        if (kind == WIRE_KILL || !command->apart)
            under_way_tell_locked(command, kind);
}

/* Whoever of its steps waits for something else than a command looks up. */
static void interrupt_locked(struct build *build)
{
    __atomic_store_n(&build->interrupted, true, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&build->agent->connection);
}

void build_cancel_locked(struct build *build)
{
    if (build->cancelled)
        return;
    build->cancelled = build->stop_pending = true;
    interrupt_locked(build);
    build_tell_locked(build, WIRE_STOP);
}

bool build_pass_stop(struct build *build)
{
    bool cancelled;

    agent_lock(build->agent);
    cancelled = build->cancelled;
    build->stop_pending = false;
    if (!build->killed && !build->refused && !build->agent->stopping)
        __atomic_store_n(&build->interrupted, false, __ATOMIC_RELAXED);
    agent_unlock(build->agent);
    return cancelled;
}

void build_set_waiting(struct build *build, bool waits)
{
    struct agent *agent = build->agent;

    agent_lock(agent);
    build->waits = waits;
    agent->kick = true; /* the builder may have another build for its slot */
    pthread_cond_broadcast(&agent->outgoing);
    build_threads_look_locked(agent);
    agent_unlock(agent);
}

void build_kill_locked(struct build *build)
{
    build->killed = true;
    build->refused = false;
    interrupt_locked(build);
    build_tell_locked(build, WIRE_KILL);
}

/* Nobody else appends to or sends it now. */
static void end_refused(struct build *build)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf frame;
    struct ci_err err;

    ci_buf_init(&frame, mem);
    frame_build_finished(&frame, CI_EXCEPTION, "the builder could not read the agent's journal",
                         ci_time_now());
    if (!spool_cut(build->spool, &err) ||
        !spool_append(build->spool, (struct ci_bytes){frame.text, frame.len}, &err)) {
        ci_log(CI_ERROR, "journal.lost", ci_kv("build", build->id),
               ci_kv("error", (const char *)err.msg));
        build->killed = true;
    }
    build->finished = true;
    build->due = ci_mono_now();
}

void build_refuse_locked(struct build *build)
{
    /* Refused again: nothing of it will ever be understood. */
    if (build->refused) {
        build_kill_locked(build);
        return;
    }
    build->refused = true;
    interrupt_locked(build);
    build_tell_locked(build, WIRE_KILL);
    if (!build->running)
        end_refused(build);
}

static void remove_locked(struct build *build)
{
    struct build **link = &build->agent->builds;

    while (*link != build)
        link = &(*link)->next;
    *link = build->next;
}

void build_settle_locked(struct build *build)
{
    struct agent *agent = build->agent;
    bool done = build->finished && build->spool && spool_empty(build->spool);

    /* One that this agent did not bring to its end is for the next to tell of. */
    if (build->running || build->sending || !(build->killed || done))
        return;
    remove_locked(build);
    if (build->spool)
        spool_drop(CI_STEAL(build->spool));
    build_free(build);
    agent_changed_locked(agent);
}

/* Its thread has ended with it. */
void build_over_locked(struct build *build)
{
    build->running = false;
    if (build->refused && !build->killed && build->spool)
        end_refused(build);
    build_settle_locked(build);
}

bool build_is_stopped(struct build *build)
{
    bool stopped;

    agent_lock(build->agent);
    stopped = build->stop_pending || build->killed || build->refused || build->agent->stopping;
    agent_unlock(build->agent);
    return stopped;
}

bool build_is_killed(struct build *build)
{
    bool killed;

    agent_lock(build->agent);
    killed = build->killed || build->refused || build->agent->stopping;
    agent_unlock(build->agent);
    return killed;
}

/*
 * A disk that refuses stops the build until it takes the frame: what was
 * acknowledged meanwhile gives room, and nothing is lost.
 */
static bool append_patiently(struct build *build, struct ci_bytes frame)
{
    bool told = false;
    struct ci_err err;

    while (!build_is_killed(build)) {
        if (spool_append(build->spool, frame, &err))
            return true;
        if (!told)
            ci_log(CI_ERROR, "journal.waiting", ci_kv("build", build->id),
                   ci_kv("error", (const char *)err.msg));
        told = true;
        agent_lock(build->agent);
        agent_wait(build->agent, &build->agent->connection, ci_seconds(DISK_PAUSE_SECONDS));
        agent_unlock(build->agent);
    }
    return false;
}

void build_append(struct build *build, struct ci_bytes frame, enum build_haste haste)
{
    if (!append_patiently(build, frame))
        return;
    agent_lock(build->agent);
    sender_notify_locked(build, haste);
    agent_unlock(build->agent);
}
