/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a journal batch: what is taken folds into rows that fit together. */
#include "fold.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ci_step recipe[] = {
    {.name = "git",  .flags = {.halt_on_failure = true, .flunk_on_failure = true}},
    {.name = "test", .flags = {.warn_on_failure = true}                          },
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_rows(const struct fold_input *input, const struct fold *out)
{
    require(out->next == (int64_t)input->frames.count || out->next == input->next);
    for (size_t i = 0; i < out->step_count; i++)
        require(out->steps[i].number >= 0 && out->steps[i].name &&
                (size_t)out->steps[i].number < CI_COUNT(recipe) + FOLD_FREE_STEPS &&
                (input->free_steps || (size_t)out->steps[i].number < CI_COUNT(recipe)));
    for (size_t i = 0; i < out->log_count; i++)
        require(out->logs[i].step < out->step_count && out->logs[i].lines > 0);
    for (size_t i = 0; i < out->chunk_count; i++) {
        const struct fold_chunk *chunk = &out->chunks[i];

        require(chunk->log < out->log_count && chunk->lines <= chunk->lines_to_end &&
                chunk->lines_to_end <= out->logs[chunk->log].lines);
    }
    for (size_t i = 0; i < out->test_count; i++) {
        const struct fold_tests *tests = &out->tests[i];

        require(tests->step < out->step_count && out->steps[tests->step].tested &&
                tests->results.count > 0);
        require(tests->passed.value + tests->failed.value <= (int64_t)tests->results.count);
    }
    require(out->locks_us >= 0);
    require(!out->finished || out->state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct fold_stored stored = {
        .number = 1, .name = "test", .results = {true, CI_FAILURE}
    };
    struct fold_input input = {
        .folded = CI_SUCCESS,
        .started_at = {1000},
        .now = {      2000   },
        .steps = { recipe,    CI_COUNT(recipe)},
        .stored = {   &stored,    1},
    };
    struct ci_err err;
    struct fold out;

    if (!journal_parse(mem, (struct ci_bytes){data, size}, 0, &input.frames, &err))
        return 0;
    for (input.next = 0; input.next < 3; input.next++) {
        input.free_steps = input.next == 1;
        if (fold_frames(&input, mem, &out, &err))
            check_rows(&input, &out);
    }
    return 0;
}
