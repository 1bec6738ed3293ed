/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of a build share, and handing it out to them. */
#include "job.h"

#include "folder.h"
#include "step_types.h"

#include <string.h>

static step_type *const types[CI_STEP_TYPE_COUNT] = {
    [CI_STEP_RUN] = step_do_run,
    [CI_STEP_SEQUENCE] = step_do_sequence,
    [CI_STEP_GIT] = step_do_git,
    [CI_STEP_HG] = step_do_hg,
    [CI_STEP_SVN] = step_do_svn,
    [CI_STEP_COMPILE] = step_do_compile,
    [CI_STEP_TEST] = step_do_test,
    [CI_STEP_SET_PROPERTY] = step_do_set_property,
    [CI_STEP_SET_PROPERTIES] = step_do_set_properties,
    [CI_STEP_SET_PROPERTIES_FROM_ENV] = step_do_set_properties_from_env,
    [CI_STEP_TRIGGER] = step_do_trigger,
    [CI_STEP_MKDIR] = step_do_mkdir,
    [CI_STEP_RMDIR] = step_do_rmdir,
    [CI_STEP_COPY] = step_do_copy,
    [CI_STEP_FILE_EXISTS] = step_do_file_exists,
    [CI_STEP_UPLOAD] = step_do_upload,
    [CI_STEP_UPLOAD_DIRECTORY] = step_do_upload_directory,
    [CI_STEP_DOWNLOAD] = step_do_download,
    [CI_STEP_WRITE_FILE] = step_do_write_file,
    [CI_STEP_HTTP] = step_do_http,
    [CI_STEP_ASSERT] = step_do_assert,
    [CI_STEP_LOG] = step_do_log,
    [CI_STEP_GIT_COMMIT] = step_do_git_commit,
    [CI_STEP_GIT_TAG] = step_do_git_tag,
    [CI_STEP_GIT_PUSH] = step_do_git_push,
    [CI_STEP_TREE_SIZE] = step_do_tree_size,
    [CI_STEP_REPOSITORY_STEPS] = step_do_repository_steps,
    [CI_STEP_ENVIRONMENT] = step_do_environment,
};

static bool hide_secrets(struct job *job)
{
    struct ci_err err;

    if (json_object_size(job->start->secrets) == 0 ||
        ci_mask_new(job->start->secrets, job->mem, &job->build->mask, &err))
        return true;
    job->trouble = ci_mem_strdup(job->mem, err.msg);
    return false;
}

static void list_steps(struct job *job)
{
    job->recipe_count = job->start->steps.count;
    job->steps = ci_mem_array(job->mem, const struct ci_step *, job->recipe_count + 1);
    CI_FOREACH(const struct ci_step, def, job->start->steps)
        job->steps[job->step_count++] = def;
}

bool job_init(struct job *job, struct worker *worker, struct build *build)
{
    json_t *properties = build->start->properties;

    *job = (struct job){.worker = worker,
                        .build = build,
                        .start = build->start,
                        .mem = build->mem,
                        .shared_mem = ci_mem_new(),
                        .properties =
                            json_is_object(properties) ? json_incref(properties) : json_object(),
                        .results = json_object(),
                        .fold = {.build = CI_SUCCESS}};
    pthread_mutex_init(&job->lock, NULL);
    ci_buf_init(&job->state, job->shared_mem);
    list_steps(job);
    return hide_secrets(job);
}

void job_release(struct job *job)
{
    json_decref(job->properties);
    json_decref(job->results);
    ci_mem_free(job->shared_mem);
    pthread_mutex_destroy(&job->lock);
}

const char *job_mask(const struct job *job, void *mem, const char *text)
{
    return ci_mask_is_empty(job->build->mask) ? text : ci_mask_text(job->build->mask, mem, text);
}

json_t *job_properties(struct job *job)
{
    json_t *properties;

    pthread_mutex_lock(&job->lock);
    properties = json_incref(job->properties);
    pthread_mutex_unlock(&job->lock);
    return properties;
}

json_t *job_results(struct job *job)
{
    json_t *results;

    pthread_mutex_lock(&job->lock);
    results = json_incref(job->results);
    pthread_mutex_unlock(&job->lock);
    return results;
}

void job_tell(struct job *job, const struct ci_buf *frame)
{
    build_append(job->build, (struct ci_bytes){frame->text, frame->len}, BUILD_SOON);
}

bool job_prepare(struct step *step, const char *folder, struct step_end *end)
{
    struct job *job = step->job;
    const char *workdir = step->def->workdir ? step->def->workdir : "build";
    struct ci_err err;

    step->dir = ci_mem_printf(step->mem, "%s/%s", folder, workdir);
    if (!folder_check_workdir(workdir, &err) || !folder_make(step->dir, &err)) {
        steplog_say(&step->log, "%s", err.msg);
        step_ends(end, CI_EXCEPTION, "%.150s", err.msg);
        return false;
    }
    stepenv_init(&step->env, step->mem, NULL);
    pthread_mutex_lock(&job->lock);
    for (size_t i = 0; i < job->env.count; i++)
        stepenv_copy(&step->env, job->env.items[i]);
    stepenv_add(&step->env, step->def->env, &job->env);
    pthread_mutex_unlock(&job->lock);
    return true;
}

void job_carry_out(struct step *step, struct step_end *end)
{
    step_type *type = types[step->def->type];

    if (type)
        type(step, end);
    else
        step_ends(end, CI_EXCEPTION, "no step of type \"%s\" can be carried out",
                  ci_step_type_names[step->def->type]);
}
