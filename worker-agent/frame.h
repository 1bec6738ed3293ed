/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal's frames (docs/architecture.md): a line of JSON each, some with
 * bytes behind it. Pure: values in, bytes out.
 */
#pragma once

#include "shared/mem.h"
#include "shared/result.h"

/* Each appends one frame to `out`. Text that is no UTF-8 gets U+FFFD for each bad byte. */
void frame_step_started(struct ci_buf *out, int step, const char *name, struct ci_time at);
void frame_log(struct ci_buf *out, int step, size_t lines, size_t raw, struct ci_bytes packed);
void frame_step_finished(struct ci_buf *out, int step, enum ci_result results, const char *state,
                         struct ci_time at);
void frame_property(struct ci_buf *out, const char *name, const char *value, const char *source);
void frame_build_finished(struct ci_buf *out, enum ci_result results, const char *state,
                          struct ci_time at);

enum frame_kind {
    FRAME_STEP_STARTED,
    FRAME_LOG,
    FRAME_STEP_FINISHED,
    FRAME_PROPERTY,
    FRAME_BUILD_FINISHED,
    FRAME_OTHER,
};

struct frame {
    enum frame_kind kind;
    int step;    /* -1 where it names none */
    size_t line; /* bytes of the line with its '\n' */
    size_t size; /* bytes behind the line; they may lie beyond the data looked at */
};

/* Reads the line that `data` begins with; false when there is no whole, valid one. */
CI_MUST_USE bool frame_read(struct ci_bytes data, struct frame *out);
