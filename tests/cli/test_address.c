/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that up listens on. */
#include "ci_test.h"
#include "up.h"

#include <arpa/inet.h>
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

static void port__0_becomes_one_that_is_free(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *chosen = NULL;
    struct ci_err err = {0};

    (void)state;
    assert_ok(up_choose_port(mem, "127.0.0.1:8010", &chosen, &err), err);
    assert_string_equal("127.0.0.1:8010", chosen);
    assert_ok(up_choose_port(mem, "127.0.0.1:0", &chosen, &err), err);
    assert_int_equal(0, strncmp(chosen, "127.0.0.1:", 10));
    assert_string_not_equal("127.0.0.1:0", chosen);
    assert_ok(up_address_free(chosen, &err), err);
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
        cmocka_unit_test(port__0_becomes_one_that_is_free),
        cmocka_unit_test(address__is_free_or_in_use_or_nobodys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
