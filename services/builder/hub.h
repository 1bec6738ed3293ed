/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agents that poll this replica: their waiting polls, the builds they
 * hold, and the commands that are due to them. Memory only; the database is
 * the authority and poll.c brings the two together. Any thread.
 */
#pragma once

#include "match.h"
#include "shared/clock.h"

struct hub;

struct hub *hub_new(void);
void hub_free(struct hub *hub); /* NULL-safe; no thread may wait in it */

/* A build that an agent says it has. */
struct hub_listed {
    int64_t build;
    const char *token;
    bool waiting; /* for what it triggered: it takes no slot */
};

/* One poll, for as long as its handler runs; strings borrowed. */
struct hub_poll {
    int64_t workerid, session;
    const char *name;
    int slots;
    bool draining;
    const struct hub_listed *listed;
    size_t listed_count;
    int64_t ticket; /* set by hub_report() */
    bool missed;    /* set by hub_report(): requests were matched while no poll of it waited */
};

enum hub_state {
    HUB_COMMANDS,  /* there is something to tell */
    HUB_NOTHING,   /* the wait is over: another poll came, time is up, or we stop */
    HUB_RECONCILE, /* the database must be asked which builds this worker has */
    HUB_REPLACED,  /* a newer session has taken the worker's name */
    HUB_STOPPING,  /* hub_drain() was called before this poll came */
};

/* Takes in what a poll says: who is there, which builds it renews. HUB_NOTHING: fine as it is. */
enum hub_state hub_report(struct hub *hub, struct hub_poll *poll, struct ci_mono now);

/* What the database says of a worker. */
struct hub_facts {
    int64_t workerid;
    const char *name;
    int64_t session;
    struct ci_time session_at;
    bool active, paused, graceful;
    int max_builds; /* 0: as many as offered */
    json_t *labels, *properties;
};
/* Sets them for a worker that polls here; others are passed over. */
void hub_set_facts(struct hub *hub, const struct hub_facts *facts);
/* Sets paused and graceful of every agent: those of `list` (struct hub_facts), false for the rest.
 */
void hub_set_held(struct hub *hub, struct ci_list list);

/* An unfinished build of a worker, from the database. */
struct hub_build {
    int64_t buildid;
    const char *token;
    bool seen;
    const char *stop_reason;
    struct ci_time started_at;
};

/* What came out of comparing the two; arrays in mem. */
struct hub_differences {
    struct ci_i64s unknown; /* not seen by the agent and not on offer here: hub_offer() them */
    struct ci_i64s lost;    /* the agent's earlier session had them, this one has not */
};

/* Compares a poll's list with the worker's unfinished builds (struct hub_build). */
void hub_reconcile(struct hub *hub, const struct hub_poll *poll, struct ci_list builds, void *mem,
                   struct hub_differences *out);

/* Offers a build to its worker until the agent lists it. `start` is borrowed. */
void hub_offer(struct hub *hub, int64_t workerid, int64_t build, const char *token, json_t *start);
/* The agent works on it: its journal came. */
void hub_started(struct hub *hub, int64_t workerid, int64_t build);
/*
 * The build is over, or taken from the agent (`stale`: tell it to forget).
 * False: its agent does not wait here with it, so another replica may count it
 * as running.
 */
bool hub_over(struct hub *hub, int64_t workerid, int64_t build, bool stale);
void hub_cancel(struct hub *hub, int64_t workerid, int64_t build, const char *reason);

/* Ends the sessions of this worker before `session`. */
void hub_replace(struct hub *hub, int64_t workerid, int64_t session);
/* Whether a session has been replaced, as far as this replica knows. */
bool hub_replaced(struct hub *hub, int64_t workerid, int64_t session);
/* Gives a worker no builds for a while, or until hub_roomier(): it had less room than we thought.
 * Asks for a reconciliation. */
void hub_hold(struct hub *hub, int64_t workerid, struct ci_mono until);
/* The database counts one build less on the worker than before. */
void hub_roomier(struct hub *hub, int64_t workerid);
/* Asks for a reconciliation if the build is not known here. */
void hub_check(struct hub *hub, int64_t workerid, int64_t build);

/*
 * Waits until there are commands or `until`. HUB_COMMANDS: *commands is a new
 * reference to an array. HUB_RECONCILE: the agent still counts as waiting, as
 * it does as soon as it has been reconciled; who does not wait again leaves.
 */
enum hub_state hub_wait(struct hub *hub, const struct hub_poll *poll, struct ci_mono until,
                        json_t **commands);
/* The poll is answered without waiting (again). */
void hub_leave(struct hub *hub, const struct hub_poll *poll);

/* Agents that wait with free slots, in mem (struct match_worker). */
struct ci_list hub_waiting(struct hub *hub, struct ci_mono now, void *mem);

/* What polls have said since the last call: builds to renew, workers seen and their sessions. */
struct hub_news {
    struct ci_i64s builds, workers, sessions;
};
void hub_take_news(struct hub *hub, void *mem, struct hub_news *out);
/* Puts news back that could not be stored. */
void hub_return_news(struct hub *hub, const struct hub_news *news);

/* Agents heard since `since`; those silent longer and without a waiting poll are dropped. */
size_t hub_count(struct hub *hub, struct ci_mono since);
/* Builds that agents hold or are offered here. */
size_t hub_load(struct hub *hub);
/* Workers that poll here, in mem. */
struct ci_i64s hub_workers(struct hub *hub, void *mem);
/* Every wait ends now and from now on. */
void hub_drain(struct hub *hub);
