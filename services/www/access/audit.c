/* SPDX-License-Identifier: Apache-2.0 */
#include "access/audit.h"

#include "shared/log.h"
#include "www.h"
#include "www_sql.h"

bool audit_add(struct ci_tx *tx, const struct ci_request *request, const struct identity *who,
               const char *action, const char *target, const char *outcome, json_t *detail,
               struct ci_err *err)
{
    const struct ci_maybe tokenid = {who->tokenid != 0, who->tokenid};
    const json_t *kept = detail ? ci_mem_json(request->mem, detail) : NULL;

    return ci_db_exec(tx, &sql_audit_add,
                      CI_ARGS(ci_arg(request->now), ci_arg(who->username), ci_arg(who->provider),
                              ci_arg(tokenid), ci_arg(request->client), ci_arg(action),
                              ci_arg(target), ci_arg(outcome), ci_arg_json(request->mem, kept)),
                      NULL, err);
}

void audit_limit_init(struct audit_limit *limit)
{
    *limit = (struct audit_limit){0};
    pthread_mutex_init(&limit->lock, NULL);
}

void audit_limit_release(struct audit_limit *limit)
{
    pthread_mutex_destroy(&limit->lock);
}

bool audit_limit_allows(struct audit_limit *limit, struct ci_time now)
{
    pthread_mutex_lock(&limit->lock);
    if (now.us - limit->since.us >= 60000000 || now.us < limit->since.us) {
        limit->since = now;
        limit->count = 0;
    }
    bool allowed = limit->count < AUDIT_REFUSED_MOST;
    limit->count += allowed;
    pthread_mutex_unlock(&limit->lock);
    return allowed;
}

void audit_refused(struct www *www, const struct ci_request *request, const struct identity *who,
                   const char *action, const char *target, const char *why)
{
    struct ci_err err;
    CI_AUTO_TX tx = {0};

    ci_log(CI_INFO, "access.refused", ci_kv("user", who->username), ci_kv("action", action),
           ci_kv("target", target), ci_kv("why", why));
    if (!audit_limit_allows(&www->audit_limit, request->now))
        return;
    if (!ci_tx_read(www->app->db, &tx, &err) ||
        !audit_add(&tx, request, who, action, target, "refused", json_pack("{s:s}", "why", why),
                   &err))
        ci_log(CI_ERROR, "audit.not_written", ci_kv("problem", err.msg));
}
