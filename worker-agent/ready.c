/* SPDX-License-Identifier: Apache-2.0 */
/* Finding out whether a command in the background is ready. */
#include "background_internal.h"
#include "session.h"
#include "shared/clock.h"
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FIRST_PAUSE_MS = 5, LONGEST_PAUSE_MS = 200, CONNECT_MS = 1000, HTTP_SECONDS = 5 };

static bool connects(int family, const struct sockaddr *address, socklen_t len)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    socklen_t size = sizeof(error);
    bool done;

    if (fd < 0)
        return false;
    done = connect(fd, address, len) == 0;
    if (!done && errno == EINPROGRESS && poll(&writable, 1, CONNECT_MS) == 1)
        done = getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    close(fd);
    return done;
}

/* "8000" or "host:8000"; without a host this machine, by either family. */
static bool is_tcp_ready(struct service *service, const char *place)
{
    const char *colon = strrchr(place, ':');
    const char *host =
        colon ? ci_mem_strndup(service->step->mem, place, (size_t)(colon - place)) : "localhost";
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    bool ready = false;

    if (getaddrinfo(host, colon ? colon + 1 : place, &hints, &found) != 0)
        return false;
    for (const struct addrinfo *at = found; at && !ready; at = at->ai_next)
        ready = connects(at->ai_family, at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return ready;
}

static bool is_socket_ready(struct service *service, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = *path == '/' ? snprintf(address.sun_path, sizeof(address.sun_path), "%s", path)
                           : snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s",
                                      service->step->dir, path);

    return len > 0 && (size_t)len < sizeof(address.sun_path) &&
           connects(AF_UNIX, (const struct sockaddr *)&address, sizeof(address));
}

static bool is_http_ready(struct service *service, const char *url)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct step *step = service->step;
    struct ci_call call = {
        .url = url, .timeout = ci_seconds(HTTP_SECONDS), .abort = &step->build->interrupted};
    struct ci_reply reply = {0};
    struct ci_err ignored;

    if (!step->client)
        step->client = session_client();
    return ci_client_call(step->client, &call, mem, &reply, &ignored) && reply.status >= 200 &&
           reply.status < 400;
}

/* What it prints says nothing to anybody: it is asked again and again. */
static bool is_command_ready(struct service *service, const char *text)
{
    struct step *step = service->step;
    struct command command = step_command(step, shell_argv(step->mem, text));
    struct steplog nowhere;
    struct outcome outcome;

    command.max_time = step->def->background->timeout;
    steplog_init(&nowhere, step->build, step->number, "ready");
    nowhere.cut = true;
    exec_command(step->worker, &nowhere, &command, &outcome);
    steplog_release(&nowhere);
    return outcome.ending == ENDED_EXIT && outcome.code == 0;
}

static bool is_log_ready(struct service *service, const char *pattern)
{
    bool seen;

    (void)pattern;
    pthread_mutex_lock(&service->lock);
    seen = service->seen;
    pthread_mutex_unlock(&service->lock);
    return seen;
}

/* It may end before it is looked at; a command that is over is not ready. */
static bool is_running(struct service *service, const char *rest)
{
    bool running;

    (void)rest;
    agent_lock(service->worker.agent);
    running = service->here.ctl >= 0;
    agent_unlock(service->worker.agent);
    return running;
}

static const struct {
    const char *prefix;
    bool whole; /* the prefix belongs to what is asked for */
    bool (*is_ready)(struct service *service, const char *rest);
} kinds[] = {
    {"tcp:",     false, is_tcp_ready    },
    {"socket:",  false, is_socket_ready },
    {"http://",  true,  is_http_ready   },
    {"https://", true,  is_http_ready   },
    {"command:", false, is_command_ready},
    {"log:",     false, is_log_ready    },
    {"",         true,  is_running      },
};

static size_t kind_of(const char *ready)
{
    size_t i = 0;

    while (strncmp(ready, kinds[i].prefix, strlen(kinds[i].prefix)) != 0)
        i++;
    return i;
}

static void see_line(void *user, char kind, const char *text, size_t len)
{
    struct service *service = user;
    CI_AUTO_MEM mem = ci_mem_new();

    (void)kind;
    if (service->seen || /* only this thread sets it */
        regexec(&service->pattern, ci_mem_strndup(mem, text, len), 0, NULL, 0) != 0)
        return;
    pthread_mutex_lock(&service->lock);
    service->seen = true;
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
}

bool ready_prepare(struct service *service, struct step_end *end)
{
    static const char prefix[] = "log:";
    const char *ready = service->step->def->background->ready;
    char why[100];
    int error;

    if (!ready || strncmp(ready, prefix, sizeof(prefix) - 1) != 0)
        return true;
    error = regcomp(&service->pattern, ready + sizeof(prefix) - 1, REG_EXTENDED | REG_NOSUB);
    if (error) {
        regerror(error, &service->pattern, why, sizeof(why));
        step_ends(end, CI_EXCEPTION, "the pattern of ready: %s", why);
        return false;
    }
    service->has_pattern = true;
    service->observer = (struct observer){.line = see_line, .user = service};
    service->command.observer = &service->observer;
    return true;
}

/* True: there is nothing more to wait for, and *end says why. */
static bool is_hopeless(struct service *service, bool over, struct step_end *end)
{
    struct step *step = service->step;
    struct ci_dur limit = step->def->background->timeout;

    if (step_stopped(step)) {
        step_ends(end, CI_CANCELLED, "cancelled");
    } else if (over) {
        pthread_mutex_lock(&service->lock);
        step_ends(end, CI_FAILURE, "failed (%s before it was ready)",
                  service_ending(service, step->mem));
        pthread_mutex_unlock(&service->lock);
    } else if (ci_mono_since(ci_mono_now(), service->begin).us >= limit.us) {
        step_ends(end, CI_FAILURE, "not ready after %" PRId64 " s", limit.us / 1000000);
    } else {
        return false;
    }
    return true;
}

bool ready_wait(struct service *service, struct step_end *end)
{
    const char *ready = service->step->def->background->ready;
    size_t kind = kind_of(ready ? ready : "");
    const char *rest = !ready ? "" : kinds[kind].whole ? ready : ready + strlen(kinds[kind].prefix);
    int64_t pause = FIRST_PAUSE_MS;
    bool over = false;

    for (;;) {
        if (kinds[kind].is_ready(service, rest) && !service_wait(service, (struct ci_dur){0}))
            return true;
        if (is_hopeless(service, over, end))
            return false;
        over = service_wait(service, ci_millis(pause));
        pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
}
