/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way from ulfius through checks and handler to its answer, log line, metrics.
 */
#include "http_server.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/metrics.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct ci_metric requests_total = CI_COUNTER(
    "slipway_http_requests_total", "HTTP requests answered.", "method", "route", "status");
static struct ci_metric request_seconds =
    CI_HISTOGRAM("slipway_http_request_duration_seconds",
                 "From a request's arrival to its answer, without the sending.", "route");

/* One request on its way through; lives in its `mem`. */
struct exchange {
    struct ci_server *server;
    const struct _u_request *http;
    struct ci_request request;
    struct ci_response response;
    struct ci_route_match match;
    struct ci_mono began;
    bool keeps_mem; /* a stream or socket has taken `mem` over */
};

/* A connection stays on one thread, so what belongs to its current request can be here. */
static _Thread_local struct MHD_Connection *current_connection;
static _Thread_local bool counted;

/* ---- requests under way ---- */

static void begin_request(struct ci_server *server)
{
    counted = true;
    pthread_mutex_lock(&server->lock);
    server->active++;
    pthread_mutex_unlock(&server->lock);
}

static void end_request(struct ci_server *server)
{
    if (!counted)
        return;
    counted = false;
    pthread_mutex_lock(&server->lock);
    if (--server->active == 0)
        pthread_cond_broadcast(&server->idle);
    pthread_mutex_unlock(&server->lock);
}

void ci_exchange_completed(void *server, struct MHD_Connection *connection, void **state,
                           enum MHD_RequestTerminationCode how)
{
    mhd_request_completed(server, connection, state, how);
    end_request(server);
}

/* The first thing libmicrohttpd tells of a request, and the only one with its connection. */
void *ci_exchange_arrived(void *server, const char *uri, struct MHD_Connection *connection)
{
    current_connection = connection;
    return ulfius_uri_logger(server, uri);
}

/* ---- what is refused before a handler sees it ---- */

static bool is_text(const char *text)
{
    return ci_utf8_is_valid(text, strlen(text));
}

static bool check_text(const struct exchange *x, struct ci_err *err)
{
    if (!is_text(x->request.path))
        return ci_fail(err, CI_EINVALID, "the path is not UTF-8");
    for (size_t i = 0; i < x->request.query.count; i++) {
        if (!is_text(x->request.query.items[i].name) || !is_text(x->request.query.items[i].value))
            return ci_fail(err, CI_EINVALID, "the query is not UTF-8");
    }
    return true;
}

static size_t body_limit(const struct ci_route *route)
{
    return route->max_body ? route->max_body : CI_BODY_DEFAULT;
}

/* ulfius cuts a body silently at the instance's limit, which is above every route's. */
static bool check_size(const struct exchange *x, struct ci_err *err)
{
    const char *announced = ci_request_header(&x->request, "content-length");
    size_t limit = body_limit(x->match.route);

    if (x->request.raw.len > limit || (announced && strtoull(announced, NULL, 10) > limit))
        return ci_fail(err, CI_ETOOLARGE, "the body is larger than %zu bytes", limit);
    return true;
}

static bool check_role(struct exchange *x, struct ci_err *err)
{
    const struct ci_server_options *options = &x->server->options;

    if (x->match.route->role == CI_ROLE_PUBLIC)
        return true;
    if (!options->authenticate)
        return ci_fail(err, CI_EDENIED, "nobody may do this");
    return options->authenticate(options->service, &x->request, x->match.route->role,
                                 &x->request.who, err);
}

/* "application/json", also with parameters, and "application/<something>+json". */
static bool says_json(const char *type)
{
    size_t len = type ? strcspn(type, "; ") : 0;

    return (len == 16 && strncasecmp(type, "application/json", 16) == 0) ||
           (len > 5 && strncasecmp(type + len - 5, "+json", 5) == 0);
}

static bool read_json(struct exchange *x, struct ci_err *err)
{
    struct ci_request *request = &x->request;
    json_error_t why;
    json_t *body;

    if (x->match.route->raw_body || !request->raw.len ||
        !says_json(ci_request_header(request, "content-type")))
        return true;
    body = ci_json_read(request->raw.data, request->raw.len, JSON_DECODE_ANY, &why);
    if (!body)
        return ci_fail(err, CI_EINVALID, "the body is not JSON: line %d, column %d: %s", why.line,
                       why.column, why.text);
    request->body = ci_mem_json(request->mem, body);
    return true;
}

static bool pass_gate(const struct exchange *x, struct ci_err *err)
{
    const struct ci_server_options *options = &x->server->options;

    return !options->gate || options->gate(options->service, x->match.route, err);
}

/* Whether the client may ask at all just now; else the answer is there. */
static bool is_admitted(struct exchange *x)
{
    const struct ci_server_options *options = &x->server->options;

    return !options->admit ||
           options->admit(options->service, x->match.route, &x->request, &x->response);
}

static bool handle(struct exchange *x, struct ci_err *err)
{
    if (!check_text(x, err) || !check_size(x, err) || !pass_gate(x, err))
        return false;
    return !is_admitted(x) ||
           (check_role(x, err) && read_json(x, err) &&
            x->match.route->handle(x->server->options.service, &x->request, &x->response, err));
}

/* ---- the answer ---- */

