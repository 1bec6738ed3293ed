/* SPDX-License-Identifier: Apache-2.0 */
/* /healthz, /readyz, /metrics, and the gate before a service's own routes. */
#include "service_internal.h"
#include "shared/metrics.h"

#include <stdio.h>
#include <string.h>

static struct ci_runtime *runtime_of(void *app)
{
    return app; /* its first member */
}

static bool get_health(void *service, const struct ci_request *request,
                       struct ci_response *response, struct ci_err *err)
{
    const struct ci_app *app = service;

    (void)request, (void)err;
    response->body = json_pack("{s:s, s:s, s:s}", "status", "ok", "service", app->def->name,
                               "version", SLIPWAY_VERSION);
    return true;
}

static const char *bus_state(const struct ci_app *app)
{
    if (!app->common->nats_url || !*app->common->nats_url)
        return "none";
    return ci_bus_connected(app->bus) ? "ok" : "disconnected";
}

/* Without NATS everything goes on by sweeps, slower: that is still ready. */
static bool get_readiness(void *service, const struct ci_request *request,
                          struct ci_response *response, struct ci_err *err)
{
    const struct ci_app *app = service;
    CI_AUTO_CONFIG config = NULL;

    (void)request;
    if (!ci_service_gate(service, NULL, err))
        return false;
    if (ci_server_draining(app->server))
        return ci_fail(err, CI_EUNAVAILABLE, "stopping");
    if (!ci_db_ping(app->db, err))
        return ci_fail_in(err, "database");
    config = ci_config_get(app->config);
    response->body = json_pack("{s:s, s:s, s:s, s:I}", "status", "ready", "database", "ok", "bus",
                               bus_state(app), "configuration", (json_int_t)config->version);
    return true;
}

static bool get_metrics(void *service, const struct ci_request *request,
                        struct ci_response *response, struct ci_err *err)
{
    char *text = ci_metrics_text(request->mem);

    (void)service, (void)err;
    response->raw = (struct ci_bytes){text, strlen(text)};
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return true;
}

static const struct ci_route probes[] = {
    {"GET", "/healthz", CI_ROLE_PUBLIC, get_health,    0, false},
    {"GET", "/readyz",  CI_ROLE_PUBLIC, get_readiness, 0, false},
    {"GET", "/metrics", CI_ROLE_PUBLIC, get_metrics,   0, false},
};

void ci_service_compose(struct ci_runtime *rt, const struct ci_loop *own, size_t own_count,
                        void *mem)
{
    const struct ci_service *def = rt->app.def;
    struct ci_route *routes;
    struct ci_loop *loops;

    rt->route_count = CI_COUNT(probes) + def->route_count;
    routes = ci_mem_array(mem, struct ci_route, rt->route_count);
    memcpy(routes, probes, sizeof(probes));
    if (def->route_count)
        memcpy(routes + CI_COUNT(probes), def->routes, def->route_count * sizeof(*routes));
    rt->loop_count = def->loop_count + own_count;
    loops = ci_mem_array(mem, struct ci_loop, rt->loop_count);
    if (def->loop_count)
        memcpy(loops, def->loops, def->loop_count * sizeof(*loops));
    memcpy(loops + def->loop_count, own, own_count * sizeof(*loops));
    rt->routes = routes;
    rt->loops = loops;
    pthread_mutex_init(&rt->lock, NULL);
    ci_service_say(rt, "database", "not asked yet");
}

void ci_service_say(struct ci_runtime *rt, const char *what, const char *why)
{
    pthread_mutex_lock(&rt->lock);
    snprintf(rt->waiting_for, sizeof(rt->waiting_for), "%s: %s", what, why);
    pthread_mutex_unlock(&rt->lock);
}

void ci_service_open_gate(struct ci_runtime *rt)
{
    atomic_store_explicit(&rt->ready, true, memory_order_release);
}

/* Probes pass it always; get_readiness() asks with route NULL. */
bool ci_service_gate(void *app, const struct ci_route *route, struct ci_err *err)
{
    struct ci_runtime *rt = runtime_of(app);

    if (route && (route->handle == get_health || route->handle == get_readiness ||
                  route->handle == get_metrics))
        return true;
    if (atomic_load_explicit(&rt->ready, memory_order_acquire))
        return true;
    pthread_mutex_lock(&rt->lock);
    ci_fail(err, CI_EUNAVAILABLE, "%s", rt->waiting_for);
    pthread_mutex_unlock(&rt->lock);
    return false;
}
