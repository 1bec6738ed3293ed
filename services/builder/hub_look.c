/* SPDX-License-Identifier: Apache-2.0 */
/* What the loops see of the hub: agents that wait, and news that the database is to hear. */
#include "hub_internal.h"

static int free_slots(const struct agent *agent)
{
    int room = agent->slots;

    if (agent->max_builds > 0 && agent->max_builds < room)
        room = agent->max_builds;
    for (size_t i = 0; i < agent->held_count; i++)
        room -= !agent->held[i].waiting &&
                (agent->held[i].state == HELD_OFFERED || agent->held[i].state == HELD_RUNNING);
    return room;
}

static bool waits(const struct agent *agent, struct ci_mono now)
{
    return agent->parked && agent->active && !agent->reconcile && !agent->paused &&
           !agent->graceful && !agent->draining && agent->hold_until.us <= now.us &&
           free_slots(agent) > 0;
}

struct ci_list hub_waiting(struct hub *hub, struct ci_mono now, void *mem)
{
    HUB_LOCKED(hub);
    struct match_worker *workers =
        ci_mem_array(mem, struct match_worker, map_count(hub->by_worker) + 1);
    size_t count = 0;

    for (struct agent *agent = hub->agents; agent; agent = agent->next) {
        agent->missed = !agent->parked;
        if (waits(agent, now))
            workers[count++] = (struct match_worker){
                .workerid = agent->workerid,
                .session = agent->session,
                .name = ci_mem_strdup(mem, agent->name),
                .labels = ci_mem_json(mem, json_incref(agent->labels)),
                .properties = ci_mem_json(mem, json_incref(agent->properties)),
                .facts = agent->facts,
                .slots = agent->slots,
                .free = free_slots(agent),
            };
    }
    return (struct ci_list){workers, count};
}

static size_t count_held(const struct hub *hub)
{
    size_t count = 0;

    for (const struct agent *agent = hub->agents; agent; agent = agent->next)
        count += agent->held_count;
    return count;
}

size_t hub_load(struct hub *hub)
{
    HUB_LOCKED(hub);

    return count_held(hub);
}

void hub_take_news(struct hub *hub, void *mem, struct hub_news *out)
{
    HUB_LOCKED(hub);
    int64_t *builds = ci_mem_array(mem, int64_t, count_held(hub) + 1);
    int64_t *workers = ci_mem_array(mem, int64_t, map_count(hub->by_worker) + 1);
    int64_t *sessions = ci_mem_array(mem, int64_t, map_count(hub->by_worker) + 1);

    *out = (struct hub_news){
        {builds,   0},
        {workers,  0},
        {sessions, 0}
    };
    for (struct agent *agent = hub->agents; agent; agent = agent->next) {
        if (!agent->news)
            continue;
        agent->news = false;
        workers[out->workers.count++] = agent->workerid;
        sessions[out->sessions.count++] = agent->session;
        for (size_t i = 0; i < agent->held_count; i++) {
            if (agent->held[i].renew)
                builds[out->builds.count++] = agent->held[i].build;
            agent->held[i].renew = false;
        }
    }
}

static bool contains(struct ci_i64s list, int64_t value)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i] == value)
            return true;
    }
    return false;
}

void hub_return_news(struct hub *hub, const struct hub_news *news)
{
    HUB_LOCKED(hub);

    for (size_t w = 0; w < news->workers.count; w++) {
        struct agent *agent = agent_find(hub, news->workers.items[w]);

        if (!agent || agent->session != news->sessions.items[w])
            continue;
        agent->news = true;
        for (size_t i = 0; i < agent->held_count; i++) {
            if (agent->held[i].state == HELD_RUNNING &&
                contains(news->builds, agent->held[i].build))
                agent->held[i].renew = true;
        }
    }
}
