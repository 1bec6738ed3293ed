/* SPDX-License-Identifier: Apache-2.0 */
/* What the UI asks first: /config, and the versions of the API at /api. */
#include "reply.h"
#include "signin.h"
#include "www.h"

/* The configured URL, else the one this request was sent to; ends with a slash. */
static const char *base_url(const struct ci_config *config, const struct ci_request *request)
{
    const char *host = ci_request_header(request, "host");

    if (config->url && *config->url)
        return ci_mem_strdup(request->mem, config->url);
    return ci_mem_printf(request->mem, "%s://%s/", request->secure ? "https" : "http",
                         host ? host : "localhost");
}

static json_t *user_of(struct www *www, const struct ci_request *request)
{
    const struct identity *who;
    struct ci_err err;

    if (!identity_of(www, request, &who, &err) || who->kind == IDENTITY_ANONYMOUS)
        return json_pack("{s:b}", "anonymous", 1);
    json_t *user = identity_to_json(who);
    json_object_set_new(user, "username", json_string(who->username));
    return user;
}

bool front_config(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    struct www *www = www_of(service);
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const char *url = base_url(config, request);
    const char *title_url = config->title_url && *config->title_url ? config->title_url : url;

    (void)err;
    json_t *body = json_pack("{s:s, s:s, s:s, s:o, s:b, s:b, s:o, s:[], s:{}, s:{}, s:[[s, s]]}",
                             "title", config->title && *config->title ? config->title : "Slipway",
                             "titleURL", title_url, "buildbotURL", url, "user",
                             user_of(www, request), "user_any_access_allowed", 1, "multiMaster", 0,
                             "auth", signin_config(config), "avatar_methods", "plugins",
                             "ui_default_config", "versions", "Slipway", SLIPWAY_VERSION);
    ci_response_header(request, response, "Cache-Control", "public,max-age=0");
    reply_compact(request, response, 200, body);
    return true;
}

bool front_api(void *service, const struct ci_request *request, struct ci_response *response,
               struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www_of(service)->app->config);

    (void)err;
    reply_compact(request, response, 200,
                  json_pack("{s:{s:s}}", "api_versions", "v2",
                            ci_mem_printf(request->mem, "%sapi/v2", base_url(config, request))));
    return true;
}
