/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a service. The HTTP server comes up first, so that probes are
 * answered while the database is still missing; a gate keeps the service's
 * own routes shut until everything behind them is there.
 */
#include "service_internal.h"
#include "shared/clock.h"
#include "shared/replica.h"
#include "shared/subjects.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_PAUSE_MS = 50,
    LAST_PAUSE_MS = 2000,
    STOP_SECONDS = 10,
    /* When even that was not enough, the kernel ends the process. */
    STOP_AT_LAST_SECONDS = STOP_SECONDS + 5,
};

/* ---- settings ---- */

#define COMMON(name_, type_, member_, fallback_, help_)                                            \
    {                                                                                              \
        .name = (name_), .type = (type_), .offset = offsetof(struct ci_common_settings, member_),  \
        .fallback = (fallback_), .help = (help_)                                                   \
    }

static bool load_settings(struct ci_runtime *rt, int argc, char **argv, void *mem,
                          enum ci_settings_outcome *outcome, struct ci_err *err)
{
    const struct ci_service *def = rt->app.def;
    struct ci_setting common[] = {
        COMMON("DATABASE_URL", CI_SET_SECRET, database_url, NULL,
               "PostgreSQL connection string or URI"),
        COMMON("DB_CONNECTIONS", CI_SET_INT, db_connections, "8",
               "connections to PostgreSQL, at most"),
        COMMON("LISTEN", CI_SET_ADDRESS, listen, def->listen, "address of the HTTP server"),
        COMMON("LOG_LEVEL", CI_SET_LEVEL, log_level, "info", "debug, info, warn or error"),
        COMMON("NATS_URL", CI_SET_STR, nats_url, "nats://127.0.0.1:4222",
               "NATS server; empty: work without"),
        COMMON("SECRETS_DIR", CI_SET_PATH, secrets_dir, CI_SET_OPTIONAL,
               "folder of secrets, one file each"),
        COMMON("TLS_CERTIFICATE", CI_SET_PATH, tls_certificate, CI_SET_OPTIONAL,
               "file of the server's certificate and its chain in PEM; with it HTTP is HTTPS"),
        COMMON("TLS_KEY", CI_SET_PATH, tls_key, CI_SET_OPTIONAL,
               "file of the certificate's private key in PEM"),
        COMMON("TRUSTED_PROXIES", CI_SET_STR, trusted_proxies,
               def->trusted_proxies ? def->trusted_proxies : "",
               "networks (10.0.0.0/8,::1) of the proxies whose X-Forwarded-For and -Proto count"),
    };
    struct ci_settings_table tables[] = {
        {common,        CI_COUNT(common),   false},
        {def->settings, def->setting_count, false},
    };
    const char *program = ci_mem_printf(mem, "slipway-%s", def->name);
    void *settings = ci_mem_alloc(mem, def->settings_size);

    common[1].min = 1;
    common[1].max = 1000;
    if (!ci_settings_load(program, def->summary, tables, CI_COUNT(tables), argc, argv, mem,
                          settings, NULL, outcome, err))
        return false;
    rt->app.settings = settings;
    rt->app.common = settings;
    return true;
}

/* ---- signals ---- */

