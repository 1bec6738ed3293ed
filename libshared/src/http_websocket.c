/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebSockets over ulfius. It gives each socket two threads: one reads and
 * calls received(), the other runs serve(), which here writes what
 * ci_websocket_send() queued. closed() comes last, after both.
 */
#include "http_internal.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <ulfius.h>

enum {
    MAX_QUEUED = 1 << 20,  /* bytes, as http.h promises */
    MAX_MESSAGE = 1 << 20, /* bytes of one incoming message */
    WRITE_PATIENCE = 30,   /* seconds that a peer may take none of our bytes */
    FRAME_HEAD = 10,
};

struct frame {
    struct frame *next;
    size_t len;
    size_t charge; /* what it counts for in `queued` */
    char bytes[];
};

struct ci_websocket {
    struct ci_websockets *all;
    struct ci_websocket *prev, *next; /* guarded by all->lock */
    const struct ci_websocket_handler *handler;
    void *service;
    void *mem; /* of the request; freed at the end */
    const struct ci_request *request;
    void *user;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct frame *head, *tail; /* guarded by lock */
    size_t queued;             /* guarded by lock: bytes */
    bool opened;               /* guarded by lock: open() has returned */
    bool ended;                /* guarded by lock: nothing more goes out */
};

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

/* A whole unmasked text frame (RFC 6455, 5.2). */
static struct frame *make_frame(const char *text, size_t len)
{
    struct frame *frame = malloc(sizeof(*frame) + FRAME_HEAD + len);
    char *to;

    if (!frame)
        abort();
    to = frame->bytes;
    *to++ = (char)(U_WEBSOCKET_BIT_FIN | U_WEBSOCKET_OPCODE_TEXT);
    if (len < 126) {
        *to++ = (char)len;
    } else if (len <= UINT16_MAX) {
        *to++ = 126;
        for (int shift = 8; shift >= 0; shift -= 8)
            *to++ = (char)(len >> shift);
    } else {
        *to++ = 127;
        for (int shift = 56; shift >= 0; shift -= 8)
            *to++ = (char)((uint64_t)len >> shift);
    }
    memcpy(to, text, len);
    frame->next = NULL;
    frame->charge = len;
    frame->len = (size_t)(to - frame->bytes) + len;
    return frame;
}

bool ci_websocket_send(struct ci_websocket *socket, const char *text, size_t len)
{
    struct frame *frame = make_frame(text, len);
    bool taken;

    pthread_mutex_lock(&socket->lock);
    /* A peer that lets this much pile up does not keep up: it shall start anew. */
    if (socket->queued + len > MAX_QUEUED)
        socket->ended = true;
    taken = !socket->ended;
    if (taken) {
        if (socket->tail)
            socket->tail->next = frame;
        else
            socket->head = frame;
        socket->tail = frame;
        socket->queued += len;
    }
    pthread_cond_broadcast(&socket->changed);
    pthread_mutex_unlock(&socket->lock);
    if (!taken)
        free(frame);
    return taken;
}

void ci_websocket_end(struct ci_websocket *socket)
{
    pthread_mutex_lock(&socket->lock);
    socket->ended = true;
    pthread_cond_broadcast(&socket->changed);
    pthread_mutex_unlock(&socket->lock);
}

static bool has_ended(struct ci_websocket *socket)
{
    pthread_mutex_lock(&socket->lock);
    bool ended = socket->ended;
    pthread_mutex_unlock(&socket->lock);
    return ended;
}

/*
 * The next frame, waiting for one at most a quarter of a second so that the
 * caller notices a peer that has gone; NULL: none, look whether it ended.
 */
static struct frame *take(struct ci_websocket *socket)
{
    struct timespec until = timespec_of(ci_mono_add(ci_mono_now(), ci_millis(250)));
    struct frame *frame;

