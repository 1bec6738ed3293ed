/* SPDX-License-Identifier: Apache-2.0 */
/* `change_sources`: what is polled. A type's keys stand on those that all have. */
#include "config_internal.h"

#include <string.h>

const char *const ci_change_source_type_names[] = {
    [CI_SOURCE_GIT_POLLER] = "git_poller",
    [CI_SOURCE_HG_POLLER] = "hg_poller",
    [CI_SOURCE_SVN_POLLER] = "svn_poller",
    [CI_SOURCE_GITHUB_PULLREQUESTS] = "github_pullrequest_poller",
    [CI_SOURCE_GITLAB_MERGEREQUESTS] = "gitlab_mergerequest_poller",
    [CI_SOURCE_GITEA_PULLREQUESTS] = "gitea_pullrequest_poller",
    [CI_SOURCE_FORGEJO_PULLREQUESTS] = "forgejo_pullrequest_poller",
    [CI_SOURCE_BITBUCKET_PULLREQUESTS] = "bitbucket_pullrequest_poller",
    [CI_SOURCE_BITBUCKET_SERVER_PULLREQUESTS] = "bitbucket_server_pullrequest_poller",
    [CI_SOURCE_COUNT] = NULL,
};

bool ci_change_source_is_forge(const struct ci_change_source *source)
{
    return source->type >= CI_SOURCE_GITHUB_PULLREQUESTS;
}

#define AT(member) offsetof(struct ci_change_source, member)
static const struct key common_keys[] = {
    KEY("type", KEY_TYPE, 0, KEY_REQUIRED, "The kind of change source.", .example = "git_poller"),
    KEY("name", KEY_STR, AT(name), KEY_NOT_EMPTY,
        "Unique name; default: the repository, or TYPE:OWNER/REPO.", .example = "app"),
    KEY("poll_interval", KEY_DUR, AT(poll_interval), 0,
        "Time between two polls; default 600s, at least 1s.", .min = 1, .example = "60s"),
    KEY("poll_random_delay_min", KEY_DUR, AT(random_delay_min), 0,
        "What is added to each interval by chance, at least; default 0s.", .example = "5s"),
    KEY("poll_random_delay_max", KEY_DUR, AT(random_delay_max), 0,
        "What is added at most; default: poll_random_delay_min or, without it, a tenth of "
        "poll_interval.",
        .example = "30s"),
    KEY("poll_at_launch", KEY_BOOL, AT(poll_at_launch), 0,
        "Whether it polls as soon as the configuration names it, rather than after the first "
        "interval; default true.",
        .example = "false"),
    KEY("timeout", KEY_DUR, AT(timeout), 0,
        "Time after which a process or a call that hangs is ended; default 120s.", .min = 1,
        .example = "5m"),
    KEY("use_timestamps", KEY_BOOL, AT(use_timestamps), 0,
        "Whether changes are dated as their commits, rather than when they are found; default "
        "true.",
        .alias = "usetimestamps", .example = "false"),
    KEY("project", KEY_STR, AT(project), 0, "Project of the changes; default \"\".",
        .example = "acme"),
    KEY("codebase", KEY_STR, AT(codebase), 0, "Codebase of the changes; default \"\".",
        .example = "client"),
    KEY("category", KEY_STR, AT(category), 0,
        "Category of the changes; default \"\", of pull requests pull.", .example = "poll"),
};

static void finish_common(struct decode *d, const struct node *map, void *out)
{
    struct ci_change_source *source = out;
    const struct node *repository = node_get(map, "repository");

    if (!node_get(map, "poll_random_delay_max"))
        source->random_delay_max = source->random_delay_min;
    if (source->random_delay_max.us < source->random_delay_min.us)
        complain(d, map, "\"poll_random_delay_max\" is less than \"poll_random_delay_min\"");
    if (source->name || !source->repository)
        return;
    source->name =
        ci_change_source_is_forge(source)
            ? ci_mem_printf(d->mem, "%s:%s/%s", ci_change_source_type_names[source->type],
                            source->forge.owner, source->forge.repo)
            : source->repository;
    /* Two pollers of one repository need names of their own. */
    if (json_object_get(d->lines[SPACE_SOURCE], source->name))
        complain(d, repository ? repository : map,
                 "another change source is called \"%s\": give this one a \"name\"", source->name);
    (void)json_object_set_new(d->lines[SPACE_SOURCE], source->name, json_integer(map->line));
}

const struct section config_source_common = {
    .name = "change_source",
    .help = "What all change sources have.",
    SECTION_KEYS(common_keys),
    .size = sizeof(struct ci_change_source),
    .finish = finish_common,
};

#define REPOSITORY_KEYS(what_, example_)                                                           \
    KEY("repository", KEY_STR, AT(repository), KEY_REQUIRED | KEY_NOT_EMPTY,                       \
        "URL or path of the repository, as " what_ " takes it.", .alias = "repourl",               \
        .check = check_one_line, .example = example_),                                             \
        KEY("user", KEY_STR, AT(user), KEY_NOT_EMPTY,                                              \
            "Who signs in at the repository; default: "                                            \
            "nobody.",                                                                             \
            .check = check_one_line, .example = "ci"),                                             \
        KEY("password", KEY_SECRET, AT(password), 0,                                               \
            "Password or token of the user; default: "                                             \
            "none.",                                                                               \
            .example = "{secret: repository}")