static void block_signals(sigset_t *stop)
{
    sigemptyset(stop);
    sigaddset(stop, SIGTERM);
    sigaddset(stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* True when a stop was asked for within `limit`; negative: waits for ever. */
static bool wait_for_stop(struct ci_runtime *rt, struct ci_dur limit)
{
    struct timespec timeout = {limit.us / 1000000, (limit.us % 1000000) * 1000};
    int got;

    do
        got = limit.us < 0 ? sigwaitinfo(&rt->stop_signals, NULL)
                           : sigtimedwait(&rt->stop_signals, NULL, &timeout);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return false;
    ci_log(CI_INFO, "stopping", ci_kv("signal", got == SIGTERM ? "SIGTERM" : "SIGINT"));
    return true;
}

/* ---- start ---- */

/* A connection is a descriptor: the soft limit of 1024 would be the first to end. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* The step on whose success everything else waits; *what names it. Idempotent up to start(). */
static bool prepare(struct ci_runtime *rt, const char **what, struct ci_err *err)
{
    *what = "database";
    if (!ci_db_migrate(rt->app.db, err))
        return false;
    *what = "configuration";
    if (!ci_config_cache_refresh(rt->app.config, NULL, err))
        return false;
    *what = rt->app.def->name;
    return !rt->app.def->start || rt->app.def->start(&rt->app, err);
}

enum outcome { READY, STOPPED, FAILED };

/* Tries until it works, a stop is asked for, or no later try could go better. */
static enum outcome prepare_with_patience(struct ci_runtime *rt, struct ci_err *err)
{
    int64_t pause = FIRST_PAUSE_MS;
    const char *what;
    char last[sizeof(err->msg)] = "";

    while (!prepare(rt, &what, err)) {
        if (err->code != CI_EUNAVAILABLE && err->code != CI_ECONFLICT) {
            ci_fail_in(err, "%s", what);
            return FAILED;
        }
        ci_service_say(rt, what, err->msg);
        if (strcmp(last, err->msg) != 0)
            ci_log(CI_WARN, "waiting", ci_kv("for", what), ci_kv("error", (const char *)err->msg));
        memcpy(last, err->msg, sizeof(last));
        if (wait_for_stop(rt, ci_millis(pause)))
            return STOPPED;
        pause = pause * 2 < LAST_PAUSE_MS ? pause * 2 : LAST_PAUSE_MS;
    }
    return READY;
}

static bool open_parts(struct ci_runtime *rt, void *mem, struct ci_err *err)
{
    const struct ci_common_settings *common = rt->app.common;
    const struct ci_db_options options = {
        .url = common->database_url,
        .application = rt->program,
        .connections = common->db_connections,
        .free_plans = rt->app.def->free_plans,
    };
    struct ci_server_options server = {
        .listen = common->listen,
        .routes = rt->routes,
        .route_count = rt->route_count,
        .service = &rt->app,
        .authenticate = rt->app.def->authenticate,
        .gate = ci_service_gate,
        .admit = rt->app.def->admit,
        .headers = rt->app.def->headers,
        .tls_certificate = common->tls_certificate,
        .tls_key = common->tls_key,
    };

    if (!ci_networks_parse(common->trusted_proxies, mem, &server.trusted_proxies, err))
        return ci_fail_in(err, "--trusted-proxies");
    if (!ci_db_open(&options, &rt->app.db, err) ||
        !ci_bus_open(common->nats_url, rt->program, &rt->app.bus, err))
        return false;
    rt->app.config = ci_config_cache_new(rt->app.db);
    if (!ci_server_start(&server, &rt->app.server, err))
        return false;
    ci_log(CI_INFO, "listening", ci_kv("addr", common->listen),
           ci_kv("port", (int)ci_server_port(rt->app.server)));
    return true;
}

/* ---- loops and what wakes them ---- */

/* Every service takes up new configuration, by its doorbell or within 5 s. */
static bool refresh_config(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    bool changed = false;

    (void)tick;
    if (!ci_config_cache_refresh(app->config, &changed, err))
        return false;
    if (changed)
        ci_loops_wake(app->loops, NULL);
    return true;
}

static const struct ci_loop config_loop = {
    .name = "config",
    .every = {5000000},
    .tick = refresh_config,
    .wake_subject = CI_SUBJECT_WAKE_CONFIG,
};

static void ring(void *user, const char *subject, const char *data, size_t len)
{
    struct ci_runtime *rt = user;

    (void)data, (void)len;
    for (size_t i = 0; i < rt->loop_count; i++) {
        if (rt->loops[i].wake_subject && strcmp(rt->loops[i].wake_subject, subject) == 0)
            ci_loops_wake(rt->app.loops, rt->loops[i].name);
    }
}

static bool seen_before(const struct ci_loop *loops, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (loops[j].wake_subject && strcmp(loops[j].wake_subject, loops[i].wake_subject) == 0)
            return true;
    }
    return false;
}

static bool start_loops(struct ci_runtime *rt, struct ci_err *err)
{
    if (!ci_loops_start(rt->loops, rt->loop_count, &rt->app, &rt->app.loops, err))
        return false;
    for (size_t i = 0; i < rt->loop_count; i++) {
        const char *subject = rt->loops[i].wake_subject;

        if (subject && !seen_before(rt->loops, i) &&
            !ci_bus_subscribe(rt->app.bus, subject, ring, rt, err))
            return false;
    }
    /* What rang between a loop's first tick and its subscription was not heard. */
    ci_loops_wake(rt->app.loops, NULL);
    return true;
}

/* ---- the whole life ---- */

static void stop(struct ci_runtime *rt)
{
    struct ci_app *app = &rt->app;
    struct ci_mono deadline = ci_mono_add(ci_mono_now(), ci_seconds(STOP_SECONDS));
    struct ci_dur left;

    alarm(STOP_AT_LAST_SECONDS);
    if (rt->started && app->def->drain)
        app->def->drain(app);
    if (app->server)
        ci_server_drain(app->server);
    ci_loops_stop(app->loops);
    left = ci_mono_since(deadline, ci_mono_now());
    ci_server_stop(app->server, left.us > 0 ? left : (struct ci_dur){0});
    /* Requests that still hang use what would be closed now; the process' end closes it too. */
    if (ci_mono_since(deadline, ci_mono_now()).us <= 0)
        return;
    /* Closed before stop(), whose state its handlers may use. */
    ci_bus_close(CI_STEAL(app->bus));
    if (rt->started && app->def->stop)
        app->def->stop(app);
    ci_config_cache_free(app->config);
    ci_db_close(app->db);
    ci_log(CI_INFO, "stopped");
}

static bool run(struct ci_runtime *rt, void *mem, struct ci_err *err)
{
    struct ci_mono began = ci_mono_now();

    if (!open_parts(rt, mem, err))
        return false;
    switch (prepare_with_patience(rt, err)) {
    case FAILED:
        return false;
    case STOPPED:
        return true;
    case READY:
        break;
    }
    rt->started = true;
    if (!start_loops(rt, err))
        return false;
    ci_service_open_gate(rt);
    ci_log(CI_INFO, "ready",
           ci_kv("duration_ms", (long)(ci_mono_since(ci_mono_now(), began).us / 1000)));
    wait_for_stop(rt, (struct ci_dur){-1});
    return true;
}

int ci_service_main(const struct ci_service *service, int argc, char **argv)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_runtime *rt = ci_mem_zero(mem, struct ci_runtime);
    enum ci_settings_outcome outcome;
    struct ci_err err;
    bool fine;

    rt->app.def = service;
    rt->program = ci_mem_printf(mem, "slipway-%s", service->name);
    block_signals(&rt->stop_signals);
    if (!load_settings(rt, argc, argv, mem, &outcome, &err)) {
        fprintf(stderr, "%s: %s\n", rt->program, err.msg);
        return EXIT_FAILURE;
    }
    if (outcome == CI_SETTINGS_DONE)
        return EXIT_SUCCESS;
    ci_log_setup(service->name, rt->app.common->log_level);
    raise_descriptor_limit();
    ci_replica_begin(service->name, ci_time_now());
    const struct ci_loop own[] = {config_loop, ci_replica_loop};
    ci_service_compose(rt, own, CI_COUNT(own), mem);
    fine = run(rt, mem, &err);
    if (!fine)
        ci_log(CI_ERROR, "failed", ci_kv("error", (const char *)err.msg));
    stop(rt);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
