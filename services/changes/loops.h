/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The polling loops: each takes one due poller at a time, so that a remote
 * that hangs holds up only one of them. A claim is short and is renewed while
 * git runs, so that the pollers of a replica that dies are soon polled by
 * others; whoever finishes with a claim that is gone writes nothing.
 */
#pragma once

#include "shared/loop.h"

struct ci_app;

enum { CHANGES_LOOPS = 6, CLAIM_SECONDS = 20 };
extern const struct ci_loop changes_loops[CHANGES_LOOPS];

/* For ci_service: makes the state folder and app->state; ends git processes; frees app->state. */
bool poll_start(struct ci_app *app, struct ci_err *err);
void poll_drain(struct ci_app *app);
void poll_stop(struct ci_app *app);

/*
 * For tests: polls one due poller; renews the claims of the polls under way.
 * `service` is a struct ci_app with db, bus, config, settings, and what
 * poll_start() made of it.
 */
ci_tick_fn tick_poll, tick_renew;
