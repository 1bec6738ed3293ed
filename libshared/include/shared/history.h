/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history of live events: a JetStream stream over slipway.event.> that
 * numbers them, keeps them for a while in the server's memory, and tells each
 * on as slipway.told.> with its number. Publishers know nothing of it. Whoever
 * asks first makes it; NATS without JetStream has none, and nothing but the
 * resuming of streams depends on it. Calls wait for the server, 2 s at most;
 * any thread but those that handlers run on.
 */
#pragma once

#include "shared/bus.h"

/* The bounds of what is kept. */
enum {
    CI_HISTORY_MESSAGES = 20000,
    CI_HISTORY_BYTES = 32 << 20,
    CI_HISTORY_MINUTES = 30,
};

struct ci_history {
    char epoch[20];      /* which history the numbers are of; another one begins anew */
    int64_t first, last; /* numbers kept; first > last: none */
};

/* Makes the stream unless it is there, and says what it holds. CI_EUNAVAILABLE: no connection;
 * CI_ENOTFOUND: the server keeps no history. */
CI_MUST_USE bool ci_history_open(struct ci_bus *bus, struct ci_history *out, struct ci_err *err);

/* Gives the events `from` to `to` in order, as far as they are still there. CI_EUNAVAILABLE. */
CI_MUST_USE bool ci_history_read(struct ci_bus *bus, int64_t from, int64_t to,
                                 ci_bus_reader *reader, void *user, struct ci_err *err);
