/* SPDX-License-Identifier: Apache-2.0 */
/* The agents that poll this replica. */
#include "hub_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct hub *hub_new(void)
{
    struct hub *hub = calloc(1, sizeof(*hub));

    if (!hub)
        abort();
    pthread_mutex_init(&hub->lock, NULL);
    pthread_condattr_init(&hub->monotonic);
    hub->by_worker = map_new(sizeof(int64_t));
    pthread_condattr_setclock(&hub->monotonic, CLOCK_MONOTONIC);
    return hub;
}

static void agent_release(struct agent *agent)
{
    held_clear(agent);
    free(agent->held);
    free(agent->name);
    json_decref(agent->labels);
    json_decref(agent->properties);
    pthread_cond_destroy(&agent->wake);
    free(agent);
}

static void agent_remove(struct hub *hub, struct agent *agent)
{
    (void)map_take(hub->by_worker, &agent->workerid);
    if (agent->next)
        agent->next->previous = agent->previous;
    if (agent->previous)
        agent->previous->next = agent->next;
    else
        hub->agents = agent->next;
    agent_release(agent);
}

void hub_free(struct hub *hub)
{
    struct agent *agent, *next;

    if (!hub)
        return;
    for (agent = hub->agents; agent; agent = next) {
        next = agent->next;
        agent_release(agent);
    }
    map_free(hub->by_worker);
    pthread_condattr_destroy(&hub->monotonic);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

struct agent *agent_find(struct hub *hub, int64_t workerid)
{
    return map_get(hub->by_worker, &workerid);
}

void agent_add(struct hub *hub, struct agent *agent)
{
    agent->next = hub->agents;
    if (agent->next)
        agent->next->previous = agent;
    hub->agents = agent;
    (void)map_put(hub->by_worker, &agent->workerid, agent);
}

struct held *held_find(struct agent *agent, int64_t build)
{
    for (size_t i = 0; i < agent->held_count; i++) {
        if (agent->held[i].build == build)
            return &agent->held[i];
    }
    return NULL;
}

static void held_release(struct held *held)
{
    free(held->token);
    free(held->cancel);
    json_decref(held->start);
}

struct held *held_put(struct agent *agent, int64_t build, const char *token, enum held_state state)
{
    struct held *held = held_find(agent, build);

    if (held) {
        held_release(held);
    } else {
        if (agent->held_count == agent->held_room) {
            agent->held_room = agent->held_room ? agent->held_room * 2 : 4;
            agent->held = reallocarray(agent->held, agent->held_room, sizeof(*agent->held));
            if (!agent->held)
                abort();
        }
        held = &agent->held[agent->held_count++];
    }
    *held = (struct held){.build = build, .token = strdup(token), .state = state};
    return held;
}

void held_drop(struct agent *agent, struct held *held)
{
    held_release(held);
    *held = agent->held[--agent->held_count];
}

void held_clear(struct agent *agent)
{
    for (size_t i = 0; i < agent->held_count; i++)
        held_release(&agent->held[i]);
    agent->held_count = 0;
}

void agent_begin_session(struct agent *agent, int64_t session)
{
    agent->session = session;
    agent->reconcile = true;
    agent->parked = false;
    held_clear(agent);
}

/* True when it was another object before. */
static bool take_copy(json_t **mine, json_t *theirs)
{
    json_t *copy = json_is_object(theirs) ? json_deep_copy(theirs) : json_object();

    if (json_equal(*mine, copy)) {
        json_decref(copy);
        return false;
    }
    json_decref(*mine);
    *mine = copy;
    return true;
}

void hub_set_facts(struct hub *hub, const struct hub_facts *facts)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, facts->workerid);

    if (!agent)
        return;
    agent->active = facts->active;
    agent->paused = facts->paused;
    agent->graceful = facts->graceful;
    agent->max_builds = facts->max_builds;
    agent->session_at = facts->session_at;
    const bool labels = take_copy(&agent->labels, facts->labels);
    const bool properties = take_copy(&agent->properties, facts->properties);

    if (labels || properties)
        agent->facts = ++hub->facts;
}

