/* SPDX-License-Identifier: Apache-2.0 */
/* Change filters and important files. */
#include "filter.h"

#include "shared/repository.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>

static const struct ci_field change_fields[] = {
    CI_FIELD(struct change, changeid, CI_REQUIRED),
    CI_FIELD(struct change, author, 0),
    CI_FIELD(struct change, branch, 0),
    CI_FIELD(struct change, revision, 0),
    CI_FIELD(struct change, repository, 0),
    CI_FIELD(struct change, project, 0),
    CI_FIELD(struct change, codebase, 0),
    CI_FIELD(struct change, category, 0),
    CI_FIELD(struct change, files, 0),
    CI_FIELD(struct change, important, 0),
};
const struct ci_record change_record = CI_RECORD("change", struct change, change_fields);

static bool is_one_of(struct ci_strs list, const char *value)
{
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i], value) == 0)
            return true;
    return false;
}

/* Patterns match at the start of the value, as Python's re.match does. */
static bool pattern_matches(const char *pattern, const char *value)
{
    regex_t regex;
    regmatch_t match;
    bool matches;

    if (regcomp(&regex, pattern, REG_EXTENDED) != 0)
        return false; /* the configuration's check has refused it already */
    matches = regexec(&regex, value, 1, &match, 0) == 0 && match.rm_so == 0;
    regfree(&regex);
    return matches;
}

static bool any_pattern(struct ci_strs patterns, const char *value)
{
    for (size_t i = 0; value && i < patterns.count; i++)
        if (pattern_matches(patterns.items[i], value))
            return true;
    return false;
}

static bool match_holds(const struct ci_match *match, const char *value)
{
    bool wants_eq = match->eq.count > 0 || match->eq_null;

    if (!match->given)
        return true;
    if (wants_eq && !(value ? is_one_of(match->eq, value) : match->eq_null))
        return false;
    if (value && is_one_of(match->not_eq, value))
        return false;
    if (match->re.count > 0 && !any_pattern(match->re, value))
        return false;
    return !any_pattern(match->not_re, value);
}

bool filter_matches(const struct ci_change_filter *filter, const struct change *change)
{
    return !filter->given || (match_holds(&filter->project, change->project) &&
                              match_holds(&filter->repository, change->repository) &&
                              match_holds(&filter->branch, change->branch) &&
                              match_holds(&filter->category, change->category) &&
                              match_holds(&filter->codebase, change->codebase));
}

static bool any_glob(struct ci_strs globs, const char *path)
{
    for (size_t i = 0; i < globs.count; i++)
        if (fnmatch(globs.items[i], path, 0) == 0)
            return true;
    return false;
}

bool change_is_important(const struct ci_scheduler *scheduler, const struct change *change)
{
    for (size_t i = 0; i < change->files.count; i++) {
        const char *path = change->files.items[i];

        if ((scheduler->important_files.count == 0 || any_glob(scheduler->important_files, path)) &&
            !any_glob(scheduler->unimportant_files, path))
            return true;
    }
    return change->files.count == 0;
}

static bool takes_changes(const struct ci_scheduler *scheduler)
{
    switch (scheduler->type) {
    case CI_SCHED_SINGLE_BRANCH:
    case CI_SCHED_ANY_BRANCH:
        return true;
    case CI_SCHED_PERIODIC:
    case CI_SCHED_NIGHTLY:
        return scheduler->only_if_changed;
    case CI_SCHED_FORCE:
        return false;
    }
    return false;
}

enum verdict scheduler_judge(const struct ci_scheduler *scheduler, const struct change *change)
{
    const char *codebase = scheduler->codebase ? scheduler->codebase : "";

    if (!takes_changes(scheduler) || !filter_matches(&scheduler->change_filter, change))
        return VERDICT_IGNORED;
    if (scheduler->branch && (!change->branch || strcmp(scheduler->branch, change->branch) != 0))
        return VERDICT_IGNORED;
    if (*codebase && strcmp(codebase, change->codebase) != 0)
        return VERDICT_IGNORED;
    if (scheduler->repository && scheduler->repository[0] &&
        !ci_repository_same(scheduler->repository, change->repository))
        return VERDICT_IGNORED;
    if (change_is_important(scheduler, change))
        return VERDICT_IMPORTANT;
    return scheduler->only_important ? VERDICT_IGNORED : VERDICT_UNIMPORTANT;
}
