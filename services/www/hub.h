/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands live events on: one subscription at the bus, any number of listeners
 * here, each with its own patterns. Delivery is at most once; who is too slow
 * is dropped by its own queue, nobody else waits. Any thread.
 */
#pragma once

#include "shared/mem.h"

struct hub;

/* One event under one key, with the frames made when a first listener wants them. */
struct hub_event {
    const char *key;
    json_t *message;
    void *mem;
    const char *socket_frame; /* {"k": key, "m": message} */
    const char *sse_frame;    /* event: event ... */
};
const char *hub_socket_frame(struct hub_event *event);
const char *hub_sse_frame(struct hub_event *event);

/* A listener; lives in its owner's struct. */
struct hub_client {
    void (*deliver)(struct hub_client *client, struct hub_event *event); /* must not block */
    void (*end)(struct hub_client *client); /* something was missed: hang up */
    char uuid[37];                          /* "" unless it is found by it */
    void *mem;                              /* guarded by the hub's lock, as all below */
    char **patterns;
    size_t count;
    struct hub_client *prev, *next;
};

enum { HUB_PATTERNS = 512 }; /* of one listener */

struct hub *hub_new(void);
void hub_free(struct hub *hub); /* NULL-safe; no listener may be left */

/* Turns the events on before the first listener's hub_attach() returns, off after the last one's
 * hub_detach(), and off now: they cost something even where nobody listens. Before any listener. */
typedef void hub_switch(void *source, bool on);
void hub_set_source(struct hub *hub, hub_switch *turn, void *source);

void hub_attach(struct hub *hub, struct hub_client *client);
/* No deliver() or end() runs after it returns. */
void hub_detach(struct hub *hub, struct hub_client *client);

/* False when the listener has HUB_PATTERNS already; a repeat is no second subscription. */
bool hub_subscribe(struct hub *hub, struct hub_client *client, const char *pattern);
/* False when it was not subscribed. */
bool hub_unsubscribe(struct hub *hub, struct hub_client *client, const char *pattern);

enum hub_found { HUB_DONE, HUB_REFUSED, HUB_UNKNOWN };
enum hub_found hub_subscribe_uuid(struct hub *hub, const char *uuid, const char *pattern);
enum hub_found hub_unsubscribe_uuid(struct hub *hub, const char *uuid, const char *pattern);

/* A message of the bus for the hub `user`; data NULL: some may have been missed, so that everybody
 * has to ask again.
 */
void hub_message(void *user, const char *subject, const char *data, size_t len);
