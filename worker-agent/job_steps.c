/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a build, one after the other or in groups, and what is left to end behind them. */
#include "background.h"
#include "environment.h"
#include "job.h"

bool job_wants(struct job *job, const struct ci_step *def)
{
    bool wants;

    pthread_mutex_lock(&job->lock);
    wants = (!job->cancelled && !job->fold.stop) || def->flags.always_run;
    pthread_mutex_unlock(&job->lock);
    return wants;
}

/* Whether the build was cancelled; steps that run all the same are not stopped by that again. */
static void see_cancel(struct job *job)
{
    bool cancelled = build_pass_stop(job->build);

    pthread_mutex_lock(&job->lock);
    job->cancelled = cancelled;
    pthread_mutex_unlock(&job->lock);
}

/* How many from `first` on run at the same time. */
static size_t group_size(const struct job *job, size_t first)
{
    int number = job->steps[first]->parallel;
    size_t end = first + 1;

    while (number > 0 && end < job->step_count && job->steps[end]->parallel == number)
        end++;
    return end - first;
}

void job_do_steps(struct job *job)
{
    size_t count;

    for (size_t at = 0; at < job->step_count && !build_is_killed(job->build); at += count) {
        count = group_size(job, at);
        see_cancel(job);
        if (count > 1)
            job_do_group(job, at, count);
        else if (job_wants(job, job->steps[at]))
            job_do_step(job, job->worker, job->steps[at], (int)at);
    }
    see_cancel(job);
    background_stop(job);
    environment_leave(job);
}
