/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal's frames (docs/architecture.md): a line of JSON each, some with
 * bytes behind it. Pure: values in, bytes out.
 */
#pragma once

#include "shared/mem.h"
#include "shared/result.h"

/* Each appends one frame to `out`. Text that is no UTF-8 gets U+FFFD for each bad byte. */
struct frame_started {
    int step;
    const char *name, *group;          /* group may be NULL */
    const char *state;                 /* "compiling"; NULL: the builder's word for it */
    const struct ci_step_flags *flags; /* of a step that the recipe does not name, else NULL */
    bool background;                   /* ... and whose command outlives it */
    struct ci_time at;
};
void frame_step_started(struct ci_buf *out, const struct frame_started *frame);

struct frame_log {
    int step;
    const char *log; /* its name */
    size_t lines, raw;
    struct ci_time at; /* of its sending */
    struct ci_bytes packed;
    bool truncated; /* nothing may follow */
    bool late;      /* its step has ended */
};
void frame_log(struct ci_buf *out, const struct frame_log *frame);

struct frame_finished {
    int step;
    enum ci_result results;
    const char *state;
    struct ci_time at;
    bool hidden;
    int warnings;
};
void frame_step_finished(struct ci_buf *out, const struct frame_finished *frame);

/* `value` is borrowed. */
void frame_property(struct ci_buf *out, const char *name, json_t *value, const char *source);
void frame_url(struct ci_buf *out, int step, const char *name, const char *url);
/* state: as of frame_step_started(). */
void frame_step_locks(struct ci_buf *out, int step, const char *state, struct ci_time at);
void frame_waiting(struct ci_buf *out, int step, bool waiting);
void frame_environment(struct ci_buf *out, const char *key, const char *state, double seconds);

struct frame_tests {
    int step;
    const char *description, *category, *unit;
    size_t results, raw;
    struct ci_bytes packed;
};
void frame_tests(struct ci_buf *out, const struct frame_tests *frame);
void frame_build_finished(struct ci_buf *out, enum ci_result results, const char *state,
                          struct ci_time at);

enum frame_kind {
    FRAME_STEP_STARTED,
    FRAME_LOG,
    FRAME_STEP_FINISHED,
    FRAME_PROPERTY,
    FRAME_BUILD_FINISHED,
    FRAME_OTHER, /* those that say nothing of how far the build is */
};

struct frame {
    enum frame_kind kind;
    int step;    /* -1 where it names none */
    bool late;   /* a log of a step that has ended */
    size_t line; /* bytes of the line with its '\n' */
    size_t size; /* bytes behind the line; they may lie beyond the data looked at */
};

/* Reads the line that `data` begins with; false when there is no whole, valid one. */
CI_MUST_USE bool frame_read(struct ci_bytes data, struct frame *out);
