/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP server over ulfius and libmicrohttpd, one thread per connection.
 *
 * ulfius would route by itself, but runs every endpoint that matches and
 * merges repeated query arguments; so only its default endpoint is used, and
 * routing and parsing are ours.
 */
#include "http_server.h"

#include "shared/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <yder.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STACK_BYTES = 256 << 10 };
#else
enum { STACK_BYTES = 128 << 10 };
#endif

enum {
    DEFAULT_CONNECTIONS = 12000,
    /*
     * libmicrohttpd also looks at this after a handler has run: one that
     * takes longer loses its connection. Long polls wait 60 s at most.
     */
    IDLE_SECONDS = 120,
    /* Of one connection; also the largest header section. */
    CONNECTION_BYTES = 32 << 10,
    TLS_STACK_BYTES = 128 << 10, /* what a handshake takes besides */
    STACK_ROW = 7,               /* of the options below */
    TLS_ROW = 8,
};

/* ---- what the libraries log ---- */

/* A peer that hangs up is daily business; a connection that could not be served is not. */
static void log_library(const char *message)
{
    bool grave = strstr(message, "accept") || strstr(message, "thread") || strstr(message, "limit");
    char line[400];
    size_t len = strcspn(message, "\n");

    snprintf(line, sizeof(line), "%.*s", (int)(len < sizeof(line) ? len : sizeof(line) - 1),
             message);
    ci_log(grave ? CI_WARN : CI_DEBUG, "http.library", ci_kv("message", (const char *)line));
}

static void log_ulfius(void *user, const char *app, time_t when, unsigned long level,
                       const char *message)
{
    (void)user, (void)app, (void)when, (void)level;
    log_library(message);
}

__attribute__((format(printf, 2, 0))) static void log_mhd(void *user, const char *fmt, va_list args)
{
    char message[400];

    (void)user;
    vsnprintf(message, sizeof(message), fmt, args);
    log_library(message);
}

static void bridge_logs(void)
{
    y_init_logs("slipway", Y_LOG_MODE_CALLBACK, Y_LOG_LEVEL_WARNING, NULL, NULL);
    y_set_logs_callback(log_ulfius, NULL, NULL);
}

/* ---- start ---- */

static size_t largest_body(const struct ci_server_options *options)
{
    size_t most = CI_BODY_DEFAULT;

    for (size_t i = 0; i < options->route_count; i++) {
        if (options->routes[i].max_body > most)
            most = options->routes[i].max_body;
    }
    return most;
}

static bool run_daemon(struct ci_server *server, const struct ci_tls *tls)
{
    unsigned connections = server->options.connections;
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC | MHD_USE_ERROR_LOG | MHD_ALLOW_UPGRADE;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER,         (intptr_t)log_mhd,               NULL  },
        {MHD_OPTION_NOTIFY_COMPLETED,        (intptr_t)ci_exchange_completed, server},
        {MHD_OPTION_URI_LOG_CALLBACK,        (intptr_t)ci_exchange_arrived,   server},
        {MHD_OPTION_LISTEN_SOCKET,           server->listen_fd,               NULL  },
        {MHD_OPTION_CONNECTION_LIMIT,        DEFAULT_CONNECTIONS,             NULL  },
        {MHD_OPTION_CONNECTION_TIMEOUT,      IDLE_SECONDS,                    NULL  },
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,                NULL  },
        {MHD_OPTION_THREAD_STACK_SIZE,       STACK_BYTES,                     NULL  },
        {MHD_OPTION_END,                     0,                               NULL  },
        {MHD_OPTION_END,                     0,                               NULL  },
        {MHD_OPTION_END,                     0,                               NULL  },
        {MHD_OPTION_END,                     0,                               NULL  },
    };
    char priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

    if (connections)
        options[4].value = (intptr_t)connections;
    if (tls->key) {
        flags |= MHD_USE_TLS;
        options[TLS_ROW] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, tls->certificate};
        options[TLS_ROW + 1] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key};
        options[TLS_ROW + 2] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, priorities};
        options[STACK_ROW].value = STACK_BYTES + TLS_STACK_BYTES;
    }
    return ulfius_start_framework_with_mhd_options(&server->instance, flags, options) == U_OK;
}

