/* SPDX-License-Identifier: Apache-2.0 */
/* `schedulers`: a section for each type, all filling struct ci_scheduler. */
#include "config_internal.h"

#include <string.h>

const char *const ci_scheduler_type_names[] = {
    [CI_SCHED_SINGLE_BRANCH] = "single_branch",
    [CI_SCHED_ANY_BRANCH] = "any_branch",
    [CI_SCHED_PERIODIC] = "periodic",
    [CI_SCHED_NIGHTLY] = "nightly",
    [CI_SCHED_FORCE] = "force",
    [CI_SCHED_DEPENDENT] = "dependent",
    [CI_SCHED_TRIGGERABLE] = "triggerable",
    [CI_SCHED_NIGHTLY_TRIGGERABLE] = "nightly_triggerable",
    [CI_SCHED_TRY] = "try",
    NULL,
};

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key named_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED | KEY_NOT_EMPTY, "Unique name.", .example = "main",
        .check = check_one_line),
};
const struct section config_scheduler_named = {SECTION_KEYS(named_keys),
                                               .base = &config_scheduler_common};

static const struct key change_keys[] = {
    KEY("change_filter", KEY_SECTION, AT(change_filter), 0, "Which changes count; default: all.",
        .example = "{branch_re: \"release/.*\", project: acme}", .section = &config_filter),
    KEY("important_files", KEY_STRS, AT(important_files), KEY_NOT_EMPTY,
        "Globs of the files whose changes start builds; default: every file.",
        .example = "[\"src/*\", CMakeLists.txt]"),
    KEY("unimportant_files", KEY_STRS, AT(unimportant_files), KEY_NOT_EMPTY,
        "Globs of the files whose changes alone start no build; default: none.",
        .example = "[\"docs/*\", \"*.md\"]"),
    KEY("only_important", KEY_BOOL, AT(only_important), 0,
        "Whether unimportant changes are left out of builds; default false.", .example = "true"),
};
const struct section config_scheduler_changes = {
    .name = "changes",
    .help = "What schedulers that look at changes have.",
    SECTION_KEYS(change_keys),
    .base = &config_scheduler_named,
};

static const struct key stable_keys[] = {
    KEY("tree_stable_timer", KEY_DUR, AT(tree_stable_timer), 0,
        "How long the branch must be quiet before the build; default: build at once.",
        .example = "10s"),
    KEY("create_absolute_source_stamps", KEY_BOOL, AT(create_absolute_source_stamps), 0,
        "Whether codebases that no change touches are built at the revision seen last, not at "
        "their default; default false.",
        .example = "true"),
};
static const struct section stable = {SECTION_KEYS(stable_keys), .base = &config_scheduler_changes};

static const struct key single_keys[] = {
    KEY("branch", KEY_MATCH, AT(change_filter.branch), 0, "Short for change_filter: {branch: ...}.",
        .example = "main", .match = MATCH_EQ),
};

static void finish_single(struct decode *d, const struct node *map, void *out)
{
    struct ci_scheduler *scheduler = out;

    if (node_get(map, "branch") && node_get(node_get(map, "change_filter"), "branch"))
        complain(d, node_get(map, "branch"), "\"branch\" stands here and in \"change_filter\"");
    scheduler->change_filter.given |= scheduler->change_filter.branch.given;
    if (!node_get(map, "branch") && !node_get(map, "change_filter"))
        complain(d, map, "needs \"branch\" or \"change_filter\"");
}

static const struct section single_branch = {
    .name = "single_branch",
    .help = "Builds when the changes that its filter passes have settled: one timer for all.",
    SECTION_KEYS(single_keys),
    .base = &stable,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_SINGLE_BRANCH,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_single,
};

static const struct key any_keys[] = {
    KEY("branches", KEY_MATCH, AT(change_filter.branch), 0,
        "Short for change_filter: {branch: [...]}; default: all.", .example = "[main, stable]",
        .match = MATCH_EQ),
};

static void finish_any(struct decode *d, const struct node *map, void *out)
{
    struct ci_scheduler *scheduler = out;

    if (node_get(map, "branches") && node_get(node_get(map, "change_filter"), "branch"))
        complain(d, node_get(map, "branches"),
                 "\"branches\" stands here and \"branch\" in \"change_filter\"");
    scheduler->change_filter.given |= scheduler->change_filter.branch.given;
}

static const struct section any_branch = {
    .name = "any_branch",
    .help = "Builds each branch when its changes have settled: a timer for each.",
    SECTION_KEYS(any_keys),
    .base = &stable,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_ANY_BRANCH,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_any,
};

static const struct key dependent_keys[] = {
    KEY("upstream", KEY_STR, AT(upstream), KEY_REQUIRED,
        "Scheduler whose successful builds it follows, with their sources.", .example = "main",
        .refers_to = SPACE_SCHEDULER),
};
static const struct section dependent = {
    .name = "dependent",
    .help = "Builds what another scheduler has built with success.",
    SECTION_KEYS(dependent_keys),
    .base = &config_scheduler_named,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_DEPENDENT,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
};
static const struct section triggerable = {
    .name = "triggerable",
    .help = "Builds when a trigger step asks for it.",
    .base = &config_scheduler_named,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_TRIGGERABLE,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
};
static const struct section try_section = {
    .name = "try",
    .help = "Builds the changes of a working copy, by slipway try.",
    .base = &config_scheduler_named,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_TRY,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
};
#undef AT

static const struct section *const sections[] = {
    &single_branch, &any_branch, &config_periodic, &config_nightly,
    &config_force,  &dependent,  &triggerable,     &config_nightly_triggerable,
    &try_section,   NULL,
};
const struct choice config_schedulers = {"type", "scheduler type", sections};
