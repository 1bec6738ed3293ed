/* SPDX-License-Identifier: Apache-2.0 */
/* One step: whether it runs, what its texts say, how it ends. */
#include "job_step.h"

#include "background.h"
#include "locks.h"
#include "shared/clock.h"
#include "shared/http_client.h"
#include "shared/log.h"
#include "steplogs.h"

#include <string.h>

static struct step *step_new(struct job *job, struct worker *worker, const struct ci_step *def,
                             int number)
{
    void *mem = ci_mem_new(); /* its own: a thread's memory is no other's */
    struct step *step = ci_mem_zero(mem, struct step);
    struct ci_scope *scope = ci_mem_zero(mem, struct ci_scope);

    *scope = (struct ci_scope){.properties = job_properties(job),
                               .sources = job->start->source_list,
                               .kw = def->kw,
                               .worker = job->start->worker,
                               .secrets = job->start->secrets};
    *step = (struct step){.worker = worker,
                          .build = job->build,
                          .job = job,
                          .def = def,
                          .number = number,
                          .mem = mem,
                          .folder = job->folder,
                          .build_env = &job->env,
                          .scope = scope,
                          .own_scope = scope};
    return step;
}

void job_step_free(struct step *step)
{
    steplogs_release(step);
    ci_client_close(step->client);
    json_decref(step->scope->properties);
    ci_mem_free(step->mem);
}

/* Whether the condition holds; `result` is of the step itself, CI_RESULT_NONE before it ran. */
static bool judge(struct step *step, const char *text, int result, bool *out, struct ci_err *err)
{
    struct job *job = step->job;
    json_auto_t *results = job_results(job);
    struct ci_condition_input input = {
        .scope = step->scope, .steps = results, .files = job->start->files};
    struct ci_condition *condition;
    int offset;

    pthread_mutex_lock(&job->lock);
    input.build_result = ci_some(job->fold.build);
    pthread_mutex_unlock(&job->lock);
    if (result != CI_RESULT_NONE)
        input.result = ci_some(result);
    return ci_condition_parse(text, step->mem, &condition, &offset, err) &&
           ci_condition_eval(condition, &input, step->mem, out, err);
}

/* The words for a step, in step->mem; `end` NULL: while it runs. */
static const char *describe(struct step *step, const struct step_end *end)
{
    const struct ci_step *def = step->def;
    const char *done = def->description_done ? def->description_done : def->description;
    const char *words = end ? done : def->description;
    const char *suffix = def->description_suffix;
    const char *text;

    if (!words && !suffix)
        return end ? end->state : NULL;
    text = words ? words : end ? end->state : "running";
    if (suffix && *suffix)
        text = ci_mem_printf(step->mem, "%s %s", text, suffix);
    if (words && end && end->result != CI_SUCCESS && *end->state)
        text = ci_mem_printf(step->mem, "%s: %s", text, end->state);
    return text;
}

const char *job_step_state(struct step *step)
{
    return job_mask(step->job, step->mem, describe(step, NULL));
}

static void tell_started(struct step *step, const char *state)
{
    const struct ci_step *def = step->def;
    struct frame_started frame = {.step = step->number,
                                  .name = def->name ? def->name : "step",
                                  .group = def->group,
                                  .state = state,
                                  .at = ci_time_now()};
    struct ci_buf bytes;

    if ((size_t)step->number >= step->job->recipe_count) {
        frame.flags = &def->flags;
        frame.background = def->background != NULL;
    }
    ci_buf_init(&bytes, step->mem);
    frame_step_started(&bytes, &frame);
    job_tell(step->job, &bytes);
}

/* A condition that can't be judged hides nothing: people have to see what is wrong. */
static bool is_hidden(struct step *step, enum ci_result result)
{
    bool hidden = false;
    struct ci_err err;

    if (step->def->hide_step_if && !judge(step, step->def->hide_step_if, result, &hidden, &err)) {
        ci_log(CI_WARN, "hide_step_if.failed", ci_kv("build", step->build->id),
               ci_kv("step", step->number), ci_kv("error", (const char *)err.msg));
        return false;
    }
    return hidden;
}

static void note_end(struct job *job, const struct ci_step *def, enum ci_result result)
{
    json_t *results;

    pthread_mutex_lock(&job->lock);
    job->fold = ci_result_fold(job->fold, result, &def->flags);
    results = json_copy(job->results);
    json_object_set_new(results, def->name ? def->name : "step", json_integer(result));
    json_decref(job->results);
    job->results = results;
    if (result != CI_SUCCESS && result != CI_SKIPPED && result != CI_CANCELLED)
        ci_buf_printf(&job->state, "%s%s", job->state.len > 0 ? ", " : "", def->name);
    pthread_mutex_unlock(&job->lock);
}

void job_step_finished(struct step *step, const struct step_end *end)
{
    struct frame_finished frame = {.step = step->number,
                                   .results = end->result,
                                   .hidden = is_hidden(step, end->result),
                                   .warnings = step->warnings};
    struct ci_buf bytes;

    if (build_is_killed(step->build))
        return;
    frame.state = job_mask(step->job, step->mem, describe(step, end));
    frame.at = ci_time_now();
    ci_buf_init(&bytes, step->mem);
    frame_step_finished(&bytes, &frame);
    job_tell(step->job, &bytes);
    note_end(step->job, step->def, end->result);
}

/* A text that can't be rendered is the configuration's or the properties' fault. */
static bool render(struct step *step, struct step_end *end)
{
    struct ci_step *rendered = ci_mem_zero(step->mem, struct ci_step);
    struct ci_err err;

    if (ci_step_render(step->def, step->scope, step->mem, rendered, &err)) {
        step->def = rendered;
        return true;
    }
    steplog_say(&step->log, "%s", err.msg);
    step_ends(end, CI_EXCEPTION, "%.190s", err.msg);
    return false;
}

/* False: it does not run, and *end says why. */
static bool may_run(struct step *step, struct step_end *end)
{
    bool wanted = true;
    struct ci_err err;

    if (step->def->do_step_if &&
        !judge(step, step->def->do_step_if, CI_RESULT_NONE, &wanted, &err)) {
        steplog_say(&step->log, "do_step_if: %s", err.msg);
        step_ends(end, CI_EXCEPTION, "do_step_if: %.180s", err.msg);
        return false;
    }
    if (!wanted)
        step_ends(end, CI_SKIPPED, "skipped");
    return wanted && render(step, end);
}

/* True: what it started lives on, and the step is no longer ours. */
static bool run(struct step *step, struct step_end *end)
{
    if (step->def->locks.count > 0 && !locks_take(step, end))
        return false;
    if (!job_prepare(step, step->folder, end))
        return false;
    if (step->def->background)
        return background_start(step, end); /* tells of the step's end itself when it is true */
    job_carry_out(step, end);
    background_blame(step, end);
    return false;
}

void job_do_step(struct job *job, struct worker *worker, const struct ci_step *def, int number)
{
    struct step *step = step_new(job, worker, def, number);
    struct step_end end = {CI_EXCEPTION, ""};
    bool runs, lives_on = false;

    steplog_init(&step->log, job->build, number, "stdio");
    runs = may_run(step, &end);
    tell_started(step, !runs                        ? NULL
                       : step->def->locks.count > 0 ? "acquiring locks"
                                                    : job_step_state(step));
    if (runs)
        lives_on = run(step, &end);
    if (lives_on)
        return;
    steplogs_flush(step);
    job_step_finished(step, &end);
    job_step_free(step);
}
