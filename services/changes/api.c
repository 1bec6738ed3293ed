/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of the web hooks, and the answers to deliveries. */
#include "api.h"

#include "hooks/allowance.h"
#include "hooks/reception.h"
#include "shared/utf8.h"

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

static struct allowance allowance = ALLOWANCE_INIT;

static bool write_once(struct reception *reception, const char *why, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(reception->app->db, &tx, err) &&
           (why ? reception_refuse(reception, &tx, why, err)
                : reception_write(reception, &tx, err)) &&
           ci_tx_commit(&tx, err);
}

/* Whole or not at all. Most forges send once, so losing against another writer is no answer. */
static bool write_all(struct reception *reception, const char *why, struct ci_err *err)
{
    int tries = 0;

    while (!write_once(reception, why, err)) {
        reception->row = NULL; /* it was rolled back */
        if (err->code != CI_ECONFLICT || ++tries == WRITE_TRIES)
            return false;
    }
    reception_announce(reception);
    return true;
}

/* What anybody may send is written as far as the allowance goes. */
static bool may_keep(const struct reception *reception)
{
    return reception->proven ||
           allowance_take(&allowance, reception->request->client, reception->request->now);
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
    if (status == 401)
        ci_response_header(request, response, "WWW-Authenticate",
                           "Basic realm=\"Protected area\", charset=\"UTF-8\"");
}

/*
 * The configuration in force; one that refuses the hook may be older than the
 * sender's knowledge of it, and is looked for anew before it is believed.
 */
static const struct ci_config *current_config(struct ci_app *app,
                                              const struct hook_dialect *dialect)
{
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct ci_err ignored; /* an old configuration serves while the database is away */

    if (!dialect || config->web_hooks.hooks[dialect->id].on ||
        !ci_config_cache_refresh(app->config, NULL, &ignored))
        return CI_STEAL(config);
    return ci_config_get(app->config);
}

/* Keeps why; what can't be kept is answered all the same, and was counted. */
static void keep_refusal(struct reception *reception, const char *why)
{
    struct ci_err err;

    ci_log(CI_WARN, "hook.refused", ci_kv("dialect", reception_source(reception)),
           ci_kv("client", reception->request->client), ci_kv("error", why));
    if (!may_keep(reception))
        reception_announce(reception);
    else if (!write_all(reception, why, &err))
        ci_log(CI_WARN, "hook.not_kept", ci_kv("error", (const char *)err.msg));
}

/* Deliveries that bring changes are always kept; others of nobody's as far as there is room. */
static bool accept_delivery(struct reception *reception, struct ci_err *err)
{
    const struct delivery *delivery = &reception->delivery;

    if (delivery->count == 0 && delivery->poke.count == 0 && !may_keep(reception)) {
        reception_announce(reception);
        return true;
    }
    if (!write_all(reception, NULL, err))
        return false;
    ci_log(CI_INFO, "hook.delivered", ci_kv("dialect", reception_source(reception)),
           ci_kv("verdict", ledger_verdict_names[reception->verdict]),
           ci_kv("found", delivery->count), ci_kv("new", reception->added.count));
    return true;
}

static bool deliver(struct reception *reception, struct ci_response *response, struct ci_err *err)
{
    const struct ci_request *request = reception->request;
    size_t count;

    if (!reception_read(reception, err)) {
        keep_refusal(reception, ci_mem_strdup(request->mem, err->msg));
        if (reception->verdict == LEDGER_FAILED)
            return false;
        answer(request, response, reception->status, err->msg);
        return true;
    }
    if (!accept_delivery(reception, err))
        return false;
    count = reception->delivery.count;
    answer(request, response, reception->status,
           count ? ci_mem_printf(request->mem, "%zu change found", count) : "no change found");
    return true;
}

static bool hook(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    const char *given = ci_request_param(request, "dialect");
    const char *name = given && *given ? given : "base";
    const struct hook_dialect *dialect = hook_dialect(name);
    CI_AUTO_CONFIG config = current_config(service, dialect);
    struct reception reception = {
        .app = service, .name = name, .dialect = dialect, .config = config, .request = request};

    return deliver(&reception, response, err);
}
