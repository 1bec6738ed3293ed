/* SPDX-License-Identifier: Apache-2.0 */
/* `sign_in`: the providers that say who somebody is. */
#include "config_internal.h"

#include <string.h>

const char *const ci_sign_in_type_names[] = {"oidc", "github", "gitlab", "gitea", "google", NULL};

const struct ci_sign_in *ci_config_sign_in(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_sign_in, provider, config->sign_in) {
        if (strcmp(provider->name, name) == 0)
            return provider;
    }
    return NULL;
}

#define AT(member) offsetof(struct ci_sign_in, member)
static const struct key sign_in_keys[] = {
    KEY("type", KEY_ENUM, AT(type), KEY_REQUIRED,
        "oidc (any OpenID Connect issuer), github, gitlab, gitea (also Forgejo) or google.",
        .example = "github", .names = ci_sign_in_type_names),
    KEY("name", KEY_STR, AT(name), KEY_NOT_EMPTY,
        "Its name in /auth/callback/NAME, which is to be registered there; default: the type.",
        .example = "acme", .check = check_identifier),
    KEY("title", KEY_STR, AT(title), KEY_NOT_EMPTY, "What its button says; default: the name.",
        .example = "Acme", .check = check_one_line),
    KEY("url", KEY_STR, AT(url), KEY_NOT_EMPTY,
        "The server, or for oidc the issuer; default: github.com, gitlab.com, Google.",
        .example = "https://git.acme.example", .alias = "issuer", .check = check_url),
    KEY("api_url", KEY_STR, AT(api_url), KEY_NOT_EMPTY,
        "For github, where its API is; default: https://api.github.com, or url and /api/v3.",
        .example = "https://git.acme.example/api/v3", .check = check_url),
    KEY("client_id", KEY_STR, AT(client_id), KEY_REQUIRED | KEY_NOT_EMPTY,
        "The id that the provider gave this installation.", .example = "Iv1.8a61f9"),
    KEY("client_secret", KEY_SECRET, AT(client_secret), 0,
        "The secret that the provider gave with it; default: none, for a public client.",
        .example = "{secret: github-app}"),
    KEY("scopes", KEY_STRS, AT(scopes), KEY_UNIQUE,
        "What is asked for; default: what names, addresses and groups take.",
        .example = "[openid, profile, email, groups]"),
    KEY("username_claim", KEY_STR, AT(username_claim), KEY_NOT_EMPTY,
        "For oidc and google, the claim that is the user's name; default: preferred_username, for "
        "google email.",
        .example = "upn"),
    KEY("groups_claim", KEY_STR, AT(groups_claim), KEY_NOT_EMPTY,
        "For oidc and google, the claim that lists groups; default: groups.", .example = "roles"),
    KEY("prefix", KEY_STR, AT(prefix), KEY_NOT_EMPTY,
        "Put before its users' names, so that two providers' users are never taken for one "
        "another; default: nothing, which only one provider may have.",
        .example = "\"acme:\"", .check = check_one_line),
    KEY("domains", KEY_STRS, AT(domains), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only users with an address there, or in a domain that a glob means, are let in; default: "
        "all.",
        .example = "[acme.example]", .alias = "allowed_domains"),
    KEY("groups", KEY_STRS, AT(groups), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Only users in one of these groups, organizations or teams (globs) are let in; default: "
        "all.",
        .example = "[acme, \"acme/*\"]", .alias = "allowed_organizations"),
    KEY("trust_email", KEY_BOOL, AT(trust_email), 0,
        "Whether addresses count that the provider does not call verified; default false.",
        .example = "true"),
    KEY("buildbot_callback", KEY_BOOL, AT(buildbot_callback), 0,
        "Whether the provider comes back to /auth/login, as was registered for Buildbot; only for "
        "a single provider; default false.",
        .example = "true"),
};
#undef AT

/* Keys that one type alone knows. */
static void check_type(struct decode *d, const struct node *map, const struct ci_sign_in *provider)
{
    static const char *const claims[] = {"username_claim", "groups_claim"};
    bool has_claims = provider->type == CI_SIGN_IN_OIDC || provider->type == CI_SIGN_IN_GOOGLE;

    for (size_t i = 0; !has_claims && i < CI_COUNT(claims); i++)
        if (node_get(map, claims[i]))
            complain(d, node_get(map, claims[i]), "a matter of oidc and google only");
    if (node_get(map, "api_url") && provider->type != CI_SIGN_IN_GITHUB)
        complain(d, node_get(map, "api_url"), "a matter of github only");
    if (!provider->url && (provider->type == CI_SIGN_IN_OIDC || provider->type == CI_SIGN_IN_GITEA))
        complain(d, map, "needs url, the %s",
                 provider->type == CI_SIGN_IN_OIDC ? "issuer" : "server");
}

static void finish_sign_in(struct decode *d, const struct node *map, void *out)
{
    struct ci_sign_in *provider = out;

    if (!provider->name)
        provider->name = ci_sign_in_type_names[provider->type];
    if (!provider->title)
        provider->title = provider->name;
    check_type(d, map, provider);
}

/* Against those before it. */
static void check_among(struct decode *d, const struct node *at, const struct ci_sign_in *items,
                        size_t index)
{
    bool same_name = false, same_prefix = false;

    for (size_t i = 0; i < index; i++) {
        same_name = same_name || strcmp(items[i].name, items[index].name) == 0;
        same_prefix = same_prefix || strcmp(items[i].prefix, items[index].prefix) == 0;
    }
    if (same_name)
        complain(d, at, "a second provider \"%s\"", items[index].name);
    if (same_prefix)
        complain(d, at,
                 "needs a prefix of its own: users of two providers must not be taken for one "
                 "another");
}

void config_check_sign_in(struct decode *d, const struct node *list, const struct ci_config *config)
{
    const struct ci_sign_in *items = config->sign_in.items;
    const char *outside = path_enter(d, "sign_in");

    for (size_t i = 0; list && i < config->sign_in.count && i < list->count; i++) {
        const char *before = path_enter_item(d, i);

        check_among(d, list->items[i], items, i);
        if (items[i].buildbot_callback && config->sign_in.count > 1)
            complain(d, list->items[i], "buildbot_callback is for a single provider");
        d->path = before;
    }
    d->path = outside;
}

static const struct ci_sign_in sign_in_defaults = {.prefix = ""};

const struct section config_sign_in = {
    .name = "sign_in",
    .help = "A provider that says who somebody is, and in which groups.",
    SECTION_KEYS(sign_in_keys),
    .size = sizeof(struct ci_sign_in),
    .defaults = &sign_in_defaults,
    .finish = finish_sign_in,
};
