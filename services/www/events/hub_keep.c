/* SPDX-License-Identifier: Apache-2.0 */
/* The events that the hub keeps: a ring without gaps, and what is held while a gap is filled. */
#include "events/hub_internal.h"
#include "reply.h"
#include "shared/json.h"
#include "shared/metrics.h"
#include "shared/subjects.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static struct ci_metric events_total =
    CI_COUNTER("slipway_www_events_total", "Live events received from the bus.", NULL);
static struct ci_metric reset_total =
    CI_COUNTER("slipway_www_events_reset_total",
               "Times when listeners were told to ask anew, as events were lost.", NULL);

/* ---- notes ---- */

/* Text that is no JSON makes a note without keys. */
static struct hub_note *make_note(const struct ci_bus_message *message)
{
    void *mem = ci_mem_new();
    struct hub_note *note = ci_mem_zero(mem, struct hub_note);
    json_auto_t *payload = ci_json_read(message->data, message->len, JSON_DECODE_ANY, NULL);

    note->mem = mem;
    note->sequence = message->sequence;
    note->lost = strcmp(message->subject, CI_SUBJECT_EVENTS_LOST) == 0;
    if (payload && !note->lost)
        note->count = topics_of(message->subject, payload, mem, note->keys);
    for (size_t i = 0; i < note->count; i++)
        note->quoted[i] = reply_text(mem, json_string(note->keys[i]));
    if (note->count) {
        note->about = about_of(note->keys[0], payload, message->builders, mem);
        note->text = reply_text(mem, json_incref(payload));
        note->len = strlen(note->text);
    }
    note->bytes = note->len + 512; /* and what its keys and the memory's own lists take */
    return note;
}

static void free_note(struct hub_note *note)
{
    if (note)
        ci_mem_free(note->mem);
}

/* ---- the ring; the lock is held ---- */

static struct hub_note **place(const struct hub *hub, int64_t sequence)
{
    return &hub->kept[sequence % HUB_KEPT];
}

const struct hub_note *hub_note_at(const struct hub *hub, int64_t sequence)
{
    return sequence > hub->base && sequence <= hub->head ? *place(hub, sequence) : NULL;
}

static void drop_oldest(struct hub *hub)
{
    struct hub_note **oldest = place(hub, ++hub->base);

    hub->bytes -= (*oldest)->bytes;
    free_note(*oldest);
    *oldest = NULL;
}

static void drop_held(struct hub *hub)
{
    for (size_t i = 0; i < hub->held_count; i++)
        free_note(hub->held[i]);
    hub->held_count = 0;
}

/* The next in order. */
static void push(struct hub *hub, struct hub_note *note)
{
    while (hub->head - hub->base >= HUB_KEPT ||
           (hub->head > hub->base && hub->bytes + note->bytes > HUB_KEPT_BYTES))
        drop_oldest(hub);
    hub->head = note->sequence;
    hub->bytes += note->bytes;
    *place(hub, note->sequence) = note;
    hub_tell(hub, note);
}

static void reset(struct hub *hub, const char *epoch, int64_t last)
{
    unsigned char random[8];

    while (hub->base < hub->head)
        drop_oldest(hub);
    hub->own = !epoch;
    hub->base = hub->head = last;
    if (epoch) {
        snprintf(hub->epoch, sizeof(hub->epoch), "%s", epoch);
    } else {
        randombytes_buf(random, sizeof(random));
        sodium_bin2hex(hub->epoch, sizeof(hub->epoch), random, sizeof(random));
    }
    for (struct hub_client *client = hub->first; client; client = client->next)
        if (client->wake)
            client->wake(client);
}

/* Takes the note over. False when it is not the next: it is the caller's still. */
static bool take(struct hub *hub, struct hub_note *note)
{
    if (hub->own)
        note->sequence = hub->head + 1;
    if (note->sequence > hub->head + 1)
        return false;
    if (note->sequence == hub->head + 1)
        push(hub, note);
    else
        free_note(note); /* again, or without a number among those that have one */
    return true;
}

/* More than can be held is as good as a gap. */
static void hold(struct hub *hub, struct hub_note *note)
{
    if (hub->held_count == HUB_HELD)
        drop_held(hub);
    hub->held[hub->held_count++] = note;
}

/* ---- for all ---- */

void hub_keep_init(struct hub *hub)
{
    hub->kept = ci_mem_array(hub, struct hub_note *, HUB_KEPT);
    hub->held = ci_mem_array(hub, struct hub_note *, HUB_HELD);
    reset(hub, NULL, 0);
}

void hub_keep_free(struct hub *hub)
{
    while (hub->base < hub->head)
        drop_oldest(hub);
    drop_held(hub);
}

bool hub_message(struct hub *hub, const struct ci_bus_message *message)
{
    struct hub_note *note = make_note(message);
    bool fine = true;

    ci_metric_add(&events_total, 1, NULL);
    pthread_mutex_lock(&hub->lock);
    if (hub->filling) {
        hold(hub, note);
    } else if (!take(hub, note)) {
        hub->filling = true;
        hold(hub, note);
        fine = false;
    }
    pthread_mutex_unlock(&hub->lock);
    return fine;
}

void hub_hold(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->filling = true;
    pthread_mutex_unlock(&hub->lock);
}

bool hub_holds(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    bool filling = hub->filling;
    pthread_mutex_unlock(&hub->lock);
    return filling;
}

int64_t hub_position(struct hub *hub, char epoch[HUB_EPOCH])
{
    pthread_mutex_lock(&hub->lock);
    int64_t head = hub->head;
    memcpy(epoch, hub->own ? "" : hub->epoch, hub->own ? 1 : HUB_EPOCH);
    pthread_mutex_unlock(&hub->lock);
    return head;
}

void hub_reset(struct hub *hub, const char *epoch, int64_t last)
{
    ci_metric_add(&reset_total, 1, NULL);
    pthread_mutex_lock(&hub->lock);
    reset(hub, epoch, last);
    pthread_mutex_unlock(&hub->lock);
}

void hub_fill(void *user, const struct ci_bus_message *message)
{
    struct hub *hub = user;
    struct hub_note *note = make_note(message);

    pthread_mutex_lock(&hub->lock);
    /* What lay between has gone from the history too. */
    if (note->sequence > hub->head + 1)
        reset(hub, ci_mem_strdup(note->mem, hub->epoch), note->sequence - 1);
    (void)!take(hub, note);
    pthread_mutex_unlock(&hub->lock);
}

void hub_filled(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->filling = false;
    for (size_t i = 0; i < hub->held_count; i++) {
        struct hub_note *note = hub->held[i];

        if (note->sequence > hub->head + 1 && !hub->own)
            reset(hub, ci_mem_strdup(note->mem, hub->epoch), note->sequence - 1);
        (void)!take(hub, note);
    }
    hub->held_count = 0;
    pthread_cond_broadcast(&hub->ready);
    pthread_mutex_unlock(&hub->lock);
}
