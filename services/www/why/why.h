/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a request waits: the gates between it and its build, in the order in
 * which the builder service asks for them, each with counts and names, and an
 * estimate of start and end. why_judge() is a plain function over what
 * why_store.h reads; everything it returns lives in mem.
 */
#pragma once

#include "shared/match.h"

/* Names in a gate's lists; the requests ahead that are counted; running builds that are read. */
enum { WHY_NAMES = 20, WHY_AHEAD = 1000, WHY_RUNNING = 200 };

struct why_request {
    int64_t buildrequestid, builderid;
    const char *builder; /* name */
    int priority;
    bool claimed, complete;
    struct ci_time submitted_at, claimed_at, complete_at;
    int results;
    const char *cancel_reason; /* asked for, or NULL */
    struct ci_maybe collapsed_into;
    const char *scheduler, *reason; /* of its buildset; scheduler may be NULL */
    const char *workername;         /* somebody has chosen it, or NULL */
    json_t *properties;             /* of its buildset */
};

/* A worker in force. */
struct why_worker {
    int64_t workerid;
    const char *name;
    json_t *labels, *properties;
    bool connected, paused, graceful;
    const char *paused_by, *pause_reason; /* or NULL */
    struct ci_time paused_at, quarantine_until, last_seen_at;
    int failures;         /* of its agent, in a row */
    int slots;            /* in force; 0: no agent has offered any */
    int running;          /* builds that take one; only of workers that fit */
    struct ci_list locks; /* struct ci_lock_use, its own; set by why_place_locks() */
};

/* A build of the request itself. */
struct why_build {
    int64_t buildid, attempt;
    const char *name;   /* "builder/number" */
    const char *worker; /* NULL: it ended before it had one */
    struct ci_time started_at, complete_at;
    bool complete, waiting; /* for what it triggered */
    int results;
    const char *state_string;
};

/* A running build of a worker that fits. */
struct why_running {
    int64_t workerid;
    const char *name;
    struct ci_time started_at;
};

/* Who has a lock, or waits for it: a build, or (step >= 0) one of its steps. */
struct why_claim {
    const char *name;
    int64_t workerid; /* 0: the lock is not per worker */
    const char *build;
    struct ci_time started_at;
    bool exclusive, granted;
};

/* What is taken of a lock in sum, by name and workerid. */
struct why_load {
    const char *name;
    int64_t workerid;
    bool exclusive, granted;
    int count;
};

/* A lock that a step of the running build waits for. */
struct why_step_lock {
    const char *name;
    const char *step;
    struct ci_strs builds; /* that hold it or come first */
};

struct why_warm {
    int64_t workerid;
    const char *name;
};

struct why_duration {
    int64_t us;
};

struct why_facts {
    struct ci_time now;
    const struct ci_config *config;
    const struct ci_builder *builder; /* NULL: it is not in the configuration in force */
    struct why_request request;
    struct ci_list workers;    /* struct why_worker, by name (bytes) */
    struct ci_list builds;     /* struct why_build, in order of attempts */
    struct ci_list running;    /* struct why_running, oldest first, at most WHY_RUNNING */
    struct ci_list loads;      /* struct why_load, by name, then worker */
    struct ci_list claims;     /* struct why_claim, first come first */
    struct ci_list step_locks; /* struct why_step_lock */
    struct ci_list warm;       /* struct why_warm, last used first */
    struct ci_list durations;  /* struct why_duration, of the last successful builds */
    int64_t ahead;             /* requests before it on its workers; beyond WHY_AHEAD: more */
};

/* One condition; `open`: it does not hold the request up. Lists are cut at WHY_NAMES. */
struct why_gate {
    const char *gate;
    bool open;
    const char *text;
    struct ci_strs workers, builds, locks;
};

struct why_estimate {
    struct ci_time start_at, complete_at;
    int64_t based_on; /* builds */
    const char *basis;
};

struct why {
    int64_t buildrequestid;
    const char *state; /* pending, running, complete, collapsed, cancelled */
    const char *summary;
    struct ci_list gates;                /* struct why_gate */
    struct ci_maybe ahead;               /* of a pending one; at most WHY_AHEAD + 1 */
    const struct why_estimate *estimate; /* NULL: there is nothing to base one on */
};
extern const struct ci_record why_record;

struct why why_judge(const struct why_facts *facts, void *mem);

/* Free slots of a worker, as the database tells. */
int why_free(const struct why_worker *worker);
/* Whether the builder service gives it builds: connected, not paused, not stopping, no quarantine.
 */
bool why_willing(const struct why_worker *worker, struct ci_time now);

/*
 * Which builders' requests compete with this one's for workers: names of those
 * that fit any willing worker which fits this builder, itself among them.
 */
struct ci_strs why_rivals(const struct why_facts *facts, void *mem);
/* The locks that a build of it may need, on whichever worker. */
struct ci_strs why_lock_names(const struct why_facts *facts, void *mem);
/* Gives the workers the locks that the configuration says every build on them takes. */
void why_place_locks(struct why_facts *facts);
