/* SPDX-License-Identifier: Apache-2.0 */
/* Running one command of a step: its output goes into the log, nothing of it survives. */
#pragma once

#include "steplog.h"

struct command {
    const char *const *argv; /* NULL-terminated; looked up in the PATH of env */
    const char *const *env;  /* NULL-terminated */
    const char *dir;
    struct ci_dur timeout;  /* without output; 0: none */
    struct ci_dur max_time; /* in all; 0: none */
    struct ci_dur sigterm_time;
    struct ci_buf *capture; /* also gets stdout's first KiB, or NULL */
};

enum ending {
    ENDED_EXIT,     /* code: the exit code */
    ENDED_SIGNAL,   /* code: the signal */
    ENDED_SILENT,   /* no output for `timeout` */
    ENDED_TOO_LONG, /* longer than `max_time` */
    ENDED_CANCELLED,
    ENDED_NOT_STARTED, /* text says why; code: errno */
    ENDED_LOST,        /* the supervisor is gone: somebody killed it, or this agent ends */
};

struct outcome {
    enum ending ending;
    int code;
    struct ci_dur elapsed;
    char text[200]; /* ENDED_NOT_STARTED, ENDED_LOST */
};

void exec_command(struct worker *worker, struct steplog *log, const struct command *command,
                  struct outcome *out);
