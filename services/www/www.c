/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the service: made when database and bus are there, let go after the server. */
#include "www.h"

#include "about/replicas.h"
#include "access/proxy.h"
#include "accounts/oidc.h"
#include "edge/forward.h"
#include "edge/limits.h"
#include "events/feed.h"
#include "events/hub.h"
#include "events/plant_events.h"
#include "events/watch.h"
#include "pages/static.h"
#include "shared/depot.h"
#include "shared/log.h"

#include <sodium.h>
#include <unistd.h>

/* The program's own path, or NULL. */
static const char *program_path(void *mem)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

    return len > 0 && (size_t)len < sizeof(path) ? ci_mem_strndup(mem, path, (size_t)len) : NULL;
}

static bool tick_events(void *service, struct ci_tick *tick, struct ci_err *err)
{
    return feed_tick(www_of(service)->feed, tick, err);
}

static bool tick_listeners(void *service, struct ci_tick *tick, struct ci_err *err)
{
    return watches_tick(www_of(service), tick, err) &&
           plant_stopped(www_of(service), tick->now, tick->mem, err);
}

const struct ci_loop www_loops[] = {
    {"events",    {10 * 1000000}, tick_events,    NULL},
    {"listeners", {10 * 1000000}, tick_listeners, NULL},
};
const size_t www_loop_count = CI_COUNT(www_loops);

bool www_start(struct ci_app *app, struct ci_err *err)
{
    if (sodium_init() < 0)
        return ci_fail(err, CI_EINTERNAL, "libsodium could not start");
    if (!oidc_init(err))
        return false;
    struct www *www = ci_mem_zero(NULL, struct www);
    www->app = app;
    www->settings = app->settings;
    if (!proxy_read_trust(www->settings, www, &www->proxy_trust, err)) {
        ci_mem_free(www);
        return false;
    }
    throttle_init(&www->throttle);
    passwords_init(&www->passwords);
    bearers_init(&www->bearers);
    cookie_key_init(&www->cookie_key);
    audit_limit_init(&www->audit_limit);
    discoveries_init(&www->discoveries);
    www->limits = limits_new();
    www->hub = hub_new();
    www->watches = watches_new();
    www->forwarders = forwarders_new();
    www->depot =
        ci_depot_new(www->settings->artifacts_dir, www->settings->common.secrets_dir, app->config);
    www->ui_dir = static_find_dir(www->settings->ui_dir, program_path(www), www);
    app->state = www;
    if (!www->ui_dir)
        ci_log(CI_WARN, "ui.missing", ci_kv("hint", "--ui-dir names its folder"));
    if (feed_start(app, www->hub, &www->feed, err) && replicas_start(app->bus, &www->replicas, err))
        return true;
    www_stop(app); /* start() may be tried again */
    return false;
}

void www_stop(struct ci_app *app)
{
    struct www *www = CI_STEAL(app->state);

    if (!www)
        return;
    feed_free(www->feed);
    replicas_free(www->replicas);
    hub_free(www->hub);
    limits_free(www->limits);
    watches_free(www->watches);
    forwarders_free(www->forwarders);
    ci_depot_free(www->depot);
    throttle_release(&www->throttle);
    passwords_release(&www->passwords);
    bearers_release(&www->bearers);
    cookie_key_release(&www->cookie_key);
    audit_limit_release(&www->audit_limit);
    discoveries_release(&www->discoveries);
    ci_mem_free(www);
}
