/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP as the services see it: a table of routes whose handlers know nothing
 * of the server library, so that a test can call them directly. The adapter
 * alone does authentication, size limits, JSON parsing, error to status and
 * `{"error": ...}`, request ids, the access log and metrics.
 *
 * Paths: "/api/v2/builds/:buildid" (a segment of any text, URL-decoded),
 * "/agent/v1/builds/:n:build/journal" (an integer), a last segment "*name"
 * (the rest, slashes included, may be empty). The first route of the table
 * that matches method and path wins; a path that matches only with other
 * methods gives 405 with Allow. HEAD is served by GET's route. A method "*"
 * matches every method.
 */
#pragma once

#include "shared/network.h"
#include "shared/record.h"

enum ci_role {
    CI_ROLE_PUBLIC, /* everybody */
    CI_ROLE_READER, /* whoever may read: www's rules say whether that is everybody */
    CI_ROLE_USER,   /* whoever has signed in, or has a token */
    CI_ROLE_ADMIN,  /* the admin token, as Bearer or browser session, or whoever has its rights */
    CI_ROLE_AGENT,  /* the session token of a worker agent */
};

/* Who is asking, as the service's authenticate() found. */
struct ci_principal {
    enum ci_role role;
    int64_t id;       /* CI_ROLE_AGENT: workerid */
    int64_t session;  /* CI_ROLE_AGENT: number of the session */
    const char *name; /* in the request's mem; NULL: anonymous */
    const void
        *identity; /* the service's own knowledge of who it is, in the request's mem; or NULL */
};

struct ci_pair {
    const char *name, *value;
};

struct ci_pairs {
    const struct ci_pair *items;
    size_t count;
};

struct ci_request {
    void *mem; /* talloc context, freed after the response is sent */
    struct ci_time now;
    const char *method, *path; /* path decoded, without the query */
    const char *id;            /* X-Request-Id, the caller's or made */
    const char *client;        /* address of who asks, text: trusted proxies are looked behind */
    const char *peer;          /* address of the connection's other end, text */
    bool secure;               /* came over TLS, to us or to a trusted proxy */
    struct ci_bytes raw;       /* the body as it came; {NULL, 0} without one */
    json_t *body;              /* borrowed; NULL unless the request carried JSON */
    struct ci_pairs query;     /* in order, repeats kept, decoded (+ is blank) */
    struct ci_pairs headers;   /* names lower-cased */
    struct ci_pairs params;    /* of the path */
    struct ci_principal who;
};

const char *ci_request_param(const struct ci_request *request,
                             const char *name);                            /* NULL if absent */
int64_t ci_request_id(const struct ci_request *request, const char *name); /* of an ":n:" segment */
const char *ci_request_query(const struct ci_request *request, const char *name); /* the first */
const char *ci_request_header(const struct ci_request *request, const char *lower_name);
const char *ci_request_cookie(const struct ci_request *request, const char *name);
/* The token of "Authorization: Bearer ...", or NULL. */
const char *ci_request_bearer(const struct ci_request *request);
/* User and password of "Authorization: Basic ...", decoded into mem; false when there is none. */
bool ci_request_basic(const struct ci_request *request, const char **user, const char **password);
/* Fields of an application/x-www-form-urlencoded body, decoded into mem, in order. */
struct ci_pairs ci_request_form(const struct ci_request *request);
/* The value of the first pair of that name, or NULL. */
const char *ci_pairs_get(struct ci_pairs pairs, const char *name);

/* A body sent piece by piece, from the connection's own thread. */
struct ci_stream {
    /*
     * Writes up to `max` bytes into `out`: > 0 how many, 0 nothing yet (it has
     * waited inside, at most about a second), -1 the end.
     */
    ssize_t (*read)(void *user, char *out, size_t max);
    void (*free)(void *user);
    void *user;
    bool sized;     /* `length` is told as Content-Length; an earlier end breaks the connection */
    int64_t length; /* bytes that it gives */
};

/* One WebSocket, from the handshake to its end. */
struct ci_websocket;
struct ci_websocket_handler {
    /* Returns the socket's user data; NULL ends it without any further call. */
    void *(*open)(void *service, struct ci_websocket *socket, const struct ci_request *request);
    void (*message)(void *user, struct ci_websocket *socket, const char *text, size_t len);
    void (*close)(void *user); /* the last call; frees user */
};
/* Queues one text message; any thread; false when the peer is gone or too slow (1 MiB queued). */
bool ci_websocket_send(struct ci_websocket *socket, const char *text, size_t len);
void ci_websocket_end(struct ci_websocket *socket);
/* From open() only: sends a ping so often, and ends a socket that leaves three without any answer.
 */
void ci_websocket_ping(struct ci_websocket *socket, struct ci_dur every);

