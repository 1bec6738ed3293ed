/* SPDX-License-Identifier: Apache-2.0 */
#include "hub.h"

#include "reply.h"
#include "shared/json.h"
#include "shared/metrics.h"
#include "topics.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct ci_metric listeners =
    CI_GAUGE("slipway_www_listeners", "Open /ws and /sse connections.", NULL);
static struct ci_metric events_total =
    CI_COUNTER("slipway_www_events_total", "Live events received from the bus.", NULL);

struct hub {
    pthread_mutex_t lock;
    struct hub_client *first;  /* guarded by lock */
    size_t count;              /* guarded by lock */
    pthread_mutex_t switching; /* held while listeners come and go; taken before lock */
    hub_switch *turn;          /* NULL: the events come anyway */
    void *source;
};

struct hub *hub_new(void)
{
    struct hub *hub = ci_mem_zero(NULL, struct hub);

    pthread_mutex_init(&hub->lock, NULL);
    pthread_mutex_init(&hub->switching, NULL);
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
    pthread_mutex_destroy(&hub->switching);
    pthread_mutex_destroy(&hub->lock);
    ci_mem_free(hub);
}

void hub_attach(struct hub *hub, struct hub_client *client)
{
    bool first;

    client->mem = ci_mem_new();
    client->patterns = ci_mem_array(client->mem, char *, HUB_PATTERNS);
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

const char *hub_socket_frame(struct hub_event *event)
{
    if (!event->socket_frame)
        event->socket_frame = reply_text(
            event->mem, json_pack("{s:s, s:o}", "k", event->key, "m", json_incref(event->message)));
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
        event->sse_frame = ci_mem_printf(
            event->mem, "event: event\ndata: %s\n\n",
            reply_text(event->mem, json_pack("{s:o, s:o}", "key", segments(event->key), "message",
                                             json_incref(event->message))));
    return event->sse_frame;
}

/* A message that suits two patterns of a listener is told twice, as Buildbot does. */
static void deliver(struct hub *hub, struct hub_event *event)
{
    pthread_mutex_lock(&hub->lock);
    for (struct hub_client *client = hub->first; client; client = client->next)
        for (size_t i = 0; i < client->count; i++)
            if (topic_matches(client->patterns[i], event->key))
                client->deliver(client, event);
    pthread_mutex_unlock(&hub->lock);
}

static void end_all(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    for (struct hub_client *client = hub->first; client; client = client->next)
        client->end(client);
    pthread_mutex_unlock(&hub->lock);
}

void hub_message(void *user, const char *subject, const char *data, size_t len)
{
    struct hub *hub = user;
    const char *keys[TOPIC_KEYS];

    if (!data) {
        end_all(hub);
        return;
    }
    CI_AUTO_MEM mem = ci_mem_new();
    json_t *message = ci_json_read(data, len, JSON_DECODE_ANY, NULL);
    if (!message) /* not one of ours */
        return;
    ci_mem_json(mem, message);
    ci_metric_add(&events_total, 1, NULL);
    size_t count = topics_of(subject, message, mem, keys);
    for (size_t i = 0; i < count; i++) {
        struct hub_event event = {.key = keys[i], .message = message, .mem = mem};

        deliver(hub, &event);
    }
}
