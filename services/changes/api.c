/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of the web hooks, and the way of a delivery into the database. */
#include "api.h"

#include "hook.h"
#include "settings.h"
#include "store.h"

#include "shared/metrics.h"
#include "shared/subjects.h"

#include <string.h>

enum { HOOK_BODY = 25 << 20 }; /* GitHub's own limit for a payload */

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

static bool add_all(struct ci_app *app, const struct delivery *delivery, const char *source,
                    void *mem, struct ci_err *err)
{
    struct ci_change **added = ci_mem_array(mem, struct ci_change *, delivery->count + 1);
    CI_AUTO_TX tx = {0};
    size_t count = 0;

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    for (size_t i = 0; i < delivery->count; i++) {
        if (!store_change_add(&tx, &delivery->changes[i], source, mem, &added[count], err))
            return false;
        if (added[count])
            count++;
    }
    if (!ci_tx_commit(&tx, err))
        return false;
    store_changes_announce(app->bus, added, count);
    ci_log(CI_INFO, "hook.delivered", ci_kv("dialect", source), ci_kv("found", delivery->count),
           ci_kv("new", count));
    return true;
}

static void answer(const struct ci_request *request, struct ci_response *response, int status,
                   const char *text)
{
    response->status = status;
    response->content_type = "text/html; charset=utf-8";
    response->raw = (struct ci_bytes){text, strlen(text)};
    (void)request;
}

static bool deliver(struct ci_app *app, const struct dialect *dialect,
                    const struct ci_request *request, struct ci_response *response,
                    struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    const struct hook hook = {
        .config = config,
        .request = request,
        .secrets_dir = app->common->secrets_dir,
    };
    struct delivery delivery = {0};

    if (!dialect->enabled(config))
        return ci_fail(err, CI_EINVALID,
                       "The dialect specified, '%s', wasn't whitelisted in change_hook", dialect->name);
    if (!dialect->read(&hook, &delivery, err))
        return false;
    if (delivery.count > 0 && !add_all(app, &delivery, dialect->name, request->mem, err))
        return false;
    answer(request, response, 202,
           delivery.count ? ci_mem_printf(request->mem, "%zu change found", delivery.count)
                          : "no change found");
    return true;
}

static bool hook(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    const char *name = ci_request_param(request, "dialect");
    const struct dialect *dialect = find_dialect(name && *name ? name : "base");
    bool ok;

    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
        return ci_fail(err, CI_EINVALID, "invalid HTTP method");
    if (!dialect)
        return ci_fail(err, CI_EINVALID,
                       "The dialect specified, '%s', wasn't whitelisted in change_hook", name);
    ok = deliver(service, dialect, request, response, err);
    ci_metric_add(&hooks_total, 1, dialect->name, ok ? "accepted" : "refused");
    if (ok || err->code != CI_EINVALID)
        return ok;
    /* The reason as the whole body, as Buildbot answers and forges show. */
    ci_log(CI_WARN, "hook.refused", ci_kv("dialect", dialect->name), ci_kv("client", request->client),
           ci_kv("error", (const char *)err->msg));
    answer(request, response, 400, ci_mem_strdup(request->mem, err->msg));
    return true;
}
