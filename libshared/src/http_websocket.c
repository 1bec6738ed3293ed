/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSockets over ulfius, which shakes hands and keeps the threads. Its own
 * reading takes messages of any size and wakes 20 times a second, its writing
 * drops the rest of a frame when the peer is slow for 50 ms; so serve() parks
 * its reader and does both itself (http_wire.c).
 */
#include "http_websocket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <ulfius.h>
#include <unistd.h>

enum { MAX_QUEUED = 1 << 20 }; /* bytes, as http.h promises */

struct ci_websockets {
    pthread_mutex_t lock;
    pthread_cond_t emptied;
    struct ci_websocket *first; /* guarded by lock */
    bool ending;                /* guarded by lock */
    bool used;                  /* guarded by lock */
};

static void init_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

static struct timespec timespec_of(struct ci_mono t)
{
    return (struct timespec){t.us / 1000000, (t.us % 1000000) * 1000};
}

/* ---- the sockets of a server ---- */

struct ci_websockets *ci_websockets_new(void)
{
    struct ci_websockets *all = calloc(1, sizeof(*all));

    if (!all)
        abort();
    pthread_mutex_init(&all->lock, NULL);
    init_cond(&all->emptied);
    return all;
}

void ci_websockets_free(struct ci_websockets *all)
{
    if (!all)
        return;
    pthread_cond_destroy(&all->emptied);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

void ci_websockets_end(struct ci_websockets *all)
{
    pthread_mutex_lock(&all->lock);
    all->ending = true;
    for (struct ci_websocket *socket = all->first; socket; socket = socket->next)
        ci_websocket_end(socket);
    pthread_mutex_unlock(&all->lock);
}

bool ci_websockets_wait(struct ci_websockets *all, struct ci_mono deadline)
{
    struct timespec until = timespec_of(deadline);
    bool empty;

    pthread_mutex_lock(&all->lock);
    while (all->first && pthread_cond_timedwait(&all->emptied, &all->lock, &until) != ETIMEDOUT)
        ;
    empty = !all->first;
    pthread_mutex_unlock(&all->lock);
    return empty;
}

bool ci_websockets_used(struct ci_websockets *all)
{
    pthread_mutex_lock(&all->lock);
    bool used = all->used;
    pthread_mutex_unlock(&all->lock);
    return used;
}

static void join(struct ci_websocket *socket)
{
    struct ci_websockets *all = socket->all;

    pthread_mutex_lock(&all->lock);
    socket->next = all->first;
    if (all->first)
        all->first->prev = socket;
    all->first = socket;
    socket->ended = all->ending;
    all->used = true;
    pthread_mutex_unlock(&all->lock);
}

static void leave(struct ci_websocket *socket)
{
    struct ci_websockets *all = socket->all;

    pthread_mutex_lock(&all->lock);
    if (socket->prev)
        socket->prev->next = socket->next;
    else
        all->first = socket->next;
    if (socket->next)
        socket->next->prev = socket->prev;
    if (!all->first)
        pthread_cond_broadcast(&all->emptied);
    pthread_mutex_unlock(&all->lock);
}

/* ---- one socket ---- */

static void ring(struct ci_websocket *socket)
{
    eventfd_write(socket->bell, 1);
}

static struct ci_out *make_out(const char *head, size_t head_len, const void *data, size_t len)
{
    struct ci_out *out = malloc(sizeof(*out) + head_len + len);

    if (!out)
        abort();
    out->next = NULL;
    out->len = head_len + len;
    if (head_len)
        memcpy(out->bytes, head, head_len);
    if (len)
        memcpy(out->bytes + head_len, data, len);
    return out;
}

bool ci_websocket_queue(struct ci_websocket *socket, enum ci_opcode opcode, const void *data,
                        size_t len)
{
    char head[CI_FRAME_HEAD];
    struct ci_out *out = make_out(head, ci_frame_head(opcode, len, head), data, len);
    bool taken;

    pthread_mutex_lock(&socket->lock);
    /* A peer that lets this much pile up does not keep up: it shall start anew. */
    if (socket->queued + out->len > MAX_QUEUED)
        socket->ended = true;
    taken = !socket->ended;
    if (taken) {
        if (socket->tail)
            socket->tail->next = out;
        else
            socket->head = out;
        socket->tail = out;
        socket->queued += out->len;
    }
    pthread_mutex_unlock(&socket->lock);
    ring(socket);
    if (!taken)
        free(out);
    return taken;
}

struct ci_out *ci_websocket_take(struct ci_websocket *socket)
{
    struct ci_out *out;

    pthread_mutex_lock(&socket->lock);
    out = socket->head;
    if (out) {
        socket->head = out->next;
        if (!out->next)
            socket->tail = NULL;
        socket->queued -= out->len;
    }
    pthread_mutex_unlock(&socket->lock);
    return out;
}

struct ci_out *ci_websocket_take_early(struct ci_websocket *socket)
{
    struct ci_out **last, *out;

    pthread_mutex_lock(&socket->lock);
    last = &socket->early;
    while (*last && (*last)->next)
        last = &(*last)->next;
    out = *last;
    *last = NULL;
    pthread_mutex_unlock(&socket->lock);
    return out;
}

bool ci_websocket_send(struct ci_websocket *socket, const char *text, size_t len)
{
    return ci_websocket_queue(socket, CI_OP_TEXT, text, len);
}

void ci_websocket_end(struct ci_websocket *socket)
{
    pthread_mutex_lock(&socket->lock);
    socket->ended = true;
    pthread_mutex_unlock(&socket->lock);
    ring(socket);
}

void ci_websocket_ping(struct ci_websocket *socket, struct ci_dur every)
{
    socket->ping = every;
}

bool ci_websocket_ended(struct ci_websocket *socket)
{
    pthread_mutex_lock(&socket->lock);
    bool ended = socket->ended;
    pthread_mutex_unlock(&socket->lock);
    return ended;
}

/*
 * ulfius' thread for writing. Its reader polls fds_in and then wants read_lock:
 * given a descriptor that is always ready, it waits at that lock for as long as
 * we hold it. Afterwards it finds the socket shut down and ends. The descriptor
 * is one int, changed while it may be polling: its next poll, within 50 ms, has it.
 */
static void serve(const struct _u_request *http, struct _websocket_manager *manager, void *user)
{
    struct ci_websocket *socket = user;

    (void)http;
    pthread_mutex_lock(&manager->read_lock);
    manager->fds_in.fd = socket->ready;
    manager->keep_messages = U_WEBSOCKET_KEEP_NONE;
    /* Unless the reader has seen the peer go already. */
    if (manager->connected)
        socket->user = socket->handler->open(socket->service, socket, socket->request);
    if (socket->user)
        ci_wire_run(socket, manager->mhd_sock);
    ci_websocket_end(socket);
    shutdown(manager->mhd_sock, SHUT_RDWR);
    manager->connected = 0;
    pthread_mutex_unlock(&manager->read_lock);
}

/* ulfius' reader, with what it had in hand before serve() stopped it. */
static void received(const struct _u_request *http, struct _websocket_manager *manager,
                     const struct _websocket_message *message, void *user)
{
    struct ci_websocket *socket = user;
    struct ci_out *early;

    (void)http, (void)manager;
    if (message->opcode != U_WEBSOCKET_OPCODE_TEXT || message->data_len > CI_SOCKET_MESSAGE)
        return;
    early = make_out(NULL, 0, message->data, message->data_len);
    pthread_mutex_lock(&socket->lock);
    early->next = socket->early;
    socket->early = early;
    pthread_mutex_unlock(&socket->lock);
    ring(socket);
}

static void free_list(struct ci_out *out)
{
    while (out) {
        struct ci_out *next = out->next;

        free(out);
        out = next;
    }
}

/* After both threads; also when the handshake fails, without serve() having run. */
static void closed(const struct _u_request *http, struct _websocket_manager *manager, void *user)
{
    struct ci_websocket *socket = user;

    (void)http, (void)manager;
    ci_websocket_end(socket);
    if (socket->user)
        socket->handler->close(socket->user);
    leave(socket);
    free_list(socket->head);
    free_list(socket->early);
    close(socket->bell);
    close(socket->ready);
    pthread_mutex_destroy(&socket->lock);
    ci_mem_free(socket->mem);
    free(socket);
}

bool ci_websocket_accept(struct ci_websockets *all, const struct ci_websocket_handler *handler,
                         void *service, void *mem, const struct ci_request *request,
                         struct _u_response *reply)
{
    struct ci_websocket *socket = calloc(1, sizeof(*socket));

    if (!socket)
        abort();
    socket->all = all;
    socket->handler = handler;
    socket->service = service;
    socket->mem = mem;
    socket->request = request;
    socket->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    socket->ready = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    if (socket->bell < 0 || socket->ready < 0) {
        close(socket->bell);
        close(socket->ready);
        free(socket);
        return false;
    }
    pthread_mutex_init(&socket->lock, NULL);
    join(socket);
    ulfius_set_websocket_response(reply, NULL, NULL, serve, socket, received, socket, closed,
                                  socket);
    return true;
}
