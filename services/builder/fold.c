/* SPDX-License-Identifier: Apache-2.0 */
/* Folding journal frames into what the database is to hold. */
#include "fold.h"

#include "summary.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* While folding: input, output, and the room of the output's arrays (one entry a frame suffices).
 */
struct folder {
    const struct fold_input *in;
    struct fold *out;
    void *mem;
};

const char *fold_slug(void *mem, const char *name)
{
    char *slug = ci_mem_strndup(mem, name, 50);

    for (char *c = slug; *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            *c = '_';
    }
    if (isdigit((unsigned char)slug[0]))
        slug[0] = '_';
    return slug;
}

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

/* An agent's clock may be off; a step can't begin before its build nor end in the future. */
static struct ci_time clamp(const struct fold_input *in, struct ci_time at)
{
    if (at.us == 0 || at.us > in->now.us)
        return in->now;
    return at.us < in->started_at.us ? in->started_at : at;
}

static struct fold_step *find_step(const struct folder *f, int64_t number)
{
    for (size_t i = 0; i < f->out->step_count; i++) {
        if (f->out->steps[i].number == number)
            return &f->out->steps[i];
    }
    return NULL;
}

static struct fold_step *add_step(const struct folder *f, const struct ci_step *recipe,
                                  int64_t number)
{
    const struct fold_stored *stored = stored_step(f->in, number);
    struct fold_step *step = &f->out->steps[f->out->step_count++];

    *step = (struct fold_step){
        .number = (int)number,
        .name = stored ? stored->name : recipe->name,
        .stored = stored != NULL,
        .over = stored && stored->complete,
        .results = CI_RESULT_NONE,
        .state = "running",
    };
    return step;
}

/* The step of a frame; with `begun` it must have started. NULL with *err. */
static struct fold_step *touch(const struct folder *f, const struct frame *frame, bool begun,
                               struct ci_err *err)
{
    const struct ci_step *recipe = recipe_step(f->in, frame->step.value);
    struct fold_step *step = find_step(f, frame->step.value);

    if (!recipe) {
        (void)ci_fail(err, CI_EINVALID, "step %" PRId64 ": the builder has no such step",
                      frame->step.value);
        return NULL;
    }
    if (!step)
        step = add_step(f, recipe, frame->step.value);
    if (begun && !step->begun && !step->stored) {
        (void)ci_fail(err, CI_EINVALID, "step %d has not started", step->number);
        return NULL;
    }
    return step;
}

static bool on_step_started(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = touch(f, frame, false, err);

    if (!step)
        return false;
    if (step->begun || step->stored)
        return ci_fail(err, CI_EINVALID, "step %d has started before", step->number);
    step->begun = true;
    step->started_at = clamp(f->in, frame->at);
    return true;
}

static struct fold_log *find_log(const struct folder *f, size_t step, const char *slug)
{
    for (size_t i = 0; i < f->out->log_count; i++) {
        if (f->out->logs[i].step == step && strcmp(f->out->logs[i].slug, slug) == 0)
            return &f->out->logs[i];
    }
    return NULL;
}

static bool on_log(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = touch(f, frame, true, err);
    const char *slug = fold_slug(f->mem, frame->log);
    struct fold_log *log;
    size_t number;

    if (!step || !journal_check_chunk(frame, err))
        return false;
    number = (size_t)(step - f->out->steps);
    log = find_log(f, number, slug);
    if (!log) {
        log = &f->out->logs[f->out->log_count++];
        *log = (struct fold_log){.step = number, .name = frame->log, .slug = slug};
    }
    f->out->chunks[f->out->chunk_count++] = (struct fold_chunk){
        .log = (size_t)(log - f->out->logs),
        .lines_to_end = log->lines, /* those before it, for now; see count_to_end() */
        .lines = frame->lines,
        .raw = frame->raw,
        .content = frame->content,
    };
    log->lines += frame->lines;
    log->bytes += frame->raw;
    return true;
}

static bool on_step_finished(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = touch(f, frame, true, err);
    struct ci_fold fold = {.build = f->out->folded};

    if (!step)
        return false;
    if (step->over)
        return ci_fail(err, CI_EINVALID, "step %d has ended before", step->number);
    step->ended = step->over = true;
    step->complete_at = clamp(f->in, frame->at);
    step->results = (int)frame->results.value;
    step->state = frame->state ? frame->state : ci_result_name(step->results);
    step->hidden = frame->hidden;
    fold = ci_result_fold(fold, (enum ci_result)step->results,
                          &recipe_step(f->in, step->number)->flags);
    f->out->folded = fold.build;
    return true;
}

