/* SPDX-License-Identifier: Apache-2.0 */
/* What a step tells the builder and later steps. */
#include "job.h"
#include "shared/json.h"
#include "steplogs.h"

#include <string.h>

enum { LONGEST_VALUE = 1 << 20, LONGEST_NAME = 256 };

/* What the step printed before it told this is to be seen before it. */
static void tell(struct step *step, const struct ci_buf *frame)
{
    steplog_flush(&step->log);
    job_tell(step->job, frame);
}

static bool is_storable(struct step *step, const char *what, const char *name)
{
    if (*name && strlen(name) <= LONGEST_NAME)
        return true;
    steplog_say(&step->log, "%s \"%.60s\" is left out: its name has not 1 to %d bytes", what, name,
                LONGEST_NAME);
    return false;
}

/* Deeper ones no reader of the journal takes. */
static bool is_flat(json_t *value, int levels)
{
    const char *key;
    json_t *member;
    size_t i;

    if (levels == 0)
        return false;
    json_object_foreach(value, key, member)
        if (!is_flat(member, levels - 1))
            return false;
    json_array_foreach(value, i, member)
        if (!is_flat(member, levels - 1))
            return false;
    return true;
}

static bool is_short(struct step *step, const char *name, json_t *value)
{
    if (!is_flat(value, CI_JSON_DEPTH / 2)) {
        steplog_say(&step->log, "property \"%s\" is left out: it nests too deep", name);
        return false;
    }
    if (json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) <= LONGEST_VALUE)
        return true;
    steplog_say(&step->log, "property \"%s\" is left out: it is larger than 1 MiB", name);
    return false;
}

/* For later steps it is as it is; hidden is what leaves this machine. */
static void keep_property(struct step *step, const char *name, json_t *value, const char *source)
{
    struct job *job = step->job;
    struct ci_scope *scope = step->own_scope;
    json_t *properties;

    pthread_mutex_lock(&job->lock);
    properties = json_copy(job->properties);
    json_object_set_new(properties, name, json_pack("[O, s]", value, source));
    json_decref(job->properties);
    job->properties = json_incref(properties);
    pthread_mutex_unlock(&job->lock);
    json_decref(scope->properties);
    scope->properties = properties;
}

bool step_set_property(struct step *step, const char *name, json_t *value, const char *source)
{
    const struct ci_mask *mask = step->build->mask;
    struct ci_buf frame;

    if (!is_storable(step, "property", name) || !is_short(step, name, value))
        return false;
    keep_property(step, name, value, source);
    ci_buf_init(&frame, step->mem);
    if (ci_mask_is_empty(mask))
        frame_property(&frame, name, value, source);
    else
        frame_property(&frame, ci_mask_text(mask, step->mem, name),
                       ci_mask_json(mask, step->mem, value), source);
    tell(step, &frame);
    return true;
}

json_t *step_property(struct step *step, const char *name)
{
    json_t *value = json_array_get(json_object_get(step->scope->properties, name), 0);

    /* Setting it anew lets go of the old one. */
    return value ? ci_mem_json(step->mem, json_incref(value)) : NULL;
}

void step_set_env(struct step *step, const char *key, const char *value)
{
    pthread_mutex_lock(&step->job->lock);
    stepenv_set(&step->job->env, key, value);
    pthread_mutex_unlock(&step->job->lock);
}

void step_add_url(struct step *step, const char *name, const char *url)
{
    struct ci_buf frame;

    if (!is_storable(step, "link", name))
        return;
    ci_buf_init(&frame, step->mem);
    frame_url(&frame, step->number, job_mask(step->job, step->mem, name),
              job_mask(step->job, step->mem, url));
    tell(step, &frame);
}

void step_waiting(struct step *step, bool waiting)
{
    struct ci_buf frame;

    ci_buf_init(&frame, step->mem);
    frame_waiting(&frame, step->number, waiting);
    tell(step, &frame);
    build_set_waiting(step->build, waiting);
}

void *step_build_mem(struct step *step)
{
    return step->job->mem;
}

void step_add_steps(struct step *step, struct ci_list steps)
{
    struct job *job = step->job;
    const struct ci_step **all =
        ci_mem_array(job->mem, const struct ci_step *, job->step_count + steps.count + 1);

    memcpy(all, job->steps, job->step_count * sizeof(*all));
    job->steps = all;
    CI_FOREACH(const struct ci_step, def, steps)
        job->steps[job->step_count++] = def;
}
