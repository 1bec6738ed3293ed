/* SPDX-License-Identifier: Apache-2.0 */
/* Starting, watching and ending what lives in the background. */
#include "agent.h"
#include "background_internal.h"
#include "job_step.h"
#include "shared/clock.h"
#include "shared/http_client.h"
#include "shell.h"
#include "steplogs.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A death is noticed a moment after the step that it hurt has failed. */
enum { NOTICE_MS = 250, KILL_SECONDS = 30 };

static void init_lock(struct service *service)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&service->lock, NULL);
    pthread_mutex_init(&service->gate.lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&service->changed, &attr);
    pthread_condattr_destroy(&attr);
}

static void service_free(struct service *service)
{
    struct step *step = service->step;

    if (service->worker.ctl >= 0)
        close(service->worker.ctl);
    if (service->has_pattern)
        regfree(&service->pattern);
    pthread_cond_destroy(&service->changed);
    pthread_mutex_destroy(&service->gate.lock);
    pthread_mutex_destroy(&service->lock);
    job_step_free(step);
}

const char *service_ending(const struct service *service, void *mem)
{
    switch (service->outcome.ending) {
    case ENDED_EXIT:
        return ci_mem_printf(mem, "exit code %d", service->outcome.code);
    case ENDED_SIGNAL:
        return ci_mem_printf(mem, "signal %d", service->outcome.code);
    case ENDED_NOT_STARTED:
    case ENDED_LOST:
        return service->outcome.text;
    case ENDED_SILENT:
    case ENDED_TOO_LONG:
    case ENDED_TOO_MUCH:
    case ENDED_CANCELLED:
        break;
    }
    return "stopped";
}

/* The service's thread: the log is its own until it has ended. */
static void *run(void *arg)
{
    struct service *service = arg;
    struct step *step = service->step;
    CI_AUTO_MEM mem = ci_mem_new();
    struct outcome outcome;

    service->worker.buffer = ci_mem_array(mem, char, WORKER_BUFFER);
    exec_command(&service->worker, &step->log, &service->command, &outcome);
    pthread_mutex_lock(&service->lock);
    service->outcome = outcome;
    service->ended = ci_mono_now();
    service->over = true;
    steplog_say(&step->log, "ended: %s", service_ending(service, mem));
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
    steplogs_flush(step);
    return NULL;
}

bool service_wait(struct service *service, struct ci_dur limit)
{
    struct ci_mono until = ci_mono_add(ci_mono_now(), limit);
    struct timespec at = {.tv_sec = until.us / 1000000, .tv_nsec = until.us % 1000000 * 1000};
    bool over;

    pthread_mutex_lock(&service->lock);
    if (!service->over && !service->seen)
        pthread_cond_timedwait(&service->changed, &service->lock, &at);
    over = service->over;
    pthread_mutex_unlock(&service->lock);
    return over;
}

static bool wait_over(struct service *service, struct ci_dur limit)
{
    struct ci_mono until = ci_mono_add(ci_mono_now(), limit);
    struct timespec at = {.tv_sec = until.us / 1000000, .tv_nsec = until.us % 1000000 * 1000};
    bool over;

    pthread_mutex_lock(&service->lock);
    while (!service->over && ci_mono_now().us < until.us)
        pthread_cond_timedwait(&service->changed, &service->lock, &at);
    over = service->over;
    pthread_mutex_unlock(&service->lock);
    return over;
}

static void tell(struct service *service, enum wire_kind kind)
{
    struct agent *agent = service->step->build->agent;

    agent_lock(agent);
    under_way_tell_locked(&service->here, kind);
    agent_unlock(agent);
}

/* The command that ends it, into a log of its own: the service's belongs to its thread. */
static void run_stop_command(struct job *job, struct service *service)
{
    struct step *step = service->step;
    const struct ci_background *background = step->def->background;
    struct command command = step_command(step, shell_argv(step->mem, background->stop));
    struct steplog log;
    struct outcome outcome;
    struct under_way here = {.ctl = -1, .apart = true};

    command.here = &here;
    command.timeout = (struct ci_dur){0};
    command.max_time = background->stop_timeout;
    steplog_init(&log, step->build, step->number, "stop");
    log.gate = &service->gate;
    steplog_say(&log, "%s", background->stop);
    exec_command(job->worker, &log, &command, &outcome);
    steplog_flush(&log);
    steplog_release(&log);
}

