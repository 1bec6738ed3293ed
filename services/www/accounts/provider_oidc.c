/* SPDX-License-Identifier: Apache-2.0 */
/* Who somebody is by OpenID Connect's claims. */
#include "accounts/provider.h"

#include <string.h>

/* The id_token's word, which is signed, else userinfo's. */
static const json_t *claim(const json_t *claims, const json_t *userinfo, const char *name)
{
    const json_t *value = json_object_get(claims, name);

    return value ? value : json_object_get(userinfo, name);
}

static const char *text_claim(const json_t *claims, const json_t *userinfo, const char *name)
{
    return json_string_value(claim(claims, userinfo, name));
}

static struct ci_strs texts(const json_t *list, void *mem)
{
    size_t count = json_array_size(list), kept = 0;
    const char **items = ci_mem_array(mem, const char *, count ? count : 1);

    for (size_t i = 0; i < count && kept < PROVIDER_GROUPS_MOST; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text && *text)
            items[kept++] = ci_mem_strdup(mem, text);
    }
    return (struct ci_strs){items, kept};
}

/* An address that anybody can give themselves proves nothing. */
static const char *email_of(const struct ci_sign_in *config, const json_t *claims,
                            const json_t *userinfo)
{
    const json_t *source = json_object_get(claims, "email") ? claims : userinfo;

    /* Both from the same document: the one says nothing of the other's address. */
    if (!config->trust_email && !json_is_true(json_object_get(source, "email_verified")))
        return NULL;
    return json_string_value(json_object_get(source, "email"));
}

bool oidc_identity(const struct ci_sign_in *config, const json_t *claims, const json_t *userinfo,
                   void *mem, struct identity *out, struct ci_err *err)
{
    bool google = config->type == CI_SIGN_IN_GOOGLE;
    const char *name_claim = config->username_claim ? config->username_claim
                             : google               ? "email"
                                                    : "preferred_username";
    const char *subject = json_string_value(json_object_get(claims, "sub"));
    const char *other = json_string_value(json_object_get(userinfo, "sub"));

    if (userinfo && (!other || !subject || strcmp(subject, other) != 0))
        return ci_fail(err, CI_EDENIED, "userinfo is about somebody else than the id_token");
    out->email = ci_mem_strdup(mem, email_of(config, claims, userinfo));
    out->full_name = ci_mem_strdup(mem, text_claim(claims, userinfo, "name"));
    out->username = strcmp(name_claim, "email") == 0
                        ? out->email
                        : ci_mem_strdup(mem, text_claim(claims, userinfo, name_claim));
    out->groups =
        texts(claim(claims, userinfo, config->groups_claim ? config->groups_claim : "groups"), mem);
    if (!out->username)
        return ci_fail(err, CI_EDENIED, "%s sent no claim %s that counts", config->title,
                       name_claim);
    return true;
}

bool oidc_user(struct provider *provider, const char *token, const json_t *claims,
               struct identity *out, struct ci_err *err)
{
    struct ci_reply reply = {0};

    if (provider->userinfo_url &&
        !provider_get(provider, provider->userinfo_url, token, &reply, err))
        return false;
    return oidc_identity(provider->config, claims, reply.json, provider->mem, out, err);
}
