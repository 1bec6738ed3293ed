/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in with the admin token, and signing out. */
#include "identity.h"
#include "reply.h"
#include "session.h"

#include <string.h>

bool auth_login(void *service, const struct ci_request *request, struct ci_response *response,
                struct ci_err *err)
{
    struct www *www = www_of(service);
    const char *token = json_string_value(json_object_get(request->body, "token"));
    const char *client = request->client ? request->client : "";
    const char *admin = www->settings->admin_token;
    const struct identity who = {.kind = IDENTITY_ADMIN,
                                 .username = "admin",
                                 .full_name = "Administrator",
                                 .provider = "admin-token",
                                 .scopes = IDENTITY_ALL_SCOPES};

    if (throttle_wait(&www->throttle, client, request->now) > 0) {
        ci_response_header(request, response, "Retry-After", "60");
        return reply_error(request, response, 429, "too many wrong tokens: try again in a minute");
    }
    if (!token)
        return ci_fail(err, CI_EINVALID, "token: missing");
    if (!admin || !*admin || !secret_same(admin, token)) {
        throttle_failed(&www->throttle, client, request->now);
        return ci_fail(err, CI_EUNAUTHENTICATED, "the token is not the admin's");
    }
    if (!session_begin(www, request, response, &who, err))
        return false;
    reply_compact(
        request, response, 200,
        json_pack("{s:{s:s, s:s}}", "user", "username", who.username, "full_name", who.full_name));
    return true;
}

bool auth_logout(void *service, const struct ci_request *request, struct ci_response *response,
                 struct ci_err *err)
{
    if (!session_end(www_of(service), request, response, err))
        return false;
    reply_compact(request, response, 200, json_object());
    return true;
}
