/* SPDX-License-Identifier: Apache-2.0 */
/* `change_sources` that ask a forge for its pull requests. */
#include "config_internal.h"

#include <string.h>

static const char *const repository_types[] = {
    [CI_REPOSITORY_HTTPS] = "https", [CI_REPOSITORY_SSH] = "ssh",    [CI_REPOSITORY_GIT] = "git",
    [CI_REPOSITORY_SVN] = "svn",     [CI_REPOSITORY_SVN + 1] = NULL,
};

#define AT(member) offsetof(struct ci_change_source, member)
static const struct key forge_keys[] = {
    KEY("branches", KEY_BRANCHES, 0, 0,
        "Names and globs of the branches that requests want to be merged into, or all; default "
        "all.",
        .alias = "branch", .example = "[main]"),
    KEY("token", KEY_SECRET, AT(forge.token), 0, "The API's token; default: none.",
        .example = "{secret: forge-token}"),
    KEY("magic_link", KEY_BOOL, AT(forge.magic_link), 0,
        "Whether the change's branch is the ref that the forge keeps for the request in the target "
        "repository, rather than the branch that it comes from; default false.",
        .example = "true"),
    KEY("repository_type", KEY_ENUM, AT(forge.repository_type), 0,
        "Which address of the repository the change names: https, ssh, and of GitHub git and svn; "
        "default https.",
        .names = repository_types, .example = "ssh"),
    KEY("pullrequest_filter", KEY_KVS, AT(forge.pullrequest_filter), 0,
        "Which requests make changes: dotted names of the API's fields and the values they must "
        "have, both globs; with ! before the value no such field may have it; default: all do.",
        .example = "{draft: \"false\", \"labels.*.name\": \"!wip*\"}"),
    KEY("property_whitelist", KEY_STRS, AT(forge.property_whitelist), 0,
        "Globs of the fields that become properties, with github., gitlab., gitea. or bitbucket. "
        "before; default: none.",
        .example = "[github.number, \"github.head.*\"]"),
};
/* BASE: what goes before the API's paths. */
#define WHERE_KEYS(owner_, base_, ...)                                                             \
    KEY("owner", KEY_STR, AT(forge.owner), KEY_REQUIRED | KEY_NOT_EMPTY, owner_,                   \
        .check = check_one_line, .example = "acme"),                                               \
        KEY("repo", KEY_STR, AT(forge.repo), KEY_REQUIRED | KEY_NOT_EMPTY,                         \
            "Name of the repository.", .alias = "slug", .check = check_one_line,                   \
            .example = "app"),                                                                     \
        KEY("base_url", KEY_STR, AT(forge.base_url), __VA_ARGS__, base_, .alias = "baseURL",       \
            .check = check_url, .example = "https://git.acme.example")
#define USER_KEY                                                                                   \
    KEY("user", KEY_STR, AT(forge.api_user), KEY_NOT_EMPTY,                                        \
        "Whose app password the token is; default: it is an access token.",                        \
        .check = check_one_line, .example = "ci")

static const struct key github_keys[] = {
    WHERE_KEYS("User or organization.",
               "Address of the API; default https://api.github.com, of an own server "
               "https://HOST/api/v3.",
               KEY_NOT_EMPTY),
};
static const struct key gitlab_keys[] = {
    WHERE_KEYS("User or group, with subgroups.",
               "Address of the forge; default https://gitlab.com.", KEY_NOT_EMPTY),
};
static const struct key gitea_keys[] = {
    WHERE_KEYS("User or organization.", "Address of the forge.", KEY_REQUIRED | KEY_NOT_EMPTY),
};
static const struct key bitbucket_keys[] = {
    WHERE_KEYS("The workspace.", "Address of the API; default https://api.bitbucket.org/2.0.",
               KEY_NOT_EMPTY),
    USER_KEY,
};
static const struct key server_keys[] = {
    WHERE_KEYS("Key of the project, or ~ and a user's name.", "Address of the forge.",
               KEY_REQUIRED | KEY_NOT_EMPTY),
    USER_KEY,
};
#undef AT

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), more = strlen(end);

    return len >= more && strcmp(text + len - more, end) == 0;
}

