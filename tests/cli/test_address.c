/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that up listens on. */
#include "ci_test.h"
#include "up.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void client_url__is_where_a_client_gets_through(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("http://127.0.0.1:8010/", up_client_url(mem, "127.0.0.1:8010"));
    assert_string_equal("http://127.0.0.1:8010/", up_client_url(mem, "0.0.0.0:8010"));
    assert_string_equal("http://127.0.0.1:8010/", up_client_url(mem, ":8010"));
    assert_string_equal("http://[::1]:8010/", up_client_url(mem, "[::]:8010"));
    assert_string_equal("http://ci.example:80/", up_client_url(mem, "ci.example:80"));
}

/* As a server binds: with SO_REUSEADDR; as any other program does: without. -1: it is taken. */
static int listen_on(const char *address, bool reuse)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1))};
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (reuse)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0 && listen(fd, 1) == 0)
        return fd;
    close(fd);
    return -1;
}

static void port__0_becomes_one_that_nobody_else_gets(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *chosen = NULL;
    struct ci_err err = {0};
    int held, server;

    (void)state;
    assert_ok(up_hold_port(mem, "127.0.0.1:8010", &chosen, &held, &err), err);
    assert_string_equal("127.0.0.1:8010", chosen);
    assert_int_equal(-1, held);
    assert_ok(up_hold_port(mem, "127.0.0.1:0", &chosen, &held, &err), err);
    assert_int_equal(0, strncmp(chosen, "127.0.0.1:", 10));
    assert_string_not_equal("127.0.0.1:0", chosen);
    assert_true(held >= 0);
    /* Over and over, as a service that dies. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(-1, listen_on(chosen, false));
        server = listen_on(chosen, true);
        assert_true(server >= 0);
        assert_int_equal(-1, listen_on(chosen, true));
        close(server);
    }
    close(held);
    assert_ok(up_address_free(chosen, &err), err);
}

static void port__0_of_any_address(void **state)
{
    static const char *const wanted[] = {"0.0.0.0:0", ":0", "[::1]:0"};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wanted); i++) {
        const char *chosen = NULL;
        struct ci_err err = {0};
        int held = -1;

        if (!up_hold_port(mem, wanted[i], &chosen, &held, &err)) {
            assert_int_equal('[', wanted[i][0]); /* a machine without IPv6 */
            continue;
        }
        assert_int_equal(0, strncmp(chosen, wanted[i], strlen(wanted[i]) - 1));
        assert_true(atoi(strrchr(chosen, ':') + 1) > 0);
        close(held);
    }
}

static void address__is_free_or_in_use_or_nobodys(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_err err = {0};
    const char *taken;

    (void)state;
    assert_int_equal(0, bind(fd, (struct sockaddr *)&address, len));
    assert_int_equal(0, listen(fd, 1));
    assert_int_equal(0, getsockname(fd, (struct sockaddr *)&address, &len));
    taken = ci_mem_printf(mem, "127.0.0.1:%d", ntohs(address.sin_port));
    assert_false(up_address_free(taken, &err));
    assert_int_equal(CI_EUNAVAILABLE, err.code);
    assert_non_null(strstr(err.msg, "in use"));
    close(fd);
    assert_ok(up_address_free(taken, &err), err);

    assert_ok(up_address_free(":0", &err), err);
    assert_false(up_address_free("192.0.2.1:8010", &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_false(up_address_free("no such host:8010", &err));
    assert_int_equal(CI_EINVALID, err.code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_url__is_where_a_client_gets_through),
        cmocka_unit_test(port__0_becomes_one_that_nobody_else_gets),
        cmocka_unit_test(port__0_of_any_address),
        cmocka_unit_test(address__is_free_or_in_use_or_nobodys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
