/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every path that www answers, and who passes: the rules of slipway.yaml say
 * who is a reader (access.h), and handlers ask for what they need beyond that.
 * POST on a resource is public here only because its refusals must be JSON-RPC
 * errors: control_post() asks before anything else.
 */
#include "about/about_api.h"
#include "why/why_api.h"
#include "www.h"

/* A form brings files of at most 10 MiB each, a try one patch of that size, in base64. */
enum { CONFIG_MAX = 4 << 20, HOOK_MAX = 25 << 20, FORM_MAX = 25 << 20 };

const struct ci_route www_routes[] = {
    {"GET",     "/api",                                CI_ROLE_PUBLIC, front_api,       0,          false},
    {"GET",     "/api/v2/about",                       CI_ROLE_READER, about_get,       0,          false},
    {"GET",     "/api/v2/config",                      CI_ROLE_USER,   config_list,     0,          false},
    {"POST",    "/api/v2/config",                      CI_ROLE_USER,   config_post,     CONFIG_MAX, true },
    {"GET",     "/api/v2/config/current",              CI_ROLE_USER,   config_current,  0,          false},
    {"GET",     "/api/v2/config/:n:version",           CI_ROLE_USER,   config_one,      0,          false},
    {"POST",    "/api/v2/config/:n:version/apply",     CI_ROLE_USER,   config_rollback, 0,          true },
    {"GET",     "/api/v2/config/:n:version/diff",      CI_ROLE_USER,   config_diff,     0,          false},
    {"GET",     "/api/v2/application.spec",            CI_ROLE_PUBLIC, spec_get,        0,          false},
    {"GET",     "/api/v2/openapi.json",                CI_ROLE_PUBLIC, openapi_get,     0,          false},
    {"GET",     "/api/v2/search",                      CI_ROLE_READER, search_get,      0,          false},
    {"GET",     "/api/v2/buildrequests/:n:id/why",     CI_ROLE_READER, why_request_get, 0,          false},
    {"GET",     "/api/v2/changes/:n:id/why",           CI_ROLE_READER, why_change_get,  0,          false},
    {"GET",     "/api/v2/me",                          CI_ROLE_PUBLIC, me_get,          0,          false},
    {"POST",    "/api/v2/me/password",                 CI_ROLE_USER,   me_password,     0,          false},
    {"GET",     "/api/v2/me/tokens",                   CI_ROLE_USER,   tokens_own,      0,          false},
    {"POST",    "/api/v2/users",                       CI_ROLE_USER,   users_create,    0,          false},
    {"POST",    "/api/v2/users/:username",             CI_ROLE_USER,   users_update,    0,          false},
    {"POST",    "/api/v2/tokens",                      CI_ROLE_USER,   tokens_create,   0,          false},
    {"POST",    "/api/v2/tokens/:n:tokenid/revoke",    CI_ROLE_USER,   tokens_revoke,   0,          false},
    {"GET",     "/api/v2/events",                      CI_ROLE_READER, events_get,      0,          false},
    {"GET",     "/api/v2",                             CI_ROLE_READER, rest_get,        0,          false},
    {"GET",     "/api/v2/*path",                       CI_ROLE_READER, rest_get,        0,          false},
    {"POST",    "/api/v2/forceschedulers/:name",       CI_ROLE_PUBLIC, control_post,    FORM_MAX,   true },
    {"POST",    "/api/v2/tryschedulers/:name",         CI_ROLE_PUBLIC, control_post,    FORM_MAX,   true },
    {"POST",    "/api/v2/*path",                       CI_ROLE_PUBLIC, control_post,    0,          true },
    {"OPTIONS", "/api/v2/*path",                       CI_ROLE_PUBLIC, rest_options,    0,          false},
    {"*",       "/api/v2/*path",                       CI_ROLE_PUBLIC, rest_method,     0,          false},
    {"POST",    "/api/v2",                             CI_ROLE_PUBLIC, control_post,    0,          true },
    {"OPTIONS", "/api/v2",                             CI_ROLE_PUBLIC, rest_options,    0,          false},
    {"*",       "/api/v2",                             CI_ROLE_PUBLIC, rest_method,     0,          false},
    {"GET",     "/api/latest/about",                   CI_ROLE_READER, about_get,       0,          false},
    {"GET",     "/api/latest/application.spec",        CI_ROLE_PUBLIC, spec_get,        0,          false},
    {"GET",     "/api/latest/openapi.json",            CI_ROLE_PUBLIC, openapi_get,     0,          false},
    {"GET",     "/api/latest/search",                  CI_ROLE_READER, search_get,      0,          false},
    {"GET",     "/api/latest/buildrequests/:n:id/why", CI_ROLE_READER, why_request_get, 0,          false},
    {"GET",     "/api/latest/changes/:n:id/why",       CI_ROLE_READER, why_change_get,  0,          false},
    {"GET",     "/api/latest/events",                  CI_ROLE_READER, events_get,      0,          false},
    {"GET",     "/api/latest",                         CI_ROLE_READER, rest_get,        0,          false},
    {"GET",     "/api/latest/*path",                   CI_ROLE_READER, rest_get,        0,          false},
    {"POST",    "/api/latest/*path",                   CI_ROLE_PUBLIC, control_post,    0,          true },
    {"OPTIONS", "/api/latest/*path",                   CI_ROLE_PUBLIC, rest_options,    0,          false},
    {"*",       "/api/latest/*path",                   CI_ROLE_PUBLIC, rest_method,     0,          false},
    {"POST",    "/api/latest",                         CI_ROLE_PUBLIC, control_post,    0,          true },
    {"OPTIONS", "/api/latest",                         CI_ROLE_PUBLIC, rest_options,    0,          false},
    {"*",       "/api/latest",                         CI_ROLE_PUBLIC, rest_method,     0,          false},
    {"POST",    "/auth/login",                         CI_ROLE_PUBLIC, auth_login,      0,          false},
    {"GET",     "/auth/login",                         CI_ROLE_PUBLIC, auth_login_get,  0,          false},
    {"GET",     "/auth/callback/:provider",            CI_ROLE_PUBLIC, auth_callback,   0,          false},
    {"GET",     "/auth/logout",                        CI_ROLE_PUBLIC, auth_logout_get, 0,          false},
    {"POST",    "/auth/logout",                        CI_ROLE_PUBLIC, auth_logout,     0,          false},
    {"GET",     "/config",                             CI_ROLE_PUBLIC, front_config,    0,          false},
    {"GET",     "/avatar",                             CI_ROLE_PUBLIC, avatar_get,      0,          false},
    {"GET",     "/badges/*file",                       CI_ROLE_PUBLIC, badge_get,       0,          false},
    {"GET",     "/plugins/badges/*file",               CI_ROLE_PUBLIC, badge_get,       0,          false},
    {"GET",     "/cc.xml",                             CI_ROLE_READER, cctray_get,      0,          false},
    {"GET",     "/robots.txt",                         CI_ROLE_PUBLIC, robots_get,      0,          false},
    {"GET",     "/ws",                                 CI_ROLE_READER, socket_get,      0,          false},
    {"GET",     "/sse/*path",                          CI_ROLE_READER, sse_get,         0,          false},
    {"*",       "/change_hook",                        CI_ROLE_PUBLIC, forward_hook,    HOOK_MAX,   true },
    {"*",       "/change_hook/*path",                  CI_ROLE_PUBLIC, forward_hook,    HOOK_MAX,   true },
    {"GET",     "/",                                   CI_ROLE_PUBLIC, static_get,      0,          false},
    {"GET",     "/*path",                              CI_ROLE_PUBLIC, static_get,      0,          false},
};
const size_t www_route_count = CI_COUNT(www_routes);