static bool on_property(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    (void)err;
    if (!f->out->properties)
        f->out->properties = ci_mem_json(f->mem, json_object());
    json_object_set_new(f->out->properties, frame->name,
                        json_pack("[O?,s]", frame->value, frame->source ? frame->source : "Step"));
    return true;
}

static bool on_url(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold_step *step = touch(f, frame, true, err);

    if (!step)
        return false;
    if (!step->urls)
        step->urls = ci_mem_json(f->mem, json_array());
    json_array_append_new(step->urls,
                          json_pack("{s:s,s:s}", "name", frame->name, "url", frame->url));
    return true;
}

/* What the agent says of the whole build; its own words count only for what no step can say. */
static bool overrides(const struct frame *frame)
{
    return frame->results.set &&
           (frame->results.value == CI_RETRY || frame->results.value == CI_EXCEPTION ||
            frame->results.value == CI_CANCELLED);
}

static size_t list_stored(const struct folder *f, struct summary_step *steps)
{
    size_t count = 0;

    CI_FOREACH(struct fold_stored, stored, f->in->stored) {
        const struct ci_step *recipe = recipe_step(f->in, stored->number);

        if (stored->complete && stored->results.set && recipe)
            steps[count++] =
                (struct summary_step){stored->name, (int)stored->results.value, recipe->flags};
        if (!stored->complete && !find_step(f, stored->number))
            f->out->open_steps = true;
    }
    return count;
}

/* The steps that count for the summary; notes whether one of any batch is open still. */
static size_t list_ended(const struct folder *f, struct summary_step *steps)
{
    size_t count = list_stored(f, steps);

    for (size_t i = 0; i < f->out->step_count; i++) {
        const struct fold_step *step = &f->out->steps[i];
        const struct ci_step *recipe = recipe_step(f->in, step->number);

        if (step->ended && recipe)
            steps[count++] = (struct summary_step){step->name, step->results, recipe->flags};
        if (!step->over)
            f->out->open_steps = true;
    }
    return count;
}

static bool on_build_finished(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    struct fold *out = f->out;
    struct summary_step *steps =
        ci_mem_array(f->mem, struct summary_step, f->in->stored.count + out->step_count + 1);
    const size_t count = list_ended(f, steps);

    (void)err;
    out->finished = true;
    out->results = out->folded;
    if (overrides(frame))
        out->results = ci_result_worst(out->folded, (enum ci_result)frame->results.value);
    out->complete_at = clamp(f->in, frame->at);
    if (out->results == CI_EXCEPTION && overrides(frame) && frame->state && frame->state[0])
        out->state = frame->state;
    else
        out->state = summary_text(f->mem, out->results, steps, count);
    return true;
}

static bool apply(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    if (f->out->finished)
        return ci_fail(err, CI_EINVALID, "after the end of the build");
    switch ((enum frame_kind)frame->kind) {
    case FRAME_STEP_STARTED:
        return on_step_started(f, frame, err);
    case FRAME_LOG:
        return on_log(f, frame, err);
    case FRAME_STEP_FINISHED:
        return on_step_finished(f, frame, err);
    case FRAME_PROPERTY:
        return on_property(f, frame, err);
    case FRAME_URL:
        return on_url(f, frame, err);
    case FRAME_BUILD_FINISHED:
        return on_build_finished(f, frame, err);
    }
    return ci_fail(err, CI_EINVALID, "unrecognized");
}

/* Chunks are placed from the log's end, which the database knows, so no one has to read it first.
 */
static void count_to_end(struct fold *out)
{
    for (size_t i = 0; i < out->chunk_count; i++) {
        struct fold_chunk *chunk = &out->chunks[i];

        chunk->lines_to_end = out->logs[chunk->log].lines - chunk->lines_to_end;
    }
}

bool fold_frames(const struct fold_input *input, void *mem, struct fold *out, struct ci_err *err)
{
    const struct folder f = {input, out, mem};
    int64_t seq = input->first;

    *out = (struct fold){
        .steps = ci_mem_array(mem, struct fold_step, input->frames.count + 1),
        .logs = ci_mem_array(mem, struct fold_log, input->frames.count + 1),
        .chunks = ci_mem_array(mem, struct fold_chunk, input->frames.count + 1),
        .next = input->next,
        .folded = input->folded,
    };
    CI_FOREACH(struct frame, frame, input->frames) {
        if (seq >= input->next && !apply(&f, frame, err))
            return ci_fail_in(err, "frame %" PRId64, seq);
        seq++;
    }
    if (seq > out->next)
        out->next = seq;
    count_to_end(out);
    return true;
}
