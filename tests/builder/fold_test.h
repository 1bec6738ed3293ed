/* SPDX-License-Identifier: Apache-2.0 */
/* Folding the frames of a test. */
#pragma once

#include "fold.h"
#include "frames.h"

/* Of a build that began at second 1; `input` says the rest. */
static inline bool fold_written(void *mem, const struct ci_buf *buf, struct fold_input *input,
                                struct fold *out, struct ci_err *err)
{
    input->started_at.us = 1000000;
    assert_ok(journal_parse(mem, frames_bytes(buf), input->first, &input->frames, err), *err);
    return fold_frames(input, mem, out, err);
}
