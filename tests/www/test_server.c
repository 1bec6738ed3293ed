/* SPDX-License-Identifier: Apache-2.0 */
/* The whole route table behind a real server: roles, limits, streams, WebSocket. */
#include "edge/forward.h"
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

static struct ci_server *server;

/* Group setup. */
static int server_open(void **state)
{
    struct ci_err err = {0};

    if (world_open(state) != 0)
        return -1;
    struct ci_server_options options = {
        .listen = "127.0.0.1:0",
        .routes = www_routes,
        .route_count = www_route_count,
        .service = &world.app,
        .authenticate = www_authenticate,
    };
    assert_ok(ci_server_start(&options, &server, &err), err);
    world.app.server = server;
    world.settings.changes_url = "http://127.0.0.1:1";
    world.www.forwarders = forwarders_new();
    return 0;
}

/* Group teardown. */
static int server_close(void **state)
{
    ci_server_stop(server, ci_seconds(10));
    forwarders_free(world.www.forwarders);
    return world_close(state);
}

static struct ci_reply call(const char *method, const char *path, const char *token,
                            struct ci_bytes body)
{
    const struct ci_client_options options = {.user_agent = "test"};
    struct ci_call wanted = {
        .method = method,
        .url = ci_mem_printf(world.mem, "http://127.0.0.1:%d%s", ci_server_port(server), path),
        .bearer = token,
        .body = body,
        .content_type = "application/yaml",
    };
    struct ci_client *client;
    struct ci_reply reply = {0};
    struct ci_err err = {0};

    assert_ok(ci_client_open(&options, &client, &err), err);
    assert_ok(ci_client_call(client, &wanted, world.mem, &reply, &err), err);
    ci_client_close(client);
    return reply;
}

static int status_of(const char *method, const char *path, const char *token)
{
    return call(method, path, token, (struct ci_bytes){0}).status;
}

static void server__guards_what_is_the_admins(void **state)
{
    static const struct {
        const char *method, *path;
    } cases[] = {
        {"GET",  "/api/v2/config"        },
        {"GET",  "/api/v2/config/current"},
        {"GET",  "/api/v2/config/1"      },
        {"POST", "/api/v2/config"        },
        {"POST", "/api/v2/config/1/apply"},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        assert_int_equal(401, status_of(cases[i].method, cases[i].path, NULL));
        assert_int_equal(401, status_of(cases[i].method, cases[i].path, "guess"));
    }
    assert_int_equal(200, status_of("GET", "/api/v2/config/current", "the-token"));
}

static void server__answers_with_the_right_status(void **state)
{
    struct ci_bytes large = {ci_mem_alloc(world.mem, (4 << 20) + 1), (4 << 20) + 1};

    (void)state;
    assert_int_equal(200, status_of("GET", "/api/v2", NULL));
    assert_int_equal(200, status_of("GET", "/api/latest/builds?limit=1", NULL));
    assert_int_equal(200, status_of("HEAD", "/api/v2/builds", NULL));
    assert_int_equal(404, status_of("GET", "/api/v2/builds/", NULL));
    assert_int_equal(400, status_of("DELETE", "/api/v2/builds/1", "the-token"));
    assert_int_equal(503, status_of("GET", "/", NULL));
    assert_int_equal(503, status_of("POST", "/change_hook/base", NULL));
    assert_int_equal(400, status_of("GET", "/ws", NULL));
    assert_int_equal(413, call("POST", "/api/v2/config", "the-token", large).status);
    assert_int_equal(200, status_of("GET", "/api/v2/logs/1/raw", NULL));
}

/* ---- /sse by a thread that reads until it has seen an event ---- */

struct reader {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char text[4000]; /* guarded by lock */
};

static bool keep_text(void *user, const void *data, size_t len)
{
    struct reader *reader = user;

    pthread_mutex_lock(&reader->lock);
    strncat(reader->text, data, len);
    bool more = strstr(reader->text, "event: event") == NULL;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->lock);
    return more;
}

static void *read_events(void *user)
{
    const struct ci_client_options options = {.user_agent = "test"};
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_call wanted = {
        .url =
            ci_mem_printf(mem, "http://127.0.0.1:%d/sse/listen/builds/*/*", ci_server_port(server)),
        .on_data = keep_text,
        .user = user,
    };
    struct ci_client *client;
    struct ci_reply reply = {0};
    struct ci_err err = {0};

    if (ci_client_open(&options, &client, &err)) {
        (void)!ci_client_call(client, &wanted, mem, &reply, &err); /* ends by our own hand */
        ci_client_close(client);
    }
    return NULL;
}

