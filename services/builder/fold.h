/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding journal frames into what the database is to hold: steps, logs,
 * chunks, properties, test results, and the build's result by the recipe it
 * was started with. Steps of a parallel group begin and end in any order.
 * No I/O.
 */
#pragma once

#include "journal.h"
#include "shared/config.h"

enum { FOLD_FREE_STEPS = 1000 }; /* beyond the recipe's, at most */

/* A step as stored so far. */
struct fold_stored {
    int number;
    const char *name;
    bool complete;
    struct ci_maybe results;
    struct ci_time started_at;
    int flags;   /* bits of step_flags.h */
    bool tested; /* it runs and has test results */
};

struct fold_input {
    struct ci_list frames;          /* struct frame */
    int64_t first;                  /* sequence number of the first of them */
    int64_t next;                   /* the one expected: what is below is skipped */
    enum ci_result folded;          /* of the steps so far */
    struct ci_time started_at, now; /* times of the agent's clock are kept between these */
    struct ci_list steps;           /* of the recipe: struct ci_step */
    bool free_steps;                /* the builder takes more, from the repository's own file */
    struct ci_list stored;          /* struct fold_stored, by number */
};

/* A step that the batch begins, ends or adds to. */
struct fold_step {
    int number;
    const char *name;
    bool begun;   /* by this batch */
    bool stored;  /* before this batch */
    bool ended;   /* by this batch */
    bool over;    /* ended by this or an earlier batch */
    bool marked;  /* its flags changed, or it got its locks */
    bool tested;  /* it has test results, of this or an earlier batch */
    bool locking; /* ended by this batch, it gives back the locks that it may have */
    struct ci_time started_at, complete_at;
    struct ci_time locks_at; /* when it had its locks, where the batch says it */
    int results;             /* CI_RESULT_NONE while it runs */
    const char *state;       /* what the agent said last; "": as it is stored */
    bool hidden;
    int flags;         /* bits of step_flags.h that are kept */
    const char *group; /* or NULL */
    int64_t warnings;  /* counted */
    json_t *urls;      /* array of those added, or NULL */
};

struct fold_log {
    size_t step; /* index into steps */
    const char *name, *slug;
    int64_t lines, bytes; /* added */
    bool truncated;
};

struct fold_chunk {
    size_t log;           /* index into logs */
    int64_t lines_to_end; /* from its first line to the last that the batch adds to the log */
    int64_t lines, raw;
    struct ci_bytes content;
    struct ci_time at; /* when the agent sent it */
};

/* Results to add to the set of that step and description. */
struct fold_tests {
    size_t step; /* index into steps */
    const char *description, *category, *unit;
    struct ci_maybe passed, failed; /* among these; not set where the category has no such thing */
    struct ci_list results;         /* struct frame_test */
};

struct fold_data {
    const char *name, *source;
    struct ci_bytes content;
};

/* What the agent did with an environment. */
struct fold_environment {
    const char *key, *state; /* prepared, reused, destroyed */
    double seconds;
};

struct fold {
    struct fold_step *steps;
    size_t step_count;
    struct fold_log *logs;
    size_t log_count;
    struct fold_chunk *chunks;
    size_t chunk_count;
    struct fold_tests *tests;
    size_t test_count;
    struct fold_data *data;
    size_t data_count;
    struct fold_environment *environments;
    size_t environment_count;
    struct ci_maybe waiting; /* whether the build waits for what it triggered; not set: as before */
    int64_t locks_us;        /* microseconds that steps waited for their locks */
    json_t *properties;      /* {name: [value, source]}, or NULL */
    int64_t next;            /* the sequence number expected from now on */
    enum ci_result folded;
    bool finished;   /* the build: results, state and complete_at are set */
    bool open_steps; /* ... while a step, or the log of one, had not ended */
    enum ci_result results;
    const char *state;
    struct ci_time complete_at;
};

/*
 * Everything of *out lives in mem. CI_EINVALID, naming the frame: a step that
 * the recipe has not, something of a step that has not started, a bad chunk,
 * a frame after the build's end.
 */
CI_MUST_USE bool fold_frames(const struct fold_input *input, void *mem, struct fold *out,
                             struct ci_err *err);

/* The name of a log as its address: what is no letter, digit, - or _ becomes _. */
const char *fold_slug(void *mem, const char *name);
