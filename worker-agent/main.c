/* SPDX-License-Identifier: Apache-2.0 */
/* slipway-agent: settings, the spawner, threads, and the way out. */
#include "agent.h"
#include "cgroup.h"
#include "folder.h"
#include "leftover.h"
#include "poller.h"
#include "sender.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { TELL_SECONDS = 5, ARENAS = 2, KEPT_BYTES = 1 << 20, LOCK_SECONDS = 5, LOCK_EVERY_MS = 10 };

/* The helpers of an agent that was killed hold the lock until the last of its steps is dead. */
static bool lock_folder(int lock)
{
    const struct ci_mono until = ci_mono_add(ci_mono_now(), ci_seconds(LOCK_SECONDS));

    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK || ci_mono_now().us >= until.us)
            return false;
        poll(NULL, 0, LOCK_EVERY_MS);
    }
    return true;
}

/* Makes the work folder absolute, with what it holds, and keeps other agents out of it. */
static bool prepare_folder(struct settings *settings, void *mem, int *lock, struct ci_err *err)
{
    char *path;

    if (!folder_make(settings->work_dir, err))
        return false;
    path = realpath(settings->work_dir, NULL);
    if (!path)
        return ci_fail(err, CI_EINVALID, "%s: %s", settings->work_dir, strerror(errno));
    settings->work_dir = ci_mem_strdup(mem, path);
    free(path);
    if (!folder_make(ci_mem_printf(mem, "%s/builders", settings->work_dir), err) ||
        !folder_make(ci_mem_printf(mem, "%s/spool", settings->work_dir), err))
        return false;
    *lock =
        open(ci_mem_printf(mem, "%s/lock", settings->work_dir), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*lock < 0 || !lock_folder(*lock))
        return ci_fail(err, CI_ECONFLICT, "work folder %s: %s", settings->work_dir,
                       errno == EWOULDBLOCK ? "another agent works there" : strerror(errno));
    return true;
}

/* Builds still running, or journals still to be sent. Lock held. */
static bool is_busy(const struct agent *agent)
{
    return agent->builds != NULL;
}

/* Takes no more builds and has the builder told. Lock held. */
static void drain_locked(struct agent *agent)
{
    agent->draining = agent->leaving = agent->kick = true;
    pthread_cond_broadcast(&agent->outgoing);
    ci_log(CI_INFO, "draining", ci_kv("busy", is_busy(agent)));
}

/* What main waits with. */
struct watch {
    int signals;                   /* signalfd */
    struct ci_mono deadline, tell; /* of the drain; of telling the builder so. 0: none */
};

static int wait_ms(const struct watch *watch, struct ci_mono now)
{
    int64_t until = watch->tell.us;

    if (until == 0 || until <= now.us || (watch->deadline.us && watch->deadline.us < until))
        until = watch->deadline.us;
    if (until == 0)
        return -1;
    return until <= now.us ? 0 : (int)((until - now.us) / 1000) + 1;
}

/* The signal that came, or 0 after something else. */
static int wait_for_news(struct agent *agent, const struct watch *watch)
{
    struct pollfd fds[] = {
        {.fd = watch->signals, .events = POLLIN},
        {.fd = agent->wake,    .events = POLLIN}
    };
    struct signalfd_siginfo info;
    uint64_t count;

    if (poll(fds, CI_COUNT(fds), wait_ms(watch, ci_mono_now())) <= 0)
        return 0;
    if (fds[1].revents)
        (void)!read(agent->wake, &count, sizeof(count));
    if (fds[0].revents && read(watch->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        return (int)info.ssi_signo;
    return 0;
}

enum verdict { GO_ON, END_WELL, END_BADLY };

/* Lock held. */
static enum verdict judge(struct agent *agent, struct watch *watch, int signal)
{
    struct ci_mono now = ci_mono_now();

    if (agent->replaced)
        return END_BADLY;
    if (signal && agent->leaving) {
        ci_log(CI_WARN, "stopping.at_once", ci_kv("signal", signal));
        return is_busy(agent) ? END_BADLY : END_WELL;
    }
    if (signal) {
        drain_locked(agent);
        watch->tell = ci_mono_add(now, ci_seconds(TELL_SECONDS));
        if (agent->settings->drain_timeout.us)
            watch->deadline = ci_mono_add(now, agent->settings->drain_timeout);
    }
    if (agent->leaving && !is_busy(agent) && (agent->drain_told || now.us >= watch->tell.us))
        return END_WELL;
    if (watch->deadline.us && now.us >= watch->deadline.us) {
        ci_log(CI_WARN, "drain.timeout",
               ci_kv("seconds", agent->settings->drain_timeout.us / 1000000));
        return END_BADLY;
    }
    return GO_ON;
}

/* Until there is reason to end: replaced, drained, or told twice to stop. True: in good order. */
static bool wait_for_end(struct agent *agent, const sigset_t *signals)
{
    struct watch watch = {.signals = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK)};
    enum verdict verdict = GO_ON;

    while (verdict == GO_ON) {
        int signal = wait_for_news(agent, &watch);

        agent_lock(agent);
        verdict = judge(agent, &watch, signal);
        agent_unlock(agent);
    }
    close(watch.signals);
    return verdict == END_WELL;
}

/* Ends steps first, so that no thread waits for one. */
static void stop(struct agent *agent, pthread_t poller)
{
    agent_lock(agent);
    agent_stop_locked(agent);
    agent_unlock(agent);
    spawner_stop(agent->spawner);
    pthread_join(poller, NULL);
    agent_join(agent);
}

static bool run(const struct settings *settings, struct spawner *spawner, struct ci_err *err)
{
    struct agent agent;
    pthread_t poller;
    sigset_t signals;
    bool good, replaced;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    agent_init(&agent, settings, spawner);
    leftover_take_up(&agent);
    if (!sender_start(&agent, err))
        return false;
    if (pthread_create(&poller, NULL, poller_run, &agent) != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not start a thread");
    good = wait_for_end(&agent, &signals);
    replaced = agent.replaced;
    stop(&agent, poller);
    agent_release(&agent);
    if (replaced)
        return ci_fail(err, CI_ECONFLICT, "another agent has signed in as \"%s\"", settings->name);
    return good || ci_fail(err, CI_EUNAVAILABLE, "stopped before every build was over");
}

int main(int argc, char **argv)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct settings settings = {0};
    enum ci_settings_outcome outcome;
    struct spawner spawner;
    struct ci_err err;
    int lock = -1;

    mallopt(M_ARENA_MAX, ARENAS); /* memory per thread is what an agent with many slots would pay */
    /* Else each build gives pages back that the next one has the kernel clear again. */
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    /*
     * glibc makes its heap ready at its first use, and not safely where threads come first: under a
     * sanitizer, whose malloc is its own, two builds that end at once would be that first use.
     */
    malloc_trim(0);
    if (!settings_load(argc, argv, mem, &settings, &outcome, &err)) {
        (void)!fprintf(stderr, "slipway-agent: %s\n", err.msg);
        return 2;
    }
    if (outcome == CI_SETTINGS_DONE)
        return EXIT_SUCCESS;
    ci_log_setup("agent", settings.log_level);
    if (!prepare_folder(&settings, mem, &lock, &err) ||
        !spawner_start(settings.use_cgroup ? cgroup_open(mem) : NULL, &spawner, &err) ||
        !run(&settings, &spawner, &err)) {
        ci_log(CI_ERROR, "failed", ci_kv("error", (const char *)err.msg));
        return EXIT_FAILURE;
    }
    ci_log(CI_INFO, "stopped", ci_kv("name", settings.name));
    return EXIT_SUCCESS;
}
