/* SPDX-License-Identifier: Apache-2.0 */
/* WebSockets of a real server, byte by byte. */
#include "raw_socket.h"
#include "shared/http.h"
#include "shared/log.h"

#include <pthread.h>
#include <stdlib.h>

struct fixture {
    struct ci_server *server;
    void *mem;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct ci_websocket *socket; /* guarded by lock */
    int closed;                  /* guarded by lock */
};

/* ---- the route ---- */

static void *open_socket(void *service, struct ci_websocket *socket,
                         const struct ci_request *request)
{
    struct fixture *f = service;
    const char *hello = ci_request_query(request, "hello");

    if (ci_request_query(request, "refused"))
        return NULL;
    pthread_mutex_lock(&f->lock);
    f->socket = socket;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
    if (hello)
        ci_websocket_send(socket, hello, strlen(hello));
    return f;
}

static void echo_message(void *user, struct ci_websocket *socket, const char *text, size_t len)
{
    (void)user;
    ci_websocket_send(socket, text, len);
}

static void close_socket(void *user)
{
    struct fixture *f = user;

    pthread_mutex_lock(&f->lock);
    f->closed++;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static const struct ci_websocket_handler echo_socket = {open_socket, echo_message, close_socket};

static bool get_socket(void *service, const struct ci_request *request,
                       struct ci_response *response, struct ci_err *err)
{
    (void)service, (void)request, (void)err;
    response->websocket = &echo_socket;
    return true;
}

static const struct ci_route routes[] = {
    {"GET", "/socket", CI_ROLE_PUBLIC, get_socket, 0, false},
};

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
        .listen = "127.0.0.1:0", .routes = routes, .route_count = 1, .service = f};
    assert_ok(ci_server_start(&options, &f->server, &err), err);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ci_server_stop(f->server, ci_seconds(20));
    ci_mem_free(f->mem);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    free(f);
    return 0;
}

