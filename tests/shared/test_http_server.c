/* SPDX-License-Identifier: Apache-2.0 */
/* The server on a real port, asked by our own client and by raw sockets. */
#include "raw_socket.h"
#include "shared/clock.h"
#include "shared/http_client.h"
#include "shared/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the handlers and the test share; the routes' `service`. */
struct fixture {
    struct ci_server *server;
    struct ci_client *client;
    void *mem;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int parked;        /* guarded by lock: handlers waiting in get_parked() */
    int streams_freed; /* guarded by lock */
    bool shut;         /* the gate */
};

static void count(struct fixture *f, int *what)
{
    pthread_mutex_lock(&f->lock);
    ++*what;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static void wait_count(struct fixture *f, const int *what, int wanted)
{
    pthread_mutex_lock(&f->lock);
    while (*what < wanted)
        pthread_cond_wait(&f->changed, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

/* ---- routes ---- */

static bool get_echo(void *service, const struct ci_request *request, struct ci_response *response,
                     struct ci_err *err)
{
    json_t *query = json_array();

    (void)service, (void)err;
    for (size_t i = 0; i < request->query.count; i++)
        json_array_append_new(query, json_pack("[s, s]", request->query.items[i].name,
                                               request->query.items[i].value));
    response->body = json_pack("{s:s, s:s, s:s?, s:o, s:O?, s:s}", "method", request->method,
                               "path", request->path, "name", ci_request_param(request, "name"),
                               "query", query, "json", request->body, "client", request->client);
    ci_response_header(request, response, "Set-Cookie", "a=1");
    ci_response_header(request, response, "Set-Cookie", "b=2");
    return true;
}

static bool post_size(void *service, const struct ci_request *request, struct ci_response *response,
                      struct ci_err *err)
{
    (void)service, (void)err;
    response->body = json_pack("{s:I, s:b}", "size", (json_int_t)request->raw.len, "json",
                               request->body != NULL);
    return true;
}

static bool post_nothing(void *service, const struct ci_request *request,
                         struct ci_response *response, struct ci_err *err)
{
    (void)service, (void)request, (void)response, (void)err;
    return true;
}

static bool get_failure(void *service, const struct ci_request *request,
                        struct ci_response *response, struct ci_err *err)
{
    (void)service, (void)request;
    response->body = json_pack("{s:s}", "half", "done");
    return ci_fail(err, CI_ECONFLICT, "somebody else was faster");
}

static bool get_parked(void *service, const struct ci_request *request,
                       struct ci_response *response, struct ci_err *err)
{
    struct fixture *f = service;
    struct timespec soon;

    (void)request, (void)err;
    count(f, &f->parked);
    pthread_mutex_lock(&f->lock);
    while (!ci_server_draining(f->server)) {
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_sec += 1;
        pthread_cond_timedwait(&f->changed, &f->lock, &soon);
    }
    pthread_mutex_unlock(&f->lock);
    response->status = 204;
    return true;
}

/* Ten pieces, with a "nothing yet" between them. */
struct counting {
    struct fixture *f;
    int calls;
    bool endless;
};

static ssize_t read_counting(void *user, char *out, size_t max)
{
    struct counting *c = user;

    if (c->endless) {
        usleep(1000); /* stands for the wait that http.h asks for */
        return 0;
    }
    if (c->calls++ % 2)
        return 0;
    if (c->calls > 20)
        return -1;
    assert_true(max >= 6);
    memcpy(out, "piece\n", 6);
    return 6;
}

static void free_counting(void *user)
{
    struct counting *c = user;

    count(c->f, &c->f->streams_freed);
    free(c);
}

static bool get_stream(void *service, const struct ci_request *request,
                       struct ci_response *response, struct ci_err *err)
{
    struct counting *c = calloc(1, sizeof(*c));

    (void)err;
    assert_non_null(c);
    c->f = service;
    c->endless = ci_request_query(request, "endless") != NULL;
    response->stream = ci_mem_zero(request->mem, struct ci_stream);
    *response->stream = (struct ci_stream){.read = read_counting, .free = free_counting, .user = c};
    response->content_type = "text/plain";
    if (c->endless)
        count(c->f, &c->f->parked);
    return true;
}

static const struct ci_route routes[] = {
    {"GET",  "/echo/:name", CI_ROLE_PUBLIC, get_echo,     0,       false},
    {"POST", "/echo/:name", CI_ROLE_PUBLIC, get_echo,     0,       false},
    {"POST", "/small",      CI_ROLE_PUBLIC, post_size,    100,     false},
    {"POST", "/large",      CI_ROLE_PUBLIC, post_size,    8 << 20, false},
    {"POST", "/raw",        CI_ROLE_PUBLIC, post_size,    0,       true },
    {"POST", "/nothing",    CI_ROLE_PUBLIC, post_nothing, 0,       false},
    {"GET",  "/failure",    CI_ROLE_PUBLIC, get_failure,  0,       false},
    {"GET",  "/parked",     CI_ROLE_PUBLIC, get_parked,   0,       false},
    {"GET",  "/stream",     CI_ROLE_PUBLIC, get_stream,   0,       false},
    {"POST", "/admin",      CI_ROLE_ADMIN,  post_nothing, 0,       false},
};

static bool authenticate(void *service, const struct ci_request *request, enum ci_role needed,
                         struct ci_principal *out, struct ci_err *err)
{
    const char *token = ci_request_bearer(request);

    (void)service;
    if (!token)
        return ci_fail(err, CI_EUNAUTHENTICATED, "no token");
    if (strcmp(token, "right") != 0)
        return ci_fail(err, CI_EDENIED, "not with this token");
    out->role = needed;
    return true;
}

static bool gate(void *service, const struct ci_route *route, struct ci_err *err)
{
    const struct fixture *f = service;

    (void)route;
    return !f->shut || ci_fail(err, CI_EUNAVAILABLE, "not yet");
}

/* ---- set-up ---- */

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    struct ci_err err;

    assert_non_null(f);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    f->mem = ci_mem_new();
    struct ci_server_options options = {
        .listen = "127.0.0.1:0",
        .routes = routes,
        .route_count = CI_COUNT(routes),
        .service = f,
        .authenticate = authenticate,
        .gate = gate,
    };
    struct ci_client_options client = {.user_agent = "slipway-test"};
    assert_ok(ci_server_start(&options, &f->server, &err), err);
    assert_ok(ci_client_open(&client, &f->client, &err), err);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ci_client_close(f->client);
    ci_server_stop(f->server, ci_seconds(10));
    ci_mem_free(f->mem);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
    return 0;
}

static const char *url(struct fixture *f, const char *path)
{
    return ci_mem_printf(f->mem, "http://127.0.0.1:%u%s", ci_server_port(f->server), path);
}

static struct ci_reply call(struct fixture *f, struct ci_call call, const char *path)
{
    struct ci_reply reply = {0};
    struct ci_err err;

    call.url = url(f, path);
    assert_ok(ci_client_call(f->client, &call, f->mem, &reply, &err), err);
    return reply;
}

static struct ci_reply get(struct fixture *f, const char *path)
{
    return call(f, (struct ci_call){0}, path);
}

static struct ci_reply post(struct fixture *f, const char *path, const char *type, const void *data,
                            size_t len)
{
    return call(f,
                (struct ci_call){
                    .method = "POST", .content_type = type, .body = {data, len}
    },
                path);
}

static const char *error_of(struct ci_reply reply)
{
    const char *text = json_string_value(json_object_get(reply.json, "error"));

    return text ? text : "";
}

/* ---- tests ---- */

static void server__passes_path_query_and_body(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = get(f, "/echo/a%2Fb?x=1&y=%20&x=2");
    json_auto_t *expected = json_loads("[[\"x\",\"1\"],[\"y\",\" \"],[\"x\",\"2\"]]", 0, NULL);

    assert_int_equal(reply.status, 200);
    assert_string_equal(json_string_value(json_object_get(reply.json, "name")), "a/b");
    assert_string_equal(json_string_value(json_object_get(reply.json, "client")), "127.0.0.1");
    assert_true(json_equal(json_object_get(reply.json, "query"), expected));

    json_auto_t *body = json_pack("{s:[i, i]}", "list", 1, 2);
    reply = call(f, (struct ci_call){.method = "POST", .json = body}, "/echo/x");
    assert_true(json_equal(json_object_get(reply.json, "json"), body));
}

static void server__repeats_set_cookie(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = get(f, "/echo/x");
    size_t cookies = 0;

    for (size_t i = 0; i < reply.headers.count; i++)
        cookies += strcmp(reply.headers.items[i].name, "set-cookie") == 0;
    assert_int_equal(cookies, 2);
}

static void server__refuses_unknown_paths_and_methods(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = get(f, "/none");

    assert_int_equal(reply.status, 404);
    assert_string_not_equal(error_of(reply), "");
    reply = call(f, (struct ci_call){.method = "DELETE"}, "/echo/x");
    assert_int_equal(reply.status, 405);
    assert_string_equal(ci_pairs_get(reply.headers, "allow"), "GET, HEAD, POST");
    assert_string_not_equal(error_of(reply), "");
}

static void server__answers_204_without_body_and_head_by_get(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = post(f, "/nothing", NULL, NULL, 0);

    assert_int_equal(reply.status, 204);
    assert_int_equal(reply.body.len, 0);
    reply = call(f, (struct ci_call){.method = "HEAD"}, "/echo/x");
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body.len, 0);
}

static void server__turns_errors_into_statuses(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = get(f, "/failure");
    struct ci_reply out;
    struct ci_call failing = {.url = url(f, "/failure")};
    struct ci_err err;

    assert_int_equal(reply.status, 409);
    assert_string_equal(error_of(reply), "somebody else was faster");
    assert_false(ci_client_expect(f->client, &failing, f->mem, &out, &err));
    assert_int_equal(err.code, CI_ECONFLICT);
    assert_string_equal(err.msg, "somebody else was faster");
}

static void server__checks_roles(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = post(f, "/admin", NULL, NULL, 0);

    assert_int_equal(reply.status, 401);
    assert_non_null(ci_pairs_get(reply.headers, "www-authenticate"));
    assert_int_equal(
        call(f, (struct ci_call){.method = "POST", .bearer = "wrong"}, "/admin").status, 403);
    assert_int_equal(
        call(f, (struct ci_call){.method = "POST", .bearer = "right"}, "/admin").status, 204);
}

static void server__keeps_the_gate(void **state)
{
    struct fixture *f = *state;

    f->shut = true;
    assert_int_equal(get(f, "/echo/x").status, 503);
    f->shut = false;
    assert_int_equal(get(f, "/echo/x").status, 200);
}

static void server__limits_announced_bodies(void **state)
{
    struct fixture *f = *state;
    size_t len = (8 << 20) + 1;
    char *data = calloc(1, len);

    assert_non_null(data);
    assert_int_equal(post(f, "/small", "text/plain", data, 100).status, 200);
    assert_int_equal(post(f, "/small", "text/plain", data, 101).status, 413);
    assert_int_equal(post(f, "/nothing", "text/plain", data, CI_BODY_DEFAULT).status, 204);
    assert_int_equal(post(f, "/nothing", "text/plain", data, CI_BODY_DEFAULT + 1).status, 413);
    struct ci_reply reply = post(f, "/large", "text/plain", data, len - 1);
    assert_int_equal(json_integer_value(json_object_get(reply.json, "size")), len - 1);
    reply = post(f, "/large", "text/plain", data, len);
    assert_int_equal(reply.status, 413);
    assert_string_not_equal(error_of(reply), "");
    free(data);
}

static void server__limits_chunked_bodies(void **state)
{
    struct fixture *f = *state;
    static const char head[] = "POST /small HTTP/1.1\r\nHost: x\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    char chunk[4 + 101 + 2 + 5 + 1];
    int fd = raw_connect(ci_server_port(f->server));

    snprintf(chunk, sizeof(chunk), "65\r\n%0101d\r\n0\r\n\r\n", 0);
    raw_send(fd, head, strlen(head));
    raw_send(fd, chunk, strlen(chunk));
    assert_non_null(strstr(raw_read_until(f->mem, fd, "\r\n\r\n"), " 413 "));
    close(fd);
}

static void server__parses_json_by_type(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = post(f, "/small", "application/json; charset=utf-8", "{\"a\":1}", 7);

    assert_true(json_is_true(json_object_get(reply.json, "json")));
    reply = post(f, "/small", "text/plain", "{\"a\":1}", 7);
    assert_false(json_is_true(json_object_get(reply.json, "json")));
    reply = post(f, "/raw", "application/json", "{broken", 7);
    assert_int_equal(json_integer_value(json_object_get(reply.json, "size")), 7);
    reply = post(f, "/small", "application/json", "{broken", 7);
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(error_of(reply), "line 1"));
    /* The body of a form is kept as it came. */
    reply = post(f, "/raw", "application/x-www-form-urlencoded", "a=1&b=%7B", 9);
    assert_int_equal(json_integer_value(json_object_get(reply.json, "size")), 9);
}

