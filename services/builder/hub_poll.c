/* SPDX-License-Identifier: Apache-2.0 */
/* The life of one poll in the hub: reporting, reconciling, waiting. */
#include "hub_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A build that is over but still listed so long after is one the agent hangs on to. */
static const struct ci_dur over_grace = {30000000};

bool poll_lists(const struct hub_poll *poll, int64_t build, const char *token)
{
    for (size_t i = 0; i < poll->listed_count; i++) {
        if (poll->listed[i].build == build)
            return strcmp(poll->listed[i].token, token) == 0;
    }
    return false;
}

static struct agent *agent_new(struct hub *hub, const struct hub_poll *poll)
{
    struct agent *agent = calloc(1, sizeof(*agent));

    if (!agent)
        abort();
    agent->workerid = poll->workerid;
    agent->session = poll->session;
    agent->name = strdup(poll->name);
    agent->labels = json_object();
    agent->properties = json_object();
    agent->facts = ++hub->facts;
    agent->reconcile = true;
    pthread_cond_init(&agent->wake, &hub->monotonic);
    agent_add(hub, agent);
    return agent;
}

/* A build that this replica does not know makes it ask the database. */
static void report_listed(struct agent *agent, const struct hub_listed *listed, struct ci_mono now)
{
    struct held *held = held_find(agent, listed->build);

    if (!held || strcmp(held->token, listed->token) != 0) {
        agent->reconcile = true;
        return;
    }
    if (held->state == HELD_OFFERED)
        held->state = HELD_RUNNING;
    if (held->state == HELD_OVER && held->over_at.us + over_grace.us < now.us)
        held->state = HELD_STALE;
    held->renew = held->state == HELD_RUNNING;
    held->waiting = listed->waiting;
}

/* Forgets what an agent holds no longer; offers stay until it has taken them. */
static void drop_unlisted(struct agent *agent, const struct hub_poll *poll)
{
    for (size_t i = agent->held_count; i-- > 0;) {
        struct held *held = &agent->held[i];

        if (held->state != HELD_OFFERED && !poll_lists(poll, held->build, held->token))
            held_drop(agent, held);
    }
}

static bool offers(const struct agent *agent)
{
    for (size_t i = 0; i < agent->held_count; i++) {
        if (agent->held[i].state == HELD_OFFERED)
            return true;
    }
    return false;
}

enum hub_state hub_report(struct hub *hub, struct hub_poll *poll, struct ci_mono now)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, poll->workerid);

    if (hub->draining)
        return HUB_STOPPING;
    if (!agent)
        agent = agent_new(hub, poll);
    if (agent->session > poll->session)
        return HUB_REPLACED;
    if (agent->session < poll->session)
        agent_begin_session(agent, poll->session);
    agent->slots = poll->slots;
    agent->draining = poll->draining;
    agent->heard_at = now;
    agent->news = true;
    agent->parked = true;
    poll->missed = agent->missed;
    agent->missed = false;
    agent->ticket = poll->ticket = ++hub->tickets;
    for (size_t i = 0; i < poll->listed_count; i++)
        report_listed(agent, &poll->listed[i], now);
    drop_unlisted(agent, poll);
    if (poll->draining && offers(agent))
        agent->reconcile = true;          /* it will not take them: they go back to the queue */
    pthread_cond_broadcast(&agent->wake); /* an older poll ends */
    return agent->reconcile ? HUB_RECONCILE : HUB_NOTHING;
}

/* One unfinished build of the worker against what the poll lists and the hub knows. */
static void compare(struct agent *agent, const struct hub_poll *poll, const struct hub_build *build,
                    struct hub_differences *out, int64_t *unknown, int64_t *lost)
{
    struct held *held = held_find(agent, build->buildid);
    const bool listed = poll_lists(poll, build->buildid, build->token);

    if (!listed && poll->draining && (held ? held->state == HELD_OFFERED : !build->seen)) {
        lost[out->lost.count++] = build->buildid;
    } else if (listed && !held) {
        held = held_put(agent, build->buildid, build->token, HELD_RUNNING);
        held->renew = true;
    } else if (!listed && !held && build->seen) {
        /* Seen in this session it may just have been finished elsewhere; its lease will tell. */
        if (build->started_at.us < agent->session_at.us)
            lost[out->lost.count++] = build->buildid;
    } else if (!listed && !held) {
        unknown[out->unknown.count++] = build->buildid;
    }
    if (held && build->stop_reason && !held->cancel)
        held->cancel = strdup(build->stop_reason);
}

static bool among(struct ci_list builds, int64_t build, const char *token)
{
    CI_FOREACH(struct hub_build, item, builds) {
        if (item->buildid == build)
            return strcmp(item->token, token) == 0;
    }
    return false;
}

void hub_reconcile(struct hub *hub, const struct hub_poll *poll, struct ci_list builds, void *mem,
                   struct hub_differences *out)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, poll->workerid);
    int64_t *unknown = ci_mem_array(mem, int64_t, builds.count + 1);
    int64_t *lost = ci_mem_array(mem, int64_t, builds.count + 1);

    *out = (struct hub_differences){
        {unknown, 0},
        {lost,    0}
    };
    if (!agent || agent->session != poll->session)
        return;
    agent->reconcile = false;
    CI_FOREACH(struct hub_build, build, builds)
        compare(agent, poll, build, out, unknown, lost);
    for (size_t i = 0; i < poll->listed_count; i++) {
        const struct hub_listed *listed = &poll->listed[i];
        const struct held *held = held_find(agent, listed->build);

        if (!among(builds, listed->build, listed->token) && !(held && held->state == HELD_OVER))
            held_put(agent, listed->build, listed->token, HELD_STALE);
    }
}

static struct timespec to_timespec(struct ci_mono at)
{
    return (struct timespec){.tv_sec = at.us / 1000000, .tv_nsec = at.us % 1000000 * 1000};
}

/* One look: HUB_NOTHING with *again set means that it is worth waiting. */
static enum hub_state look(struct hub *hub, struct agent *agent, const struct hub_poll *poll,
                           struct ci_mono *next, json_t **commands, bool *again)
{
    *again = false;
    if (agent->session != poll->session)
        return HUB_REPLACED;
    if (agent->ticket != poll->ticket)
        return HUB_NOTHING;
    if (agent->reconcile)
        return HUB_RECONCILE;
    *commands = commands_take(agent, ci_mono_now(), next);
    if (*commands)
        return HUB_COMMANDS;
    *again = !hub->draining;
    return HUB_NOTHING;
}

/* A newer poll may wait in the place of this one. */
static void leave(struct agent *agent, const struct hub_poll *poll)
{
    if (agent->ticket == poll->ticket)
        agent->parked = false;
}

enum hub_state hub_wait(struct hub *hub, const struct hub_poll *poll, struct ci_mono until,
                        json_t **commands)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, poll->workerid);
    enum hub_state state = HUB_NOTHING;
    bool again = true;

    if (!agent)
        return HUB_NOTHING;
    agent->waiters++;
    while (again) {
        struct ci_mono next = until;

        state = look(hub, agent, poll, &next, commands, &again);
        if (again) {
            const struct timespec at = to_timespec(next);

            again = pthread_cond_timedwait(&agent->wake, &hub->lock, &at) != ETIMEDOUT ||
                    ci_mono_now().us < until.us;
        }
    }
    agent->waiters--;
    /* After a reconciliation the same poll waits on. */
    if (state != HUB_RECONCILE)
        leave(agent, poll);
    return state;
}

void hub_leave(struct hub *hub, const struct hub_poll *poll)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, poll->workerid);

    if (agent)
        leave(agent, poll);
}
