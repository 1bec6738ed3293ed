/* SPDX-License-Identifier: Apache-2.0 */
/* What the threads share, and how they wait for each other. */
#include "agent.h"

#include "shared/clock.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Enough for a cut line (output.c) and a sanitizer's frames; only touched pages count. */
enum { STACK_BYTES = 512 << 10, HEARTBEAT_SECONDS = 10 };

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attr);
    pthread_condattr_destroy(&attr);
}

static char *path_below(const char *folder, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort(); /* no memory */
    return path;
}

void agent_init(struct agent *agent, const struct settings *settings, struct spawner *spawner)
{
    *agent = (struct agent){.settings = settings,
                            .spawner = spawner,
                            .env = (const char *const *)environ,
                            .builders_dir = path_below(settings->work_dir, "builders"),
                            .spool_dir = path_below(settings->work_dir, "spool"),
                            .spares = spares_new(),
                            .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                            .environments_changed = true,
                            .heartbeat = HEARTBEAT_SECONDS};
    pthread_mutex_init(&agent->lock, NULL);
    init_condition(&agent->changed);
    init_condition(&agent->work);
    init_condition(&agent->outgoing);
    init_condition(&agent->connection);
}

void agent_release(struct agent *agent)
{
    while (agent->builds) {
        struct build *build = agent->builds;

        agent->builds = build->next;
        build_free(build);
    }
    spares_free(agent->spares);
    pthread_cond_destroy(&agent->changed);
    pthread_cond_destroy(&agent->work);
    pthread_cond_destroy(&agent->outgoing);
    pthread_cond_destroy(&agent->connection);
    pthread_mutex_destroy(&agent->lock);
    free(agent->builders_dir);
    free(agent->spool_dir);
    free(agent->session);
    close(agent->wake);
}

void agent_lock(struct agent *agent)
{
    pthread_mutex_lock(&agent->lock);
}

void agent_unlock(struct agent *agent)
{
    pthread_mutex_unlock(&agent->lock);
}

void agent_wait(struct agent *agent, pthread_cond_t *condition, struct ci_dur limit)
{
    struct ci_mono until = ci_mono_add(ci_mono_now(), limit);
    struct timespec at = {.tv_sec = until.us / 1000000, .tv_nsec = until.us % 1000000 * 1000};

    pthread_cond_timedwait(condition, &agent->lock, &at);
}

void agent_changed_locked(struct agent *agent)
{
    const uint64_t one = 1;

    pthread_cond_broadcast(&agent->changed);
    /* main sleeps through the builds of ordinary days. */
    if (agent->leaving || agent->replaced)
        (void)!write(agent->wake, &one, sizeof(one));
}

/* What a thread begins with. */
struct entry {
    void *(*run)(void *);
    struct agent *agent;
};

/*
 * Not detached: what libraries keep for a thread goes at its very end, and
 * that has to come before the end of the process. Each joins the one that
 * ended before it, so that there is never more than one to be joined.
 */
static void leave(struct agent *agent)
{
    pthread_t before;
    bool has_before;

    agent_lock(agent);
    before = agent->ended;
    has_before = agent->has_ended;
    agent->ended = pthread_self();
    agent->has_ended = true;
    __atomic_sub_fetch(&agent->alive, 1, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&agent->changed);
    agent_unlock(agent);
    if (has_before)
        pthread_join(before, NULL);
}

static void *enter(void *arg)
{
    const struct entry entry = *(struct entry *)arg;

    free(arg);
    entry.run(entry.agent);
    leave(entry.agent);
    return NULL;
}

bool agent_helper(void *(*run)(void *), void *arg, pthread_t *thread)
{
    pthread_attr_t attr;
    bool started;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    started = pthread_create(thread, &attr, run, arg) == 0;
    pthread_attr_destroy(&attr);
    return started;
}

bool agent_thread(void *(*run)(void *), struct agent *agent)
{
    struct entry *entry = malloc(sizeof(*entry));
    pthread_t thread;

    if (!entry)
        return false;
    *entry = (struct entry){run, agent};
    __atomic_add_fetch(&agent->alive, 1, __ATOMIC_RELAXED);
    if (agent_helper(enter, entry, &thread))
        return true;
    __atomic_sub_fetch(&agent->alive, 1, __ATOMIC_RELAXED);
    free(entry);
    return false;
}

void agent_stop_locked(struct agent *agent)
{
    agent->stopping = true;
    __atomic_store_n(&agent->abort, true, __ATOMIC_RELAXED);
    for (struct build *build = agent->builds; build; build = build->next)
        __atomic_store_n(&build->interrupted, true, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&agent->work);
    pthread_cond_broadcast(&agent->outgoing);
    pthread_cond_broadcast(&agent->connection);
}

void agent_join(struct agent *agent)
{
    agent_lock(agent);
    while (__atomic_load_n(&agent->alive, __ATOMIC_RELAXED) > 0)
        pthread_cond_wait(&agent->changed, &agent->lock);
    agent_unlock(agent);
    if (agent->has_ended)
        pthread_join(agent->ended, NULL);
}

struct build *agent_find(struct agent *agent, int64_t id, const char *token)
{
    struct build *build = agent->builds;

    while (build && (build->id != id || strcmp(build->token, token) != 0))
        build = build->next;
    return build;
}

const char *agent_session(struct agent *agent, void *mem, const char **base)
{
    const char *token;

    agent_lock(agent);
    token = ci_mem_strdup(mem, agent->session);
    *base = agent->settings->servers.items[agent->server];
    agent_unlock(agent);
    return token;
}

void agent_session_refused(struct agent *agent, const char *token)
{
    agent_lock(agent);
    if (agent->session && strcmp(agent->session, token) == 0) {
        free(agent->session);
        agent->session = NULL;
    }
    agent_unlock(agent);
}

void agent_server_failed(struct agent *agent, const char *base)
{
    struct ci_strs servers = agent->settings->servers;

    agent_lock(agent);
    if (strcmp(servers.items[agent->server], base) == 0)
        agent->server = (agent->server + 1) % servers.count;
    agent_unlock(agent);
}

void agent_replaced(struct agent *agent)
{
    agent_lock(agent);
    agent->replaced = true;
    agent_changed_locked(agent);
    agent_unlock(agent);
}

uint32_t agent_random(void)
{
    uint32_t value = 0;

    /* Jitter only: if the kernel had none, 0 would do. */
    (void)!getrandom(&value, sizeof(value), GRND_NONBLOCK);
    return value;
}
