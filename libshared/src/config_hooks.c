/* SPDX-License-Identifier: Apache-2.0 */
/* `web_hooks`: which dialects are open, and their options. */
#include "config_internal.h"

#include <string.h>

const char *const config_hook_skips[2] = {"\\[ *skip *ci *\\]", "\\[ *ci *skip *\\]"};
const char *const config_gerrit_events[2] = {"patchset-created", "ref-updated"};

#define AT(member) offsetof(struct ci_hook, member)

#define SIGNED(what)                                                                               \
    KEY("secret", KEY_SECRET, AT(secret), 0, what " without it nothing is checked.",               \
        .example = "{secret: forge-hook}")
#define CODEBASE                                                                                   \
    KEY("codebase", KEY_STR, AT(codebase), 0, "Codebase of the changes; default \"\".",            \
        .example = "client")
#define SKIPS                                                                                      \
    KEY("skips", KEY_STRS, AT(skips), 0,                                                           \
        "Regular expressions; a message that holds one makes no change; default \"[skip ci]\" "    \
        "and \"[ci skip]\".",                                                                      \
        .example = "[\"\\\\[no build\\\\]\"]", .check = check_regex)
#define PROPERTIES(name, forge)                                                                    \
    KEY(name, KEY_STRS, AT(properties), 0,                                                         \
        "Globs: what of the payload becomes properties, called " forge                             \
        ".* by their path; default: nothing.",                                                     \
        .example = "[\"" forge ".*\"]")

static const struct key bitbucketcloud_keys[] = {
    SIGNED("The secret that signs deliveries (X-Hub-Signature);"), CODEBASE,
    PROPERTIES("bitbucket_property_whitelist", "bitbucket")};
static const struct key bitbucketserver_keys[] = {
    SIGNED("The secret that signs deliveries (X-Hub-Signature);"), CODEBASE,
    PROPERTIES("bitbucket_property_whitelist", "bitbucket")};
static const struct key gitea_keys[] = {
    SIGNED("The secret that signs deliveries (X-Gitea-Signature);"), CODEBASE, SKIPS,
    PROPERTIES("gitea_property_whitelist", "gitea")};
static const struct key forgejo_keys[] = {
    SIGNED("The secret that signs deliveries (X-Forgejo-Signature);"), CODEBASE, SKIPS,
    PROPERTIES("forgejo_property_whitelist", "forgejo")};
static const struct key gogs_keys[] = {
    SIGNED("The secret that signs deliveries (X-Gogs-Signature);"), CODEBASE, SKIPS};
static const struct key gitlab_keys[] = {
    SIGNED("The secret token that comes with deliveries (X-Gitlab-Token);"), CODEBASE, SKIPS};

static const char *const pull_refs[] = {"merge", "head", NULL};

static const char *check_pull_ref(const char *text, void *mem)
{
    for (size_t i = 0; pull_refs[i]; i++)
        if (strcmp(pull_refs[i], text) == 0)
            return NULL;
    return ci_mem_printf(mem, "\"%.80s\" is neither merge nor head", text);
}

static const struct key github_keys[] = {
    SIGNED("The secret that signs deliveries (X-Hub-Signature-256);"),
    KEY("strict", KEY_BOOL, AT(strict), 0,
        "Whether an unsigned delivery is refused when there is a secret; default true.",
        .example = "false"),
    KEY("sha1", KEY_BOOL, AT(sha1), 0,
        "Whether a sender that signs with SHA-1 alone (X-Hub-Signature) is believed; default "
        "false.",
        .example = "true"),
    CODEBASE,
    SKIPS,
    PROPERTIES("github_property_whitelist", "github"),
    KEY("pullrequest_ref", KEY_STR, AT(pull_ref), 0,
        "Which ref of a pull request is built, merge or head; default merge.", .example = "head",
        .check = check_pull_ref),
    KEY("token", KEY_SECRET, AT(token), 0,
        "Token for the API, which is asked for the files and the last message of a pull request, "
        "3s at most; default: none, and it is not asked.",
        .example = "{secret: github-token}"),
    KEY("github_api_endpoint", KEY_STR, AT(api), 0,
        "URL of that API; default https://api.github.com.",
        .example = "https://github.acme.example/api/v3", .check = check_url),
};

static const struct key gerrit_keys[] = {
    KEY("git_base_url", KEY_STR, AT(git_base_url), KEY_REQUIRED | KEY_NOT_EMPTY,
        "What the addresses of repositories begin with; the project follows.",
        .check = check_one_line, .example = "ssh://ci@gerrit.acme.example:29418"),
    KEY("handled_events", KEY_STRS, AT(events), 0,
        "Types of events that make changes; default patchset-created and ref-updated.",
        .example = "[patchset-created, change-merged]"),
    CODEBASE,
};

static const struct key poller_keys[] = {
    KEY("allowed", KEY_STRS, AT(allowed), 0, "Names of pollers that may be poked; default: all.",
        .example = "[app]"),
};
#undef AT

static void finish_github(struct decode *d, const struct node *map, void *out)
{
    const struct ci_hook *hook = out;

    if (hook->token.kind != CI_SECRET_NONE && hook->secret.kind == CI_SECRET_NONE)
        complain(d, node_get(map, "token"),
                 "\"token\" needs a \"secret\": else everybody could have the API asked");
}

static void finish_poller(struct decode *d, const struct node *map, void *out)
{
    struct ci_hook *hook = out;

    (void)d;
    hook->only_allowed = node_get(map, "allowed") != NULL;
}

#define DIALECT(name_, help_, ...)                                                                 \
    {                                                                                              \
        .name = (name_), .help = (help_), .size = sizeof(struct ci_hook), __VA_ARGS__              \
    }
