/* SPDX-License-Identifier: Apache-2.0 */
/* Folding, between fold.c, fold_step.c and fold_more.c. */
#pragma once

#include "fold.h"

/* While folding: input, output, and the room of the output's arrays (one entry a frame suffices).
 */
struct folder {
    const struct fold_input *in;
    struct fold *out;
    void *mem;
};

/* ---- fold_step.c ---- */

/* An agent's clock may be off; a step can't begin before its build nor end in the future. */
struct ci_time fold_clamp(const struct fold_input *in, struct ci_time at);
/* The step of that number in this batch, or NULL. */
struct fold_step *fold_find_step(const struct folder *f, int64_t number);
/* The step of a frame, which must have begun. NULL with *err. */
struct fold_step *fold_begun_step(const struct folder *f, const struct frame *frame,
                                  struct ci_err *err);
/* What a step does to its build: by the recipe, or by what it brought along. */
struct ci_step_flags fold_flags(const struct fold_input *in, int number, int bits);

typedef bool fold_frame_fn(const struct folder *f, const struct frame *frame, struct ci_err *err);
fold_frame_fn fold_step_started, fold_step_locks, fold_step_finished;

/* ---- fold_more.c ---- */

fold_frame_fn fold_log_chunk, fold_property, fold_url, fold_waiting, fold_environment_state,
    fold_test_results, fold_build_data;