/* Waits until the reader has `wanted`, ten seconds at most. */
static bool wait_text(struct reader *reader, const char *wanted)
{
    struct timespec until;
    bool found;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    pthread_mutex_lock(&reader->lock);
    while (!strstr(reader->text, wanted) &&
           pthread_cond_timedwait(&reader->changed, &reader->lock, &until) == 0)
        ;
    found = strstr(reader->text, wanted) != NULL;
    pthread_mutex_unlock(&reader->lock);
    return found;
}

static void tell(const char *subject, const char *payload)
{
    const struct ci_bus_message message = {
        .subject = subject, .data = payload, .len = strlen(payload)};

    assert_true(hub_message(world.www.hub, &message));
}

static void server__streams_events(void **state)
{
    struct reader reader = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, ""};
    pthread_t thread;

    (void)state;
    assert_int_equal(0, pthread_create(&thread, NULL, read_events, &reader));
    bool greeted = wait_text(&reader, "event: handshake\ndata: ");
    tell("slipway.event.builds.7.new", "{\"buildid\":7}");
    bool told = wait_text(&reader, "{\"key\":[\"builds\",\"7\",\"new\"],"
                                   "\"message\":{\"buildid\":7}}\n\n");
    pthread_join(thread, NULL);
    assert_true(greeted && told);
}

/* ---- /ws by hand: frames of less than 126 bytes ---- */

static void write_all(int fd, const void *data, size_t len)
{
    assert_int_equal(len, send(fd, data, len, MSG_NOSIGNAL));
}

static void read_all(int fd, void *out, size_t len)
{
    assert_int_equal(len, recv(fd, out, len, MSG_WAITALL));
}

static int open_socket(void)
{
    static const char hello[] = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(ci_server_port(server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {10, 0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char head[2000] = "";

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    assert_int_equal(0, connect(fd, (struct sockaddr *)&address, sizeof(address)));
    write_all(fd, hello, sizeof(hello) - 1);
    for (size_t len = 0; !strstr(head, "\r\n\r\n"); len++)
        read_all(fd, head + len, 1);
    assert_memory_equal("HTTP/1.1 101", head, 12);
    return fd;
}

static void send_frame(int fd, const char *text)
{
    size_t len = strlen(text);
    unsigned char frame[140] = {0x81, (unsigned char)(0x80 | len)}; /* masked by zeroes */

    assert_true(len < 126);
    memcpy(frame + 6, text, len);
    write_all(fd, frame, len + 6);
}

static const char *receive_frame(int fd)
{
    unsigned char head[2];

    read_all(fd, head, 2);
    assert_int_equal(0x81, head[0]);
    assert_true(head[1] < 126);
    char *text = ci_mem_alloc(world.mem, head[1] + 1U);
    read_all(fd, text, head[1]);
    return text;
}

static void server__speaks_websocket(void **state)
{
    int fd = open_socket();

    (void)state;
    send_frame(fd, "{\"cmd\":\"startConsuming\",\"path\":\"workers/*/builds/*/*\",\"_id\":1}");
    assert_string_equal("{\"_id\":1,\"code\":200,\"msg\":\"OK\"}", receive_frame(fd));
    tell("slipway.event.builds.7.update", "{\"buildid\":7,\"workerid\":2}");
    assert_string_equal(
        "{\"k\":\"workers/2/builds/7/update\",\"m\":{\"buildid\":7,\"workerid\":2}}",
        receive_frame(fd));
    send_frame(fd, "{\"cmd\":\"ping\",\"_id\":2}");
    assert_string_equal("{\"_id\":2,\"code\":200,\"msg\":\"pong\"}", receive_frame(fd));
    /* Something was missed: the server hangs up. */
    hub_interrupted(world.www.hub);
    unsigned char head[2];
    read_all(fd, head, 2);
    assert_int_equal(0x88, head[0]);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        world_test(server__guards_what_is_the_admins),
        world_test(server__answers_with_the_right_status),
        world_test(server__streams_events),
        world_test(server__speaks_websocket),
    };

    return cmocka_run_group_tests_name("www.server", tests, server_open, server_close);
}
