/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands live events on: one subscription at the bus, any number of listeners
 * here, each with its own patterns. There are two kinds of them. To those of
 * /ws and /sse an event is delivered at most once; who is too slow is dropped
 * by its own queue, nobody else waits. Those that resume read at their own
 * pace from what the hub keeps, which has a number for each event; who falls
 * behind all that is kept is told to ask anew. Any thread.
 */
#pragma once

#include "events/about.h"
#include "shared/bus.h"
#include "shared/mem.h"

struct hub;
struct hub_note;

/* One event under one key, with the frames made when a first listener wants them. */
struct hub_event {
    const char *key;
    const struct hub_note *note;
    void *mem;
    const char *socket_frame; /* {"k": key, "m": message} */
    const char *sse_frame;    /* event: event ... */
};
const char *hub_socket_frame(struct hub_event *event);
const char *hub_sse_frame(struct hub_event *event);

enum { HUB_EPOCH = 20 };

/* A listener; lives in its owner's struct. It is of those that resume when it has `wake`. */
struct hub_client {
    void (*deliver)(struct hub_client *client, struct hub_event *event); /* must not block */
    void (*end)(struct hub_client *client);  /* something was missed, or is allowed no more */
    void (*wake)(struct hub_client *client); /* hub_read() has something */
    char uuid[37];                           /* "" unless it is found by it */
    const char *last_id;                     /* where it was before, or NULL; until the attach */
    const struct access_view *limits;        /* guarded by the hub's lock, as all below; or NULL */
    void *mem;
    char **patterns;
    size_t count;
    char epoch[HUB_EPOCH];   /* "" until it has been greeted */
    int64_t at, said;        /* the event that it has seen, and the number it was told last */
    bool reload;             /* it has to ask anew ... */
    struct ci_mono reloaded; /* ... as it did then */
    struct hub_client *prev, *next;
};

enum { HUB_PATTERNS = 512 }; /* of one listener */

struct hub *hub_new(void);
void hub_free(struct hub *hub); /* NULL-safe; no listener may be left */

/* Turns the events on before the first listener's hub_attach() returns, off after the last one's
 * hub_detach(), and off now: they cost something even where nobody listens. Before any listener. */
typedef void hub_switch(void *source, bool on);
void hub_set_source(struct hub *hub, hub_switch *turn, void *source);

/* Waits up to 2 s for a source that is filling the hub. Patterns may be there before. */
void hub_attach(struct hub *hub, struct hub_client *client);
/* No deliver(), end() or wake() runs after it returns. */
void hub_detach(struct hub *hub, struct hub_client *client);

/* What the client may not hear of from now on; *before is nobody's afterwards. */
void hub_limit(struct hub *hub, struct hub_client *client, const struct access_view *limits);

/* False when the listener has HUB_PATTERNS already; a repeat is no second subscription. Also
 * before the attach. */
bool hub_subscribe(struct hub *hub, struct hub_client *client, const char *pattern);
/* False when it was not subscribed. */
bool hub_unsubscribe(struct hub *hub, struct hub_client *client, const char *pattern);

enum hub_found { HUB_DONE, HUB_REFUSED, HUB_UNKNOWN };
enum hub_found hub_subscribe_uuid(struct hub *hub, const char *uuid, const char *pattern);
enum hub_found hub_unsubscribe_uuid(struct hub *hub, const char *uuid, const char *pattern);

/*
 * Appends what a listener that resumes has not seen yet to `out`, as
 * server-sent events, and stops after about `most` bytes. With `idle` it is
 * told at least where it stands. True when there may be more.
 */
bool hub_read(struct hub *hub, struct hub_client *client, size_t most, bool idle,
              struct ci_mono now, struct ci_buf *out);

/* ---- the source's side ---- */

/* A message of the bus. False when there is a gap before it: it is held, as all that follow, until
 * hub_filled(). */
bool hub_message(struct hub *hub, const struct ci_bus_message *message);
/* Some may have been missed: listeners that don't resume are ended, and what comes is held. */
void hub_interrupted(struct hub *hub);
void hub_hold(struct hub *hub);
bool hub_holds(struct hub *hub);
/* The number of the last event, and of what history. */
int64_t hub_position(struct hub *hub, char epoch[HUB_EPOCH]);
/* What was kept is void: the next event is `last` + 1 of `epoch`, NULL for one of the hub's own,
 * whose events it numbers itself. */
void hub_reset(struct hub *hub, const char *epoch, int64_t last);
/* A message that was missed, in order; `user` is the hub. A ci_bus_reader. */
void hub_fill(void *user, const struct ci_bus_message *message);
/* Nothing is missing any more: takes what was held. */
void hub_filled(struct hub *hub);
