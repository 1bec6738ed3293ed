/* SPDX-License-Identifier: Apache-2.0 */
/* Who somebody is by the REST of GitHub, GitLab and Gitea, and in which groups. */
#include "accounts/provider.h"

#include <string.h>

enum { PAGE = 100, PAGES_MOST = PROVIDER_GROUPS_MOST / PAGE };

/* The text at "a.b" of an object, or NULL. */
static const char *text_at(const json_t *json, const char *path)
{
    const char *dot = strchr(path, '.');
    char outer[32];

    if (!dot)
        return json_string_value(json_object_get(json, path));
    size_t len = (size_t)(dot - path);
    if (len >= sizeof(outer))
        return NULL;
    memcpy(outer, path, len);
    outer[len] = '\0';
    return text_at(json_object_get(json, outer), dot + 1);
}

struct group_list {
    const char **items;
    size_t count;
};

/* A page of groups: "first", or "first/second" where there is a second. */
static void add_groups(struct provider *provider, const json_t *page, const char *first,
                       const char *second, struct group_list *groups)
{
    const json_t *item;
    size_t i;

    json_array_foreach(page, i, item) {
        const char *a = text_at(item, first), *b = second ? text_at(item, second) : NULL;

        if (!a || (second && !b) || groups->count == PROVIDER_GROUPS_MOST)
            continue;
        groups->items[groups->count++] =
            b ? ci_mem_printf(provider->mem, "%s/%s", a, b) : ci_mem_strdup(provider->mem, a);
    }
}

/* Pages of a list until one is not full. `path` ends with "?" or "&". */
static bool read_groups(struct provider *provider, const char *token, const char *path,
                        const char *size, const char *first, const char *second,
                        struct group_list *groups, struct ci_err *err)
{
    struct ci_reply reply;

    for (int page = 1; page <= PAGES_MOST; page++) {
        const char *url = ci_mem_printf(provider->mem, "%s/%s%s=%d&page=%d", provider->api, path,
                                        size, PAGE, page);

        if (!provider_get(provider, url, token, &reply, err))
            return false;
        add_groups(provider, reply.json, first, second, groups);
        if (json_array_size(reply.json) == 0)
            return true;
    }
    return true;
}

static bool read_object(struct provider *provider, const char *token, const char *path,
                        const json_t **out, struct ci_err *err)
{
    struct ci_reply reply;

    if (!provider_get(provider, ci_mem_printf(provider->mem, "%s/%s", provider->api, path), token,
                      &reply, err))
        return false;
    *out = reply.json;
    return true;
}

/* The primary address of [{email, primary, verified}], if it is verified or taken anyway. */
static const char *primary_email(const struct ci_sign_in *config, const json_t *list)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
        if (json_is_true(json_object_get(item, "primary")) &&
            (config->trust_email || json_is_true(json_object_get(item, "verified"))))
            return text_at(item, "email");
    return NULL;
}

static void keep(struct provider *provider, const char *username, const char *full_name,
                 const char *email, const struct group_list *groups, struct identity *out)
{
    void *mem = provider->mem;

    out->username = ci_mem_strdup(mem, username);
    out->full_name = full_name && *full_name ? ci_mem_strdup(mem, full_name) : NULL;
    out->email = email && *email ? ci_mem_strdup(mem, email) : NULL;
    out->groups = (struct ci_strs){groups->items, groups->count};
}

static struct group_list new_groups(void *mem)
{
    return (struct group_list){ci_mem_array(mem, const char *, PROVIDER_GROUPS_MOST), 0};
}

bool github_user(struct provider *provider, const char *token, struct identity *out,
                 struct ci_err *err)
{
    struct group_list groups = new_groups(provider->mem);
    const json_t *user, *emails;

    if (!read_object(provider, token, "user", &user, err) ||
        !read_object(provider, token, "user/emails", &emails, err) ||
        !read_groups(provider, token, "user/orgs?", "per_page", "login", NULL, &groups, err) ||
        !read_groups(provider, token, "user/teams?", "per_page", "organization.login", "slug",
                     &groups, err))
        return false;
    keep(provider, text_at(user, "login"), text_at(user, "name"),
         primary_email(provider->config, emails), &groups, out);
    return true;
}

bool gitlab_user(struct provider *provider, const char *token, struct identity *out,
                 struct ci_err *err)
{
    struct group_list groups = new_groups(provider->mem);
    const json_t *user;

    /* Guests and up: without the bound, groups that anybody may read are among them. */
    if (!read_object(provider, token, "user", &user, err) ||
        !read_groups(provider, token, "groups?min_access_level=10&", "per_page", "full_path", NULL,
                     &groups, err))
        return false;
    bool confirmed = provider->config->trust_email || text_at(user, "confirmed_at");
    keep(provider, text_at(user, "username"), text_at(user, "name"),
         confirmed ? text_at(user, "email") : NULL, &groups, out);
    return true;
}

bool gitea_user(struct provider *provider, const char *token, struct identity *out,
                struct ci_err *err)
{
    struct group_list groups = new_groups(provider->mem);
    const json_t *user, *emails;

    if (!read_object(provider, token, "user", &user, err) ||
        !read_object(provider, token, "user/emails", &emails, err) ||
        !read_groups(provider, token, "user/orgs?", "limit", "username", NULL, &groups, err) ||
        !read_groups(provider, token, "user/teams?", "limit", "organization.username", "name",
                     &groups, err))
        return false;
    keep(provider, text_at(user, "login"), text_at(user, "full_name"),
         primary_email(provider->config, emails), &groups, out);
    return true;
}
