/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NATS, the doorbell: messages say that there is something to look at, and
 * nothing may depend on one arriving. Opening never waits for the server;
 * connecting and reconnecting go on for ever in the background. Any thread.
 */
#pragma once

#include "shared/err.h"

struct ci_bus;

/* Runs on a NATS thread: wake a loop or hand on, never block. `data` is NUL-terminated, borrowed.
 */
typedef void ci_bus_handler(void *user, const char *subject, const char *data, size_t len);

/* url NULL or "" makes a bus that is never connected: everything works by sweeps alone. */
CI_MUST_USE bool ci_bus_open(const char *url, const char *client_name, struct ci_bus **out,
                             struct ci_err *err);
void ci_bus_close(struct ci_bus *bus); /* NULL-safe; no handler runs after it returns */

bool ci_bus_connected(const struct ci_bus *bus);

/*
 * Best effort: without a connection the message is dropped and counted. It may
 * wait a millisecond for others to go out with; an empty one, a bell, goes at once.
 */
void ci_bus_publish(struct ci_bus *bus, const char *subject, const void *data, size_t len);
void ci_bus_ring(struct ci_bus *bus, const char *subject);
/* The same with a header "Slipway-Builders": the ids of the builders that the message is about,
 * "3" or "3,17". */
void ci_bus_publish_about(struct ci_bus *bus, const char *subject, const void *data, size_t len,
                          const char *builders);

/* Also calls `handler` once after every reconnect with data NULL: something may have been missed.
 */
CI_MUST_USE bool ci_bus_subscribe(struct ci_bus *bus, const char *subject, ci_bus_handler *handler,
                                  void *user, struct ci_err *err);

/* A message with what its headers say; everything borrowed, for the call alone. */
struct ci_bus_message {
    const char *subject, *data; /* data is NUL-terminated */
    size_t len;
    const char *builders; /* as ci_bus_publish_about() had it, or NULL */
    int64_t sequence;     /* of one that the history kept (history.h), under its first subject; 0 */
};
/* As a ci_bus_handler; message NULL after a reconnect. */
typedef void ci_bus_reader(void *user, const struct ci_bus_message *message);
CI_MUST_USE bool ci_bus_read(struct ci_bus *bus, const char *subject, ci_bus_reader *reader,
                             void *user, struct ci_err *err);
/*
 * Lets the subscription of that handler's user rest, so that nothing of its
 * subject is sent here, and takes it up again: the server knows of it when
 * that returns, if there is a connection. The two must not run at once.
 */
void ci_bus_rest(struct ci_bus *bus, const char *subject, const void *user);
void ci_bus_resume(struct ci_bus *bus, const char *subject, const void *user);
