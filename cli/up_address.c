/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that `slipway up` listens on, chosen and probed before anything starts there. */
#include "up.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const char *up_client_url(void *mem, const char *listen)
{
    const char *colon = strrchr(listen, ':');
    size_t len = (size_t)(colon - listen);

    if (len == 0 || strncmp(listen, "0.0.0.0:", 8) == 0)
        return ci_mem_printf(mem, "http://127.0.0.1%s/", colon);
    if (strncmp(listen, "[::]:", 5) == 0)
        return ci_mem_printf(mem, "http://[::1]%s/", colon);
    return ci_mem_printf(mem, "http://%s/", listen);
}

/* Where "host:port" is; NULL with *err. */
static struct addrinfo *resolve(const char *listen, struct ci_err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    CI_AUTO_MEM mem = ci_mem_new();
    const char *colon = strrchr(listen, ':');
    char *host = ci_mem_strndup(mem, listen, (size_t)(colon - listen));
    struct addrinfo *info = NULL;
    int cause;

    if (host[0] == '[') { /* [::1] */
        host++;
        host[strcspn(host, "]")] = '\0';
    }
    cause = getaddrinfo(*host ? host : NULL, colon + 1, &hints, &info);
    if (cause != 0)
        ci_fail(err, CI_EINVALID, "could not listen on %s: %s", listen, gai_strerror(cause));
    return info;
}

/* A bound socket, or -1 with errno. Like a server's, past connections of an earlier one. */
static int bind_to(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC, info->ai_protocol), on = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0) {
        int cause = errno;

        close(fd);
        errno = cause;
        return -1;
    }
    return fd;
}

static int port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

bool up_hold_port(void *mem, const char *wanted, const char **out, int *held, struct ci_err *err)
{
    const char *colon = strrchr(wanted, ':');
    struct addrinfo *info;

    *out = wanted;
    *held = -1;
    if (strcmp(colon, ":0") != 0)
        return true;
    info = resolve(wanted, err);
    if (!info)
        return false;
    *held = bind_to(info);
    freeaddrinfo(info);
    if (*held < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "no free port for %s: %s", wanted, strerror(errno));
    *out = ci_mem_printf(mem, "%.*s:%d", (int)(colon - wanted), wanted, port_of(*held));
    return true;
}

bool up_address_free(const char *wanted, struct ci_err *err)
{
    struct addrinfo *info = resolve(wanted, err);
    int fd, cause = 0;

    if (!info)
        return false;
    fd = bind_to(info);
    if (fd < 0 || listen(fd, 1) != 0)
        cause = errno;
    if (fd >= 0)
        close(fd);
    freeaddrinfo(info);
    if (cause == EADDRINUSE)
        return ci_fail(err, CI_EUNAVAILABLE,
                       "%s is in use by another program; name another address", wanted);
    return cause == 0 ||
           ci_fail(err, CI_EINVALID, "could not listen on %s: %s", wanted, strerror(cause));
}
