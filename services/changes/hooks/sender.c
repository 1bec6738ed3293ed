/* SPDX-License-Identifier: Apache-2.0 */
/* Who sent a delivery by a token of theirs. */
#include "hooks/sender.h"

#include "changes_sql.h"

#include <string.h>

static const struct ci_field sender_fields[] = {
    CI_FIELD(struct sender, username, 0),
    CI_FIELD(struct sender, provider, 0),
    CI_FIELD(struct sender, tokenid, 0),
    CI_FIELD(struct sender, client, 0),
};
const struct ci_record sender_record = CI_RECORD("sender", struct sender, sender_fields);

bool sender_take(struct ci_tx *tx, const struct ci_request *request, struct sender *out,
                 struct ci_err *err)
{
    const char *handle = ci_request_header(request, CI_HEADER_SENDER);

    *out = (struct sender){0};
    if (!handle)
        return true;
    return ci_db_one(tx, &sql_sender_take, CI_ARGS(ci_arg(handle)), &sender_record, request->mem,
                     out, err) ||
           err->code == CI_ENOTFOUND;
}

static const char *outcome_of(const struct ci_delivery *delivery)
{
    if (strcmp(delivery->verdict, ledger_verdict_names[LEDGER_REFUSED]) == 0)
        return "refused";
    return strcmp(delivery->verdict, ledger_verdict_names[LEDGER_FAILED]) == 0 ? "failed" : "done";
}

bool sender_audit(struct ci_tx *tx, const struct ci_request *request, const struct sender *sender,
                  const struct ci_delivery *delivery, struct ci_err *err)
{
    const json_t *detail;

    if (!sender->username)
        return true;
    detail = ci_mem_json(request->mem, json_pack("{s:s, s:s?}", "verdict", delivery->verdict,
                                                 "repository", delivery->repository));
    return ci_db_exec(tx, &sql_sender_audit,
                      CI_ARGS(ci_arg(request->now), ci_arg(sender->username),
                              ci_arg(sender->provider), ci_arg(sender->tokenid),
                              ci_arg(sender->client), ci_arg(delivery->deliveryid),
                              ci_arg(outcome_of(delivery)), ci_arg_json(request->mem, detail)),
                      NULL, err);
}
