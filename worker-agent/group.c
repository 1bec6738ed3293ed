/* SPDX-License-Identifier: Apache-2.0 */
/* Steps side by side: each has a thread and a supervisor of its own. */
#include "agent.h"
#include "job.h"

#include <unistd.h>

struct member {
    struct job *job;
    const struct ci_step *def;
    int number;
    bool wanted, started;
    pthread_t thread;
};

static void *run(void *arg)
{
    struct member *member = arg;
    struct worker worker = {.agent = member->job->worker->agent, .ctl = -1};
    CI_AUTO_MEM mem = ci_mem_new();

    worker.buffer = ci_mem_array(mem, char, WORKER_BUFFER);
    job_do_step(member->job, &worker, member->def, member->number);
    if (worker.ctl >= 0)
        close(worker.ctl);
    return NULL;
}

/* Who wants to run is settled before any does: one that fails lets its neighbours end. */
void job_do_group(struct job *job, size_t first, size_t count)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct member *members = ci_mem_array(mem, struct member, count);

    for (size_t i = 0; i < count; i++) {
        members[i] =
            (struct member){.job = job, .def = job->steps[first + i], .number = (int)(first + i)};
        members[i].wanted = job_wants(job, members[i].def);
    }
    for (size_t i = 0; i < count; i++)
        if (members[i].wanted)
            members[i].started = agent_helper(run, &members[i], &members[i].thread);
    for (size_t i = 0; i < count; i++)
        if (members[i].started)
            pthread_join(members[i].thread, NULL);
    /* Where the system has no more threads, the rest takes its turn. */
    for (size_t i = 0; i < count; i++)
        if (members[i].wanted && !members[i].started)
            job_do_step(job, job->worker, members[i].def, members[i].number);
}
