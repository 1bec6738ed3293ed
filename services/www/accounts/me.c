/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v2/me: who asks, and what they may do where no builder or project is named. */
#include "access/access.h"
#include "reply.h"
#include "www.h"

static json_t *texts(struct ci_strs list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, json_string(list.items[i]));
    return array;
}

static json_t *scopes_of(const struct identity *who)
{
    json_t *list = json_array();

    if (who->scopes == IDENTITY_ALL_SCOPES)
        json_array_append_new(list, json_string("all"));
    for (unsigned action = 0; who->scopes != IDENTITY_ALL_SCOPES && action < CI_ACTION_COUNT;
         action++)
        if (who->scopes & 1U << action)
            json_array_append_new(list, json_string(ci_action_names[action]));
    return list;
}

static json_t *actions_of(const struct ci_config *config, const struct identity *who)
{
    json_t *list = json_array();
    struct ci_err err;

    for (unsigned action = 0; action < CI_ACTION_COUNT; action++)
        if (access_allowed(config, who, action, NULL, &err))
            json_array_append_new(list, json_string(ci_action_names[action]));
    return list;
}

bool me_get(void *service, const struct ci_request *request, struct ci_response *response,
            struct ci_err *err)
{
    struct www *www = www_of(service);
    const struct identity *who;
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);

    if (!access_identity(www, request, &who, err))
        return false;
    json_t *me = json_pack(
        "{s:s, s:b, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o}", "username", who->username,
        "anonymous", who->kind == IDENTITY_ANONYMOUS, "full_name", who->full_name, "email",
        who->email, "provider", who->provider, "groups", texts(who->groups), "tokenid",
        who->tokenid ? json_integer(who->tokenid) : json_null(), "scopes", scopes_of(who), "roles",
        texts(access_roles(config, who, request->mem)), "actions", actions_of(config, who));
    ci_response_header(request, response, "Cache-Control", "no-store");
    reply_compact(request, response, 200, me ? me : json_object());
    return true;
}