void hub_set_held(struct hub *hub, struct ci_list list)
{
    HUB_LOCKED(hub);

    for (struct agent *agent = hub->agents; agent; agent = agent->next) {
        bool paused = false, graceful = false;

        CI_FOREACH(struct hub_facts, facts, list) {
            if (facts->workerid == agent->workerid) {
                paused = facts->paused;
                graceful = facts->graceful;
            }
        }
        if (graceful && !agent->graceful)
            pthread_cond_broadcast(&agent->wake);
        agent->paused = paused;
        agent->graceful = graceful;
    }
}

void hub_offer(struct hub *hub, int64_t workerid, int64_t build, const char *token, json_t *start)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);
    struct held *held;

    if (!agent || held_find(agent, build))
        return;
    held = held_put(agent, build, token, HELD_OFFERED);
    held->start = json_incref(start);
    pthread_cond_broadcast(&agent->wake);
}

void hub_started(struct hub *hub, int64_t workerid, int64_t build)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);
    struct held *held = agent ? held_find(agent, build) : NULL;

    if (held && held->state == HELD_OFFERED)
        held->state = HELD_RUNNING;
    if (held && held->state == HELD_RUNNING) {
        held->renew = true;
        agent->news = true;
    }
}

bool hub_over(struct hub *hub, int64_t workerid, int64_t build, bool stale)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);
    struct held *held = agent ? held_find(agent, build) : NULL;

    if (!held)
        return false;
    held->state = stale ? HELD_STALE : HELD_OVER;
    agent->hold_until = (struct ci_mono){0};
    held->over_at = ci_mono_now();
    held->not_before = (struct ci_mono){0};
    held->renew = false;
    if (stale)
        pthread_cond_broadcast(&agent->wake);
    return agent->parked;
}

void hub_cancel(struct hub *hub, int64_t workerid, int64_t build, const char *reason)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);
    struct held *held = agent ? held_find(agent, build) : NULL;

    if (!held || held->cancel)
        return;
    held->cancel = strdup(reason);
    if (held->state == HELD_RUNNING)
        held->not_before = (struct ci_mono){0};
    pthread_cond_broadcast(&agent->wake);
}

void hub_replace(struct hub *hub, int64_t workerid, int64_t session)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);

    if (!agent || agent->session >= session)
        return;
    agent_begin_session(agent, session);
    pthread_cond_broadcast(&agent->wake);
}

bool hub_replaced(struct hub *hub, int64_t workerid, int64_t session)
{
    HUB_LOCKED(hub);
    const struct agent *agent = agent_find(hub, workerid);

    return agent && agent->session > session;
}

void hub_hold(struct hub *hub, int64_t workerid, struct ci_mono until)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);

    if (!agent)
        return;
    agent->hold_until = until;
    agent->reconcile = true;
    pthread_cond_broadcast(&agent->wake);
}

void hub_roomier(struct hub *hub, int64_t workerid)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);

    if (agent)
        agent->hold_until = (struct ci_mono){0};
}

void hub_check(struct hub *hub, int64_t workerid, int64_t build)
{
    HUB_LOCKED(hub);
    struct agent *agent = agent_find(hub, workerid);

    if (!agent || held_find(agent, build))
        return;
    agent->reconcile = true;
    pthread_cond_broadcast(&agent->wake);
}

size_t hub_count(struct hub *hub, struct ci_mono since)
{
    HUB_LOCKED(hub);
    struct agent *agent, *next;
    size_t count = 0;

    for (agent = hub->agents; agent; agent = next) {
        next = agent->next;
        if (agent->waiters > 0 || agent->heard_at.us >= since.us)
            count++;
        else
            agent_remove(hub, agent);
    }
    return count;
}

struct ci_i64s hub_workers(struct hub *hub, void *mem)
{
    HUB_LOCKED(hub);
    int64_t *workers = ci_mem_array(mem, int64_t, map_count(hub->by_worker) + 1);
    size_t count = 0;

    for (const struct agent *agent = hub->agents; agent; agent = agent->next)
        workers[count++] = agent->workerid;
    return (struct ci_i64s){workers, count};
}

void hub_drain(struct hub *hub)
{
    HUB_LOCKED(hub);

    hub->draining = true;
    for (struct agent *agent = hub->agents; agent; agent = agent->next)
        pthread_cond_broadcast(&agent->wake);
}
