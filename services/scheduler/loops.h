/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler's loops. Each takes rows with SKIP LOCKED and finishes them in
 * one transaction, so any number of replicas may run them.
 *   inbox        classifies changes: builds at once, stores, moves stable timers
 *   timers       fires what is due: stable timers, periodic and nightly builds
 *   completions  starts what depends on finished buildsets
 *   triggers     makes the buildsets that trigger steps ask for
 *   sync         gives every timed scheduler of the configuration its next fire
 *                time, and kept changes without a timer theirs
 */
#pragma once

#include "shared/loop.h"

enum { SCHEDULER_LOOPS = 5 };
extern const struct ci_loop scheduler_loops[SCHEDULER_LOOPS];

/* The ticks, for tests; `service` is a struct ci_app with db, bus and config. */
ci_tick_fn tick_inbox, tick_timers, tick_completions, tick_triggers, tick_sync;
