/* SPDX-License-Identifier: Apache-2.0 */
/* A build's thread: its folder, its steps one after the other, its end. */
#include "agent.h"
#include "folder.h"
#include "sender.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "step_types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the steps of a build share. */
struct job {
    struct worker *worker;
    struct build *build;
    const struct start *start;
    void *mem;
    const char *folder, *tmp;
    struct stepenv env;
    struct ci_fold fold;
    struct ci_buf state; /* names of the steps that went wrong */
    bool cancelled;
    const char *trouble; /* the build could not be carried out at all */
};

static void append(struct job *job, const struct ci_buf *frame, enum build_haste haste)
{
    build_append(job->build, (struct ci_bytes){frame->text, frame->len}, haste);
}

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
    char *slug = folder_slug(job->mem, job->start->builder, job->start->builderid);
    int index = take_index(job->build, slug);

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

    stepenv_init(env, job->mem, job->build->agent->env);
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

static void carry_out(struct job *job, struct step *step, struct step_end *end)
{
    static void (*const types[CI_STEP_TYPE_COUNT])(struct step *, struct step_end *) = {
        [CI_STEP_RUN] = step_do_run,
        [CI_STEP_GIT] = step_do_git,
    };
    const char *workdir = step->def->workdir ? step->def->workdir : "build";
    struct ci_err err;

    step->dir = ci_mem_printf(step->mem, "%s/%s", job->folder, workdir);
    if (!folder_check_workdir(workdir, &err) || !folder_make(step->dir, &err)) {
        steplog_say(&step->log, "%s", err.msg);
        step_ends(end, CI_EXCEPTION, "%.150s", err.msg);
        return;
    }
    stepenv_init(&step->env, step->mem, NULL);
    for (size_t i = 0; i < job->env.count; i++)
        stepenv_copy(&step->env, job->env.items[i]);
    stepenv_add(&step->env, step->def->env, &job->env);
    if (types[step->def->type])
        types[step->def->type](step, end);
    else
        step_ends(end, CI_EXCEPTION, "this agent knows no step \"%s\"",
                  ci_step_type_names[step->def->type]);
}

static void note_state(struct job *job, const struct ci_step *def, enum ci_result result)
{
    if (result == CI_SUCCESS || result == CI_SKIPPED || result == CI_CANCELLED)
        return;
    ci_buf_printf(&job->state, "%s%s", job->state.len > 0 ? ", " : "", def->name);
}

static void do_step(struct job *job, const struct ci_step *def, int number)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct step step = {.worker = job->worker,
                        .build = job->build,
                        .def = def,
                        .number = number,
                        .mem = mem,
                        .folder = job->folder,
                        .build_env = &job->env};
    struct step_end end = {CI_EXCEPTION, ""};
    struct ci_buf frame;

    ci_buf_init(&frame, mem);
    frame_step_started(&frame, number, def->name ? def->name : "step", ci_time_now());
    append(job, &frame, BUILD_SOON);
    steplog_init(&step.log, job->build, number);
    carry_out(job, &step, &end);
    steplog_flush(&step.log);
    steplog_release(&step.log);
    if (build_is_killed(job->build))
        return;
    ci_buf_init(&frame, mem);
    frame_step_finished(&frame, number, end.result, end.state, ci_time_now());
    append(job, &frame, BUILD_SOON);
    job->fold = ci_result_fold(job->fold, end.result, &def->flags);
    note_state(job, def, end.result);
}

/* Whether the build was cancelled; steps that run all the same are not stopped by that again. */
static bool see_cancel(struct job *job)
{
    agent_lock(job->build->agent);
    job->cancelled = job->build->cancelled;
    job->build->stop_pending = false;
    agent_unlock(job->build->agent);
    return job->cancelled;
}

static void do_steps(struct job *job)
{
    int number = 0;

    CI_FOREACH(const struct ci_step, def, job->start->steps) {
        if (build_is_killed(job->build))
            return;
        if ((!see_cancel(job) && !job->fold.stop) || def->flags.always_run)
            do_step(job, def, number);
        number++;
    }
    see_cancel(job);
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
    frame_build_finished(&frame, job->fold.build, final_state(job), ci_time_now());
    append(job, &frame, BUILD_NOW);
    note_finished(job->build);
    ci_log(CI_INFO, "build.finished", ci_kv("build", job->build->id),
           ci_kv("builder", job->start->builder), ci_kv("result", ci_result_name(job->fold.build)));
}

void build_run(struct worker *worker, struct build *build)
{
    struct job job = {.worker = worker, .build = build, .start = build->start, .mem = build->mem};
    struct ci_err err;

    if (!make_spool(build))
        return;
    ci_buf_init(&job.state, job.mem);
    job.fold.build = CI_SUCCESS;
    if (build->unreadable || !make_folders(&job, &err)) {
        job.trouble = build->unreadable ? build->unreadable : ci_mem_strdup(job.mem, err.msg);
        job.fold.build = CI_EXCEPTION;
    } else {
        make_env(&job);
        do_steps(&job);
        if (!folder_empty(job.tmp, &err))
            ci_log(CI_WARN, "tmp.kept", ci_kv("build", build->id),
                   ci_kv("error", (const char *)err.msg));
    }
    finish(&job);
}
