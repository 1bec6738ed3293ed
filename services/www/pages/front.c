/* SPDX-License-Identifier: Apache-2.0 */
/* What the UI asks first: /config, and the versions of the API at /api. */
#include "access/access.h"
#include "accounts/signin.h"
#include "pages/pages.h"
#include "reply.h"
#include "www.h"

const char *page_base_url(const struct ci_config *config, const struct ci_request *request)
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

static json_t *names_of(struct ci_strs names)
{
    json_t *list = json_array();

    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(list, json_string(names.items[i]));
    return list;
}

static json_t *avatar_methods(const struct ci_config *config)
{
    json_t *list = json_array();

    for (size_t i = 0; i < config->www.avatar_methods.count; i++)
        json_array_append_new(list,
                              json_pack("{s:s}", "name", config->www.avatar_methods.items[i]));
    return list;
}

static json_t *object_of(json_t *given)
{
    return given ? json_incref(given) : json_object();
}

/* What of the section `www` a UI is told. */
static void add_settings(json_t *body, struct www *www, const struct ci_config *config)
{
    const struct ci_server *server = www->app->server;
    json_t *settings =
        json_pack("{s:o, s:o, s:i, s:i, s:o, s:o, s:{}, s:i, s:b}", "allowed_origins",
                  names_of(config->www.allowed_origins), "avatar_methods", avatar_methods(config),
                  "json_cache_seconds", config->www.json_cache_seconds, "port",
                  server ? (int)ci_server_port(server) : 0, "theme", object_of(config->www.theme),
                  "ui_default_config", object_of(config->www.ui_default_config), "plugins",
                  "rest_minimum_version", 0, "multiMaster", 0);

    json_object_update(body, settings);
    json_decref(settings);
}

json_t *page_config(struct www *www, const struct ci_request *request)
{
    CI_AUTO_CONFIG config = ci_config_get(www->app->config);
    const char *url = page_base_url(config, request);
    const char *title_url = config->title_url && *config->title_url ? config->title_url : url;
    const struct identity *who;
    struct ci_err err;
    json_t *body = json_pack("{s:s, s:s, s:s, s:o, s:b, s:o, s:[[s, s]]}", "title",
                             config->title && *config->title ? config->title : "Slipway",
                             "titleURL", title_url, "buildbotURL", url, "user",
                             user_of(www, request), "user_any_access_allowed",
                             access_check(www, request, CI_ACTION_READ, NULL, &who, &err), "auth",
                             signin_config(config), "versions", "Slipway", SLIPWAY_VERSION);

    add_settings(body, www, config);
    return body;
}

bool front_config(void *service, const struct ci_request *request, struct ci_response *response,
                  struct ci_err *err)
{
    (void)err;
    ci_response_header(request, response, "Cache-Control", "public,max-age=0");
    ci_response_header(request, response, "Vary", "Cookie, Authorization");
    reply_compact(request, response, 200, page_config(www_of(service), request));
    return true;
}

bool front_api(void *service, const struct ci_request *request, struct ci_response *response,
               struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(www_of(service)->app->config);

    (void)err;
    reply_compact(
        request, response, 200,
        json_pack("{s:{s:s}}", "api_versions", "v2",
                  ci_mem_printf(request->mem, "%sapi/v2", page_base_url(config, request))));
    return true;
}
