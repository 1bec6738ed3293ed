/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One build on this agent, from its start command to the acknowledgement of
 * its last frame.
 */
#pragma once

#include "backoff.h"
#include "shared/mask.h"
#include "spool.h"
#include "start.h"
#include "wire.h"

struct agent;

/* What a build's thread keeps from one build to the next. */
struct worker {
    struct agent *agent;
    int ctl;         /* socket of its supervisor, -1: none yet */
    uint32_t orders; /* given to that one */
    char *buffer;    /* WORKER_BUFFER bytes for reading output */
};
enum { WORKER_BUFFER = 64 << 10 };

/* A command that runs, for those who stop it. */
struct under_way {
    struct under_way *next;
    int ctl; /* its supervisor's socket, -1: it does not run */
    uint32_t order;
    bool apart; /* lives beside the steps: ends with the build, not with a step */
};

struct build {
    /* Set before any other thread knows it, then read only: */
    struct agent *agent;
    void *mem; /* of the build's thread while it runs */
    int64_t id;
    char *token;
    struct start *start;        /* NULL: left by an earlier run, or unreadable */
    char *unreadable;           /* why it can't be started, or NULL */
    const struct ci_mask *mask; /* hides its secrets; set before its first frame. NULL: none */
    volatile bool interrupted;  /* ends its steps' calls; written with the lock held */

    /* Guarded by the agent's lock: */
    struct build *next, *next_waiting;
    struct spool *spool; /* NULL until its thread has made it */
    bool running;        /* waits for a thread or has one */
    bool finished;       /* its journal has its last frame */
    bool cancelled;      /* is to end as CANCELLED */
    bool stop_pending;   /* ... and the step under way has not been stopped yet */
    bool killed;         /* ends now, without another frame */
    bool refused;        /* the builder can't read its journal */
    char *slug;          /* of its folder, malloc; NULL until chosen */
    int index;
    struct under_way *commands;
    bool waits;         /* for builds that it triggered: takes no slot */
    bool sending;       /* a sender has it */
    struct ci_mono due; /* when to send; 0: nothing to send */
    struct backoff backoff;
};

/* A build for that start command, known to the agent and waiting for a thread. Lock held. */
void build_start_locked(struct agent *agent, json_t *command);
/* One whose journal is only to be sent. Takes spool over. Before threads start. */
void build_adopt(struct agent *agent, struct spool *spool, const struct spool_found *found);

/* Each with the lock held; harmless when done before. */
void build_cancel_locked(struct build *build);
void build_kill_locked(
    struct build *build); /* also drops its journal, as soon as its thread ends */
void build_refuse_locked(
    struct build *build); /* ends as EXCEPTION with a journal that can be read */

/* Its thread has ended with it. Lock held; `build` may be freed. */
void build_over_locked(struct build *build);
/* To the supervisor of a command, if that runs; a WIRE_STOP leaves what is apart alone. */
void under_way_tell_locked(const struct under_way *command, enum wire_kind kind);
void build_tell_locked(struct build *build, enum wire_kind kind);
/* It waits for builds that it triggered, and so leaves its slot to another; or goes on. */
void build_set_waiting(struct build *build, bool waits);
/* Its next step may begin: the stop, if there was one, has ended the one before. True: cancelled.
 */
bool build_pass_stop(struct build *build);
/* Lets go of it if nothing is left to do. Lock held; `build` may be freed. */
void build_settle_locked(struct build *build);

/* Closes its journal, which stays, and frees it. When no thread knows it any more. */
void build_free(struct build *build);

/* Its thread's work. */
void build_run(struct worker *worker, struct build *build);

/* Appends a frame, waiting for the disk if need be, and has it sent. Any thread. */
enum build_haste { BUILD_SOON, BUILD_NOW };
void build_append(struct build *build, struct ci_bytes frame, enum build_haste haste);

/* The step under way is to end. */
bool build_is_stopped(struct build *build);
/* The build is to end at once, or the process is. */
bool build_is_killed(struct build *build);
