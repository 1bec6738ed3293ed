/* SPDX-License-Identifier: Apache-2.0 */
/* `change_sources`: what is polled. */
#include "config_internal.h"

static const struct ci_change_source source_defaults = {
    .poll_interval = {600 * INT64_C(1000000)},
    .timeout = {120 * INT64_C(1000000)},
    .project = "",
    .codebase = "",
    .category = "",
};

#define AT(member) offsetof(struct ci_change_source, member)
static const struct key source_keys[] = {
    KEY("type", KEY_TYPE, 0, KEY_REQUIRED, "The kind of change source.", .example = "git_poller"),
    KEY("repository", KEY_STR, AT(repository), KEY_REQUIRED | KEY_NOT_EMPTY,
        "URL or path of the repository, as git takes it.", .alias = "repourl",
        .check = check_one_line, .example = "https://git.example/app.git"),
    KEY("name", KEY_STR, AT(name), KEY_NOT_EMPTY, "Unique name; default: the repository.",
        .example = "app"),
    KEY("branches", KEY_BRANCHES, 0, 0,
        "Names and globs of the branches to watch, or all; default: the remote's HEAD.",
        .example = "[main, \"release/*\"]"),
    KEY("poll_interval", KEY_DUR, AT(poll_interval), 0,
        "Time between two polls; default 600s, at least 1s.", .min = 1, .example = "60s"),
    KEY("timeout", KEY_DUR, AT(timeout), 0,
        "Time after which a git process that hangs is killed; default 120s.", .min = 1,
        .example = "5m"),
    KEY("project", KEY_STR, AT(project), 0, "Project of the changes; default \"\".",
        .example = "acme"),
    KEY("codebase", KEY_STR, AT(codebase), 0, "Codebase of the changes; default \"\".",
        .example = "client"),
    KEY("category", KEY_STR, AT(category), 0, "Category of the changes; default \"\".",
        .example = "poll"),
};
#undef AT

static void finish_source(struct decode *d, const struct node *map, void *out)
{
    struct ci_change_source *source = out;
    const struct node *repository = node_get(map, "repository");

    if (source->name || !source->repository)
        return;
    source->name = source->repository;
    /* Two pollers of one repository need names of their own. */
    if (json_object_get(d->lines[SPACE_SOURCE], source->name))
        complain(d, repository ? repository : map,
                 "another change source is called \"%s\": give this one a \"name\"", source->name);
    (void)json_object_set_new(d->lines[SPACE_SOURCE], source->name, json_integer(map->line));
}

static const struct section git_poller = {
    .name = "git_poller",
    .help = "Polls a git repository for new commits.",
    SECTION_KEYS(source_keys),
    .size = sizeof(struct ci_change_source),
    .tag = CI_SOURCE_GIT_POLLER,
    .defaults = &source_defaults,
    .space = SPACE_SOURCE,
    .finish = finish_source,
};

static const struct section *const sources[] = {&git_poller, NULL};
const struct choice config_sources = {"type", "change source type", sources};
