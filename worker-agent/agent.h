/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state that the agent's threads share: one that polls, a few that send
 * journals, one for each build. One lock guards all of it; it is never held
 * across a call that can wait.
 */
#pragma once

#include "build.h"
#include "settings.h"
#include "shared/http_client.h"
#include "spawner.h"

#include <pthread.h>

struct agent {
    const struct settings *settings;
    struct spawner *spawner;
    const char *const *env;         /* our own environment */
    char *builders_dir, *spool_dir; /* absolute */
    struct spares *spares;          /* files for the next journals */
    volatile bool abort;            /* ends calls that wait; written once, by agent_stop() */

    pthread_mutex_t lock;           /* guards everything below */
    pthread_cond_t changed;         /* agent_join(): a thread has ended */
    int wake;                       /* eventfd: main has something to look at */
    pthread_cond_t work;            /* build threads: a build waits, or the stop */
    pthread_cond_t outgoing;        /* senders: something may be due, or the stop */
    pthread_cond_t connection;      /* pollers in a pause: the session or the stop */
    struct build *builds;           /* running, or with journal left to send */
    struct build *waiting;          /* those among them without a thread yet, oldest first */
    unsigned idle_threads, threads; /* of builds */
    unsigned idle_senders, senders;
    unsigned alive;  /* threads of agent_thread(); atomic, for it may be called without the lock */
    pthread_t ended; /* the last of them that ended; it joins the one before */
    bool has_ended;
    bool draining;             /* takes no builds */
    bool drain_told;           /* a poll that said so was answered */
    bool leaving;              /* the process ends when the last build is over */
    bool stopping;             /* all threads end now */
    bool replaced;             /* another agent has our name */
    bool kick;                 /* the open poll is out of date: have it ended */
    bool environments_changed; /* the next poll lists them */
    size_t server;             /* index of the one in use */
    char *session;             /* its token, or NULL; malloc */
    int heartbeat;             /* seconds */
};

void agent_init(struct agent *agent, const struct settings *settings, struct spawner *spawner);
void agent_release(struct agent *agent); /* when all threads have ended */

void agent_lock(struct agent *agent);
void agent_unlock(struct agent *agent);

/* With the lock held: waits for the condition, at most so long. */
void agent_wait(struct agent *agent, pthread_cond_t *condition, struct ci_dur limit);

/* A build or a thread is over, or the process should end. Lock held. */
void agent_changed_locked(struct agent *agent);

/* run(agent) in a thread with a small stack, which agent_join() sees to; false when the system
 * refuses. */
CI_MUST_USE bool agent_thread(void *(*run)(void *), struct agent *agent);

/* The same for a thread that its caller joins. */
CI_MUST_USE bool agent_helper(void *(*run)(void *), void *arg, pthread_t *thread);

/* All threads end as soon as they can. With the lock held. */
void agent_stop_locked(struct agent *agent);
/* Waits until they have. */
void agent_join(struct agent *agent);

/* With the lock held. */
struct build *agent_find(struct agent *agent, int64_t build, const char *token);

/* A copy of the session's token, in mem; NULL without a session. `base` is the server's URL. */
const char *agent_session(struct agent *agent, void *mem, const char **base);
/* That token was refused: another is needed, unless there is one already. */
void agent_session_refused(struct agent *agent, const char *token);
/* No answer from that server: on to the next, unless others have gone on already. */
void agent_server_failed(struct agent *agent, const char *base);
/* Another agent has taken our name: the process ends. */
void agent_replaced(struct agent *agent);

uint32_t agent_random(void);
