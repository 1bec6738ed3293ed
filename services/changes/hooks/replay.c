/* SPDX-License-Identifier: Apache-2.0 */
/* The loop that reads deliveries again. */
#include "hooks/replay.h"

#include "changes_sql.h"
#include "hooks/reception.h"

#include <string.h>

struct replay {
    int64_t deliveryid;
    const char *source, *client, *requested_by;
    json_t *request;
    struct ci_bytes body;
};
static const struct ci_field replay_fields[] = {
    CI_FIELD(struct replay, deliveryid, 0), CI_FIELD(struct replay, source, 0),
    CI_FIELD(struct replay, client, 0),     CI_FIELD(struct replay, requested_by, 0),
    CI_FIELD(struct replay, request, 0),    CI_FIELD(struct replay, body, 0),
};
const struct ci_record replay_record = CI_RECORD("replay", struct replay, replay_fields);

/* What is wrong with the delivery is its new entry's verdict, no failure of ours. */
static bool replay_one(struct reception *reception, struct ci_tx *tx, struct ci_err *err)
{
    struct ci_err why;

    if (reception_read(reception, &why))
        return reception_write(reception, tx, err);
    return reception_refuse(reception, tx, ci_mem_strdup(reception->request->mem, why.msg), err);
}

static bool forget(struct ci_tx *tx, int64_t deliveryid, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_replay_done, CI_ARGS(ci_arg(deliveryid)), NULL, err);
}

/* Takes the longest waiting one; false with CI_ENOTFOUND when there is none. */
static bool take(struct ci_tx *tx, struct ci_tick *tick, struct replay *out,
                 struct ci_request *request, struct ci_err *err)
{
    if (!ci_db_one(tx, &sql_replay_next, CI_NO_ARGS, &replay_record, tick->mem, out, err))
        return false;
    if (!ledger_request(out->request, out->body, tick->mem, request, err))
        return ci_fail_in(err, "delivery %lld", (long long)out->deliveryid);
    request->now = tick->now;
    request->client = out->client;
    return true;
}

/* One that we can't even store would be in the way of all others. */
static bool give_up(struct ci_app *app, int64_t deliveryid, const struct ci_err *why,
                    struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    ci_log(CI_ERROR, "replay.failed", ci_kv("delivery", deliveryid),
           ci_kv("error", (const char *)why->msg));
    return ci_tx_begin(app->db, &tx, err) && forget(&tx, deliveryid, err) && ci_tx_commit(&tx, err);
}

static bool run(struct reception *reception, const struct replay *replay, struct ci_tx *tx,
                struct ci_err *err)
{
    reception->name = replay->source;
    reception->dialect = hook_dialect(replay->source);
    reception->replay_of = replay->deliveryid;
    if (!replay_one(reception, tx, err) || !forget(tx, replay->deliveryid, err) ||
        !ci_tx_commit(tx, err))
        return false;
    reception_announce(reception);
    ci_log(CI_INFO, "hook.replayed", ci_kv("delivery", replay->deliveryid),
           ci_kv("by", replay->requested_by),
           ci_kv("verdict", ledger_verdict_names[reception->verdict]));
    return true;
}

bool tick_replay(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct ci_app *app = service;
    CI_AUTO_CONFIG config = ci_config_get(app->config);
    struct replay replay = {0};
    struct ci_request request = {0};
    struct reception reception = {.app = app, .config = config, .request = &request};
    struct ci_err why;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(app->db, &tx, err))
        return false;
    if (take(&tx, tick, &replay, &request, err) && run(&reception, &replay, &tx, err)) {
        tick->again = true;
        return true;
    }
    if (!replay.deliveryid && err->code == CI_ENOTFOUND)
        return true;
    if (!replay.deliveryid || err->code == CI_ECONFLICT || err->code == CI_EUNAVAILABLE)
        return false;
    ci_tx_rollback(&tx);
    why = *err;
    tick->again = give_up(app, replay.deliveryid, &why, err);
    return tick->again;
}
