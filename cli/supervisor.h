/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child processes that are kept alive: started in order, started again with a
 * growing pause when they die (100 ms, doubling to 5 s; back to 100 ms after
 * 10 s of life; every third death in a row shows the end of the log), stopped
 * in the reverse order of their stages. Each is the leader of a process
 * group of its own, so that a terminal's Ctrl-C reaches only the supervisor,
 * and gets SIGTERM should the supervisor die. One thread, SIGCHLD blocked.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

#include <sys/types.h>

/* Stopped in the order agents, services, stores; all of one stage at once. */
enum stage { STAGE_STORE, STAGE_SERVICE, STAGE_AGENT };

struct child {
    const char *name;
    enum stage stage;
    const char *const *argv; /* NULL-terminated; argv[0] is a path */
    const char *const *env;  /* "K=V" on top of ours, "K" to unset it; NULL-terminated, or NULL */
    const char *log_path;    /* stdout and stderr are appended to it */
    uid_t uid;               /* run as this user when we are root; 0: as we are */
    gid_t gid;
    int stop_signal;         /* 0 = SIGTERM */
    struct ci_dur stop_time; /* before SIGKILL; 0 = 15 s */
    /* kept by the supervisor: */
    pid_t pid; /* 0: not running */
    struct ci_mono started_at, start_again_at;
    struct ci_dur pause;
    int deaths; /* in a row, each within 10 s of its start */
    int status; /* of the last death, as waitpid() gives it */
};

enum { SUPERVISOR_MAX = 64 };

struct supervisor {
    struct child *children[SUPERVISOR_MAX];
    size_t count;
};

/* Starts `child` (kept by pointer) and supervises it from now on. */
CI_MUST_USE bool supervisor_add(struct supervisor *supervisor, struct child *child,
                                struct ci_err *err);

/*
 * Collects the dead and starts again what is due; logs child.died and
 * child.started. Returns when it wants to be called again at the latest
 * (0: only after SIGCHLD).
 */
struct ci_mono supervisor_tend(struct supervisor *supervisor, struct ci_mono now);

/* Stops the children of a stage, each with its signal, then SIGKILL after its stop_time. Waits for
 * all. */
void supervisor_stop(struct supervisor *supervisor, enum stage stage);

/* The child that has died `deaths` times in a row or more, or NULL. */
const struct child *supervisor_failing(const struct supervisor *supervisor, int deaths);

/* Prints the last lines of the child's log on stderr. */
void supervisor_show_log(const struct child *child);
