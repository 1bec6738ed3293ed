/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The skeleton of every service, so that each main.c is a table of contents:
 * settings, schema, bus, HTTP with /healthz, /readyz and /metrics, loops, and
 * an orderly stop on SIGTERM or SIGINT (no new work, what is under way is
 * finished, at most 10 s).
 *
 * Start order: settings, pool, migrations (waiting with backoff for a
 * database that is absent; /healthz answers, /readyz says what is missing),
 * bus, configuration, start(), server, loops. Stop order is the reverse.
 */
#pragma once

#include "shared/bus.h"
#include "shared/config.h"
#include "shared/db.h"
#include "shared/http.h"
#include "shared/log.h"
#include "shared/loop.h"
#include "shared/settings.h"

/* The settings every service has; the first member of its own struct. */
struct ci_common_settings {
    const char *database_url;
    const char *nats_url;
    const char *listen;
    const char *secrets_dir;               /* NULL: secrets can't be read */
    const char *tls_certificate, *tls_key; /* files; NULL: no TLS */
    const char *trusted_proxies;           /* networks in CIDR */
    int db_connections;
    enum ci_level log_level;
};

struct ci_app {
    const struct ci_service *def;
    const void *settings; /* the service's own struct, which begins with ci_common_settings */
    const struct ci_common_settings *common;
    struct ci_db *db;
    struct ci_bus *bus;
    struct ci_loops *loops;
    struct ci_server *server;
    struct ci_config_cache *config;
    void *state; /* what start() made */
};

struct ci_service {
    const char *name;                  /* "builder": the program is slipway-builder */
    const char *summary;               /* one line for --help */
    const char *listen;                /* default address, "0.0.0.0:9989" */
    const char *trusted_proxies;       /* default of the setting; NULL: none */
    const struct ci_setting *settings; /* its own rows; offsets into its own struct */
    size_t setting_count;
    size_t settings_size;          /* of its own struct */
    const struct ci_route *routes; /* handlers get the struct ci_app */
    size_t route_count;
    ci_authenticate *authenticate;           /* gets the struct ci_app */
    bool free_plans;                         /* as in struct ci_db_options */
    const struct ci_default_header *headers; /* of every answer; NULL name last; or NULL */
    /* As in struct ci_server_options; gets the struct ci_app. */
    bool (*admit)(void *service, const struct ci_route *route, const struct ci_request *request,
                  struct ci_response *response);
    const struct ci_loop *loops; /* ticks get the struct ci_app */
    size_t loop_count;
    /* Makes app->state when everything but server and loops is up; may be NULL. */
    bool (*start)(struct ci_app *app, struct ci_err *err);
    void (*drain)(struct ci_app *app); /* at SIGTERM, before anything stops; may be NULL */
    void (*stop)(struct ci_app *app);  /* after server and loops have stopped; may be NULL */
};

/* Runs the service until SIGTERM or SIGINT; returns the exit status of the process. */
int ci_service_main(const struct ci_service *service, int argc, char **argv);
