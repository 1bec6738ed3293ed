/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client against servers that misbehave: silent, absent, endless, cut short. */
#include "ci_test.h"
#include "shared/clock.h"
#include "shared/http_client.h"
#include "shared/log.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket that listens; `reply` goes to whoever connects, once, if there is one. */
struct peer {
    int fd;
    uint16_t port;
    const char *reply;
    bool hang_up; /* after the reply */
    int accepted;
    pthread_t thread;
};

static void listen_here(struct peer *peer)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    peer->accepted = -1;
    assert_true(peer->fd >= 0);
    assert_int_equal(bind(peer->fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(peer->fd, 4), 0);
    assert_int_equal(getsockname(peer->fd, (struct sockaddr *)&at, &len), 0);
    peer->port = ntohs(at.sin_port);
}

static void *serve_once(void *arg)
{
    struct peer *peer = arg;
    char request[4096];

    peer->accepted = accept4(peer->fd, NULL, NULL, SOCK_CLOEXEC);
    if (recv(peer->accepted, request, sizeof(request), 0) > 0 && peer->reply)
        send(peer->accepted, peer->reply, strlen(peer->reply), MSG_NOSIGNAL);
    if (peer->hang_up)
        shutdown(peer->accepted, SHUT_RDWR);
    return NULL;
}

static void serve(struct peer *peer)
{
    listen_here(peer);
    assert_int_equal(pthread_create(&peer->thread, NULL, serve_once, peer), 0);
}

static void end(struct peer *peer)
{
    pthread_join(peer->thread, NULL);
    close(peer->accepted);
    close(peer->fd);
}

static struct ci_client *open_client(void)
{
    struct ci_client_options options = {.user_agent = "slipway-test"};
    struct ci_client *client = NULL;
    struct ci_err err;

    assert_ok(ci_client_open(&options, &client, &err), err);
    return client;
}

/* Makes the call to `port` with a client of its own. */
static bool ask(uint16_t port, struct ci_call call, void *mem, struct ci_reply *reply,
                struct ci_err *err)
{
    struct ci_client *client = open_client();
    bool fine;

    call.url = ci_mem_printf(mem, "http://127.0.0.1:%u/path", port);
    fine = ci_client_call(client, &call, mem, reply, err);
    ci_client_close(client);
    return fine;
}

static void client__reads_reply(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct peer peer = {.reply = "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
                                 "HTTP/1.1 404 Not Found\r\nX-Some:  Thing \r\n"
                                 "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n"
                                 "{\"a\":1}"};
    struct ci_reply reply = {0};
    struct ci_err err;

    (void)state;
    serve(&peer);
    assert_ok(ask(peer.port, (struct ci_call){0}, mem, &reply, &err), err);
    assert_int_equal(reply.status, 404);
    assert_string_equal(ci_pairs_get(reply.headers, "x-some"), "Thing");
    assert_null(ci_pairs_get(reply.headers, "x-early"));
    assert_int_equal(json_integer_value(json_object_get(reply.json, "a")), 1);
    assert_string_equal(reply.body.data, "{\"a\":1}");
    end(&peer);
}

