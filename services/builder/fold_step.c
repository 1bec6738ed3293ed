/* SPDX-License-Identifier: Apache-2.0 */
/* Folding the frames that begin and end steps. */
#include "fold_internal.h"
#include "step_flags.h"

#include <inttypes.h>
#include <string.h>

static const struct ci_step *recipe_step(const struct fold_input *in, int64_t number)
{
    if (number < 0 || (uint64_t)number >= in->steps.count)
        return NULL;
    return (const struct ci_step *)in->steps.items + number;
}

static const struct fold_stored *stored_step(const struct fold_input *in, int64_t number)
{
    CI_FOREACH(struct fold_stored, step, in->stored) {
        if (step->number == number)
            return step;
    }
    return NULL;
}

struct ci_time fold_clamp(const struct fold_input *in, struct ci_time at)
{
    if (at.us == 0 || at.us > in->now.us)
        return in->now;
    return at.us < in->started_at.us ? in->started_at : at;
}

struct ci_step_flags fold_flags(const struct fold_input *in, int number, int bits)
{
    const struct ci_step *recipe = recipe_step(in, number);

    return recipe ? recipe->flags : step_flags_of(bits);
}

struct fold_step *fold_find_step(const struct folder *f, int64_t number)
{
    for (size_t i = 0; i < f->out->step_count; i++) {
        if (f->out->steps[i].number == number)
            return &f->out->steps[i];
    }
    return NULL;
}

static struct fold_step *add_step(const struct folder *f, int64_t number, const char *name)
{
    const struct fold_stored *stored = stored_step(f->in, number);
    struct fold_step *step = &f->out->steps[f->out->step_count++];

    *step = (struct fold_step){
        .number = (int)number,
        .name = ci_mem_strdup(f->mem, name),
        .stored = stored != NULL,
        .over = stored && stored->complete,
        .tested = stored && stored->tested,
        .flags = stored ? stored->flags : 0,
        .results = CI_RESULT_NONE,
        .state = "", /* as it is stored */
    };
    return step;
}

struct fold_step *fold_begun_step(const struct folder *f, const struct frame *frame,
                                  struct ci_err *err)
{
    const int64_t number = frame->step.value;
    const struct fold_stored *stored = stored_step(f->in, number);
    struct fold_step *step = fold_find_step(f, number);

    if (step)
        return step;
    if (stored)
        return add_step(f, number, stored->name);
    (void)ci_fail(err, CI_EINVALID, "step %" PRId64 " has not started", number);
    return NULL;
}

/* The name of a step that begins; NULL with *err when the builder has no such step. */
static const char *name_of(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    const int64_t number = frame->step.value;
    const struct ci_step *recipe = recipe_step(f->in, number);
    bool good;

    if (recipe)
        return recipe->name;
    if (!f->in->free_steps || (uint64_t)number >= f->in->steps.count + FOLD_FREE_STEPS)
        good = ci_fail(err, CI_EINVALID, "step %" PRId64 ": the builder has no such step", number);
    else if (!frame->name || !frame->name[0] || strlen(frame->name) > JOURNAL_NAME_MAX)
        good = ci_fail(err, CI_EINVALID, "step %" PRId64 ": name: missing or longer than %d bytes",
                       number, JOURNAL_NAME_MAX);
    else
        good = true;
    return good ? frame->name : NULL;
}

/* Flags of a step that the recipe names are the recipe's own. */
static int kept_flags(const struct ci_step *recipe, int bits)
{
    if (!recipe)
        return bits;
    return (bits & STEP_BACKGROUND) | (recipe->background ? STEP_BACKGROUND : 0);
}

static const char *group_of(const struct ci_step *recipe, const struct frame *frame)
{
    return frame->group || !recipe ? frame->group : recipe->group;
}

bool fold_step_started(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    const struct ci_step *recipe = recipe_step(f->in, frame->step.value);
    const char *name = name_of(f, frame, err);
    struct fold_step *step;

    if (!name)
        return false;
    if (fold_find_step(f, frame->step.value) || stored_step(f->in, frame->step.value))
        return ci_fail(err, CI_EINVALID, "step %" PRId64 " has started before", frame->step.value);
    step = add_step(f, frame->step.value, name);
    step->begun = true;
    step->state = frame->state && frame->state[0] ? frame->state : "running";
    step->started_at = fold_clamp(f->in, frame->at);
    if (!recipe || recipe->locks.count == 0)
        step->locks_at = step->started_at;
    step->flags = kept_flags(recipe, frame->flags);
    step->group = ci_mem_strdup(f->mem, group_of(recipe, frame));
    return true;
}

bool fold_step_locks(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = fold_begun_step(f, frame, err);
    const struct fold_stored *stored;
    struct ci_time begun;

    if (!step)
        return false;
    if (step->over)
        return ci_fail(err, CI_EINVALID, "step %d has ended before", step->number);
    stored = step->begun ? NULL : stored_step(f->in, step->number);
    begun = stored ? stored->started_at : step->started_at;
    step->locks_at = fold_clamp(f->in, frame->at);
    step->marked = true;
    if (frame->state && frame->state[0])
        step->state = frame->state;
    if (step->locks_at.us > begun.us)
        f->out->locks_us += step->locks_at.us - begun.us;
    return true;
}

bool fold_step_finished(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    const struct ci_step *recipe = recipe_step(f->in, frame->step.value);
    struct fold_step *step = fold_begun_step(f, frame, err);
    struct ci_fold fold = {.build = f->out->folded};
    struct ci_step_flags flags;

    if (!step)
        return false;
    if (step->over)
        return ci_fail(err, CI_EINVALID, "step %d has ended before", step->number);
    step->ended = step->over = true;
    step->complete_at = fold_clamp(f->in, frame->at);
    step->results = (int)frame->results.value;
    step->state = frame->state ? frame->state : ci_result_name(step->results);
    step->hidden = frame->hidden;
    step->warnings = frame->warnings;
    step->locking = recipe && recipe->locks.count > 0;
    flags = fold_flags(f->in, step->number, step->flags);
    f->out->folded = ci_result_fold(fold, (enum ci_result)step->results, &flags).build;
    return true;
}
