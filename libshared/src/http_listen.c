/* SPDX-License-Identifier: Apache-2.0 */
/* The listening socket: ours rather than the server library's, for its options and its errors. */
#include "http_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    socklen_t len;
};

static struct address make_v4(struct in_addr addr, uint16_t port)
{
    struct address out = {.len = sizeof(struct sockaddr_in)};

    out.at.v4.sin_family = AF_INET;
    out.at.v4.sin_addr = addr;
    out.at.v4.sin_port = htons(port);
    return out;
}

static struct address make_v6(struct in6_addr addr, uint16_t port)
{
    struct address out = {.len = sizeof(struct sockaddr_in6)};

    out.at.v6.sin6_family = AF_INET6;
    out.at.v6.sin6_addr = addr;
    out.at.v6.sin6_port = htons(port);
    return out;
}

/* Splits at the last colon: "[::]:80", "127.0.0.1:80", "localhost:80", ":80". */
static bool parse(const char *text, struct address *out)
{
    const char *colon = strrchr(text, ':');
    char host[64] = "";
    char *end = NULL;
    size_t len = colon ? (size_t)(colon - text) : sizeof(host);
    unsigned long port = len < sizeof(host) ? strtoul(colon + 1, &end, 10) : 0;
    struct in_addr v4 = {.s_addr = htonl(INADDR_ANY)};
    struct in6_addr v6;

    if (!end || end == colon + 1 || *end || colon[1] == '-' || port > UINT16_MAX)
        return false;
    memcpy(host, text, len);
    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        *out = make_v6(in6addr_any, (uint16_t)port);
        return inet_pton(AF_INET6, host + 1, &out->at.v6.sin6_addr) == 1;
    }
    if (len == 0) {
        v6 = in6addr_any;
        *out = make_v6(v6, (uint16_t)port);
        return true;
    }
    if (strcmp(host, "localhost") == 0)
        v4.s_addr = htonl(INADDR_LOOPBACK);
    else if (inet_pton(AF_INET, host, &v4) != 1)
        return false;
    *out = make_v4(v4, (uint16_t)port);
    return true;
}

/*
 * Accepted connections inherit these. Keep-alive probes find peers that
 * vanished while a stream or a long poll was silent.
 */
static void set_options(int fd, int family)
{
    static const int on = 1, off = 0, idle = 60, interval = 15, probes = 4;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
}

static int try_listen(const struct address *address)
{
    int fd = socket(address->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int saved;

    if (fd < 0)
        return -1;
    set_options(fd, address->at.any.sa_family);
    if (bind(fd, &address->at.any, address->len) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static uint16_t bound_port(int fd)
{
    struct address bound = {.len = sizeof(bound.at)};

    if (getsockname(fd, &bound.at.any, &bound.len) != 0)
        return 0;
    return ntohs(bound.at.any.sa_family == AF_INET6 ? bound.at.v6.sin6_port : bound.at.v4.sin_port);
}

bool ci_listen(const char *address, int *fd, uint16_t *port, struct ci_err *err)
{
    struct address where;
    int made;

    if (!parse(address, &where))
        return ci_fail(err, CI_EINVALID, "\"%s\" is not ADDR:PORT to listen on", address);
    made = try_listen(&where);
    if (made < 0 && address[0] == ':' && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
        /* A machine without IPv6: all of its addresses are IPv4. */
        where = make_v4((struct in_addr){htonl(INADDR_ANY)}, ntohs(where.at.v6.sin6_port));
        made = try_listen(&where);
    }
    if (made < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not listen on %s: %s", address,
                       strerror(errno));
    *fd = made;
    *port = bound_port(made);
    return true;
}