static void stop(struct job *job, struct service *service)
{
    const struct ci_background *background = service->step->def->background;
    bool over = service_wait(service, (struct ci_dur){0});

    if (!over && background->stop && !build_is_killed(job->build)) {
        run_stop_command(job, service);
        over = wait_over(service, background->stop_timeout);
        if (!over)
            tell(service, WIRE_KILL);
    } else if (!over) {
        tell(service, build_is_killed(job->build) ? WIRE_KILL : WIRE_STOP);
    }
    pthread_join(service->thread, NULL);
}

void background_stop(struct job *job)
{
    struct service *service;

    while ((service = job->services)) {
        job->services = service->next;
        stop(job, service);
        service_free(service);
    }
}

/* Its command: silence is no fault of a server, and its own times are those of the end. */
static void make_command(struct service *service)
{
    struct step *step = service->step;
    const struct ci_run_args *args = step->def->args;

    service->command = shell_command(step, &args->command);
    service->command.timeout = service->command.max_time = (struct ci_dur){0};
    service->command.sigterm_time = step->def->background->stop_timeout;
    service->command.interrupt = SIGKILL;
    service->command.follows = steplogs_follow(step);
    service->command.here = &service->here;
}

static struct service *service_new(struct step *step)
{
    struct service *service = ci_mem_zero(step->mem, struct service);

    service->step = step;
    service->worker = (struct worker){.agent = step->worker->agent, .ctl = -1};
    service->here = (struct under_way){.ctl = -1, .apart = true};
    service->begin = ci_mono_now();
    init_lock(service);
    step->log.gate = &service->gate;
    return service;
}

/* The step has ended, what it started has not: from now on its logs are late. */
static void tell_ready(struct service *service, const struct step_end *end)
{
    struct job *job = service->step->job;

    pthread_mutex_lock(&service->gate.lock);
    job_step_finished(service->step, end);
    service->gate.late = true;
    pthread_mutex_unlock(&service->gate.lock);
    pthread_mutex_lock(&job->lock);
    service->next = job->services;
    job->services = service;
    pthread_mutex_unlock(&job->lock);
}

/* It did not get ready: the step and its log are the caller's again. */
static bool give_up(struct service *service)
{
    tell(service, WIRE_STOP);
    pthread_join(service->thread, NULL);
    return false;
}

bool background_start(struct step *step, struct step_end *end)
{
    struct service *service = service_new(step);
    int64_t took;

    make_command(service);
    if (!ready_prepare(service, end))
        return false;
    shell_say(step, &service->command);
    steplog_flush(&step->log);
    if (!agent_helper(run, service, &service->thread)) {
        step_ends(end, CI_EXCEPTION, "no thread for the background");
        return false;
    }
    if (!ready_wait(service, end))
        return give_up(service);
    ci_client_close(CI_STEAL(step->client));
    took = ci_mono_since(ci_mono_now(), service->begin).us / 100000;
    step_ends(end, CI_SUCCESS, "ready after %" PRId64 ".%" PRId64 " s", took / 10, took % 10);
    tell_ready(service, end);
    return true;
}

static void blame(struct step *step, struct step_end *end, struct service *service)
{
    const char *name = service->step->def->name;
    const char *words;
    size_t len = strlen(end->state);
    int64_t ago;

    pthread_mutex_lock(&service->lock);
    ago = ci_mono_since(ci_mono_now(), service->ended).us / 1000000;
    words = ci_mem_printf(step->mem, "%s died %" PRId64 " s before, %s", name, ago,
                          service_ending(service, step->mem));
    pthread_mutex_unlock(&service->lock);
    steplog_say(&step->log, "%s", words);
    snprintf(end->state + len, sizeof(end->state) - len, "; %s", words);
}

void background_blame(struct step *step, struct step_end *end)
{
    struct job *job = step->job;
    struct service *service;

    if (end->result != CI_FAILURE && end->result != CI_EXCEPTION)
        return;
    pthread_mutex_lock(&job->lock);
    service = job->services;
    pthread_mutex_unlock(&job->lock);
    for (; service; service = service->next)
        if (wait_over(service, ci_millis(NOTICE_MS)))
            blame(step, end, service);
}
