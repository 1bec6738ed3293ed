/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The polling loops: each takes one due poller at a time, so that a remote
 * that hangs holds up only one of them. A claim runs out by itself should
 * this replica die; whoever finishes later finds the claim gone and writes
 * nothing.
 */
#pragma once

#include "shared/loop.h"

struct ci_app;

enum { CHANGES_LOOPS = 4 };
extern const struct ci_loop changes_loops[CHANGES_LOOPS];

/* For ci_service: makes the state folder; ends git processes at the stop. */
bool poll_start(struct ci_app *app, struct ci_err *err);
void poll_drain(struct ci_app *app);

/* For tests: polls one due poller. */
ci_tick_fn tick_poll;
