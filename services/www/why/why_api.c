/* SPDX-License-Identifier: Apache-2.0 */
/* GET buildrequests/N/why and changes/N/why: read, judge, answer. */
#include "why/why_api.h"

#include "access/origin.h"
#include "reply.h"
#include "why/why_seal.h"
#include "why/why_store.h"
#include "www.h"

/* The answer, or 404 where there is no such resource. */
static bool answer(const struct ci_request *request, struct ci_response *response, bool found,
                   json_t *body, const struct ci_err *err)
{
    if (found)
        reply_json(request, response, body);
    return found || (err->code == CI_ENOTFOUND &&
                     reply_error(request, response, 404, "not found: %s", request->path));
}

static const char *resource_of(const struct ci_request *request, const char *plural)
{
    return ci_mem_printf(request->mem, "%s/%lld", plural, (long long)ci_request_id(request, "id"));
}

bool why_request_get(void *service, const struct ci_request *request, struct ci_response *response,
                     struct ci_err *err)
{
    struct www *www = www_of(service);
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    struct why_facts facts = {.config = config, .now = request->now};
    struct access_view view;
    struct why why = {0};
    CI_AUTO_TX tx = {0};
    bool found;

    if (!origin_allows(www, request, response))
        return reply_error(request, response, 400, "invalid origin");
    found = ci_tx_read(www->app->db, &tx, err) &&
            why_may_see(www, &tx, request, resource_of(request, "buildrequests"), &view, err) &&
            why_read(&tx, ci_request_id(request, "id"), request->mem, &facts, err);
    ci_tx_rollback(&tx); /* to judge needs no connection */
    if (found)
        why_seal(&view, request->mem, &facts);
    if (found)
        why = why_judge(&facts, request->mem);
    return answer(request, response, found, found ? ci_record_to_json(&why_record, &why) : NULL,
                  err);
}

bool why_change_get(void *service, const struct ci_request *request, struct ci_response *response,
                    struct ci_err *err)
{
    struct www *www = www_of(service);
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    struct why_change_facts facts = {.config = config};
    struct access_view view;
    struct why_change why = {0};
    CI_AUTO_TX tx = {0};
    bool found;

    if (!origin_allows(www, request, response))
        return reply_error(request, response, 400, "invalid origin");
    found = ci_tx_read(www->app->db, &tx, err) &&
            why_may_see(www, &tx, request, resource_of(request, "changes"), &view, err) &&
            why_change_read(&tx, ci_request_id(request, "id"), request->mem, &facts, err) &&
            why_change_seal(www, &tx, &view, request->mem, &facts, err);
    ci_tx_rollback(&tx);
    if (found)
        why = why_change_judge(&facts, request->mem);
    return answer(request, response, found,
                  found ? ci_record_to_json(&why_change_record, &why) : NULL, err);
}
