/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending builds and requests: the statements that do it, for whichever
 * transaction finds that one is over (journal, lease, lost agent, cancel).
 */
#pragma once

#include "batch.h"
#include "shared/bus.h"
#include "shared/config.h"
#include "shared/result.h"

/* A build that is locked by the transaction; a row of lease_expired.sql and builds_lost.sql. */
struct end_build {
    int64_t buildid, buildrequestid, workerid, attempt, buildsetid;
    const char *stop_reason, *cancel_reason;
};
extern const struct ci_record end_build_record;

/* How it ends. */
struct end {
    struct end_build build;
    enum ci_result results; /* RETRY opens the request again */
    const char *state;
    struct ci_time when;
    bool open_steps;              /* steps or logs may be open still */
    struct ci_maybe next, folded; /* of the journal, where one ended it */
    json_t *properties;           /* to add, or NULL */
    bool parent;                  /* it may wait for builds that it triggered */
    /* What need not be looked at: */
    bool untold;     /* its configuration has no notifier that would want to know */
    bool undepended; /* nor a scheduler that follows others; only the bell is spared */
    bool unlocked;   /* nor any lock */
    bool unhurt;     /* its worker has no failures */
};

/* What the statements answered, for the events. */
struct end_rows {
    struct ci_list build, steps, logs, request, reopened, buildset, after;
    bool told;       /* the notifier has work */
    bool parted;     /* builds that it waited for may have to end */
    bool undepended; /* no scheduler follows the buildset */
};

/* Somebody asked for the build's end, by the build or by its request. */
bool end_wanted(const struct end_build *build);

/* Sets what the configuration of a build spares its end. */
void end_spare(struct end *end, const struct ci_config *config);

/* Adds the statements to `batch`; *rows lives as long as it. */
void end_add(struct batch *batch, const struct end *end, struct end_rows *rows);
/* Adds those that complete a request that has no build. */
void end_add_request(struct batch *batch, int64_t buildrequestid, int64_t buildsetid,
                     enum ci_result results, struct ci_time when, struct end_rows *rows);

/* After the commit: events, doorbells and counters. */
void end_publish(struct ci_bus *bus, const struct end_rows *rows);
