/* SPDX-License-Identifier: Apache-2.0 */
/* The `environment` step: finds the environment of the build, or has it prepared. */
#include "environment.h"

#include "agent.h"
#include "environment_key.h"
#include "environment_store.h"
#include "folder.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "step_types.h"

#include <dirent.h>
#include <string.h>
#include <sys/file.h>

enum { LOCK_MS = 100 };
static const char suffix[] = ".environments";

/* The steps that prepare it, with their texts replaced, and as JSON for the key. */
static bool render(struct step *step, const struct ci_environment_args *args, json_t *json,
                   struct ci_list *out, struct ci_err *err)
{
    struct ci_step *steps = ci_mem_array(step->mem, struct ci_step, args->steps.count + 1);
    size_t count = 0;

    CI_FOREACH(const struct ci_step, def, args->steps) {
        struct ci_step *rendered = &steps[count++];

        if (!ci_step_render(def, step->scope, step->mem, rendered, err))
            return ci_fail_in(err, "%s", def->name ? def->name : "step");
        /* Their own folder is the environment. */
        if (!rendered->workdir || strcmp(rendered->workdir, "build") == 0)
            rendered->workdir = ".";
        json_array_append_new(json, ci_step_to_json(rendered));
    }
    *out = (struct ci_list){steps, count};
    return true;
}

/* One of the steps inside: its output goes into the log of this one. */
static bool do_inner(struct step *step, const struct environment *environment,
                     const struct ci_step *def, struct step_end *end)
{
    struct step inner = *step;

    inner.def = def;
    steplog_say(&inner.log, "environment: %s", def->name ? def->name : "step");
    if (job_prepare(&inner, environment->folder, end)) {
        stepenv_set(&inner.env, "SLIPWAY_ENVIRONMENT", environment->folder);
        job_carry_out(&inner, end);
    }
    step->log = inner.log;
    step->logs = inner.logs;
    step->client = inner.client;
    step->warnings = inner.warnings;
    return end->result == CI_SUCCESS || end->result == CI_WARNINGS || end->result == CI_SKIPPED;
}

static bool refuse(struct step *step, struct step_end *end, const struct ci_err *err)
{
    steplog_say(&step->log, "%s", err->msg);
    step_ends(end, CI_EXCEPTION, "%.190s", err->msg);
    return false;
}

static void tell(struct job *job, const struct environment *environment, const char *state,
                 double seconds)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct agent *agent = job->build->agent;
    struct ci_buf frame;

    ci_buf_init(&frame, mem);
    frame_environment(&frame, environment->key, state, seconds);
    job_tell(job, &frame);
    agent_lock(agent);
    agent->environments_changed = true;
    agent_unlock(agent);
}

/* With the lock held alone: from nothing to a whole environment. */
static bool prepare(struct step *step, struct environment *environment, struct ci_strs files,
                    struct ci_list steps, struct step_end *end)
{
    struct ci_mono begin = ci_mono_now();
    const char *from = ci_mem_printf(step->mem, "%s/build", step->folder);
    struct ci_err err;
    double seconds;

    environment_spoil(environment);
    if (!folder_remove(environment->folder, &err) || !folder_make(environment->folder, &err) ||
        !environment_copy(from, environment->folder, files, &err))
        return refuse(step, end, &err);
    CI_FOREACH(const struct ci_step, def, steps)
        if (!do_inner(step, environment, def, end))
            return false;
    seconds = (double)ci_mono_since(ci_mono_now(), begin).us / 1e6;
    if (!environment_mark(environment, seconds, &err))
        return refuse(step, end, &err);
    tell(step->job, environment, "prepared", seconds);
    step_ends(end, CI_SUCCESS, "prepared %s", environment->key);
    return true;
}

/* Waits for the lock; false: the step was stopped. */
static bool lock(struct step *step, struct environment *environment, int operation,
                 struct step_end *end)
{
    bool told = false;

    while (!environment_lock(environment, operation)) {
        if (!told)
            steplog_say(&step->log, "environment %s is in use by another build: waiting",
                        environment->key);
        steplog_flush(&step->log);
        told = true;
        if (step_pause(step, ci_millis(LOCK_MS))) {
            step_ends(end, CI_CANCELLED, "cancelled");
            return false;
        }
    }
    return true;
}

/* Comes back with a whole environment and a shared lock on it, or false. */
static bool obtain(struct step *step, struct environment *environment, struct ci_strs files,
                   struct ci_list steps, struct step_end *end)
{
    if (!lock(step, environment, LOCK_SH, end))
        return false;
    if (!environment_is_whole(environment)) {
        environment_unlock(environment);
        if (!lock(step, environment, LOCK_EX, end))
            return false;
        /* Another build may have been quicker. */
        if (!environment_is_whole(environment)) {
            if (!prepare(step, environment, files, steps, end))
                return false;
            return flock(environment->lock, LOCK_SH) == 0;
        }
        (void)!flock(environment->lock, LOCK_SH);
    }
    tell(step->job, environment, "reused", 0);
    step_ends(end, CI_SUCCESS, "reused %s", environment->key);
    return true;
}

