/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that wait for what builds have triggered. Each says which requests it
 * waits for and wakes by the bus's events of these; without the bus, or when
 * an event is lost, it looks again each second all the same. Any thread.
 */
#pragma once

#include "shared/bus.h"
#include "shared/clock.h"

#include <pthread.h>

struct waits;

struct waits *waits_new(void);
void waits_free(struct waits *waits); /* NULL-safe; nobody waits */
/* Wakes by the events of this bus from now on; it is borrowed until the end. */
CI_MUST_USE bool waits_listen(struct waits *waits, struct ci_bus *bus, struct ci_err *err);
/* Every wait ends now and from now on. */
void waits_stop(struct waits *waits);

/* One waiting call, on its stack. */
struct wait {
    struct waits *waits;
    pthread_cond_t woken;
    struct wait *next;
    bool any;                /* every event wakes it: it does not know what to wait for yet */
    struct ci_i64s requests; /* borrowed; these wake it */
    bool rung;
};

/* From here on events are noticed: whoever looks after it misses none. */
void wait_enter(struct wait *wait, struct waits *waits);
void wait_leave(struct wait *wait);
/* What to wait for from now on: the ends of these requests. */
void wait_for(struct wait *wait, struct ci_i64s requests);
/*
 * Waits for an event, for a second, or until `until`. False: there is no use
 * in looking again, as the time is over or the service stops.
 */
bool wait_until(struct wait *wait, struct ci_mono until);
