/* SPDX-License-Identifier: Apache-2.0 */
/* `schedulers`: a section for each type, all filling struct ci_scheduler. */
#include "config_internal.h"
#include "shared/cron.h"

#include <string.h>

const char *const ci_scheduler_type_names[] = {
    [CI_SCHED_SINGLE_BRANCH] = "single_branch",
    [CI_SCHED_ANY_BRANCH] = "any_branch",
    [CI_SCHED_PERIODIC] = "periodic",
    [CI_SCHED_NIGHTLY] = "nightly",
    [CI_SCHED_FORCE] = "force",
    NULL,
};

#define AT(member) offsetof(struct ci_change_filter, member)
#define MATCH_KEY(name, member, list, help_)                                                       \
    KEY(name, KEY_MATCH, AT(member), 0, help_, .match = (list))
#define MATCH_KEYS(member, what)                                                                   \
    MATCH_KEY(#member, member, MATCH_EQ, what " to build: one or a list."),                        \
        MATCH_KEY(#member "_not_eq", member, MATCH_NOT_EQ, what " not to build: one or a list."),  \
        MATCH_KEY(#member "_re", member, MATCH_RE,                                                 \
                  what " to build as POSIX extended regular expressions, matched at the start."),  \
        MATCH_KEY(#member "_not_re", member, MATCH_NOT_RE,                                         \
                  what " not to build as regular expressions, matched at the start.")

static const struct key filter_keys[] = {
    MATCH_KEYS(branch, "Branches"),    MATCH_KEYS(repository, "Repositories"),
    MATCH_KEYS(project, "Projects"),   MATCH_KEYS(category, "Categories"),
    MATCH_KEYS(codebase, "Codebases"),
};
#undef AT

static void finish_filter(struct decode *d, const struct node *map, void *out)
{
    struct ci_change_filter *filter = out;

    (void)d;
    filter->given = map->count > 0;
}

static const struct section filter_section = {
    .name = "change_filter",
    .help = "Which changes count; every given condition must hold.",
    SECTION_KEYS(filter_keys),
    .size = sizeof(struct ci_change_filter),
    .finish = finish_filter,
};

#define AT(member) offsetof(struct ci_scheduler, member)
static const struct key named_keys[] = {
    KEY("name", KEY_STR, AT(name), KEY_REQUIRED | KEY_NOT_EMPTY, "Unique name.",
        .check = check_one_line),
};
static const struct section named = {SECTION_KEYS(named_keys), .base = &config_scheduler_common};

static const struct key change_keys[] = {
    KEY("change_filter", KEY_SECTION, AT(change_filter), 0, "Which changes count; default: all.",
        .section = &filter_section),
    KEY("important_files", KEY_STRS, AT(important_files), KEY_NOT_EMPTY,
        "Globs of the files whose changes start builds; default: every file."),
    KEY("unimportant_files", KEY_STRS, AT(unimportant_files), KEY_NOT_EMPTY,
        "Globs of the files whose changes alone start no build."),
    KEY("only_important", KEY_BOOL, AT(only_important), 0,
        "Whether unimportant changes are left out of builds; default false."),
};
static const struct section change_driven = {SECTION_KEYS(change_keys), .base = &named};

static const struct key stable_keys[] = {
    KEY("tree_stable_timer", KEY_DUR, AT(tree_stable_timer), 0,
        "How long the branch must be quiet before the build; default: build at once."),
};
static const struct section stable = {SECTION_KEYS(stable_keys), .base = &change_driven};

static const struct key single_keys[] = {
    KEY("branch", KEY_MATCH, AT(change_filter.branch), 0, "Short for change_filter: {branch: ...}.",
        .match = MATCH_EQ),
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
        "Short for change_filter: {branch: [...]}.", .match = MATCH_EQ),
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

static const struct key timed_keys[] = {
    CONFIG_SOURCE_KEYS,
    KEY("only_if_changed", KEY_BOOL, AT(only_if_changed), 0,
        "Whether nothing is built when no important change has come; default false."),
};
static const struct section timed = {SECTION_KEYS(timed_keys), .base = &change_driven};

static const struct key periodic_keys[] = {
    KEY("period", KEY_DUR, AT(period), KEY_REQUIRED, "Time between two builds, at least 1s.",
        .alias = "periodic_build_timer", .min = 1),
};
static const struct section periodic = {
    .name = "periodic",
    .help = "Builds every so often.",
    SECTION_KEYS(periodic_keys),
    .base = &timed,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_PERIODIC,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
};

static const struct key nightly_keys[] = {
    KEY("cron", KEY_STR, AT(cron), 0,
        "When: minute, hour, day of month, month and day of week as cron(5) takes them.",
        .check = check_cron),
    KEY("time_zone", KEY_STR, AT(time_zone), 0, "IANA name of the time zone; default UTC.",
        .check = check_zone),
    KEY("minute", KEY_CRON_FIELD, 0, 0, "Instead of cron: minutes; default 0."),
    KEY("hour", KEY_CRON_FIELD, 0, 0, "Instead of cron: hours; default *."),
    KEY("day_of_month", KEY_CRON_FIELD, 0, 0, "Instead of cron: days; default *."),
    KEY("month", KEY_CRON_FIELD, 0, 0, "Instead of cron: months; default *."),
    KEY("day_of_week", KEY_CRON_FIELD, 0, 0,
        "Instead of cron: days of the week, numbers from 0 = Monday; default *."),
};

static void add_cron_part(struct ci_buf *text, const struct node *node, bool weekday)
{
    /* Buildbot counts numbers from Monday, cron(5) from Sunday; text is cron's own. */
    if (weekday && node->kind == NODE_INT)
        ci_buf_printf(text, "%d", (int)((node->number + 1) % 7));
    else
        ci_buf_puts(text, node->text ? node->text : "");
}

static void add_cron_field(struct ci_buf *text, const struct node *node, const char *fallback,
                           bool weekday)
{
    if (text->len > 0)
        ci_buf_puts(text, " ");
    if (!node || node->kind == NODE_NULL)
        ci_buf_puts(text, fallback);
    else if (node->kind != NODE_LIST)
        add_cron_part(text, node, weekday);
    for (size_t i = 0; node && node->kind == NODE_LIST && i < node->count; i++) {
        if (i > 0)
            ci_buf_puts(text, ",");
        add_cron_part(text, node->items[i], weekday);
    }
}

static void finish_nightly(struct decode *d, const struct node *map, void *out)
{
    static const struct {
        const char *key, *fallback;
    } fields[] = {
        {"minute",       "0"},
        {"hour",         "*"},
        {"day_of_month", "*"},
        {"month",        "*"},
        {"day_of_week",  "*"}
    };
    struct ci_scheduler *scheduler = out;
    const struct node *first = NULL;
    struct ci_buf text;
    const char *wrong;
    bool whole = true;

    ci_buf_init(&text, d->mem);
    for (size_t i = 0; i < CI_COUNT(fields); i++) {
        const struct node *node = node_get(map, fields[i].key);

        first = first ? first : node;
        whole &= !node || node->kind == NODE_NULL || value_is_cron_field(node);
        add_cron_field(&text, node, fields[i].fallback, i == CI_COUNT(fields) - 1);
    }
    if (node_get(map, "cron")) {
        if (first)
            complain(d, first, "\"cron\" and \"minute\", \"hour\" ... exclude each other");
        return;
    }
    wrong = whole ? check_cron(text.text, d->mem) : NULL;
    if (!first)
        complain(d, map, "needs \"cron\" or \"minute\", \"hour\" ...");
    else if (wrong)
        complain(d, first, "%s", wrong);
    scheduler->cron = text.text;
}

static const struct section nightly = {
    .name = "nightly",
    .help = "Builds at certain times of day.",
    SECTION_KEYS(nightly_keys),
    .base = &timed,
    .size = sizeof(struct ci_scheduler),
    .tag = CI_SCHED_NIGHTLY,
    .defaults = &config_scheduler_defaults,
    .space = SPACE_SCHEDULER,
    .finish = finish_nightly,
};
#undef AT

static const struct section *const sections[] = {&single_branch, &any_branch,   &periodic,
                                                 &nightly,       &config_force, NULL};
const struct choice config_schedulers = {"type", "scheduler type", sections};