/* What later steps see of it. */
static void export(struct step *step, const struct environment *environment, struct ci_strs path)
{
    const char *before = stepenv_get(&step->env, "PATH");
    struct ci_buf all;

    ci_buf_init(&all, step->mem);
    for (size_t i = 0; i < path.count; i++)
        ci_buf_printf(&all, "%s/%s:", environment->folder, path.items[i]);
    ci_buf_puts(&all, before ? before : "/usr/local/bin:/usr/bin:/bin");
    step_set_env(step, "SLIPWAY_ENVIRONMENT", environment->folder);
    if (path.count > 0)
        step_set_env(step, "PATH", all.text);
    step_set_property(step, "environment", ci_mem_json(step->mem, json_string(environment->key)),
                      "environment");
}

static bool identify(struct step *step, const struct ci_environment_args *args,
                     struct ci_strs *files, struct ci_list *steps, struct environment **out,
                     struct ci_err *err)
{
    struct job *job = step->job;
    const char *folder = ci_mem_printf(step->mem, "%s/build", step->folder), *key;
    const char *home =
        ci_mem_printf(job->mem, "%s/%s%s", step->build->agent->builders_dir, job->slug, suffix);
    json_t *json = ci_mem_json(step->mem, json_array());

    if (!environment_files(folder, args->key, step->mem, files, err) ||
        !render(step, args, json, steps, err) || !folder_make(home, err) ||
        !environment_key(job->start->builderid, folder, *files, json, job->mem, &key, err))
        return false;
    *out = ci_mem_zero(job->mem, struct environment);
    **out = environment_at(home, key, job->mem);
    (*out)->builderid = job->start->builderid;
    (*out)->keep_dirty = args->keep_dirty;
    return true;
}

void step_do_environment(struct step *step, struct step_end *end)
{
    const struct ci_environment_args *args = step->def->args;
    struct environment *environment;
    struct ci_strs files;
    struct ci_list steps = {0};
    struct ci_err err;

    if (!identify(step, args, &files, &steps, &environment, &err)) {
        refuse(step, end, &err);
        return;
    }
    for (size_t i = 0; i < files.count; i++)
        steplog_say(&step->log, "key file %s", files.items[i]);
    if (!obtain(step, environment, files, steps, end)) {
        environment_unlock(environment);
        return;
    }
    environment_touch(environment);
    step->job->environment = environment;
    export(step, environment, args->path);
    steplog_say(&step->log, "%s: %s", end->state, environment->folder);
    environment_tidy(environment->home);
}

void environment_leave(struct job *job)
{
    struct environment *environment = CI_STEAL(job->environment);
    struct ci_err err;

    if (!environment)
        return;
    if (!environment->keep_dirty && !environment_is_whole(environment))
        environment_spoil(environment);
    /* Without a marker it goes with the last build that uses it. */
    if (!environment->keep_dirty && !environment_is_whole(environment) &&
        environment_lock(environment, LOCK_EX)) {
        if (environment_remove(environment, &err))
            tell(job, environment, "destroyed", 0);
        else
            ci_log(CI_WARN, "environment.kept", ci_kv("key", environment->key),
                   ci_kv("error", (const char *)err.msg));
    }
    environment_unlock(environment);
}

static void list_home(const char *home, json_t *list)
{
    CI_AUTO_MEM mem = ci_mem_new();
    DIR *dir = opendir(home);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        json_auto_t *marker = NULL;
        json_t *builderid, *key;
        size_t len = strlen(entry->d_name);

        if (len < 6 || strcmp(entry->d_name + len - 5, ".json") != 0)
            continue;
        marker = json_load_file(ci_mem_printf(mem, "%s/%s", home, entry->d_name), 0, NULL);
        builderid = json_object_get(marker, "builderid");
        key = json_object_get(marker, "key");
        if (builderid && key)
            json_array_append_new(list,
                                  json_pack("{s:O, s:O}", "builderid", builderid, "key", key));
    }
    if (dir)
        closedir(dir);
}

json_t *environment_list(const char *builders_dir)
{
    CI_AUTO_MEM mem = ci_mem_new();
    DIR *dir = opendir(builders_dir);
    json_t *list = json_array();
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name), end = sizeof(suffix) - 1;

        if (len > end && strcmp(entry->d_name + len - end, suffix) == 0)
            list_home(ci_mem_printf(mem, "%s/%s", builders_dir, entry->d_name), list);
    }
    if (dir)
        closedir(dir);
    return list;
}
