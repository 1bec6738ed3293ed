/* SPDX-License-Identifier: Apache-2.0 */
/* The WebSocket at /ws: commands in, events out; Buildbot's frames and texts. */
#include "events/ws.h"

#include "events/topics.h"
#include "events/watch.h"
#include "reply.h"
#include "shared/json.h"

#include <stdlib.h>
#include <string.h>

static const char *answer(void *mem, json_t *id, const char *key, const char *text, int code)
{
    json_t *body = json_pack("{s:s%, s:i, s:O}", key, text, strlen(text), "code", code, "_id",
                             id ? id : json_null());

    if (!body) /* a text of the peer that is no UTF-8 can't come through JSON, so never */
        body = json_pack("{s:s, s:i}", "error", "not valid", "code", code);
    return reply_text(mem, body);
}

static const char *refuse(void *mem, json_t *id, int code, const char *fmt, const char *what)
{
    /* Each format has one %s or none. */
    const char *at = strstr(fmt, "%s");
    const char *text =
        at ? ci_mem_printf(mem, "%.*s%s%s", (int)(at - fmt), fmt, what, at + 2) : fmt;

    return answer(mem, id, "error", text, code);
}

static const char *as_text(void *mem, const json_t *value)
{
    return json_is_string(value) ? json_string_value(value)
                                 : reply_text(mem, json_deep_copy(value));
}

/* startConsuming and stopConsuming. */
static const char *consume(struct hub *hub, struct hub_client *client, json_t *frame, bool start,
                           void *mem)
{
    json_t *id = json_object_get(frame, "_id"), *path = json_object_get(frame, "path");
    const char *pattern = json_string_value(path);

    if (!path)
        return refuse(mem, id, 400, "Invalid method argument '%s'", "missing argument: path");
    if (!pattern || !topic_is_valid(pattern))
        return refuse(mem, id, 400, "invalid path format '%s'", as_text(mem, path));
    if (start && !hub_subscribe(hub, client, pattern))
        return refuse(mem, id, 400, "Invalid method argument '%s'", "too many paths");
    if (!start && !hub_unsubscribe(hub, client, pattern))
        return refuse(mem, id, 400, "path was not consumed '%s'", pattern);
    return answer(mem, id, "msg", "OK", 200);
}

const char *ws_answer(struct hub *hub, struct hub_client *client, const char *text, size_t len,
                      void *mem)
{
    json_t *frame = ci_json_read(text, len, 0, NULL);

    if (frame)
        ci_mem_json(mem, frame);
    json_t *id = json_object_get(frame, "_id"), *command = json_object_get(frame, "cmd");
    if (!id || json_is_null(id))
        return refuse(mem, NULL, 400, "no '_id' or 'type' in websocket frame", NULL);
    if (!command || json_is_null(command))
        return refuse(mem, NULL, 400, "no 'cmd' in websocket frame", NULL);
    const char *name = as_text(mem, command);
    if (strcmp(name, "ping") == 0)
        return answer(mem, id, "msg", "pong", 200);
    if (strcmp(name, "startConsuming") == 0)
        return consume(hub, client, frame, true, mem);
    if (strcmp(name, "stopConsuming") == 0)
        return consume(hub, client, frame, false, mem);
    return refuse(mem, id, 404, "no such command type '%s'", name);
}

struct socket_client {
    struct hub_client client; /* first: deliver() gets its address */
    struct hub *hub;
    struct watch *watch;
    struct ci_websocket *socket;
};

static void socket_deliver(struct hub_client *client, struct hub_event *event)
{
    struct socket_client *self = (struct socket_client *)client;
    const char *frame = hub_socket_frame(event);

    if (!ci_websocket_send(self->socket, frame, strlen(frame)))
        ci_websocket_end(self->socket);
}

static void socket_end(struct hub_client *client)
{
    ci_websocket_end(((struct socket_client *)client)->socket);
}

static void *socket_open(void *service, struct ci_websocket *socket,
                         const struct ci_request *request)
{
    struct socket_client *self = ci_mem_zero(NULL, struct socket_client);
    struct ci_response nowhere = {0};
    struct ci_err ignored;

    self->client.deliver = socket_deliver;
    self->client.end = socket_end;
    self->hub = www_of(service)->hub;
    self->socket = socket;
    /* What has changed since the handshake ends it. */
    if (watch_begin(www_of(service), request, &self->client, &nowhere, &self->watch, &ignored) !=
        WATCH_WELCOME) {
        ci_mem_free(self);
        return NULL;
    }
    ci_websocket_ping(socket, ci_seconds(www_of(service)->settings->ws_ping_interval));
    hub_attach(self->hub, &self->client);
    return self;
}

static void socket_message(void *user, struct ci_websocket *socket, const char *text, size_t len)
{
    struct socket_client *self = user;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *reply = ws_answer(self->hub, &self->client, text, len, mem);

    if (!ci_websocket_send(socket, reply, strlen(reply)))
        ci_websocket_end(socket);
}

static void socket_close(void *user)
{
    struct socket_client *self = user;

    hub_detach(self->hub, &self->client);
    watch_end(self->watch);
    ci_mem_free(self);
}

bool socket_get(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    static const struct ci_websocket_handler handler = {socket_open, socket_message, socket_close};

    switch (watch_ask(www_of(service), request, response, err)) {
    case WATCH_WELCOME:
        response->websocket = &handler;
        return true;
    case WATCH_FULL:
        return true;
    case WATCH_FAILED:
        return false;
    }
    return false;
}
