/* SPDX-License-Identifier: Apache-2.0 */
/* A bare TCP connection for tests, for what no well-behaved client would send. */
#pragma once

#include "ci_test.h"
#include "shared/mem.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int raw_connect(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static inline void raw_send(int fd, const void *data, size_t len)
{
    assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), len);
}

static inline void raw_read(int fd, void *to, size_t len)
{
    assert_int_equal(recv(fd, to, len, MSG_WAITALL), len);
}

/* Reads until `end` has come; the text so far, in mem. */
static inline const char *raw_read_until(void *mem, int fd, const char *end)
{
    struct ci_buf buf;
    char c;

    ci_buf_init(&buf, mem);
    while (!strstr(buf.text, end) && recv(fd, &c, 1, 0) == 1)
        ci_buf_add(&buf, &c, 1);
    return buf.text;
}