static const struct key git_keys[] = {
    REPOSITORY_KEYS("git", "https://git.example/app.git"),
    KEY("branches", KEY_BRANCHES, 0, 0,
        "Names and globs of the branches to watch, or all; default: the remote's HEAD.",
        .example = "[main, \"release/*\"]"),
};

static const struct key hg_keys[] = {
    REPOSITORY_KEYS("hg", "https://hg.example/app"),
    KEY("branches", KEY_BRANCHES, 0, 0,
        "Names and globs of the branches to watch, or all; default: the branch default, unless "
        "bookmarks are given.",
        .alias = "branch", .example = "[default, stable]"),
    KEY("bookmarks", KEY_STRS, AT(bookmarks), KEY_NOT_EMPTY | KEY_UNIQUE,
        "Names and globs of the bookmarks to watch; default: none.", .example = "[\"feature/*\"]"),
};

static const char *const split_names[] = {
    [CI_SVN_ALWAYS_TRUNK] = "always_trunk",
    [CI_SVN_BRANCHES] = "branches",
    [CI_SVN_PROJECTS_BRANCHES] = "projects_branches",
    [CI_SVN_PROJECTS_BRANCHES + 1] = NULL,
};

static const struct key svn_keys[] = {
    REPOSITORY_KEYS("svn", "https://svn.example/app"),
    KEY("split_file", KEY_ENUM, AT(svn.split_file), 0,
        "What the paths below the repository's URL say: always_trunk: a file and no branch; "
        "branches: trunk/FILE or branches/NAME/FILE; projects_branches: the same below PROJECT/; "
        "default always_trunk.",
        .names = split_names, .example = "branches"),
    KEY("histmax", KEY_INT, AT(svn.histmax), 0,
        "Revisions that are read at a time, until all are; default 100.", .min = 1, .max = 10000,
        .example = "500"),
    KEY("revlink", KEY_STR, AT(svn.revlink), KEY_NOT_EMPTY,
        "Address of a revision's page, in which %s stands for its number; default: none.",
        .alias = "revlinktmpl", .example = "https://svn.example/app?rev=%s"),
    KEY("extra_args", KEY_STRS, AT(svn.extra_args), 0, "More arguments for svn; default: none.",
        .example = "[\"--trust-server-cert-failures=unknown-ca\"]"),
};
#undef AT

#define SOURCE_DEFAULTS                                                                            \
    .poll_interval = {600 * INT64_C(1000000)}, .timeout = {120 * INT64_C(1000000)},                \
    .poll_at_launch = true, .use_timestamps = true, .project = "", .codebase = "", .category = ""

static void finish_repository(struct decode *d, const struct node *map, void *out)
{
    const struct ci_change_source *source = out;

    if (source->password.kind != CI_SECRET_NONE && !source->user)
        complain(d, map, "\"password\" needs a \"user\"");
}

static const struct ci_change_source git_defaults = {.type = CI_SOURCE_GIT_POLLER, SOURCE_DEFAULTS};
static const struct section git_poller = {
    .name = "git_poller",
    .help = "Polls a git repository for new commits.",
    SECTION_KEYS(git_keys),
    .base = &config_source_common,
    .size = sizeof(struct ci_change_source),
    .tag = CI_SOURCE_GIT_POLLER,
    .defaults = &git_defaults,
    .space = SPACE_SOURCE,
    .finish = finish_repository,
};

static const struct ci_change_source hg_defaults = {.type = CI_SOURCE_HG_POLLER, SOURCE_DEFAULTS};
static const struct section hg_poller = {
    .name = "hg_poller",
    .help = "Polls a Mercurial repository for new changesets.",
    SECTION_KEYS(hg_keys),
    .base = &config_source_common,
    .size = sizeof(struct ci_change_source),
    .tag = CI_SOURCE_HG_POLLER,
    .defaults = &hg_defaults,
    .space = SPACE_SOURCE,
    .finish = finish_repository,
};

static const struct ci_change_source svn_defaults = {
    .type = CI_SOURCE_SVN_POLLER, SOURCE_DEFAULTS, .svn = {.histmax = 100}};
static const struct section svn_poller = {
    .name = "svn_poller",
    .help = "Polls a Subversion repository for new revisions.",
    SECTION_KEYS(svn_keys),
    .base = &config_source_common,
    .size = sizeof(struct ci_change_source),
    .tag = CI_SOURCE_SVN_POLLER,
    .defaults = &svn_defaults,
    .space = SPACE_SOURCE,
    .finish = finish_repository,
};

static const struct section *const sources[] = {
    &git_poller,
    &hg_poller,
    &svn_poller,
    &config_github_poller,
    &config_gitlab_poller,
    &config_gitea_poller,
    &config_forgejo_poller,
    &config_bitbucket_poller,
    &config_bitbucket_server_poller,
    NULL,
};
const struct choice config_sources = {"type", "change source type", sources};