static void server__refuses_text_that_is_not_utf8(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(get(f, "/echo/%ff").status, 400);
    assert_int_equal(get(f, "/echo/x?a=%c3").status, 400);
}

static void server__echoes_or_makes_request_ids(void **state)
{
    struct fixture *f = *state;
    const struct ci_pair given[] =
        {
            {"X-Request-Id", "abc-1"}
    },
                         bad[] = {{"X-Request-Id", "a b"}};
    struct ci_reply reply = call(f,
                                 (struct ci_call){
                                     .headers = {given, 1}
    },
                                 "/echo/x");

    assert_string_equal(ci_pairs_get(reply.headers, "x-request-id"), "abc-1");
    reply = call(f,
                 (struct ci_call){
                     .headers = {bad, 1}
    },
                 "/none");
    assert_int_equal(strlen(ci_pairs_get(reply.headers, "x-request-id")), 16);
}

static void server__keeps_connections_alive(void **state)
{
    struct fixture *f = *state;
    static const char request[] = "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n";
    int fd = raw_connect(ci_server_port(f->server));

    for (int i = 0; i < 3; i++) {
        char *length;
        char body[4096];
        unsigned long size;

        raw_send(fd, request, strlen(request));
        length = strstr(raw_read_until(f->mem, fd, "\r\n\r\n"), "Content-Length: ");
        assert_non_null(length);
        size = strtoul(length + 16, NULL, 10);
        assert_true(size < sizeof(body));
        raw_read(fd, body, size);
    }
    close(fd);
}