static struct ci_server *new_server(const struct ci_server_options *options)
{
    struct ci_server *server = calloc(1, sizeof(*server));
    pthread_condattr_t attr;

    if (!server)
        abort();
    server->options = *options;
    server->listen_fd = -1;
    server->sockets = ci_websockets_new();
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&server->idle, &attr);
    pthread_condattr_destroy(&attr);
    return server;
}

static void free_server(struct ci_server *server)
{
    ulfius_clean_instance(&server->instance);
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    ci_websockets_free(server->sockets);
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

static bool open_server(struct ci_server *server, struct ci_err *err)
{
    const struct ci_server_options *options = &server->options;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_tls tls = {0};

    if (!ci_tls_read(options, mem, &tls, err) ||
        !ci_listen(options->listen, &server->listen_fd, &server->port, err))
        return false;
    bool runs = run_daemon(server, &tls);
    ci_tls_forget(&tls);
    if (runs)
        return true;
    if (tls.key)
        return ci_fail(err, CI_EINVALID, "could not serve TLS on %s with %s and %s",
                       options->listen, options->tls_certificate, options->tls_key);
    return ci_fail(err, CI_EUNAVAILABLE, "could not start the HTTP server on %s", options->listen);
}

bool ci_server_start(const struct ci_server_options *options, struct ci_server **out,
                     struct ci_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct ci_server *server = new_server(options);

    pthread_once(&once, bridge_logs);
    /* The port is only a placeholder: we hand over a socket that listens already. */
    if (ulfius_init_instance(&server->instance, 1, NULL, NULL) != U_OK)
        abort();
    server->instance.max_post_body_size = largest_body(options) + 1;
    server->instance.check_utf8 = 0;
    server->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    ulfius_set_default_endpoint(&server->instance, ci_exchange_answer, server);
    if (!open_server(server, err)) {
        free_server(server);
        return false;
    }
    *out = server;
    return true;
}

uint16_t ci_server_port(const struct ci_server *server)
{
    return server->port;
}

/* ---- stop ---- */

bool ci_server_draining(const struct ci_server *server)
{
    return atomic_load(&server->draining);
}

void ci_server_drain(struct ci_server *server)
{
    atomic_store(&server->draining, true);
    ci_websockets_end(server->sockets);
}

static bool wait_idle(struct ci_server *server, struct ci_mono deadline)
{
    struct timespec until = {deadline.us / 1000000, (deadline.us % 1000000) * 1000};
    bool idle;

    pthread_mutex_lock(&server->lock);
    while (server->active &&
           pthread_cond_timedwait(&server->idle, &server->lock, &until) != ETIMEDOUT)
        ;
    idle = server->active == 0;
    pthread_mutex_unlock(&server->lock);
    return idle;
}

/*
 * ulfius' detached threads may still be unlocking the instance's mutex when
 * ulfius_stop_framework() has seen the last socket go, so that mutex must stay.
 */
static void retire(struct ci_server *server)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct ci_server *retired; /* guarded by lock; keeps leak checkers content */

    pthread_mutex_lock(&lock);
    server->next_retired = retired;
    retired = server;
    pthread_mutex_unlock(&lock);
}

void ci_server_stop(struct ci_server *server, struct ci_dur limit)
{
    struct ci_mono deadline = ci_mono_add(ci_mono_now(), limit);

    if (!server)
        return;
    ci_server_drain(server);
    /* New connections are refused from here on; idle ones are closed by the stop below. */
    MHD_quiesce_daemon(server->instance.mhd_daemon);
    close(server->listen_fd);
    server->listen_fd = -1;
    if (!wait_idle(server, deadline) || !ci_websockets_wait(server->sockets, deadline)) {
        /*
         * Joining the threads of handlers that hang would hang us too, and
         * they still use the server: it stays, the process is about to end.
         */
        ci_log(CI_WARN, "http.stop_timeout", ci_kv("requests", server->active));
        return;
    }
    ulfius_stop_framework(&server->instance);
    if (ci_websockets_used(server->sockets))
        retire(server);
    else
        free_server(server);
}