/* Where people clone it from: hooks and schedulers know it by that address. */
static const char *web_address(const struct ci_change_source *source, void *mem)
{
    const struct ci_forge_poller *forge = &source->forge;
    const char *base = forge->base_url;

    switch (source->type) {
    case CI_SOURCE_GITHUB_PULLREQUESTS:
        if (strcmp(base, "https://api.github.com") == 0)
            return "https://github.com";
        return ends_with(base, "/api/v3")
                   ? ci_mem_strndup(mem, base, strlen(base) - strlen("/api/v3"))
                   : base;
    case CI_SOURCE_BITBUCKET_PULLREQUESTS:
        if (strcmp(base, "https://api.bitbucket.org/2.0") == 0)
            return "https://bitbucket.org";
        return ends_with(base, "/2.0") ? ci_mem_strndup(mem, base, strlen(base) - strlen("/2.0"))
                                       : base;
    case CI_SOURCE_BITBUCKET_SERVER_PULLREQUESTS:
        return ci_mem_printf(mem, "%s/scm", base);
    default:
        return base;
    }
}

static void finish_forge(struct decode *d, const struct node *map, void *out)
{
    struct ci_change_source *source = out;
    struct ci_forge_poller *forge = &source->forge;
    size_t len = forge->base_url ? strlen(forge->base_url) : 0;

    if (forge->repository_type > CI_REPOSITORY_SSH && source->type != CI_SOURCE_GITHUB_PULLREQUESTS)
        complain(d, node_get(map, "repository_type"), "only GitHub has git and svn addresses");
    if (forge->api_user && forge->token.kind == CI_SECRET_NONE)
        complain(d, map, "\"user\" needs a \"token\"");
    if (!forge->base_url || !forge->owner || !forge->repo)
        return;
    while (len > 0 && forge->base_url[len - 1] == '/')
        len--;
    forge->base_url = ci_mem_strndup(d->mem, forge->base_url, len);
    if (source->branches.count == 0)
        source->all_branches = true;
    source->repository = ci_mem_printf(d->mem, "%s/%s/%s.git", web_address(source, d->mem),
                                       forge->owner, forge->repo);
}

static const struct section forge_common = {
    .name = "pullrequest_poller",
    .help = "What all pollers of pull requests have.",
    SECTION_KEYS(forge_keys),
    .base = &config_source_common,
    .size = sizeof(struct ci_change_source),
    .finish = finish_forge,
};

#define FORGE(variable_, tag_, base_url_, name_, help_, keys_)                                     \
    static const struct ci_change_source variable_##_defaults = {                                  \
        .type = (tag_),                                                                            \
        .poll_interval = {600 * INT64_C(1000000)},                                                 \
        .timeout = {120 * INT64_C(1000000)},                                                       \
        .poll_at_launch = true,                                                                    \
        .use_timestamps = true,                                                                    \
        .project = "",                                                                             \
        .codebase = "",                                                                            \
        .category = "pull",                                                                        \
        .forge = {.base_url = (base_url_)},                                                        \
    };                                                                                             \
    const struct section variable_ = {                                                             \
        .name = (name_),                                                                           \
        .help = (help_),                                                                           \
        SECTION_KEYS(keys_),                                                                       \
        .base = &forge_common,                                                                     \
        .size = sizeof(struct ci_change_source),                                                   \
        .tag = (tag_),                                                                             \
        .defaults = &variable_##_defaults,                                                         \
        .space = SPACE_SOURCE,                                                                     \
    }

FORGE(config_github_poller, CI_SOURCE_GITHUB_PULLREQUESTS, "https://api.github.com",
      "github_pullrequest_poller", "Polls GitHub for pull requests.", github_keys);
FORGE(config_gitlab_poller, CI_SOURCE_GITLAB_MERGEREQUESTS, "https://gitlab.com",
      "gitlab_mergerequest_poller", "Polls GitLab for merge requests.", gitlab_keys);
FORGE(config_gitea_poller, CI_SOURCE_GITEA_PULLREQUESTS, NULL, "gitea_pullrequest_poller",
      "Polls Gitea for pull requests.", gitea_keys);
FORGE(config_forgejo_poller, CI_SOURCE_FORGEJO_PULLREQUESTS, NULL, "forgejo_pullrequest_poller",
      "Polls Forgejo for pull requests.", gitea_keys);
FORGE(config_bitbucket_poller, CI_SOURCE_BITBUCKET_PULLREQUESTS, "https://api.bitbucket.org/2.0",
      "bitbucket_pullrequest_poller", "Polls Bitbucket Cloud for pull requests.", bitbucket_keys);
FORGE(config_bitbucket_server_poller, CI_SOURCE_BITBUCKET_SERVER_PULLREQUESTS, NULL,
      "bitbucket_server_pullrequest_poller", "Polls Bitbucket Server for pull requests.",
      server_keys);
