/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of the web hooks, and the way of a delivery into the database. */
#include "api.h"

#include "hook.h"
#include "settings.h"
#include "shared/metrics.h"
#include "shared/utf8.h"
#include "store.h"

#include <string.h>

enum {
    HOOK_BODY = 25 << 20, /* GitHub's own limit for a payload */
    WRITE_TRIES = 5,
};

static ci_handler hook;

const struct ci_route api_routes[API_ROUTES] = {
    {"*", "/change_hook",          CI_ROLE_PUBLIC, hook, HOOK_BODY, true},
    {"*", "/change_hook/",         CI_ROLE_PUBLIC, hook, HOOK_BODY, true},
    {"*", "/change_hook/:dialect", CI_ROLE_PUBLIC, hook, HOOK_BODY, true},
};

static struct ci_metric hooks_total =
    CI_COUNTER("slipway_hook_deliveries_total", "Web hook deliveries.", "dialect", "result");

struct dialect {
    const char *name;
    bool (*enabled)(const struct ci_config *config);
    hook_reader *read;
};

static bool base_enabled(const struct ci_config *config)
{
    return config->web_hooks.base;
}

static bool github_enabled(const struct ci_config *config)
{
    return config->web_hooks.github;
}

static const struct dialect dialects[] = {
    {"base",   base_enabled,   hook_read_base  },
    {"github", github_enabled, hook_read_github},
};

static const struct dialect *find_dialect(const char *name)
{
    for (size_t i = 0; i < CI_COUNT(dialects); i++)
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    return NULL;
}

static bool add_once(struct ci_app *app, const struct delivery *delivery, const char *dialect,
                     void *mem, struct added *added, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(app->db, &tx, err) &&
           store_changes_add(&tx, delivery->changes, delivery->count, dialect, mem, added, err) &&
           ci_tx_commit(&tx, err);
}

/* Whole or not at all. Most forges send once, so losing against another writer is no answer. */
static bool add_all(struct ci_app *app, const struct delivery *delivery, const char *dialect,
                    void *mem, struct ci_err *err)
{
    struct added added;
    int tries = 0;

    for (size_t i = 0; i < delivery->count; i++)
        if (!change_check(&delivery->changes[i], err))
            return false;
    while (!add_once(app, delivery, dialect, mem, &added, err))
        if (err->code != CI_ECONFLICT || ++tries == WRITE_TRIES)
            return false;
    store_changes_announce(app->bus, dialect, &added);
    ci_log(CI_INFO, "hook.delivered", ci_kv("dialect", dialect), ci_kv("found", delivery->count),
           ci_kv("new", added.count));
    return true;
}

/* The text as HTML, which Buildbot calls it: it may repeat what the sender wrote. */
static void answer(const struct ci_request *request, struct ci_response *response, int status,
                   const char *text)
{
    struct ci_buf html;

    ci_buf_init(&html, request->mem);
    for (const char *p = ci_utf8_clean(request->mem, text, strlen(text)); *p; p++) {
        if (*p == '<' || *p == '>' || *p == '&')
            ci_buf_puts(&html, *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : "&amp;");
        else
            ci_buf_add(&html, p, 1);
    }
    response->status = status;
    response->content_type = "text/html; charset=utf-8";
    response->raw = (struct ci_bytes){html.text, html.len};
}

static bool read_delivery(struct ci_app *app, const char *name, const struct dialect *dialect,
                          const struct ci_request *request, const struct ci_config *config,
                          struct delivery *out, struct ci_err *err)
{
    const struct hook hook = {
        .config = config,
        .request = request,
        .secrets_dir = app->common->secrets_dir,
    };

    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
        return ci_fail(err, CI_EINVALID, "Invalid HTTP method: %s", request->method);
    if (!dialect || !dialect->enabled(config))
        return ci_fail(err, CI_EINVALID,
                       "The dialect specified, '%s', wasn't whitelisted in change_hook", name);
    return dialect->read(&hook, out, err);
}

/*
 * The configuration in force; one that refuses the hook may be older than the
 * sender's knowledge of it, and is looked for anew before it is believed.
 */
static const struct ci_config *current_config(struct ci_app *app, const struct dialect *dialect)
{
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct ci_err ignored; /* an old configuration serves while the database is away */

    if (!dialect || dialect->enabled(config) ||
        !ci_config_cache_refresh(app->config, NULL, &ignored))
        return CI_STEAL(config);
    return ci_config_get(app->config);
}

static bool deliver(struct ci_app *app, const char *name, const struct dialect *dialect,
                    const struct ci_request *request, struct ci_response *response,
                    struct ci_err *err)
{
    CI_AUTO_CONFIG config = current_config(app, dialect);
    struct delivery delivery = {0};

    if (!read_delivery(app, name, dialect, request, config, &delivery, err) ||
        (delivery.count > 0 && !add_all(app, &delivery, dialect->name, request->mem, err)))
        return false;
    answer(request, response, 202,
           delivery.count ? ci_mem_printf(request->mem, "%zu change found", delivery.count)
                          : "no change found");
    return true;
}

static bool hook(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    const char *given = ci_request_param(request, "dialect");
    const char *name = given && *given ? given : "base";
    const struct dialect *dialect = find_dialect(name);
    const char *label = dialect ? dialect->name : "unknown"; /* never the sender's own text */
    bool ok = deliver(service, name, dialect, request, response, err);

    ci_metric_add(&hooks_total, 1, label, ok ? "accepted" : "refused");
    if (ok || err->code != CI_EINVALID)
        return ok;
    /* The reason as the whole body, as Buildbot answers and forges show. */
    ci_log(CI_WARN, "hook.refused", ci_kv("dialect", label), ci_kv("client", request->client),
           ci_kv("error", (const char *)err->msg));
    answer(request, response, 400, err->msg);
    return true;
}