static void set_error(struct exchange *x, int status, const char *message)
{
    struct ci_response *response = &x->response;

    json_decref(response->body);
    if (response->stream && response->stream->free)
        response->stream->free(response->stream->user);
    *response = (struct ci_response){.status = status, .headers = response->headers};
    response->body = json_pack("{s:s}", "error", message);
    if (!response->body) /* the message quotes something that is not UTF-8 */
        response->body = json_pack("{s:s}", "error", "the request failed");
    if (status == 401)
        ci_response_header(&x->request, response, "WWW-Authenticate", "Bearer");
}

static void dispatch_route(struct exchange *x, struct ci_err *err)
{
    if (x->match.route) {
        if (!handle(x, err))
            set_error(x, ci_status_of(err->code), err->msg);
    } else if (x->match.allow) {
        ci_response_header(&x->request, &x->response, "Allow", x->match.allow);
        set_error(x, 405,
                  ci_mem_printf(x->request.mem, "%s is not allowed here", x->request.method));
    } else {
        set_error(x, 404, "there is nothing at this address");
    }
    if (x->response.websocket && !ci_request_header(&x->request, "sec-websocket-key"))
        set_error(x, 400, "this address speaks WebSocket only");
}

static struct ci_pairs copy_pairs(struct ci_pairs pairs, void *mem)
{
    struct ci_pair *items = ci_mem_array(mem, struct ci_pair, pairs.count + 1);

    for (size_t i = 0; i < pairs.count; i++) {
        items[i].name = ci_mem_strdup(mem, pairs.items[i].name);
        items[i].value = ci_mem_strdup(mem, pairs.items[i].value);
    }
    return (struct ci_pairs){items, pairs.count};
}

/* Takes `mem` over, so it comes after everything that reads the exchange. */
static void upgrade(struct exchange *x, struct _u_response *reply)
{
    struct ci_request *request = &x->request;
    struct ci_server *server = x->server;

    /* What belongs to ulfius ends with its request, before the socket does. */
    request->raw = (struct ci_bytes){0};
    request->method = "GET";
    request->headers = copy_pairs(request->headers, request->mem);
    x->keeps_mem = ci_websocket_accept(server->sockets, x->response.websocket,
                                       server->options.service, request->mem, request, reply);
    if (x->keeps_mem)
        end_request(server); /* its life is ci_websockets_wait()'s matter from here on */
    else
        reply->status = 503;
}

/* ---- the record of it ---- */

/* Probes and agents ask all the time; their success is no news. */
static enum ci_level access_level(const struct exchange *x)
{
    static const char *const quiet[] = {"/healthz", "/readyz", "/metrics"};
    const struct ci_route *route = x->match.route;

    if (x->response.status >= 500)
        return CI_WARN;
    if (x->response.status >= 400 || !route)
        return CI_INFO;
    for (size_t i = 0; i < CI_COUNT(quiet); i++) {
        if (strcmp(route->path, quiet[i]) == 0)
            return CI_DEBUG;
    }
    return route->role == CI_ROLE_AGENT ? CI_DEBUG : CI_INFO;
}

/* Methods are the client's words: only known ones become label values. */
static const char *method_label(const char *method)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

    for (size_t i = 0; i < CI_COUNT(known); i++) {
        if (strcmp(method, known[i]) == 0)
            return known[i];
    }
    return "other";
}

static void record(const struct exchange *x, const char *error)
{
    int64_t us = ci_mono_since(ci_mono_now(), x->began).us;
    const char *route = x->match.route ? x->match.route->path : "none";
    /* What was refused is told with what it asked for, as far as that is no secret. */
    const char *query =
        x->response.status >= 400 ? ci_query_masked(x->request.query, x->request.mem) : NULL;
    char status[16];
    size_t count = 6;
    struct ci_kv kv[8] = {
        ci_kv("method", x->request.method),  ci_kv("path", x->request.path),
        ci_kv("status", x->response.status), ci_kv("duration_ms", (long)(us / 1000)),
        ci_kv("request_id", x->request.id),  ci_kv("client", x->request.client),
    };

    if (query)
        kv[count++] = ci_kv("query", query);
    if (error)
        kv[count++] = ci_kv("error", error);
    snprintf(status, sizeof(status), "%d", x->response.status);
    ci_metric_add(&requests_total, 1, method_label(x->request.method), route, status);
    ci_metric_observe(&request_seconds, (double)us / 1e6, route);
    ci_log_kv(access_level(x), "http.request", kv, count);
}

int ci_exchange_answer(const struct _u_request *http, struct _u_response *reply, void *server)
{
    void *mem = ci_mem_new();
    struct exchange *x = ci_mem_zero(mem, struct exchange);
    struct ci_err err = {0};

    x->server = server;
    x->http = http;
    x->began = ci_mono_now();
    begin_request(x->server);
    ci_exchange_read(x->server, http, current_connection, mem, &x->request);
    x->match = ci_route_find(x->server->options.routes, x->server->options.route_count,
                             x->request.method, http->url_path, mem);
    x->request.params = x->match.params;
    dispatch_route(x, &err);
    x->keeps_mem = ci_answer_send(x->server, current_connection, &x->request, &x->response, reply);
    record(x, err.code ? err.msg : NULL);
    if (x->response.websocket)
        upgrade(x, reply);
    if (!x->keeps_mem)
        ci_mem_free(mem);
    return U_CALLBACK_COMPLETE;
}