static void wait_closed(struct fixture *f)
{
    pthread_mutex_lock(&f->lock);
    while (!f->closed)
        pthread_cond_wait(&f->changed, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

static struct ci_websocket *served_socket(struct fixture *f)
{
    struct ci_websocket *socket;

    pthread_mutex_lock(&f->lock);
    while (!f->socket)
        pthread_cond_wait(&f->changed, &f->lock);
    socket = f->socket;
    pthread_mutex_unlock(&f->lock);
    return socket;
}

/* ---- the client's side ---- */

static int shake_hands(struct fixture *f, const char *query)
{
    /* Key and answer are the example of RFC 6455, 1.3. */
    const char *head = ci_mem_printf(f->mem,
                                     "GET /socket%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                                     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                                     query);
    int fd = raw_connect(ci_server_port(f->server));

    raw_send(fd, head, strlen(head));
    assert_non_null(strstr(raw_read_until(f->mem, fd, "\r\n\r\n"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    return fd;
}

/* `first`: the frame's first byte, FIN and opcode. */
static void send_frame(int fd, unsigned char first, const char *text)
{
    unsigned char frame[6 + 125] = {first, 0x80, 1, 2, 3, 4};
    size_t len = strlen(text);

    frame[1] = (unsigned char)(frame[1] | len);
    for (size_t i = 0; i < len; i++)
        frame[6 + i] = (unsigned char)(text[i] ^ frame[2 + i % 4]);
    raw_send(fd, frame, 6 + len);
}

/* The next frame's first byte; its payload into *payload. */
static unsigned read_frame(struct fixture *f, int fd, const char **payload, size_t *size)
{
    unsigned char head[2], longer[8] = {0};
    size_t len;
    char *data;

    raw_read(fd, head, 2);
    len = head[1];
    if (len >= 126) {
        size_t bytes = len == 126 ? 2 : 8;

        raw_read(fd, longer, bytes);
        len = 0;
        for (size_t i = 0; i < bytes; i++)
            len = len << 8 | longer[i];
    }
    data = ci_mem_alloc(f->mem, len + 1);
    if (len)
        raw_read(fd, data, len);
    *payload = data;
    *size = len;
    return head[0];
}

static void assert_frame(struct fixture *f, int fd, unsigned first, const char *text)
{
    const char *payload;
    size_t len;

    assert_int_equal(read_frame(f, fd, &payload, &len), first);
    assert_string_equal(payload, text);
}

/* ---- tests ---- */

static void websocket__echoes_answers_pings_and_closes(void **state)
{
    struct fixture *f = *state;
    int fd = shake_hands(f, "?hello=welcome");

    assert_frame(f, fd, 0x81, "welcome");
    send_frame(fd, 0x81, "one");
    send_frame(fd, 0x81, "two");
    assert_frame(f, fd, 0x81, "one");
    assert_frame(f, fd, 0x81, "two");
    send_frame(fd, 0x89, "alive?");
    assert_frame(f, fd, 0x8a, "alive?");
    send_frame(fd, 0x82, "binary is passed over");
    send_frame(fd, 0x88, "");
    assert_frame(f, fd, 0x88, "");
    wait_closed(f);
    close(fd);
}

static void websocket__joins_messages_in_pieces(void **state)
{
    struct fixture *f = *state;
    int fd = shake_hands(f, "?hello=x");

    assert_frame(f, fd, 0x81, "x");
    send_frame(fd, 0x01, "a");
    send_frame(fd, 0x89, "between");
    send_frame(fd, 0x00, "b");
    send_frame(fd, 0x80, "c");
    assert_frame(f, fd, 0x8a, "between");
    assert_frame(f, fd, 0x81, "abc");
    send_frame(fd, 0x80, "continues nothing");
    assert_frame(f, fd, 0x88, "");
    wait_closed(f);
    close(fd);
}

static void websocket__ends_what_is_too_large_or_no_text(void **state)
{
    static const unsigned char huge[] = {0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4};
    struct fixture *f = *state;
    int fd = shake_hands(f, "?hello=x");

    assert_frame(f, fd, 0x81, "x");
    raw_send(fd, huge, sizeof(huge));
    assert_frame(f, fd, 0x88, "");
    close(fd);
    fd = shake_hands(f, "?hello=x");
    assert_frame(f, fd, 0x81, "x");
    send_frame(fd, 0x81, "\xff");
    assert_frame(f, fd, 0x88, "");
    close(fd);
}

static void websocket__sends_long_messages_whole(void **state)
{
    static const size_t sizes[] = {125, 126, 65535, 65536, 600000};
    struct fixture *f = *state;
    int fd = shake_hands(f, "");
    struct ci_websocket *socket = served_socket(f);

    for (size_t i = 0; i < CI_COUNT(sizes); i++) {
        char *text = ci_mem_alloc(f->mem, sizes[i] + 1);
        const char *payload;
        size_t len;

        memset(text, 'a' + (int)i, sizes[i]);
        assert_true(ci_websocket_send(socket, text, sizes[i]));
        assert_int_equal(read_frame(f, fd, &payload, &len), 0x81);
        assert_int_equal(len, sizes[i]);
        assert_memory_equal(payload, text, len);
    }
    close(fd);
    wait_closed(f);
}

static void websocket__ends_a_peer_that_is_too_slow(void **state)
{
    struct fixture *f = *state;
    int fd = shake_hands(f, "");
    struct ci_websocket *socket = served_socket(f);
    char *text = ci_mem_alloc(f->mem, 300000);
    int sent = 0;

    memset(text, 'x', 300000);
    /* The kernel's buffers take some, the queue a megabyte; then it is over. */
    while (ci_websocket_send(socket, text, 300000))
        assert_true(++sent < 1000);
    wait_closed(f);
    close(fd);
}

static void websocket__ends_when_refused_or_when_the_server_stops(void **state)
{
    struct fixture *f = *state;
    int refused = shake_hands(f, "?refused");
    int fd = shake_hands(f, "");
    char byte;

    while (recv(refused, &byte, 1, 0) > 0)
        ;
    served_socket(f);
    ci_server_stop(f->server, ci_seconds(20));
    f->server = NULL;
    assert_int_equal(f->closed, 1);
    assert_frame(f, fd, 0x88, "");
    close(fd);
    close(refused);
}

static void websocket__needs_a_handshake(void **state)
{
    struct fixture *f = *state;
    static const char plain[] = "GET /socket HTTP/1.1\r\nHost: x\r\n\r\n";
    /* A key alone is no handshake either: ulfius refuses it. */
    static const char half[] = "GET /socket HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: x\r\n\r\n";
    int fd = raw_connect(ci_server_port(f->server));

    raw_send(fd, plain, strlen(plain));
    assert_non_null(strstr(raw_read_until(f->mem, fd, "\"}"), " 400 "));
    raw_send(fd, half, strlen(half));
    assert_non_null(strstr(raw_read_until(f->mem, fd, "\r\n\r\n"), " 400 "));
    close(fd);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(websocket__echoes_answers_pings_and_closes),
        SERVED(websocket__joins_messages_in_pieces),
        SERVED(websocket__ends_what_is_too_large_or_no_text),
        SERVED(websocket__sends_long_messages_whole),
        SERVED(websocket__ends_a_peer_that_is_too_slow),
        SERVED(websocket__ends_when_refused_or_when_the_server_stops),
        SERVED(websocket__needs_a_handshake),
    };

    ci_log_setup("test", CI_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
