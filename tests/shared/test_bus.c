/* SPDX-License-Identifier: Apache-2.0 */
/* The bus against a real nats-server that is killed and started again. */
#include "ci_test.h"
#include "shared/bus.h"
#include "shared/mem.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    void *mem;
    uint16_t port;
    const char *url;
    pid_t nats;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int messages, reconnects; /* guarded by lock */
    char last[64];            /* guarded by lock */
};

/* A port that was free a moment ago. */
static uint16_t free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static void start_nats(struct fixture *f)
{
    char port[8];
    /* Debian installs it to /usr/sbin, which is not on a user's PATH. */
    const char *const argv[] = {"nats-server", "-a", "127.0.0.1", "-p", port, NULL};
    const char *path =
        access("/usr/sbin/nats-server", X_OK) == 0 ? "/usr/sbin/nats-server" : "nats-server";
    posix_spawn_file_actions_t files;

    snprintf(port, sizeof(port), "%u", f->port);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", 1, 0);
    assert_int_equal(posix_spawnp(&f->nats, path, &files, NULL, (char **)(uintptr_t)argv, environ),
                     0);
    posix_spawn_file_actions_destroy(&files);
}

static void kill_nats(struct fixture *f)
{
    if (!f->nats)
        return;
    kill(f->nats, SIGKILL);
    waitpid(f->nats, NULL, 0);
    f->nats = 0;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    f->mem = ci_mem_new();
    f->port = free_port();
    f->url = ci_mem_printf(f->mem, "nats://127.0.0.1:%u", f->port);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    kill_nats(f);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    ci_mem_free(f->mem);
    free(f);
    return 0;
}

static void note(void *user, const char *subject, const char *data, size_t len)
{
    struct fixture *f = user;

    pthread_mutex_lock(&f->lock);
    if (data) {
        f->messages++;
        snprintf(f->last, sizeof(f->last), "%s=%s/%zu", subject, data, len);
    } else {
        f->reconnects++;
    }
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static void wait_for(struct fixture *f, const int *what, int wanted)
{
    pthread_mutex_lock(&f->lock);
    while (*what < wanted)
        pthread_cond_wait(&f->changed, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

static struct ci_bus *open_bus(const char *url)
{
    struct ci_bus *bus = NULL;
    struct ci_err err;

    assert_ok(ci_bus_open(url, "slipway-test", &bus, &err), err);
    return bus;
}

static void bus__works_without_a_server(void **state)
{
    struct ci_bus *bus = open_bus(NULL);
    struct ci_err err;

    assert_false(ci_bus_connected(bus));
    assert_ok(ci_bus_subscribe(bus, "slipway.x", note, *state, &err), err);
    ci_bus_rest(bus, "slipway.x", *state);
    ci_bus_resume(bus, "slipway.x", *state);
    ci_bus_ring(bus, "slipway.x");
    ci_bus_close(bus);
    bus = open_bus("");
    ci_bus_close(bus);
    ci_bus_close(NULL);
}

static void bus__refuses_a_bad_address(void **state)
{
    struct ci_bus *bus = NULL;
    struct ci_err err;

    (void)state;
    assert_false(ci_bus_open("nats://host:port", "slipway-test", &bus, &err));
    assert_int_equal(err.code, CI_EINVALID);
}

static void bus__closes_while_never_connected(void **state)
{
    struct fixture *f = *state;
    struct ci_bus *bus = open_bus(f->url);
    struct ci_err err;

    assert_false(ci_bus_connected(bus));
    assert_ok(ci_bus_subscribe(bus, "slipway.x", note, f, &err), err);
    ci_bus_ring(bus, "slipway.x"); /* dropped */
    ci_bus_close(bus);
    assert_int_equal(f->messages, 0);
}

static void bus__connects_late_and_delivers(void **state)
{
    struct fixture *f = *state;
    struct ci_bus *bus = open_bus(f->url);
    struct ci_err err;

    assert_ok(ci_bus_subscribe(bus, "slipway.>", note, f, &err), err);
    start_nats(f);
    wait_for(f, &f->reconnects, 1);
    assert_true(ci_bus_connected(bus));
    ci_bus_publish(bus, "slipway.event.builds.1.new", "{}", 2);
    wait_for(f, &f->messages, 1);
    assert_string_equal(f->last, "slipway.event.builds.1.new={}/2");
    ci_bus_ring(bus, "slipway.wake.x");
    wait_for(f, &f->messages, 2);
    assert_string_equal(f->last, "slipway.wake.x=/0");
    ci_bus_close(bus);
}

static void bus__reconnects_and_says_so(void **state)
{
    struct fixture *f = *state;
    struct ci_bus *bus = open_bus(f->url);
    struct ci_err err;

    assert_ok(ci_bus_subscribe(bus, "slipway.x", note, f, &err), err);
    start_nats(f);
    wait_for(f, &f->reconnects, 1);
    kill_nats(f);
    while (ci_bus_connected(bus))
        sched_yield();
    ci_bus_publish(bus, "slipway.x", "lost", 4);
    start_nats(f);
    wait_for(f, &f->reconnects, 2);
    ci_bus_publish(bus, "slipway.x", "heard", 5);
    wait_for(f, &f->messages, 1);
    assert_string_equal(f->last, "slipway.x=heard/5");
    ci_bus_close(bus);
}

/* What is sent while a subscription rests is not heard, also after a reconnect. */
static void bus__rests_and_resumes(void **state)
{
    struct fixture *f = *state;
    struct ci_bus *bus = open_bus(f->url);
    struct ci_err err;

    assert_ok(ci_bus_subscribe(bus, "slipway.x", note, f, &err), err);
    assert_ok(ci_bus_subscribe(bus, "slipway.y", note, f, &err), err);
    ci_bus_rest(bus, "slipway.x", f);
    ci_bus_rest(bus, "slipway.x", f);
    start_nats(f);
    wait_for(f, &f->reconnects, 2);
    ci_bus_publish(bus, "slipway.x", "lost", 4);
    ci_bus_publish(bus, "slipway.y", "other", 5);
    wait_for(f, &f->messages, 1);
    assert_string_equal(f->last, "slipway.y=other/5");
    ci_bus_resume(bus, "slipway.x", f);
    ci_bus_resume(bus, "slipway.x", f);
    ci_bus_publish(bus, "slipway.x", "heard", 5);
    wait_for(f, &f->messages, 2);
    assert_string_equal(f->last, "slipway.x=heard/5");
    ci_bus_rest(bus, "slipway.x", f);
    ci_bus_close(bus);
}

#define BUS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUS(bus__works_without_a_server),       BUS(bus__refuses_a_bad_address),
        BUS(bus__closes_while_never_connected), BUS(bus__connects_late_and_delivers),
        BUS(bus__reconnects_and_says_so),       BUS(bus__rests_and_resumes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
