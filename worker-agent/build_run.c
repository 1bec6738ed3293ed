/* SPDX-License-Identifier: Apache-2.0 */
/* A build's thread: its folder, its steps one after the other, its end. */
#include "agent.h"
#include "folder.h"
#include "job.h"
#include "sender.h"
#include "shared/clock.h"
#include "shared/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nothing of the build can be told before its journal is there. */
static bool make_spool(struct build *build)
{
    struct agent *agent = build->agent;
    struct spool *spool = NULL;
    struct ci_err err;
    bool told = false;

    while (!build_is_killed(build)) {
        if (spool_create(agent->spares, agent->spool_dir, build->id, build->token, &spool, &err)) {
            agent_lock(agent);
            build->spool = spool;
            agent_unlock(agent);
            return true;
        }
        if (!told)
            ci_log(CI_ERROR, "journal.waiting", ci_kv("build", build->id),
                   ci_kv("error", (const char *)err.msg));
        told = true;
        agent_lock(agent);
        agent_wait(agent, &agent->connection, ci_seconds(1));
        agent_unlock(agent);
    }
    return false;
}

/* The lowest index that no running build with this slug has. */
static int take_index(struct build *build, const char *slug)
{
    struct agent *agent = build->agent;
    CI_AUTO_MEM mem = ci_mem_new();
    size_t count = 0;
    int *used;

    agent_lock(agent);
    for (struct build *other = agent->builds; other; other = other->next)
        count++;
    used = ci_mem_array(mem, int, count + 1);
    count = 0;
    for (struct build *other = agent->builds; other; other = other->next)
        if (other->running && other->slug && strcmp(other->slug, slug) == 0)
            used[count++] = other->index;
    build->index = folder_index(used, count);
    build->slug = strdup(slug);
    agent_unlock(agent);
    return build->index;
}

static bool make_folders(struct job *job, struct ci_err *err)
{
    const char *slug = folder_slug(job->mem, job->start->builder, job->start->builderid);
    int index = take_index(job->build, slug);

    job->slug = slug;
    job->folder = ci_mem_printf(job->mem, "%s/%s-%d", job->build->agent->builders_dir, slug, index);
    job->tmp = ci_mem_printf(job->mem, "%s/tmp", job->folder);
    return folder_make(job->folder, err) && folder_make(job->tmp, err);
}

static void set_number(struct stepenv *env, const char *key, int64_t value)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRId64, value);
    stepenv_set(env, key, text);
}

static void make_env(struct job *job)
{
    const struct start *start = job->start;
    const struct source *source = start_source(start, NULL);
    struct stepenv *env = &job->env;

    stepenv_init(env, job->shared_mem, job->build->agent->env);
    if (!stepenv_get(env, "PATH"))
        stepenv_set(env, "PATH", "/usr/local/bin:/usr/bin:/bin");
    stepenv_set(env, "CI", "true");
    stepenv_set(env, "SLIPWAY", "true");
    stepenv_set(env, "SLIPWAY_BUILDER", start->builder);
    set_number(env, "SLIPWAY_BUILD_ID", start->build);
    set_number(env, "SLIPWAY_BUILD_NUMBER", start->number);
    set_number(env, "SLIPWAY_ATTEMPT", start->attempt);
    stepenv_set(env, "SLIPWAY_WORKER", job->build->agent->settings->name);
    if (source) {
        stepenv_set(env, "SLIPWAY_REPOSITORY", source->repository);
        stepenv_set(env, "SLIPWAY_BRANCH", source->branch);
        stepenv_set(env, "SLIPWAY_REVISION", source->revision);
        stepenv_set(env, "SLIPWAY_PROJECT", source->project);
        stepenv_set(env, "SLIPWAY_CODEBASE", source->codebase);
    }
    stepenv_set(env, "TMPDIR", job->tmp);
    stepenv_add(env, start_env(start, job->mem), env);
}

static const char *final_state(struct job *job)
{
    switch (job->fold.build) {
    case CI_SUCCESS:
    case CI_SKIPPED:
        return "build successful";
    case CI_WARNINGS:
        return ci_mem_printf(job->mem, "warnings %s", job->state.text);
    case CI_FAILURE:
        return ci_mem_printf(job->mem, "failed %s", job->state.text);
    case CI_EXCEPTION:
        return ci_mem_printf(job->mem, "exception %s",
                             job->trouble ? job->trouble : job->state.text);
    case CI_RETRY:
        return "retry";
    case CI_CANCELLED:
        return "build cancelled";
    }
    return "";
}

static void note_finished(struct build *build)
{
    agent_lock(build->agent);
    build->finished = !build->killed && !build->agent->stopping;
    agent_unlock(build->agent);
}

static void finish(struct job *job)
{
    struct ci_buf frame;

    if (build_is_killed(job->build))
        return;
    if (job->cancelled)
        job->fold.build = ci_result_worst(job->fold.build, CI_CANCELLED);
    ci_buf_init(&frame, job->mem);
    frame_build_finished(&frame, job->fold.build, job_mask(job, job->mem, final_state(job)),
                         ci_time_now());
    build_append(job->build, (struct ci_bytes){frame.text, frame.len}, BUILD_NOW);
    note_finished(job->build);
    ci_log(CI_INFO, "build.finished", ci_kv("build", job->build->id),
           ci_kv("builder", job->start->builder), ci_kv("result", ci_result_name(job->fold.build)));
}

static void carry_out(struct job *job)
{
    struct ci_err err;

    make_env(job);
    job_do_steps(job);
    if (!folder_empty(job->tmp, &err))
        ci_log(CI_WARN, "tmp.kept", ci_kv("build", job->build->id),
               ci_kv("error", (const char *)err.msg));
}

void build_run(struct worker *worker, struct build *build)
{
    struct job job;
    struct ci_err err;
    bool can;

    if (!make_spool(build))
        return;
    can = job_init(&job, worker, build);
    if (build->unreadable)
        job.trouble = build->unreadable;
    else if (can && !make_folders(&job, &err))
        job.trouble = ci_mem_strdup(job.mem, err.msg);
    if (job.trouble)
        job.fold.build = CI_EXCEPTION;
    else
        carry_out(&job);
    finish(&job);
    job_release(&job);
}
