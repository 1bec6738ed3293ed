/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: /sse/listen/<pattern>, and /sse/add and /sse/remove for a running listener.
 */
#include "events/hub.h"
#include "events/topics.h"
#include "events/watch.h"
#include "reply.h"
#include "shared/clock.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUEUE_MAX = 1 << 20,  /* bytes that may wait for a slow listener */
    HEARTBEAT_WAITS = 15, /* idle waits of a second until a comment shows that we live */
};

struct sse_client {
    struct hub_client client; /* first: deliver() gets its address */
    struct hub *hub;
    struct ci_app *app;
    struct watch *watch;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    char *queue; /* malloc'd; guarded by lock, as all below */
    size_t len, cap, sent;
    bool ended;
    int idle;
};

/* The lock is held. Whoever leaves a whole queue unread is hung up on. */
static void append(struct sse_client *self, const char *text)
{
    size_t len = strlen(text);

    if (self->sent) {
        memmove(self->queue, self->queue + self->sent, self->len - self->sent);
        self->len -= self->sent;
        self->sent = 0;
    }
    if (self->len + len > QUEUE_MAX) {
        self->ended = true;
    } else if (self->len + len > self->cap) {
        size_t cap = (self->len + len) * 2;
        char *grown = realloc(self->queue, cap);

        if (!grown)
            abort();
        self->queue = grown;
        self->cap = cap;
    }
    if (!self->ended) {
        memcpy(self->queue + self->len, text, len);
        self->len += len;
    }
    pthread_cond_signal(&self->wake);
}

static void sse_deliver(struct hub_client *client, struct hub_event *event)
{
    struct sse_client *self = (struct sse_client *)client;
    const char *frame = hub_sse_frame(event);

    pthread_mutex_lock(&self->lock);
    append(self, frame);
    pthread_mutex_unlock(&self->lock);
}

static void sse_end(struct hub_client *client)
{
    struct sse_client *self = (struct sse_client *)client;

    pthread_mutex_lock(&self->lock);
    self->ended = true;
    pthread_cond_signal(&self->wake);
    pthread_mutex_unlock(&self->lock);
}

/* The lock is held. Waits a second at most; a heartbeat is due after some idle ones. */
static void wait_for_more(struct sse_client *self)
{
    struct ci_mono until = ci_mono_add(ci_mono_now(), ci_seconds(1));
    struct timespec deadline = {until.us / 1000000, until.us % 1000000 * 1000};

    if (pthread_cond_timedwait(&self->wake, &self->lock, &deadline) == 0)
        return;
    if (++self->idle >= HEARTBEAT_WAITS)
        append(self, ": still here\n\n");
}

static ssize_t sse_read(void *user, char *out, size_t max)
{
    struct sse_client *self = user;
    ssize_t result;

    pthread_mutex_lock(&self->lock);
    if (self->len == self->sent && !self->ended)
        wait_for_more(self);
    size_t left = self->len - self->sent;
    if (self->ended || (self->app->server && ci_server_draining(self->app->server))) {
        result = -1;
    } else {
        size_t len = left < max ? left : max;

        if (len)
            memcpy(out, self->queue + self->sent, len);
        self->sent += len;
        self->idle = len ? 0 : self->idle;
        result = (ssize_t)len;
    }
    pthread_mutex_unlock(&self->lock);
    return result;
}

static void release(struct sse_client *self)
{
    watch_end(self->watch);
    pthread_cond_destroy(&self->wake);
    pthread_mutex_destroy(&self->lock);
    free(self->queue);
    ci_mem_free(self);
}

static void sse_free(void *user)
{
    struct sse_client *self = user;

    hub_detach(self->hub, &self->client);
    release(self);
}

