/* SPDX-License-Identifier: Apache-2.0 */
/* The server as its two halves know it: http_server.c starts and stops, http_exchange.c answers. */
#pragma once

#include "http_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <ulfius.h>

struct ci_server {
    struct _u_instance instance;
    struct ci_server_options options;
    struct ci_websockets *sockets;
    int listen_fd;
    uint16_t port;
    atomic_bool draining;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    unsigned active; /* guarded by lock: requests whose answer is not sent yet */
    struct ci_server *next_retired;
};

/* In the order in which libmicrohttpd calls them for each request, on its connection's thread. */
void *ci_exchange_arrived(void *server, const char *uri, struct MHD_Connection *connection);
int ci_exchange_answer(const struct _u_request *http, struct _u_response *reply, void *server);
void ci_exchange_completed(void *server, struct MHD_Connection *connection, void **state,
                           enum MHD_RequestTerminationCode how);

/* ---- http_answer.c ---- */

/*
 * From our answer to ulfius'; the status is decided afterwards. True: a stream
 * has taken over the request's mem.
 */
bool ci_answer_send(struct ci_server *server, struct MHD_Connection *connection,
                    const struct ci_request *request, struct ci_response *response,
                    struct _u_response *reply);

/* ---- http_read.c ---- */

/* Fills *out but for params, body and who. Header values and the body stay ulfius' own. */
void ci_exchange_read(const struct ci_server *server, const struct _u_request *http,
                      struct MHD_Connection *connection, void *mem, struct ci_request *out);

/* ---- http_tls.c ---- */

struct ci_tls {
    char *certificate, *key; /* PEM, in a mem of their own */
};

/* Reads both files; CI_EINVALID says which one can't be used. Nothing is on without files. */
CI_MUST_USE bool ci_tls_read(const struct ci_server_options *options, void *mem, struct ci_tls *out,
                             struct ci_err *err);
/* Overwrites the key. */
void ci_tls_forget(struct ci_tls *tls);

/* ---- http_stream.c ---- */

/* Makes `reply` the stream, which takes over `mem`, the request's. */
void ci_stream_send(struct ci_server *server, const struct ci_stream *stream, int status, void *mem,
                    struct _u_response *reply);
