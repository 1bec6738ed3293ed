/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /api/v2/events?path=PATTERN: live events as a stream of server-sent
 * events that resumes. Each has an id; a client that comes back with the last
 * one as Last-Event-ID, at whichever replica, gets what it has missed. Where
 * that is not possible it is told "reload": to ask REST anew.
 */
#include "access/origin.h"
#include "events/topics.h"
#include "events/watch.h"
#include "reply.h"
#include "shared/clock.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

enum {
    BLOCK = 16 << 10,     /* bytes that are made at once, about */
    HEARTBEAT_WAITS = 15, /* idle waits of a second until its place shows that we live */
    PAUSE_MS = 150,       /* between two blocks: under load one packet bears many events */
};

struct reader {
    struct hub_client client; /* first: wake() gets its address */
    struct www *www;
    struct watch *watch;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool woken, ended; /* guarded by lock */
    /* The thread's own that reads: */
    void *mem; /* of the block */
    struct ci_buf block;
    size_t sent;
    struct ci_mono made; /* when the block was */
    bool more;
    int idle;
};

static void wake(struct hub_client *client)
{
    struct reader *reader = (struct reader *)client;

    pthread_mutex_lock(&reader->lock);
    reader->woken = true;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->lock);
}

static void end(struct hub_client *client)
{
    struct reader *reader = (struct reader *)client;

    pthread_mutex_lock(&reader->lock);
    reader->ended = true;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->lock);
}

/* The lock is held. */
static void wait_until(struct reader *reader, struct ci_mono until, bool for_events)
{
    struct timespec deadline = {until.us / 1000000, until.us % 1000000 * 1000};

    while (!reader->ended && !(for_events && reader->woken) &&
           pthread_cond_timedwait(&reader->changed, &reader->lock, &deadline) != ETIMEDOUT)
        ;
}

/* A second at most. Whoever has just got something gets the next a little later. */
static void wait_for_more(struct reader *reader)
{
    struct ci_mono soon = ci_mono_add(reader->made, ci_millis(PAUSE_MS));

    pthread_mutex_lock(&reader->lock);
    if (!reader->more)
        wait_until(reader, ci_mono_add(ci_mono_now(), ci_seconds(1)), true);
    if (reader->woken && !reader->more)
        wait_until(reader, soon, false);
    reader->woken = false;
    pthread_mutex_unlock(&reader->lock);
}

static bool is_over(struct reader *reader)
{
    const struct ci_server *server = reader->www->app->server;

    pthread_mutex_lock(&reader->lock);
    bool ended = reader->ended;
    pthread_mutex_unlock(&reader->lock);
    return ended || (server && ci_server_draining(server));
}

static void make_block(struct reader *reader)
{
    wait_for_more(reader);
    ci_mem_free(reader->mem);
    reader->mem = ci_mem_new();
    ci_buf_init(&reader->block, reader->mem);
    reader->sent = 0;
    reader->more = hub_read(reader->www->hub, &reader->client, BLOCK,
                            reader->idle >= HEARTBEAT_WAITS, ci_mono_now(), &reader->block);
    reader->idle = reader->block.len ? 0 : reader->idle + 1;
    if (reader->block.len)
        reader->made = ci_mono_now();
}

static ssize_t reader_read(void *user, char *out, size_t max)
{
    struct reader *reader = user;
    size_t len;

    if (is_over(reader))
        return -1;
    if (reader->sent == reader->block.len)
        make_block(reader);
    len = reader->block.len - reader->sent;
    len = len < max ? len : max;
    if (len)
        memcpy(out, reader->block.text + reader->sent, len);
    reader->sent += len;
    return (ssize_t)len;
}

static void reader_release(struct reader *reader)
{
    watch_end(reader->watch);
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->lock);
    ci_mem_free(reader->mem);
    ci_mem_free(reader);
}

static void reader_free(void *user)
{
    struct reader *reader = user;

    hub_detach(reader->www->hub, &reader->client);
    reader_release(reader);
}

static struct reader *reader_new(struct www *www)
{
    struct reader *reader = ci_mem_zero(NULL, struct reader);
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&reader->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&reader->lock, NULL);
    reader->client.wake = wake;
    reader->client.end = end;
    reader->www = www;
    reader->more = true; /* the greeting */
    return reader;
}

/* Every path= of the query; true when they are fine, else the answer says what is wrong. */
static bool check_paths(const struct ci_request *request, struct ci_response *response)
{
    size_t count = 0;

    for (size_t i = 0; i < request->query.count; i++) {
        const struct ci_pair *pair = &request->query.items[i];

        if (strcmp(pair->name, "last_event_id") == 0)
            continue;
        if (strcmp(pair->name, "path") != 0)
            return !reply_error(request, response, 400, "unrecognized option '%s'", pair->name);
        if (!topic_is_valid(pair->value))
            return !reply_error(request, response, 400, "invalid path format '%s'", pair->value);
        if (++count > HUB_PATTERNS)
            return !reply_error(request, response, 400, "too many paths");
    }
    return count > 0 || !reply_error(request, response, 400, "at least one path is needed");
}

static void listen_to(struct reader *reader, const struct ci_request *request,
                      struct ci_response *response)
{
    const char *header = ci_request_header(request, "last-event-id");
    struct hub *hub = reader->www->hub;

    for (size_t i = 0; i < request->query.count; i++)
        if (strcmp(request->query.items[i].name, "path") == 0)
            (void)hub_subscribe(hub, &reader->client, request->query.items[i].value);
    /* A browser sends the header when it comes back, with the query of the first time. */
    reader->client.last_id = header ? header : ci_request_query(request, "last_event_id");
    hub_attach(hub, &reader->client);
    response->content_type = "text/event-stream";
    ci_response_header(request, response, "Cache-Control", "no-cache, no-store");
    ci_response_header(request, response, "X-Accel-Buffering", "no"); /* nginx would hold it back */
    response->stream = ci_mem_zero(request->mem, struct ci_stream);
    *response->stream =
        (struct ci_stream){.read = reader_read, .free = reader_free, .user = reader};
}

bool events_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct www *www = www_of(service);
    struct reader *reader;

    if (!origin_allows(www, request, response))
        return reply_error(request, response, 400, "invalid origin");
    if (!check_paths(request, response))
        return true;
    reader = reader_new(www);
    switch (watch_begin(www, request, &reader->client, response, &reader->watch, err)) {
    case WATCH_WELCOME:
        listen_to(reader, request, response);
        return true;
    case WATCH_FULL:
        reader_release(reader);
        return true;
    case WATCH_FAILED:
        reader_release(reader);
        return false;
    }
    return false;
}