static void client__is_refused(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_reply reply = {0};
    struct peer peer = {0};
    struct ci_err err;

    (void)state;
    listen_here(&peer);
    close(peer.fd); /* nobody has that port now */
    assert_false(ask(peer.port, (struct ci_call){0}, mem, &reply, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
}

static void client__times_out(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_reply reply = {0};
    struct peer peer = {0};
    struct ci_err err;

    (void)state;
    serve(&peer);
    assert_false(ask(peer.port, (struct ci_call){.timeout = ci_millis(50)}, mem, &reply, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    end(&peer);
}

static void client__fails_when_cut_short(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct peer peer = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                        .hang_up = true};
    struct ci_reply reply = {0};
    struct ci_err err;

    (void)state;
    serve(&peer);
    assert_false(ask(peer.port, (struct ci_call){0}, mem, &reply, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    end(&peer);
}

static void client__limits_reply(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct peer peer = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"};
    struct ci_reply reply = {0};
    struct ci_err err;

    (void)state;
    serve(&peer);
    assert_false(ask(peer.port, (struct ci_call){.max_reply = 9}, mem, &reply, &err));
    assert_int_equal(err.code, CI_ETOOLARGE);
    end(&peer);
}

struct seen {
    char text[32];
    size_t len;
    size_t enough;
};

static bool see(void *user, const void *data, size_t len)
{
    struct seen *seen = user;

    assert_true(seen->len + len < sizeof(seen->text));
    memcpy(seen->text + seen->len, data, len);
    seen->len += len;
    return seen->len < seen->enough;
}

static void client__hands_on_pieces(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct peer peer = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"};
    struct peer endless = {.reply = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n0123456789"};
    struct seen all = {.enough = 100}, some = {.enough = 5};
    struct ci_reply reply = {0};
    struct ci_err err;

    (void)state;
    serve(&peer);
    assert_ok(ask(peer.port, (struct ci_call){.on_data = see, .user = &all}, mem, &reply, &err),
              err);
    assert_string_equal(all.text, "0123456789");
    assert_int_equal(reply.body.len, 0);
    end(&peer);
    serve(&endless);
    assert_false(
        ask(endless.port, (struct ci_call){.on_data = see, .user = &some}, mem, &reply, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    end(&endless);
}

static void *set_true(void *arg)
{
    struct peer *peer = ((void **)arg)[0];
    volatile bool *abort = ((void **)arg)[1];

    /* The call is under way once its request has arrived. */
    pthread_join(peer->thread, NULL);
    __atomic_store_n(abort, true, __ATOMIC_RELAXED);
    return NULL;
}

static void client__aborts_soon(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_reply reply = {0};
    struct peer peer = {0};
    bool abort = false;
    void *arg[] = {&peer, &abort};
    struct ci_mono began = ci_mono_now();
    pthread_t thread;
    struct ci_err err;

    (void)state;
    serve(&peer);
    pthread_create(&thread, NULL, set_true, arg);
    assert_false(ask(peer.port, (struct ci_call){.abort = &abort}, mem, &reply, &err));
    assert_int_equal(err.code, CI_EUNAVAILABLE);
    assert_true(ci_mono_since(ci_mono_now(), began).us < 20000000);
    pthread_join(thread, NULL);
    close(peer.accepted);
    close(peer.fd);
}

static void client__speaks_only_http(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_client *client = open_client();
    struct ci_call file = {.url = "file:///etc/passwd"}, none = {.url = "http://"};
    struct ci_reply reply = {0};
    struct ci_err err;

    (void)state;
    assert_false(ci_client_call(client, &file, mem, &reply, &err));
    assert_int_equal(err.code, CI_EINVALID);
    assert_false(ci_client_call(client, &none, mem, &reply, &err));
    assert_int_equal(err.code, CI_EINVALID);
    ci_client_close(client);
}

static void client__follows_no_redirect(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct peer peer = {.reply = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                                 "Content-Length: 0\r\n\r\n"};
    struct ci_reply reply = {0};
    struct ci_err err;

    (void)state;
    serve(&peer);
    assert_ok(ask(peer.port, (struct ci_call){0}, mem, &reply, &err), err);
    assert_int_equal(reply.status, 302);
    end(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client__reads_reply),
        cmocka_unit_test(client__is_refused),
        cmocka_unit_test(client__times_out),
        cmocka_unit_test(client__fails_when_cut_short),
        cmocka_unit_test(client__limits_reply),
        cmocka_unit_test(client__hands_on_pieces),
        cmocka_unit_test(client__aborts_soon),
        cmocka_unit_test(client__speaks_only_http),
        cmocka_unit_test(client__follows_no_redirect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