static const struct section base_section =
    DIALECT("base", "Form and JSON changes at /change_hook/base.");
static const struct section bitbucket_section =
    DIALECT("bitbucket", "The form of Bitbucket's former POST service at /change_hook/bitbucket.");
static const struct section bitbucketcloud_section =
    DIALECT("bitbucketcloud", "Bitbucket Cloud's deliveries at /change_hook/bitbucketcloud.",
            SECTION_KEYS(bitbucketcloud_keys));
static const struct section bitbucketserver_section =
    DIALECT("bitbucketserver",
            "Bitbucket Server's and Data Center's deliveries at /change_hook/bitbucketserver.",
            SECTION_KEYS(bitbucketserver_keys));
static const struct section forgejo_section =
    DIALECT("forgejo", "Forgejo's deliveries at /change_hook/forgejo.", SECTION_KEYS(forgejo_keys));
static const struct section gerrit_section =
    DIALECT("gerrit", "Events of Gerrit's webhooks plugin at /change_hook/gerrit.",
            SECTION_KEYS(gerrit_keys));
static const struct section gitea_section =
    DIALECT("gitea", "Gitea's deliveries at /change_hook/gitea.", SECTION_KEYS(gitea_keys));
static const struct section github_section =
    DIALECT("github", "GitHub's deliveries at /change_hook/github.", SECTION_KEYS(github_keys),
            .finish = finish_github);
static const struct section gitlab_section =
    DIALECT("gitlab", "GitLab's deliveries at /change_hook/gitlab.", SECTION_KEYS(gitlab_keys));
static const struct section gogs_section =
    DIALECT("gogs", "Gogs' deliveries at /change_hook/gogs.", SECTION_KEYS(gogs_keys));
static const struct section poller_section =
    DIALECT("poller", "Pokes pollers at /change_hook/poller: they look at once.",
            SECTION_KEYS(poller_keys), .finish = finish_poller);

#define AT(member) offsetof(struct ci_web_hooks, member)
static const struct key auth_keys[] = {
    KEY("user", KEY_STR, AT(user), KEY_REQUIRED | KEY_NOT_EMPTY, "Its name.", .example = "forge"),
    KEY("password", KEY_SECRET, AT(password), KEY_REQUIRED, "Its password.",
        .example = "{secret: hook-password}"),
};
static const struct section auth_section = {
    .name = "auth",
    .help = "Who may deliver at all (HTTP Basic).",
    SECTION_KEYS(auth_keys),
    .size = sizeof(struct ci_web_hooks),
};

#define HOOK(name_, id_, help_, example_)                                                          \
    KEY(#name_, KEY_SECTION, AT(hooks[id_]), 0, help_, .section = &name_##_section,                \
        .present = 1 + AT(hooks[id_].on), .example = example_)
static const struct key hook_keys[] = {
    KEY("auth", KEY_SECTION, 0, 0,
        "Name and password that every delivery must bring (HTTP Basic); default: none.",
        .section = &auth_section, .example = "{user: forge, password: {secret: hook-password}}"),
    HOOK(base, CI_HOOK_BASE, "Takes changes at /change_hook/base.", "{}"),
    HOOK(bitbucket, CI_HOOK_BITBUCKET, "Takes Bitbucket's former form.", "{}"),
    HOOK(bitbucketcloud, CI_HOOK_BITBUCKETCLOUD, "Takes Bitbucket Cloud's deliveries.",
         "{secret: {secret: bitbucket-hook}}"),
    HOOK(bitbucketserver, CI_HOOK_BITBUCKETSERVER, "Takes Bitbucket Server's deliveries.",
         "{secret: {secret: bitbucket-hook}}"),
    HOOK(forgejo, CI_HOOK_FORGEJO, "Takes Forgejo's deliveries.",
         "{secret: {secret: forgejo-hook}}"),
    HOOK(gerrit, CI_HOOK_GERRIT, "Takes Gerrit's events.",
         "{git_base_url: \"https://gerrit.acme.example\"}"),
    HOOK(gitea, CI_HOOK_GITEA, "Takes Gitea's deliveries.", "{secret: {secret: gitea-hook}}"),
    HOOK(github, CI_HOOK_GITHUB, "Takes GitHub's deliveries.", "{secret: {secret: github-hook}}"),
    HOOK(gitlab, CI_HOOK_GITLAB, "Takes GitLab's deliveries.", "{secret: {secret: gitlab-hook}}"),
    HOOK(gogs, CI_HOOK_GOGS, "Takes Gogs' deliveries.", "{secret: {secret: gogs-hook}}"),
    HOOK(poller, CI_HOOK_POLLER, "Lets pollers be poked.", "{allowed: [app]}"),
};
#undef AT

static bool is_source(const struct ci_config *config, const char *name)
{
    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (strcmp(source->name, name) == 0)
            return true;
    return false;
}

/* A poller may have its name from its repository, so that names are known when all are read. */
void config_check_hooks(struct decode *d, const struct ci_config *config)
{
    const struct node *list =
        node_get(node_get(node_get(d->root, "web_hooks"), "poller"), "allowed");
    const char *before = d->path;

    d->path = "web_hooks.poller.allowed";
    for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
        if (list->items[i]->text && !is_source(config, list->items[i]->text))
            complain(d, list->items[i], "no change source \"%s\"", list->items[i]->text);
    d->path = before;
}

const struct section config_web_hooks = {
    .has_chapter = true,
    .name = "web_hooks",
    .help = "Web hooks by dialect; one that is not named is off.",
    SECTION_KEYS(hook_keys),
    .size = sizeof(struct ci_web_hooks),
};
