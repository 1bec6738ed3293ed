/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a batch of journal frames (docs/architecture.md): lines of JSON,
 * some followed by bytes. No I/O.
 */
#pragma once

#include "shared/mem.h"
#include "shared/record.h"

enum frame_kind {
    FRAME_STEP_STARTED,
    FRAME_LOG,
    FRAME_STEP_FINISHED,
    FRAME_PROPERTY,
    FRAME_URL,
    FRAME_BUILD_FINISHED,
    FRAME_STEP_LOCKS,
    FRAME_WAITING,
    FRAME_ENVIRONMENT,
    FRAME_TESTS,
    FRAME_BUILD_DATA,
};
extern const char *const frame_kind_names[];

enum {
    JOURNAL_BODY_MAX = 4 << 20,    /* bytes of one batch */
    JOURNAL_CHUNK_MAX = 256 << 10, /* bytes of one log chunk, expanded */
    JOURNAL_DATA_MAX = 1 << 20,    /* bytes of one build_data */
    JOURNAL_NAME_MAX = 256,        /* of properties, logs, urls, steps, test sets ... */
    JOURNAL_STATE_MAX = 1000,      /* of a state string; longer ones are cut */
};

/* The union of the keys of all frames; which are set depends on the kind. */
struct frame {
    int kind; /* enum frame_kind */
    struct ci_maybe step;
    const char *name;
    struct ci_time at; /* 0: not given */
    const char *log, *log_kind;
    int64_t lines, raw;
    struct ci_bytes content; /* borrowed from the batch */
    struct ci_maybe results; /* of FRAME_TESTS: how many */
    const char *state, *source, *url;
    bool hidden, truncated, waiting;
    json_t *value; /* NULL: null */
    int flags;     /* bits of step_flags.h */
    const char *group;
    int64_t warnings;
    const char *key; /* of an environment */
    double seconds;
    const char *description, *category, *unit;
};

/* One test of a FRAME_TESTS. */
struct frame_test {
    const char *name, *path; /* NULL: not told */
    struct ci_maybe line, duration_ns;
    const char *value;
};

/*
 * Reads every frame of `body`; *out holds struct frame, in mem, its contents
 * borrowed from `body`. CI_EINVALID names the frame, counted from `first`.
 */
CI_MUST_USE bool journal_parse(void *mem, struct ci_bytes body, int64_t first, struct ci_list *out,
                               struct ci_err *err);

/*
 * Checks the content of a log frame: one zstd frame that expands to `raw`
 * bytes and `lines` whole lines, each begun by o, e or h. CI_EINVALID.
 */
CI_MUST_USE bool journal_check_chunk(const struct frame *frame, struct ci_err *err);

/*
 * Reads the content of a tests frame: one zstd frame that expands to `raw`
 * bytes, `results` lines of JSON. *out holds struct frame_test, in mem.
 */
CI_MUST_USE bool journal_read_tests(const struct frame *frame, void *mem, struct ci_list *out,
                                    struct ci_err *err);