struct ci_response {
    int status;               /* 0 means 200, or 204 without any body */
    json_t *body;             /* owned; the server releases it. Sent compact, keys sorted */
    int json_indent;          /* > 0: pretty-printed, and Content-Type from content_type */
    struct ci_bytes raw;      /* else these bytes, living in the request's mem ... */
    const char *content_type; /* ... of this type; also overrides JSON's */
    struct ci_stream *stream; /* else this; in the request's mem, freed by its free() */
    const struct ci_websocket_handler *websocket; /* else the handshake to this */
    struct ci_pairs headers;                      /* further ones, in the request's mem */
};

/* The value that was set; names as spelled in the code, compared without case. NULL: none. */
const char *ci_response_get(const struct ci_response *response, const char *name);
/* Appends to the list of a header such as Vary, which there is once. */
void ci_response_add(const struct ci_request *request, struct ci_response *response,
                     const char *name, const char *value);
/* Appends a header; its strings must live in the request's mem. */
void ci_response_header(const struct ci_request *request, struct ci_response *response,
                        const char *name, const char *value);

/* How a body is packed on its way; at equal weight the later one is taken. */
enum ci_coding {
    CI_CODING_NONE,
    CI_CODING_GZIP,
    CI_CODING_ZSTD,
    CI_CODING_BR, /* files that were packed beforehand only */
    CI_CODING_COUNT
};
const char *ci_coding_name(enum ci_coding coding);

/*
 * The one of `available` (bits 1 << enum ci_coding) that a client likes best, by its
 * Accept-Encoding; CI_CODING_NONE when it names none, or NULL. The adapter does so by itself for
 * every body that shrinks, unless the handler has set a Content-Encoding.
 */
enum ci_coding ci_coding_choose(const char *accept_encoding, unsigned available);

/*
 * Answers of 200 to GET and HEAD get an ETag over their body, and 304 instead of it, where they
 * are no stream, have none yet and are not "no-store". These two are for handlers that know sooner.
 */
const char *ci_etag_of(struct ci_bytes body, void *mem); /* weak: the same in every coding */
bool ci_etag_matches(const char *if_none_match, const char *tag); /* by weak comparison */

typedef bool ci_handler(void *service, const struct ci_request *request,
                        struct ci_response *response, struct ci_err *err);

/* A header of every answer that has none of that name yet. */
struct ci_default_header {
    const char *name, *value;
    bool only_secure; /* of answers over TLS only */
};

enum { CI_BODY_DEFAULT = 1 << 20 }; /* 1 MiB, where a route says 0 */

struct ci_route {
    const char *method;
    const char *path;
    enum ci_role role; /* checked before the handler runs */
    ci_handler *handle;
    size_t max_body; /* bytes; 0 = CI_BODY_DEFAULT; more is answered 413 */
    bool raw_body;   /* JSON is not parsed though the type says so (signatures, own errors) */
};

/* Finds who asks, for routes that are not public; CI_EUNAUTHENTICATED or CI_EDENIED otherwise. */
typedef bool ci_authenticate(void *service, const struct ci_request *request, enum ci_role needed,
                             struct ci_principal *out, struct ci_err *err);

/* HTTP status of each failure; every handler's errors go through here. */
int ci_status_of(enum ci_errc code);

struct ci_server;

struct ci_server_options {
    const char *listen; /* "ADDR:PORT"; port 0 takes a free one */
    const struct ci_route *routes;
    size_t route_count;
    void *service;
    ci_authenticate *authenticate; /* may be NULL when every route is public */
    /*
     * May be NULL. False: the client has to wait, and the response says so. Asked after the gate
     * and before who asks is.
     */
    bool (*admit)(void *service, const struct ci_route *route, const struct ci_request *request,
                  struct ci_response *response);
    const struct ci_default_header *headers; /* NULL name last; or NULL */
    /* May be NULL. False refuses the request with *err before anything else is asked. */
    bool (*gate)(void *service, const struct ci_route *route, struct ci_err *err);
    unsigned connections;               /* at most at once; 0 = 12000 */
    struct ci_networks trusted_proxies; /* whose X-Forwarded-For and -Proto count */
    /* Files in PEM; both or none. With them the server speaks TLS and nothing else. */
    const char *tls_certificate, *tls_key;
};

CI_MUST_USE bool ci_server_start(const struct ci_server_options *options, struct ci_server **out,
                                 struct ci_err *err);
uint16_t ci_server_port(const struct ci_server *server);
/* From now on handlers that wait should come to an end: long polls answer, streams stop. */
void ci_server_drain(struct ci_server *server);
bool ci_server_draining(const struct ci_server *server);
/* Waits for requests under way (at most `limit`), then closes. NULL-safe. */
void ci_server_stop(struct ci_server *server, struct ci_dur limit);