static void server__streams_to_the_end(void **state)
{
    struct fixture *f = *state;
    struct ci_reply reply = get(f, "/stream");

    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body.len, 60);
    assert_string_equal(ci_pairs_get(reply.headers, "content-type"), "text/plain");
    wait_count(f, &f->streams_freed, 1);
    assert_int_equal(call(f, (struct ci_call){.method = "HEAD"}, "/stream").status, 200);
    wait_count(f, &f->streams_freed, 2);
}

struct background {
    struct fixture *f;
    const char *path;
    int status;
};

static void *call_in_background(void *arg)
{
    struct background *b = arg;
    struct ci_client_options options = {.user_agent = "slipway-test"};
    struct ci_client *client = NULL;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_reply reply = {0};
    struct ci_call request = {
        .url = ci_mem_printf(mem, "http://127.0.0.1:%u%s", ci_server_port(b->f->server), b->path)};
    struct ci_err err;

    if (ci_client_open(&options, &client, &err) &&
        ci_client_call(client, &request, mem, &reply, &err))
        b->status = reply.status;
    ci_client_close(client);
    return NULL;
}

static void server__stops_with_requests_parked(void **state)
{
    struct fixture *f = *state;
    struct background calls[] = {
        {f, "/parked",         0},
        {f, "/parked",         0},
        {f, "/stream?endless", 0}
    };
    pthread_t threads[CI_COUNT(calls)];
    int idle = raw_connect(ci_server_port(f->server));
    struct ci_mono began;

    for (size_t i = 0; i < CI_COUNT(calls); i++)
        pthread_create(&threads[i], NULL, call_in_background, &calls[i]);
    wait_count(f, &f->parked, CI_COUNT(calls));
    began = ci_mono_now();
    ci_server_stop(f->server, ci_seconds(20));
    assert_true(ci_mono_since(ci_mono_now(), began).us < 15000000);
    f->server = NULL;
    for (size_t i = 0; i < CI_COUNT(calls); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(calls[0].status, 204);
    assert_int_equal(calls[1].status, 204);
    assert_int_equal(calls[2].status, 200);
    close(idle);
}

static void server__says_why_it_cannot_listen(void **state)
{
    struct fixture *f = *state;
    struct ci_server *second = NULL;
    struct ci_server_options options = {
        .listen = ci_mem_printf(f->mem, "127.0.0.1:%u", ci_server_port(f->server))};
    struct ci_err err;

    assert_false(ci_server_start(&options, &second, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_non_null(strstr(err.msg, "in use"));
    options.listen = "nonsense";
    assert_false(ci_server_start(&options, &second, &err));
    assert_int_equal(err.code, CI_EINVALID);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(server__passes_path_query_and_body),
        SERVED(server__repeats_set_cookie),
        SERVED(server__refuses_unknown_paths_and_methods),
        SERVED(server__answers_204_without_body_and_head_by_get),
        SERVED(server__turns_errors_into_statuses),
        SERVED(server__checks_roles),
        SERVED(server__keeps_the_gate),
        SERVED(server__limits_announced_bodies),
        SERVED(server__limits_chunked_bodies),
        SERVED(server__parses_json_by_type),
        SERVED(server__refuses_text_that_is_not_utf8),
        SERVED(server__echoes_or_makes_request_ids),
        SERVED(server__keeps_connections_alive),
        SERVED(server__streams_to_the_end),
        SERVED(server__stops_with_requests_parked),
        SERVED(server__says_why_it_cannot_listen),
    };

    ci_log_setup("test", CI_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
