/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/signin.h"

#include "reply.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* Who has one address of IPv6 has 2^64 of them: the network is what counts. */
const char *signin_client(const struct ci_request *request)
{
    const char *client = request->client ? request->client : "";
    unsigned char address[16];

    if (inet_pton(AF_INET6, client, address) != 1)
        return client;
    return ci_mem_printf(request->mem, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::", address[0],
                         address[1], address[2], address[3], address[4], address[5], address[6],
                         address[7]);
}

/* A slot holds THROTTLE_CLIENT bytes; a hash tells long names apart. */
static const char *user_key(const struct ci_request *request, const char *folded)
{
    struct ci_bytes hash = secret_hash(request->mem, folded);
    const unsigned char *bytes = hash.data;
    char *text = ci_mem_alloc(request->mem, 2 * hash.len + 3);
    size_t len = (size_t)sprintf(text, "u:");

    for (size_t i = 0; i < 16; i++)
        len += (size_t)sprintf(text + len, "%02x", bytes[i]);
    return text;
}

int signin_wait(struct www *www, const struct ci_request *request, const char *folded)
{
    int client = throttle_wait(&www->throttle, signin_client(request), request->now);
    int user = throttle_wait(&www->throttle, user_key(request, folded), request->now);

    return client > user ? client : user;
}

void signin_count(struct www *www, const struct ci_request *request, const char *folded)
{
    throttle_failed(&www->throttle, signin_client(request), request->now);
    throttle_failed(&www->throttle, user_key(request, folded), request->now);
}

bool signin_shut_out(const struct ci_request *request, struct ci_response *response, int seconds)
{
    ci_response_header(request, response, "Retry-After",
                       ci_mem_printf(request->mem, "%d", seconds));
    return reply_error(request, response, 429, "too many failed sign-ins: try again in a minute");
}

void signin_failed(struct www *www, const struct ci_request *request, const char *username,
                   const char *provider, const char *why)
{
    const struct identity who = {.username = username ? username : "anonymous",
                                 .provider = provider};

    audit_refused(www, request, &who, "sign-in", "auth/login", why);
}

const char *signin_callback(const struct ci_config *config, const struct ci_sign_in *provider,
                            void *mem)
{
    return provider->buildbot_callback
               ? ci_mem_printf(mem, "%sauth/login", config->url)
               : ci_mem_printf(mem, "%sauth/callback/%s", config->url, provider->name);
}

json_t *signin_config(const struct ci_config *config)
{
    json_t *providers = json_array();

    CI_FOREACH(const struct ci_sign_in, provider, config->sign_in)
        json_array_append_new(providers, json_pack("{s:s, s:s, s:s}", "name", provider->name,
                                                   "title", provider->title, "type",
                                                   ci_sign_in_type_names[provider->type]));
    const struct ci_sign_in *first = config->sign_in.count ? config->sign_in.items : NULL;
    json_t *auth = json_pack("{s:s, s:b, s:o}", "name", first ? first->title : "Password", "oauth2",
                             first != NULL, "providers", providers);
    if (first) {
        json_object_set_new(auth, "fa_icon", json_string("fa-sign-in"));
        json_object_set_new(auth, "autologin", json_false());
    }
    return auth;
}