/* A random UUID (RFC 4122, version 4). */
static void make_uuid(char out[37])
{
    unsigned char raw[16];
    char hex[33];

    randombytes_buf(raw, sizeof(raw));
    raw[6] = (unsigned char)((raw[6] & 0x0F) | 0x40);
    raw[8] = (unsigned char)((raw[8] & 0x3F) | 0x80);
    sodium_bin2hex(hex, sizeof(hex), raw, sizeof(raw));
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static struct sse_client *make_client(struct ci_app *app, struct hub *hub)
{
    struct sse_client *self = ci_mem_zero(NULL, struct sse_client);
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&self->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&self->lock, NULL);
    self->client.deliver = sse_deliver;
    self->client.end = sse_end;
    self->hub = hub;
    self->app = app;
    make_uuid(self->client.uuid);
    return self;
}

static void begin(struct sse_client *self, const char *pattern, const struct ci_request *request,
                  struct ci_response *response)
{
    struct hub *hub = self->hub;
    const char *hello =
        ci_mem_printf(request->mem, "event: handshake\ndata: %s\n\n", self->client.uuid);
    append(self, hello); /* before anything can be delivered */
    hub_attach(hub, &self->client);
    if (*pattern)
        hub_subscribe(hub, &self->client, pattern);
    response->content_type = "text/event-stream";
    ci_response_header(request, response, "Cache-Control", "no-cache");
    ci_response_header(request, response, "X-Accel-Buffering", "no"); /* nginx would hold it back */
    response->stream = ci_mem_zero(request->mem, struct ci_stream);
    *response->stream = (struct ci_stream){.read = sse_read, .free = sse_free, .user = self};
}

static bool listen_to(struct ci_app *app, const char *pattern, const struct ci_request *request,
                      struct ci_response *response, struct ci_err *err)
{
    struct www *www = www_of(app);

    if (*pattern && !topic_is_valid(pattern))
        return reply_error(request, response, 400, "invalid path format '%s'", pattern);
    struct sse_client *self = make_client(app, www->hub);
    switch (watch_begin(www, request, &self->client, response, &self->watch, err)) {
    case WATCH_WELCOME:
        begin(self, pattern, request, response);
        return true;
    case WATCH_FULL:
        release(self);
        return true;
    case WATCH_FAILED:
        release(self);
        return false;
    }
    return false;
}

static bool reply_plain(struct ci_response *response, int status, const char *text)
{
    response->status = status;
    response->raw = (struct ci_bytes){text, strlen(text)};
    response->content_type = "text/plain; charset=utf-8";
    return true;
}

/* <uuid>/<pattern> of add and remove. */
static bool change_listener(struct hub *hub, bool add, const char *rest,
                            const struct ci_request *request, struct ci_response *response)
{
    size_t len = strcspn(rest, "/");
    const char *uuid = ci_mem_strndup(request->mem, rest, len);
    const char *pattern = rest[len] ? rest + len + 1 : "";

    if (!len)
        return reply_plain(response, 400, "need uuid");
    if (!topic_is_valid(pattern))
        return reply_error(request, response, 400, "invalid path format '%s'", pattern);
    enum hub_found found =
        add ? hub_subscribe_uuid(hub, uuid, pattern) : hub_unsubscribe_uuid(hub, uuid, pattern);
    if (found == HUB_UNKNOWN)
        return reply_plain(response, 400, "unknown uuid");
    if (found == HUB_REFUSED)
        return add ? reply_plain(response, 400, "too many paths")
                   : reply_plain(response, 404, "consumer is not listening to this event");
    return reply_plain(response, 200, "ok");
}

/* What follows `word` in the path, or NULL when it begins otherwise. */
static const char *after(const char *path, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(path, word, len) != 0 || (path[len] && path[len] != '/'))
        return NULL;
    return path[len] ? path + len + 1 : path + len;
}

bool sse_get(void *service, const struct ci_request *request, struct ci_response *response,
             struct ci_err *err)
{
    struct hub *hub = www_of(service)->hub;
    const char *path = ci_request_param(request, "path");
    const char *rest;

    path = path ? path : "";
    if ((rest = after(path, "add")) != NULL)
        return change_listener(hub, true, rest, request, response);
    if ((rest = after(path, "remove")) != NULL)
        return change_listener(hub, false, rest, request, response);
    rest = after(path, "listen");
    return listen_to(service, rest ? rest : path, request, response, err);
}
