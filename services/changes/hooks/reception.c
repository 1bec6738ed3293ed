/* SPDX-License-Identifier: Apache-2.0 */
/* From the request to the rows. */
#include "hooks/reception.h"

#include "hooks/github_api.h"
#include "hooks/hook_json.h"
#include "hooks/sender.h"
#include "revlink.h"
#include "shared/metrics.h"
#include "shared/subjects.h"

#include <string.h>

enum { POKE_GAP_SECONDS = 10 }; /* between two polls that hooks ask for */

static struct ci_metric hooks_total =
    CI_COUNTER("slipway_hook_deliveries_total", "Web hook deliveries.", "dialect", "verdict");

const char *reception_source(const struct reception *reception)
{
    return reception->dialect ? reception->dialect->name : "unknown";
}

static struct hook hook_of(const struct reception *reception)
{
    return (struct hook){
        .config = reception->config,
        .options = &reception->config->web_hooks.hooks[reception->dialect->id],
        .request = reception->request,
        .secrets_dir = reception->app->common->secrets_dir,
    };
}

/* HTTP Basic, where the configuration asks for it of every dialect. */
static bool check_password(struct reception *reception, struct ci_err *err)
{
    const struct ci_web_hooks *hooks = &reception->config->web_hooks;
    const char *user, *given, *password;
    bool same_user, same_password;

    if (!hooks->user)
        return true;
    if (!ci_secret_read(&hooks->password, reception->app->common->secrets_dir,
                        reception->request->mem, &password, err)) {
        err->code = CI_EUNAVAILABLE;
        return ci_fail_in(err, "the password of the web hooks");
    }
    if (!*password)
        return ci_fail(err, CI_EUNAVAILABLE, "the password of the web hooks is empty");
    if (!ci_request_basic(reception->request, &user, &given))
        return ci_fail(err, CI_EUNAUTHENTICATED, "Unauthorized");
    same_user = hook_same_secret(user, hooks->user);
    same_password = hook_same_secret(given, password); /* asked even for a wrong name */
    if (!same_user || !same_password)
        return ci_fail(err, CI_EUNAUTHENTICATED, "Unauthorized");
    reception->proven = true;
    return true;
}

static bool prove(struct reception *reception, struct ci_err *err)
{
    const struct hook hook = hook_of(reception);
    bool proven = false;

    /* Read even for a replay, so that it is blotted out of what is kept. */
    if (!hook_secret(&hook, &reception->secret, err))
        return false;
    if (reception->replay_of) {
        reception->proven = true;
        return true;
    }
    if (!check_password(reception, err) ||
        !hook_prove(&hook, reception->dialect, reception->secret, &proven, err))
        return false;
    reception->proven = reception->proven || proven;
    return true;
}

/* What the API tells is worth waiting for a little; without it the change is made all the same. */
static bool look_up(struct reception *reception, const struct hook *hook, struct ci_err *err)
{
    const struct ci_request *request = reception->request;
    const struct hook_pull *pull = &reception->delivery.pull;
    size_t len = strlen(hook->options->api);
    struct github_facts facts = {0};
    struct ci_err why;
    const char *token;

    if (!pull->repository || reception->delivery.count == 0 || !reception->proven ||
        reception->replay_of || hook->options->token.kind == CI_SECRET_NONE)
        return true;
    while (len > 0 && hook->options->api[len - 1] == '/')
        len--;
    if (!ci_secret_read(&hook->options->token, hook->secrets_dir, request->mem, &token, err)) {
        err->code = CI_EUNAVAILABLE;
        return ci_fail_in(err, "the token of this hook");
    }
    if (!github_pull_facts(ci_mem_strndup(request->mem, hook->options->api, len), token, pull,
                           request->mem, &facts, &why)) {
        ci_log(CI_WARN, "hook.files_unknown", ci_kv("repository", pull->repository),
               ci_kv("error", (const char *)why.msg));
        return true;
    }
    reception->delivery.changes->files = facts.files;
    if (hook_skips(hook, facts.message)) {
        reception->delivery.count = 0;
        return hook_filter(&reception->delivery, "the message asks to be skipped");
    }
    return true;
}

