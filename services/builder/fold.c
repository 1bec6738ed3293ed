/* SPDX-License-Identifier: Apache-2.0 */
/* Folding journal frames into what the database is to hold. */
#include "fold.h"

#include "fold_internal.h"
#include "step_flags.h"
#include "summary.h"

#include <inttypes.h>
#include <stdlib.h>

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
        if (stored->complete && stored->results.set)
            steps[count++] = (struct summary_step){stored->name, (int)stored->results.value,
                                                   fold_flags(f->in, stored->number, stored->flags),
                                                   stored->number};
        if ((!stored->complete && !fold_find_step(f, stored->number)) ||
            (stored->flags & STEP_BACKGROUND))
            f->out->open_steps = true;
    }
    return count;
}

static int by_number(const void *a, const void *b)
{
    const struct summary_step *one = a, *other = b;

    return (one->number > other->number) - (one->number < other->number);
}

/* The steps that count for the summary; notes whether one of any batch is open still. */
static size_t list_ended(const struct folder *f, struct summary_step *steps)
{
    size_t count = list_stored(f, steps);

    for (size_t i = 0; i < f->out->step_count; i++) {
        const struct fold_step *step = &f->out->steps[i];

        if (step->ended)
            steps[count++] =
                (struct summary_step){step->name, step->results,
                                      fold_flags(f->in, step->number, step->flags), step->number};
        if (!step->over || (step->flags & STEP_BACKGROUND))
            f->out->open_steps = true;
    }
    /* Those of a parallel group end in any order. */
    qsort(steps, count, sizeof(*steps), by_number);
    return count;
}

static bool build_finished(const struct folder *f, const struct frame *frame, struct ci_err *err)
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
    out->complete_at = fold_clamp(f->in, frame->at);
    if (out->results == CI_EXCEPTION && overrides(frame) && frame->state && frame->state[0])
        out->state = frame->state;
    else
        out->state = summary_text(f->mem, out->results, steps, count);
    return true;
}

static fold_frame_fn *const folding[] = {
    [FRAME_STEP_STARTED] = fold_step_started,
    [FRAME_LOG] = fold_log_chunk,
    [FRAME_STEP_FINISHED] = fold_step_finished,
    [FRAME_PROPERTY] = fold_property,
    [FRAME_URL] = fold_url,
    [FRAME_BUILD_FINISHED] = build_finished,
    [FRAME_STEP_LOCKS] = fold_step_locks,
    [FRAME_WAITING] = fold_waiting,
    [FRAME_ENVIRONMENT] = fold_environment_state,
    [FRAME_TESTS] = fold_test_results,
    [FRAME_BUILD_DATA] = fold_build_data,
};

static bool apply(const struct folder *f, const struct frame *frame, struct ci_err *err)
{
    if (f->out->finished)
        return ci_fail(err, CI_EINVALID, "after the end of the build");
    return folding[frame->kind](f, frame, err);
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

static size_t count_kind(struct ci_list frames, enum frame_kind kind)
{
    size_t count = 0;

    CI_FOREACH(struct frame, frame, frames)
        count += frame->kind == (int)kind;
    return count;
}

bool fold_frames(const struct fold_input *input, void *mem, struct fold *out, struct ci_err *err)
{
    const struct ci_list frames = input->frames;
    const struct folder f = {input, out, mem};
    int64_t seq = input->first;

    *out = (struct fold){
        .steps = ci_mem_array(mem, struct fold_step, frames.count + 1),
        .logs = ci_mem_array(mem, struct fold_log, frames.count + 1),
        .chunks = ci_mem_array(mem, struct fold_chunk, frames.count + 1),
        .tests = ci_mem_array(mem, struct fold_tests, count_kind(frames, FRAME_TESTS) + 1),
        .data = ci_mem_array(mem, struct fold_data, count_kind(frames, FRAME_BUILD_DATA) + 1),
        .environments =
            ci_mem_array(mem, struct fold_environment, count_kind(frames, FRAME_ENVIRONMENT) + 1),
        .next = input->next,
        .folded = input->folded,
    };
    CI_FOREACH(struct frame, frame, frames) {
        if (seq >= input->next && !apply(&f, frame, err))
            return ci_fail_in(err, "frame %" PRId64, seq);
        seq++;
    }
    if (seq > out->next)
        out->next = seq;
    count_to_end(out);
    return true;
}
