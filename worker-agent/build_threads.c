/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that run builds. */
#include "build_threads.h"

#include "agent.h"
#include "shared/log.h"

#include <malloc.h>
#include <unistd.h>

enum { IDLE_SECONDS = 5 };

static struct build *take_locked(struct agent *agent)
{
    struct build *build = agent->waiting;

    if (build)
        agent->waiting = build->next_waiting;
    return build;
}

/* The next build, or NULL when none came for a while. */
static struct build *next_locked(struct agent *agent)
{
    struct build *build = agent->stopping ? NULL : take_locked(agent);

    if (build || agent->stopping)
        return build;
    agent->idle_threads++;
    agent_wait(agent, &agent->work, ci_seconds(IDLE_SECONDS));
    agent->idle_threads--;
    return agent->stopping ? NULL : take_locked(agent);
}

static void *run(void *arg)
{
    struct agent *agent = arg;
    CI_AUTO_MEM mem = ci_mem_new();
    struct worker worker = {.agent = agent, .ctl = -1};
    struct build *build;

    worker.buffer = ci_mem_array(mem, char, WORKER_BUFFER);
    agent_lock(agent);
    while ((build = next_locked(agent))) {
        agent_unlock(agent);
        build_run(&worker, build);
        agent_lock(agent);
        build_over_locked(build);
    }
    agent_unlock(agent);
    if (worker.ctl >= 0)
        close(worker.ctl);
    ci_mem_free(CI_STEAL(mem));
    malloc_trim(0); /* an idle agent is to be small */
    agent_lock(agent);
    agent->threads--;
    agent_changed_locked(agent);
    agent_unlock(agent);
    return NULL;
}

static unsigned count_waiting(const struct agent *agent)
{
    unsigned count = 0;

    for (const struct build *build = agent->waiting; build; build = build->next_waiting)
        count++;
    return count;
}

/* A build that waits for others takes no slot. */
static unsigned slots_locked(const struct agent *agent)
{
    unsigned slots = (unsigned)agent->settings->slots;

    for (const struct build *build = agent->builds; build; build = build->next)
        slots += build->running && build->waits ? 1 : 0;
    return slots;
}

void build_threads_look_locked(struct agent *agent)
{
    if (count_waiting(agent) == 0 || agent->stopping)
        return;
    if (count_waiting(agent) <= agent->idle_threads) {
        pthread_cond_signal(&agent->work);
    } else if (agent->threads >= slots_locked(agent)) {
        return; /* more than was offered: the first that ends its build takes it */
    } else if (agent_thread(run, agent)) {
        agent->threads++;
    } else {
        /* One that ends its build takes it. */
        ci_log(CI_WARN, "thread.refused", ci_kv("threads", agent->threads));
    }
}

void build_threads_add_locked(struct agent *agent, struct build *build)
{
    struct build **last = &agent->waiting;

    while (*last)
        last = &(*last)->next_waiting;
    build->next_waiting = NULL;
    *last = build;
    build_threads_look_locked(agent);
}
