/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the hub's events come from: the history of the bus (shared/history.h),
 * whose numbers every replica shares, or, where NATS keeps none, the events as
 * they are told, numbered here. Both rest while nobody listens.
 */
#pragma once

#include "events/hub.h"
#include "shared/service.h"

struct feed;

/* Subscribes at app->bus, for the hub, which it becomes the source of. *out is freed after the bus
 * is closed. */
CI_MUST_USE bool feed_start(struct ci_app *app, struct hub *hub, struct feed **out,
                            struct ci_err *err);
void feed_free(struct feed *feed); /* NULL-safe */

/* The loop "events": fills gaps, and looks whether there is one that nobody noticed. */
CI_MUST_USE bool feed_tick(struct feed *feed, struct ci_tick *tick, struct ci_err *err);
