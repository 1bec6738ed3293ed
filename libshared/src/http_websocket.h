/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket as its two halves know it: http_websocket.c its life, http_wire.c its bytes. */
#pragma once

#include "http_frame.h"
#include "http_internal.h"

#include <pthread.h>

enum { CI_SOCKET_MESSAGE = 1 << 20 }; /* bytes of one incoming message, at most */

/* A frame on its way out. */
struct ci_out {
    struct ci_out *next;
    size_t len;
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
    struct ci_dur ping; /* 0: none; set by open() */
    int bell;           /* eventfd: look at the queue, at `early`, at `ended` */
    int ready;          /* eventfd: always readable, see serve() */
    pthread_mutex_t lock;
    struct ci_out *head, *tail; /* guarded by lock */
    size_t queued;              /* guarded by lock: bytes */
    struct ci_out *early;       /* guarded by lock: messages that ulfius has read, last first */
    bool ended;                 /* guarded by lock: nothing more goes out */
};

/* ---- http_websocket.c ---- */

bool ci_websocket_queue(struct ci_websocket *socket, enum ci_opcode opcode, const void *data,
                        size_t len);
bool ci_websocket_ended(struct ci_websocket *socket);
struct ci_out *ci_websocket_take(struct ci_websocket *socket);       /* to be freed; NULL: none */
struct ci_out *ci_websocket_take_early(struct ci_websocket *socket); /* the same, oldest first */

/* ---- http_wire.c ---- */

/* Reads and writes until the socket has ended or the peer has gone. */
void ci_wire_run(struct ci_websocket *socket, int fd);
