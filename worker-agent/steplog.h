/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of a step: lines are gathered and go into the journal as compressed
 * frames, at once when the output pauses, in large pieces when it does not.
 * Secrets are hidden before anything is gathered. Belongs to one thread.
 */
#pragma once

#include "build.h"
#include "output.h"

#include <pthread.h>

/* Of the logs of a step whose command lives on when the step has ended. */
struct steplog_gate {
    pthread_mutex_t lock; /* held while frames of the step are appended */
    bool late;            /* its end has been told */
};

struct steplog {
    struct build *build;
    int step;
    const char *name;          /* borrowed */
    int64_t quiet;             /* microseconds of a pause that sends what is there */
    int64_t left;              /* bytes that it may still take; negative: any number */
    bool cut;                  /* it took all that it may */
    struct steplog_gate *gate; /* NULL: it ends before its step does */
    struct chunk chunk;
    struct stream out, err, own;
    struct ci_mono first, last; /* arrival of the oldest and the newest line not yet sent */
    void *mem;                  /* of the next two */
    struct ci_mask_stream *out_mask, *err_mask; /* NULL: nothing to hide, or nothing came */
};

void steplog_init(struct steplog *log, struct build *build, int step, const char *name);
void steplog_release(struct steplog *log);

/* Output of the command: `stream` is &log->out or &log->err. */
void steplog_feed(struct steplog *log, struct stream *stream, const char *data, size_t len,
                  struct ci_mono now);
/* The command's streams have ended. */
void steplog_end(struct steplog *log);

/* A line (or several, by '\n') in the agent's own words. */
void steplog_say(struct steplog *log, const char *fmt, ...) CI_PRINTF(2, 3);

/* When what has gathered must be sent: microseconds from now, -1 when there is nothing. */
int64_t steplog_due(const struct steplog *log, struct ci_mono now);
/* More output is on its way, or not: the latter lets a large piece go at once. */
void steplog_paused(struct steplog *log);
void steplog_flush(struct steplog *log);
