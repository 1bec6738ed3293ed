/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's structs, for hub.c, hub_poll.c and hub_commands.c only. All are guarded by hub->lock.
 */
#pragma once

#include "hub.h"
#include "map.h"

#include <pthread.h>

enum held_state {
    HELD_OFFERED, /* `start` is told until the agent lists it */
    HELD_RUNNING, /* listed by the agent, or its journal came */
    HELD_OVER,    /* finished here; stays until the agent lists it no more */
    HELD_STALE,   /* not the agent's: `forget` is told until it lists it no more */
};

struct held {
    int64_t build;
    char *token;
    enum held_state state;
    json_t *start;             /* HELD_OFFERED */
    char *cancel;              /* reason; NULL: nobody asked */
    struct ci_mono not_before; /* of the next command about it */
    struct ci_mono over_at;    /* HELD_OVER */
    bool renew;                /* listed since the last hub_take_news() */
    bool waiting;              /* for what it triggered: it takes no slot */
};

struct agent {
    struct agent *next, *previous; /* in hub->agents */
    int64_t workerid, session;
    char *name;
    json_t *labels, *properties;
    int64_t facts; /* changes with the two above: no other agent's or time's is the same */
    struct ci_time session_at;
    bool active, paused, graceful, draining;
    int max_builds, slots;
    bool reconcile; /* the database must be asked */
    bool news;      /* heard since the last hub_take_news() */
    struct ci_mono heard_at, hold_until, stop_not_before;
    int64_t ticket; /* of the newest poll */
    int waiters;    /* threads inside hub_wait() */
    bool missed;    /* it was not parked when requests were matched last */
    bool parked;    /* the newest poll has not been answered */
    pthread_cond_t wake;
    struct held *held;
    size_t held_count, held_room;
};

struct hub {
    pthread_mutex_t lock;
    pthread_condattr_t monotonic;
    struct agent *agents;  /* a list ... */
    struct map *by_worker; /* ... and by workerid */
    int64_t tickets, facts;
    bool draining;
};

void agent_add(struct hub *hub, struct agent *agent);
void agent_begin_session(struct agent *agent, int64_t session);
struct agent *agent_find(struct hub *hub, int64_t workerid);
struct held *held_find(struct agent *agent, int64_t build);
/* Adds a build, or resets it when its token differs. */
struct held *held_put(struct agent *agent, int64_t build, const char *token, enum held_state state);
void held_drop(struct agent *agent, struct held *held);
void held_clear(struct agent *agent);
bool poll_lists(const struct hub_poll *poll, int64_t build, const char *token);

/*
 * The commands that are due to an agent at `now`, a new reference, or NULL.
 * *next is moved back to when another falls due by time alone.
 */
json_t *commands_take(struct agent *agent, struct ci_mono now, struct ci_mono *next);

static inline void hub_lock_cleanup(pthread_mutex_t **lock)
{
    pthread_mutex_unlock(*lock);
}

/* Holds the hub's lock to the end of the scope. */
#define HUB_LOCKED(hub)                                                                            \
    CI_CLEANUP(hub_lock_cleanup) pthread_mutex_t *locked_ = &(hub)->lock;                          \
    pthread_mutex_lock(locked_)
