/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that `slipway up` listens on, chosen and probed before anything starts there. */
#include "up.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool up_free_port(int *port, struct ci_err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &len) == 0;

    if (!ok)
        ci_fail(err, CI_EUNAVAILABLE, "no free port: %s", strerror(errno));
    else
        *port = ntohs(address.sin_port);
    if (fd >= 0)
        close(fd);
    return ok;
}

bool up_choose_port(void *mem, const char *listen, const char **out, struct ci_err *err)
{
    const char *colon = strrchr(listen, ':');
    int port;

    *out = listen;
    if (strcmp(colon, ":0") != 0)
        return true;
    if (!up_free_port(&port, err))
        return false;
    *out = ci_mem_printf(mem, "%.*s:%d", (int)(colon - listen), listen, port);
    return true;
}

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

/* 0, or errno. Like a server's socket, past connections of an earlier one. */
static int try_bind(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC, info->ai_protocol), on = 1;
    int cause = 0;

    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, 1) != 0)
        cause = errno;
    close(fd);
    return cause;
}

bool up_address_free(const char *listen, struct ci_err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    CI_AUTO_MEM mem = ci_mem_new();
    const char *colon = strrchr(listen, ':');
    char *host = ci_mem_strndup(mem, listen, (size_t)(colon - listen));
    struct addrinfo *info;
    int cause;

    if (host[0] == '[') { /* [::1] */
        host++;
        host[strcspn(host, "]")] = '\0';
    }
    cause = getaddrinfo(*host ? host : NULL, colon + 1, &hints, &info);
    if (cause != 0)
        return ci_fail(err, CI_EINVALID, "could not listen on %s: %s", listen, gai_strerror(cause));
    cause = try_bind(info);
    freeaddrinfo(info);
    if (cause == EADDRINUSE)
        return ci_fail(err, CI_EUNAVAILABLE,
                       "%s is in use by another program; name another address", listen);
    return cause == 0 ||
           ci_fail(err, CI_EINVALID, "could not listen on %s: %s", listen, strerror(cause));
}
