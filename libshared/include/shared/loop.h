/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Background loops: a table of {name, every, tick}, one thread each. A loop
 * ticks at start, every `every`, and whenever it is woken; ticks of one loop
 * never overlap. A tick that fails is logged once and retried with a growing
 * pause (100 ms to 5 s). Tests call the tick functions themselves.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

struct ci_tick {
    void *mem; /* freed after the tick */
    struct ci_time now;
    bool again;         /* out: there is more to do, tick again at once */
    struct ci_time due; /* out: tick no later than this; 0 = by `every` alone */
};

typedef bool ci_tick_fn(void *service, struct ci_tick *tick, struct ci_err *err);

struct ci_loop {
    const char *name;
    struct ci_dur every;
    ci_tick_fn *tick;
    const char *wake_subject; /* NATS subject that wakes it, or NULL */
};

struct ci_loops;

CI_MUST_USE bool ci_loops_start(const struct ci_loop *loops, size_t count, void *service,
                                struct ci_loops **out, struct ci_err *err);
/* Wakes one loop by name, or all with NULL. Any thread; harmless after the stop. */
void ci_loops_wake(struct ci_loops *loops, const char *name);
/* Lets ticks under way finish and joins the threads. NULL-safe. */
void ci_loops_stop(struct ci_loops *loops);
