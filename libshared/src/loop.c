/* SPDX-License-Identifier: Apache-2.0 */
/* The loop driver: one thread per row of the table, waiting on a condition with a deadline. */
#include "shared/loop.h"

#include "shared/clock.h"
#include "shared/log.h"
#include "shared/metrics.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_PAUSE_MS = 100, LAST_PAUSE_MS = 5000 };

static struct ci_metric tick_seconds =
    CI_HISTOGRAM("slipway_loop_tick_seconds", "Duration of one tick of a background loop.", "loop");
static struct ci_metric failures_total =
    CI_COUNTER("slipway_loop_failures_total", "Ticks of background loops that failed.", "loop");

struct runner {
    struct ci_loops *loops;
    const struct ci_loop *loop;
    pthread_t thread;
    bool started;
    pthread_cond_t changed;
    bool woken;         /* guarded by loops->lock */
    unsigned failed;    /* ticks in a row; its own thread's */
    struct ci_err last; /* of the run of failures; its own thread's */
};

struct ci_loops {
    pthread_mutex_t lock;
    bool stopping; /* guarded by lock */
    void *service;
    size_t count;
    struct runner *runners;
    struct ci_loops *next_stopped;
};

/*
 * Stopped loops stay allocated: a message handler or a request that is still
 * finishing may wake them. A process has one set, a test a few.
 */
static pthread_mutex_t stopped_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ci_loops *stopped; /* guarded by stopped_lock */

/* A failing loop says so once, and again only when the reason changes. */
static void note_failure(struct runner *runner, const struct ci_err *err)
{
    ci_metric_add(&failures_total, 1, runner->loop->name);
    if (runner->failed++ && strcmp(runner->last.msg, err->msg) == 0)
        return;
    runner->last = *err;
    ci_log(err->code == CI_EINTERNAL ? CI_ERROR : CI_WARN, "loop.failed",
           ci_kv("loop", runner->loop->name), ci_kv("error", (const char *)err->msg));
}

static void note_success(struct runner *runner)
{
    if (runner->failed)
        ci_log(CI_INFO, "loop.recovered", ci_kv("loop", runner->loop->name),
               ci_kv("failures", runner->failed));
    runner->failed = 0;
}

static struct ci_dur failure_pause(unsigned failed)
{
    int64_t ms = FIRST_PAUSE_MS;

    while (--failed && ms < LAST_PAUSE_MS)
        ms *= 2;
    return ci_millis(ms < LAST_PAUSE_MS ? ms : LAST_PAUSE_MS);
}

/* How long to rest after a tick that went well; negative: until woken. */
static struct ci_dur success_pause(const struct ci_loop *loop, const struct ci_tick *tick)
{
    struct ci_dur pause = {loop->every.us > 0 ? loop->every.us : -1};

    if (tick->again)
        return (struct ci_dur){0};
    if (tick->due.us) {
        int64_t until = tick->due.us - ci_time_now().us;

        if (until < 0)
            until = 0;
        if (pause.us < 0 || until < pause.us)
            pause.us = until;
    }
    return pause;
}

static struct ci_dur run_tick(struct runner *runner)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_tick tick = {.mem = mem, .now = ci_time_now()};
    struct ci_mono began = ci_mono_now();
    struct ci_err err = {0};
    bool fine = runner->loop->tick(runner->loops->service, &tick, &err);

    ci_metric_observe(&tick_seconds, (double)ci_mono_since(ci_mono_now(), began).us / 1e6,
                      runner->loop->name);
    if (fine)
        note_success(runner);
    else
        note_failure(runner, &err);
    return fine ? success_pause(runner->loop, &tick) : failure_pause(runner->failed);
}

/* Rests; after a failure a wake-up does not cut the pause short. False: stop. */
static bool rest(struct runner *runner, struct ci_dur pause)
{
    struct ci_loops *loops = runner->loops;
    struct ci_mono deadline = ci_mono_add(ci_mono_now(), pause);
    struct timespec until = {deadline.us / 1000000, (deadline.us % 1000000) * 1000};
    int timed_out = 0;
    bool go_on;

    pthread_mutex_lock(&loops->lock);
    while (!loops->stopping && !timed_out && (!runner->woken || runner->failed)) {
        if (pause.us < 0)
            pthread_cond_wait(&runner->changed, &loops->lock);
        else
            timed_out = pthread_cond_timedwait(&runner->changed, &loops->lock, &until);
    }
    runner->woken = false;
    go_on = !loops->stopping;
    pthread_mutex_unlock(&loops->lock);
    return go_on;
}

static void *run(void *arg)
{
    struct runner *runner = arg;

    pthread_setname_np(pthread_self(), runner->loop->name);
    while (rest(runner, run_tick(runner)))
        ;
    return NULL;
}

static struct ci_loops *new_loops(const struct ci_loop *table, size_t count, void *service)
{
    struct ci_loops *loops = calloc(1, sizeof(*loops));
    pthread_condattr_t attr;

    if (!loops || !(loops->runners = calloc(count ? count : 1, sizeof(*loops->runners))))
        abort();
    pthread_mutex_init(&loops->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    loops->service = service;
    loops->count = count;
    for (size_t i = 0; i < count; i++) {
        loops->runners[i].loops = loops;
        loops->runners[i].loop = &table[i];
        pthread_cond_init(&loops->runners[i].changed, &attr);
    }
    pthread_condattr_destroy(&attr);
    return loops;
}

bool ci_loops_start(const struct ci_loop *table, size_t count, void *service, struct ci_loops **out,
                    struct ci_err *err)
{
    struct ci_loops *loops = new_loops(table, count, service);

    *out = loops; /* before the threads, whose ticks may look for it */
    for (size_t i = 0; i < count; i++) {
        int failed = pthread_create(&loops->runners[i].thread, NULL, run, &loops->runners[i]);

        if (failed) {
            *out = NULL;
            ci_loops_stop(loops);
            return ci_fail(err, CI_EUNAVAILABLE, "could not start loop %s: %s", table[i].name,
                           strerror(failed));
        }
        loops->runners[i].started = true;
    }
    return true;
}

void ci_loops_wake(struct ci_loops *loops, const char *name)
{
    if (!loops)
        return;
    pthread_mutex_lock(&loops->lock);
    for (size_t i = 0; i < loops->count; i++) {
        struct runner *runner = &loops->runners[i];

        if (name && strcmp(runner->loop->name, name) != 0)
            continue;
        runner->woken = true;
        pthread_cond_signal(&runner->changed);
    }
    pthread_mutex_unlock(&loops->lock);
}

void ci_loops_stop(struct ci_loops *loops)
{
    if (!loops)
        return;
    pthread_mutex_lock(&loops->lock);
    loops->stopping = true;
    for (size_t i = 0; i < loops->count; i++)
        pthread_cond_signal(&loops->runners[i].changed);
    pthread_mutex_unlock(&loops->lock);
    for (size_t i = 0; i < loops->count; i++) {
        if (loops->runners[i].started)
            pthread_join(loops->runners[i].thread, NULL);
    }
    pthread_mutex_lock(&stopped_lock);
    loops->next_stopped = stopped;
    stopped = loops;
    pthread_mutex_unlock(&stopped_lock);
}
