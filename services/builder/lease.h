/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lease arithmetic: when leases may run out, and how a build ends whose agent
 * is lost. No I/O; the caller gives the time.
 */
#pragma once

#include "shared/base.h"
#include "shared/result.h"

/* Whether this replica has watched the leases without a break. Zeroed: it has not. */
struct lease_watch {
    struct ci_time last; /* time of the last good tick; 0: none since start or since an outage */
};

enum lease_act {
    LEASE_PUSH,   /* we were away: push every lease on by a whole one, end nothing */
    LEASE_EXPIRE, /* end what ran out */
};

/* What a tick at `now` has to do. A break of more than half a lease counts as an absence. */
enum lease_act lease_next(const struct lease_watch *watch, struct ci_time now, struct ci_dur lease);

/*
 * How often agents are to poll: every `heartbeat`, or more often where a lease is so short that
 * one poll that fails would cost it. Whole seconds, at least one.
 */
struct ci_dur lease_heartbeat(struct ci_dur heartbeat, struct ci_dur lease);

/* The result of a build that its agent lost: its `attempt` of at most `max_attempts`. */
enum ci_result lease_verdict(int64_t attempt, int max_attempts, bool cancelled);
