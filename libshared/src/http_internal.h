/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the HTTP server share: the router, the parsing of
 * requests, listening sockets and the WebSocket bridge. Only http_*.c files
 * and their tests include this.
 */
#pragma once

#include "shared/clock.h"
#include "shared/http.h"

struct _u_request;
struct _u_response;

/* ---- http_route.c ---- */

struct ci_route_match {
    const struct ci_route *route; /* NULL: none */
    struct ci_pairs params;       /* in mem, decoded */
    const char *allow;            /* without a route: methods that the path does have, or NULL */
};

/* Finds the route of `method` and the undecoded `path` (without query). */
struct ci_route_match ci_route_find(const struct ci_route *routes, size_t count, const char *method,
                                    const char *path, void *mem);

/* ---- http_request.c ---- */

/* Decodes %XX (and + as blank when `plus`); an escape that is malformed or of NUL stays as it is.
 */
char *ci_url_decode(void *mem, const char *text, size_t len, bool plus);
/* "a=1&b&a=2" in order, repeats kept, decoded. */
struct ci_pairs ci_query_parse(void *mem, const char *text, size_t len);
/*
 * A query for the log: "limit=5&token=***". The values of names that sound like
 * secrets are not in it; at most 300 bytes. NULL without a query.
 */
const char *ci_query_masked(struct ci_pairs query, void *mem);
/* 1..64 of [A-Za-z0-9._-]. */
bool ci_request_id_valid(const char *text);
/* The code that a reply's status (>= 400) stands for. */
enum ci_errc ci_errc_of(int status);

/* ---- http_listen.c ---- */

/* A listening socket for "ADDR:PORT"; *port is the one that was bound. CI_EINVALID,
 * CI_EUNAVAILABLE. */
CI_MUST_USE bool ci_listen(const char *address, int *fd, uint16_t *port, struct ci_err *err);

/* ---- http_websocket.c ---- */

/* The sockets of one server. */
struct ci_websockets;
struct ci_websockets *ci_websockets_new(void);
void ci_websockets_free(struct ci_websockets *all); /* NULL-safe; none may be open */
void ci_websockets_end(
    struct ci_websockets *all); /* tells every one to close, and later ones too */
/* True when all have closed by `deadline`. */
bool ci_websockets_wait(struct ci_websockets *all, struct ci_mono deadline);
bool ci_websockets_used(struct ci_websockets *all); /* there was one, once */
/*
 * Makes `reply` the handshake; takes over `mem`, in which `request` lives.
 * False, with nothing taken over: no descriptors are left.
 */
CI_MUST_USE bool ci_websocket_accept(struct ci_websockets *all,
                                     const struct ci_websocket_handler *handler, void *service,
                                     void *mem, const struct ci_request *request,
                                     struct _u_response *reply);