    pthread_mutex_lock(&socket->lock);
    while (!socket->head && !socket->ended) {
        if (pthread_cond_timedwait(&socket->changed, &socket->lock, &until) == ETIMEDOUT)
            break;
    }
    frame = socket->head;
    if (frame) {
        socket->head = frame->next;
        if (!frame->next)
            socket->tail = NULL;
        socket->queued -= frame->charge;
    }
    pthread_mutex_unlock(&socket->lock);
    return frame;
}

/*
 * ulfius' own sending drops the rest of a frame when the peer's window is
 * full for 50 ms; this one waits.
 */
static bool write_all(struct ci_websocket *socket, int fd, const char *bytes, size_t len)
{
    struct ci_mono deadline = ci_mono_add(ci_mono_now(), ci_seconds(WRITE_PATIENCE));

    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
            deadline = ci_mono_add(ci_mono_now(), ci_seconds(WRITE_PATIENCE));
            continue;
        }
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        poll(&ready, 1, 250);
        if ((ready.revents & (POLLERR | POLLHUP)) || has_ended(socket) ||
            ci_mono_since(deadline, ci_mono_now()).us < 0)
            return false;
    }
    return true;
}

/* Its thread writes; returning makes ulfius send the closing frame and end the socket. */
static void serve(const struct _u_request *http, struct _websocket_manager *manager, void *user)
{
    struct ci_websocket *socket = user;
    bool alive = true;
    void *opened;

    (void)http;
    /* Nobody ever reads ulfius' lists of messages, which would grow for the socket's life. */
    manager->keep_messages = U_WEBSOCKET_KEEP_NONE;
    opened = socket->handler->open(socket->service, socket, socket->request);
    pthread_mutex_lock(&socket->lock);
    socket->user = opened;
    socket->opened = true;
    if (!opened)
        socket->ended = true;
    pthread_cond_broadcast(&socket->changed);
    pthread_mutex_unlock(&socket->lock);

    while (alive && manager->connected) {
        struct frame *frame = take(socket);

        if (!frame) {
            alive = !has_ended(socket);
            continue;
        }
        pthread_mutex_lock(&manager->write_lock);
        alive = write_all(socket, manager->mhd_sock, frame->bytes, frame->len);
        pthread_mutex_unlock(&manager->write_lock);
        free(frame);
    }
    ci_websocket_end(socket);
}

static void received(const struct _u_request *http, struct _websocket_manager *manager,
                     const struct _websocket_message *message, void *user)
{
    struct ci_websocket *socket = user;
    bool deliver;

    (void)http;
    (void)manager;
    pthread_mutex_lock(&socket->lock);
    while (!socket->opened)
        pthread_cond_wait(&socket->changed, &socket->lock);
    if (message->data_len > MAX_MESSAGE)
        socket->ended = true;
    deliver = !socket->ended;
    pthread_mutex_unlock(&socket->lock);
    if (deliver && message->opcode == U_WEBSOCKET_OPCODE_TEXT)
        socket->handler->message(socket->user, socket, message->data ? message->data : "",
                                 message->data_len);
}

static void free_socket(struct ci_websocket *socket)
{
    while (socket->head) {
        struct frame *frame = socket->head;

        socket->head = frame->next;
        free(frame);
    }
    pthread_cond_destroy(&socket->changed);
    pthread_mutex_destroy(&socket->lock);
    ci_mem_free(socket->mem);
    free(socket);
}

/* Also called when the handshake fails, without serve() having run. */
static void closed(const struct _u_request *http, struct _websocket_manager *manager, void *user)
{
    struct ci_websocket *socket = user;

    (void)http;
    (void)manager;
    ci_websocket_end(socket);
    if (socket->user)
        socket->handler->close(socket->user);
    leave(socket);
    free_socket(socket);
}

void ci_websocket_accept(struct ci_websockets *all, const struct ci_websocket_handler *handler,
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
    pthread_mutex_init(&socket->lock, NULL);
    init_cond(&socket->changed);
    join(socket);
    ulfius_set_websocket_response(reply, NULL, NULL, serve, socket, received, socket, closed,
                                  socket);
}
