/* SPDX-License-Identifier: Apache-2.0 */
/* The hub as its parts know it: hub.c its listeners, hub_keep.c its events, hub_read.c the reading.
 */
#pragma once

#include "events/hub.h"
#include "events/topics.h"

#include <pthread.h>

/* An event that is kept. */
struct hub_note {
    int64_t sequence;
    const char *keys[TOPIC_KEYS];
    const char *quoted[TOPIC_KEYS]; /* the keys as JSON */
    size_t count;                   /* of keys; 0: none of ours, kept for its number */
    const char *text;               /* the payload: compact JSON, one line */
    size_t len;
    size_t bytes; /* that it takes, about */
    struct about about;
    bool lost; /* says that others may be missing before it */
    void *mem; /* in which it lives */
};

enum { HUB_KEPT = 20000, HUB_KEPT_BYTES = 16 << 20, HUB_HELD = 20000 };

struct hub {
    pthread_mutex_t lock;
    pthread_cond_t ready;     /* filling has ended */
    struct hub_client *first; /* guarded by lock, as all up to `switching` */
    size_t count;
    struct hub_note **kept; /* a ring of HUB_KEPT: the events base + 1 ... head */
    int64_t base, head;
    size_t bytes;
    char epoch[HUB_EPOCH];
    bool own;     /* the numbers are the hub's own */
    bool filling; /* what comes is held */
    struct hub_note **held;
    size_t held_count;
    pthread_mutex_t switching; /* held while listeners come and go; taken before lock */
    hub_switch *turn;          /* NULL: the events come anyway */
    void *source;
};

/* The bits of the note's keys that the client's patterns match, 0 when it must not hear of it. */
unsigned hub_wanted(const struct hub_client *client, const struct hub_note *note);
/* Tells a note to all; the lock is held. */
void hub_tell(struct hub *hub, const struct hub_note *note);
/* Says hello to one that resumes; the lock is held. */
void hub_greet(struct hub *hub, struct hub_client *client);
void hub_keep_init(struct hub *hub);
void hub_keep_free(struct hub *hub);
/* NULL when it is not kept; the lock is held. */
const struct hub_note *hub_note_at(const struct hub *hub, int64_t sequence);
