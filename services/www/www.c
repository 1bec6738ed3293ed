/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the service: made when database and bus are there, let go after the server. */
#include "www.h"

#include "forward.h"
#include "hub.h"
#include "limits.h"
#include "oidc.h"
#include "proxy.h"
#include "shared/depot.h"
#include "shared/log.h"
#include "shared/subjects.h"
#include "static.h"

#include <sodium.h>
#include <unistd.h>

/* The program's own path, or NULL. */
static const char *program_path(void *mem)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

    return len > 0 && (size_t)len < sizeof(path) ? ci_mem_strndup(mem, path, (size_t)len) : NULL;
}

static void turn_events(void *source, bool on)
{
    const struct www *www = source;

    if (on)
        ci_bus_resume(www->app->bus, CI_SUBJECT_EVENT_ALL, www->hub);
    else if (www->app->bus) /* closed before the last listener at the stop */
        ci_bus_rest(www->app->bus, CI_SUBJECT_EVENT_ALL, www->hub);
}

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
    cookie_key_init(&www->cookie_key);
    audit_limit_init(&www->audit_limit);
    www->limits = limits_new();
    www->hub = hub_new();
    www->forwarders = forwarders_new();
    www->depot =
        ci_depot_new(www->settings->artifacts_dir, www->settings->common.secrets_dir, app->config);
    www->ui_dir = static_find_dir(www->settings->ui_dir, program_path(www), www);
    app->state = www;
    if (!www->ui_dir)
        ci_log(CI_WARN, "ui.missing", ci_kv("hint", "--ui-dir names its folder"));
    if (ci_bus_subscribe(app->bus, CI_SUBJECT_EVENT_ALL, hub_message, www->hub, err)) {
        hub_set_source(www->hub, turn_events, www);
        return true;
    }
    www_stop(app); /* start() may be tried again */
    return false;
}

void www_stop(struct ci_app *app)
{
    struct www *www = CI_STEAL(app->state);

    if (!www)
        return;
    hub_free(www->hub);
    limits_free(www->limits);
    forwarders_free(www->forwarders);
    ci_depot_free(www->depot);
    throttle_release(&www->throttle);
    passwords_release(&www->passwords);
    cookie_key_release(&www->cookie_key);
    audit_limit_release(&www->audit_limit);
    ci_mem_free(www);
}
