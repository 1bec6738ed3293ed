/* SPDX-License-Identifier: Apache-2.0 */
/* Running one command of a step: its output goes into the log, nothing of it survives. */
#pragma once

#include "steplog.h"

/* Sees every line of the output as it comes, whole and with whatever secrets it shows. */
struct observer {
    /* kind: 'o' stdout, 'e' stderr. The text has neither its '\n' nor a NUL; at most 64 KiB. */
    void (*line)(void *user, char kind, const char *text, size_t len);
    void *user;
};

struct command {
    const char *const *argv; /* NULL-terminated; looked up in the PATH of env */
    const char *const *env;  /* NULL-terminated */
    const char *dir;
    struct ci_dur timeout;           /* without output; 0: none */
    struct ci_dur max_time;          /* in all; 0: none */
    struct ci_dur sigterm_time;      /* from SIGTERM to `interrupt`; 0: that at once */
    int interrupt;                   /* signal number; 0: SIGKILL */
    int max_lines;                   /* of output; 0: any */
    bool use_pty;                    /* stdin, stdout and stderr are one terminal */
    const char *input;               /* stdin has this, then ends; NULL: nothing */
    struct ci_buf *capture;          /* also gets the beginning of stdout, or NULL */
    size_t capture_max;              /* so many bytes; 0: 1 KiB */
    const struct observer *observer; /* or NULL */
    struct follows *follows;         /* files to follow meanwhile (follow.h), or NULL */
    struct under_way *here;          /* what it can be stopped by; NULL: by the build alone */
};

enum ending {
    ENDED_EXIT,     /* code: the exit code */
    ENDED_SIGNAL,   /* code: the signal */
    ENDED_SILENT,   /* no output for `timeout` */
    ENDED_TOO_LONG, /* longer than `max_time` */
    ENDED_TOO_MUCH, /* more than `max_lines` */
    ENDED_CANCELLED,
    ENDED_NOT_STARTED, /* text says why; code: errno */
    ENDED_LOST,        /* the supervisor is gone: somebody killed it, or this agent ends */
};

struct outcome {
    enum ending ending;
    int code;
    bool stopped; /* it ran when it was told to end */
    struct ci_dur elapsed;
    char text[200]; /* ENDED_NOT_STARTED, ENDED_LOST */
};

void exec_command(struct worker *worker, struct steplog *log, const struct command *command,
                  struct outcome *out);
