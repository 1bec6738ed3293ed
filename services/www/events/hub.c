/* SPDX-License-Identifier: Apache-2.0 */
#include "events/hub_internal.h"
#include "reply.h"
#include "shared/clock.h"
#include "shared/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ATTACH_WAIT_MS = 2000 };

static struct ci_metric listeners =
    CI_GAUGE("slipway_www_listeners", "Open connections that listen to live events.", NULL);

struct hub *hub_new(void)
{
    struct hub *hub = ci_mem_zero(NULL, struct hub);
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&hub->ready, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_mutex_init(&hub->switching, NULL);
    hub_keep_init(hub);
    return hub;
}

void hub_set_source(struct hub *hub, hub_switch *turn, void *source)
{
    hub->turn = turn;
    hub->source = source;
    turn(source, false);
}

void hub_free(struct hub *hub)
{
    if (!hub)
        return;
    hub_keep_free(hub);
    pthread_mutex_destroy(&hub->switching);
    pthread_mutex_destroy(&hub->lock);
    pthread_cond_destroy(&hub->ready);
    ci_mem_free(hub);
}

static void prepare(struct hub_client *client)
{
    if (client->mem)
        return;
    client->mem = ci_mem_new();
    client->patterns = ci_mem_array(client->mem, char *, HUB_PATTERNS);
}

/* Not for ever: without its source the hub has what it has. */
static void wait_until_filled(struct hub *hub)
{
    struct ci_mono until = ci_mono_add(ci_mono_now(), ci_millis(ATTACH_WAIT_MS));
    struct timespec deadline = {until.us / 1000000, until.us % 1000000 * 1000};

    while (hub->filling && pthread_cond_timedwait(&hub->ready, &hub->lock, &deadline) != ETIMEDOUT)
        ;
}

void hub_attach(struct hub *hub, struct hub_client *client)
{
    bool first;

    prepare(client);
    pthread_mutex_lock(&hub->switching);
    pthread_mutex_lock(&hub->lock);
    first = !hub->first;
    client->prev = NULL;
    client->next = hub->first;
    if (hub->first)
        hub->first->prev = client;
    hub->first = client;
    ci_metric_set(&listeners, (double)++hub->count, NULL);
    pthread_mutex_unlock(&hub->lock);
    if (first && hub->turn)
        hub->turn(hub->source, true);
    pthread_mutex_unlock(&hub->switching);
    pthread_mutex_lock(&hub->lock);
    wait_until_filled(hub);
    if (client->wake)
        hub_greet(hub, client);
    pthread_mutex_unlock(&hub->lock);
}

void hub_detach(struct hub *hub, struct hub_client *client)
{
    bool last;

    pthread_mutex_lock(&hub->switching);
    pthread_mutex_lock(&hub->lock);
    if (client->prev)
        client->prev->next = client->next;
    else
        hub->first = client->next;
    if (client->next)
        client->next->prev = client->prev;
    ci_metric_set(&listeners, (double)--hub->count, NULL);
    last = !hub->first;
    pthread_mutex_unlock(&hub->lock);
    if (last && hub->turn)
        hub->turn(hub->source, false);
    pthread_mutex_unlock(&hub->switching);
    ci_mem_free(client->mem);
}

void hub_limit(struct hub *hub, struct hub_client *client, const struct access_view *limits)
{
    pthread_mutex_lock(&hub->lock);
    client->limits = limits;
    pthread_mutex_unlock(&hub->lock);
}

/* The lock is held in these four. */
static size_t find_pattern(const struct hub_client *client, const char *pattern)
{
    size_t i = 0;

    while (i < client->count && strcmp(client->patterns[i], pattern) != 0)
        i++;
    return i;
}

static bool add_pattern(struct hub_client *client, const char *pattern)
{
    if (find_pattern(client, pattern) < client->count)
        return true;
    if (client->count == HUB_PATTERNS)
        return false;
    client->patterns[client->count++] = ci_mem_strdup(client->mem, pattern);
    return true;
}

static bool remove_pattern(struct hub_client *client, const char *pattern)
{
    size_t at = find_pattern(client, pattern);

    if (at == client->count)
        return false;
    ci_mem_free(client->patterns[at]);
    client->patterns[at] = client->patterns[--client->count];
    return true;
}