static bool read_all(struct reception *reception, struct ci_err *err)
{
    const struct ci_request *request = reception->request;
    struct delivery *delivery = &reception->delivery;

    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0)
        return ci_fail(err, CI_EINVALID, "Invalid HTTP method: %s", request->method);
    if (!reception->dialect || !reception->config->web_hooks.hooks[reception->dialect->id].on)
        return ci_fail(err, CI_EINVALID,
                       "The dialect specified, '%s', wasn't whitelisted in change_hook",
                       reception->name);
    const struct hook hook = hook_of(reception);
    if (!prove(reception, err) || !hook_read(reception->dialect, &hook, delivery, err) ||
        !look_up(reception, &hook, err))
        return false;
    for (size_t i = 0; i < delivery->count; i++) {
        if (!change_check(&delivery->changes[i], err))
            return false;
        revlink_add(reception->config->revlinks, &delivery->changes[i], request->mem);
    }
    return true;
}

bool reception_read(struct reception *reception, struct ci_err *err)
{
    const struct delivery *delivery = &reception->delivery;

    if (!read_all(reception, err)) {
        bool theirs = err->code == CI_EINVALID || err->code == CI_EUNAUTHENTICATED;

        reception->verdict = theirs ? LEDGER_REFUSED : LEDGER_FAILED;
        reception->status = err->code == CI_EINVALID ? 400 : ci_status_of(err->code);
        return false;
    }
    reception->verdict = delivery->filtered ? LEDGER_FILTERED : LEDGER_IGNORED;
    reception->status = delivery->unknown ? 200 : 202;
    reception->reason = delivery->reason;
    return true;
}

static const char *repository_of(const struct delivery *delivery)
{
    return delivery->count > 0 ? delivery->changes->repository : delivery->repository;
}

static bool keep(struct reception *reception, struct ci_tx *tx, struct ci_err *err)
{
    const struct ci_request *request = reception->request;
    const struct hook_dialect *dialect = reception->dialect;
    struct sender sender;

    if (!sender_take(tx, request, &sender, err))
        return false;
    const struct ledger_entry entry = {
        .kind = "hook",
        .source = reception_source(reception),
        .event = reception->delivery.event,
        .external_id =
            dialect && dialect->id_header ? ci_request_header(request, dialect->id_header) : NULL,
        .repository = repository_of(&reception->delivery),
        .client = request->client,
        .verdict = reception->verdict,
        .reason = reception->reason,
        .sender = sender.username,
        .status = reception->status,
        .found = (int)reception->delivery.count,
        .changeids = reception->added.ids,
        .known_changeids = reception->added.known,
        .replay_of = reception->replay_of,
        .request = request,
        .proven = reception->proven,
        .secret = reception->secret,
    };

    return ledger_add(tx, &entry, request->mem, &reception->row, err) &&
           sender_audit(tx, request, &sender, reception->row, err);
}

/* Where one delivery comes through another may have been lost: soon the pollers will know. */
static bool poke_pollers(struct reception *reception, struct ci_tx *tx, struct ci_err *err)
{
    const struct ci_request *request = reception->request;
    const char *repository = repository_of(&reception->delivery);
    const struct ci_strs pollers =
        change_pollers_of(reception->config, &repository, 1, request->mem);

    return pollers.count == 0 || reception->replay_of ||
           store_poller_poke(tx, pollers, request->now, ci_seconds(POKE_GAP_SECONDS), NULL, err);
}

bool reception_write(struct reception *reception, struct ci_tx *tx, struct ci_err *err)
{
    const struct delivery *delivery = &reception->delivery;
    const struct ci_request *request = reception->request;

    reception->added = (struct added){0};
    if (delivery->poke.count > 0 &&
        !store_poller_poke(tx, delivery->poke, request->now, (struct ci_dur){0}, NULL, err))
        return false;
    if (!poke_pollers(reception, tx, err))
        return false;
    if (delivery->count > 0 &&
        !store_changes_add(tx, delivery->changes, delivery->count, reception_source(reception),
                           request->mem, &reception->added, err))
        return false;
    if (delivery->count > 0)
        reception->verdict = reception->added.count > 0 ? LEDGER_CHANGES : LEDGER_KNOWN;
    return keep(reception, tx, err);
}

bool reception_refuse(struct reception *reception, struct ci_tx *tx, const char *why,
                      struct ci_err *err)
{
    reception->added = (struct added){0};
    reception->reason = why;
    return keep(reception, tx, err);
}

void reception_announce(const struct reception *reception)
{
    const char *source = reception_source(reception);
    struct ci_bus *bus = reception->app->bus;

    ci_metric_add(&hooks_total, 1, source, ledger_verdict_names[reception->verdict]);
    store_changes_announce(bus, source, &reception->added);
    if (reception->delivery.poke.count > 0)
        ci_bus_ring(bus, CI_SUBJECT_WAKE_CHANGES);
    if (reception->row)
        ledger_announce(bus, reception->row);
}
