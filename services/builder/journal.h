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
};
extern const char *const frame_kind_names[];

enum {
    JOURNAL_BODY_MAX = 4 << 20,    /* bytes of one batch */
    JOURNAL_CHUNK_MAX = 256 << 10, /* bytes of one log chunk, expanded */
    JOURNAL_NAME_MAX = 256,        /* of properties, logs and urls */
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
    struct ci_maybe results;
    const char *state, *source, *url;
    bool hidden;
    json_t *value; /* NULL: null */
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