static struct hub_client *find_client(const struct hub *hub, const char *uuid)
{
    for (struct hub_client *client = hub->first; client; client = client->next)
        if (*client->uuid && strcmp(client->uuid, uuid) == 0)
            return client;
    return NULL;
}

bool hub_subscribe(struct hub *hub, struct hub_client *client, const char *pattern)
{
    pthread_mutex_lock(&hub->lock);
    prepare(client);
    bool done = add_pattern(client, pattern);
    pthread_mutex_unlock(&hub->lock);
    return done;
}

bool hub_unsubscribe(struct hub *hub, struct hub_client *client, const char *pattern)
{
    pthread_mutex_lock(&hub->lock);
    bool done = remove_pattern(client, pattern);
    pthread_mutex_unlock(&hub->lock);
    return done;
}

static enum hub_found change_uuid(struct hub *hub, const char *uuid, const char *pattern,
                                  bool (*change)(struct hub_client *, const char *))
{
    enum hub_found found = HUB_UNKNOWN;

    pthread_mutex_lock(&hub->lock);
    struct hub_client *client = find_client(hub, uuid);
    if (client)
        found = change(client, pattern) ? HUB_DONE : HUB_REFUSED;
    pthread_mutex_unlock(&hub->lock);
    return found;
}

enum hub_found hub_subscribe_uuid(struct hub *hub, const char *uuid, const char *pattern)
{
    return change_uuid(hub, uuid, pattern, add_pattern);
}

enum hub_found hub_unsubscribe_uuid(struct hub *hub, const char *uuid, const char *pattern)
{
    return change_uuid(hub, uuid, pattern, remove_pattern);
}

/* The payload is JSON text already. */
static const char *join(void *mem, const char *head, json_t *key, const char *between,
                        const struct hub_note *note, const char *tail)
{
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, head);
    ci_buf_puts(&out, reply_text(mem, key));
    ci_buf_puts(&out, between);
    ci_buf_add(&out, note->text, note->len);
    ci_buf_puts(&out, tail);
    return out.text;
}

const char *hub_socket_frame(struct hub_event *event)
{
    if (!event->socket_frame)
        event->socket_frame =
            join(event->mem, "{\"k\":", json_string(event->key), ",\"m\":", event->note, "}");
    return event->socket_frame;
}

/* The key's segments as a list. */
static json_t *segments(const char *key)
{
    json_t *list = json_array();

    for (;;) {
        size_t len = strcspn(key, "/");

        json_array_append_new(list, json_stringn(key, len));
        if (!key[len])
            return list;
        key += len + 1;
    }
}

const char *hub_sse_frame(struct hub_event *event)
{
    if (!event->sse_frame)
        event->sse_frame = join(event->mem, "event: event\ndata: {\"key\":", segments(event->key),
                                ",\"message\":", event->note, "}\n\n");
    return event->sse_frame;
}

unsigned hub_wanted(const struct hub_client *client, const struct hub_note *note)
{
    unsigned wanted = 0;

    for (size_t key = 0; key < note->count; key++)
        for (size_t i = 0; i < client->count && !(wanted & 1u << key); i++)
            if (topic_matches(client->patterns[i], note->keys[key]))
                wanted |= 1u << key;
    return wanted && !about_hidden(&note->about, client->limits) ? wanted : 0;
}

/* A message that suits two patterns of a listener is told twice, as Buildbot does. */
static void deliver(struct hub_client *client, const struct hub_note *note, unsigned wanted,
                    struct hub_event *events)
{
    for (size_t key = 0; key < note->count; key++)
        for (size_t i = 0; i < client->count && wanted & 1u << key; i++)
            if (topic_matches(client->patterns[i], note->keys[key]))
                client->deliver(client, &events[key]);
}

void hub_tell(struct hub *hub, const struct hub_note *note)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct hub_event events[TOPIC_KEYS] = {0};

    for (size_t key = 0; key < note->count; key++)
        events[key] = (struct hub_event){.key = note->keys[key], .note = note, .mem = mem};
    for (struct hub_client *client = hub->first; client; client = client->next) {
        unsigned wanted = hub_wanted(client, note);

        if (!client->wake)
            deliver(client, note, wanted, events);
        else if (wanted || note->lost)
            client->wake(client);
    }
}

void hub_interrupted(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->filling = hub->turn != NULL;
    for (struct hub_client *client = hub->first; client; client = client->next)
        if (!client->wake)
            client->end(client);
    pthread_mutex_unlock(&hub->lock);
}
