/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child processes with a deadline, for programs whose output is read whole
 * (git). The child leads a process group of its own, has /dev/null or `input` as stdin,
 * and the whole group gets SIGTERM, then SIGKILL 2 s later, when the deadline
 * passes or `abort` becomes true. Any thread.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* What a pipe takes without anybody reading. */
enum { CI_PROC_INPUT = 4096 };

struct ci_proc {
    const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
    const char *const *env;  /* "K=V" added to ours, NULL-terminated; or NULL */
    const char *dir;         /* or NULL */
    const char *input;       /* for stdin, at most CI_PROC_INPUT bytes; NULL: none */
    struct ci_dur timeout;
    size_t max_output;          /* bytes of stdout kept; more fails with CI_ETOOLARGE; 0 = 64 MiB */
    const volatile bool *abort; /* or NULL */
};

struct ci_proc_result {
    int exit_code;        /* -1 when a signal ended it */
    int signal;           /* 0 unless a signal ended it */
    struct ci_bytes out;  /* in mem, NUL follows */
    const char *err_text; /* last 4 KiB of stderr, in mem */
};

/* CI_EUNAVAILABLE: could not start, timed out (says so), or was aborted. Any exit code is true. */
CI_MUST_USE bool ci_proc_run(const struct ci_proc *proc, void *mem, struct ci_proc_result *out,
                             struct ci_err *err);
