/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which changes a scheduler takes, which of them are important, and in words
 * why one was refused. Rules of Buildbot's ChangeFilter
 * (buildbot/changes/filter.py): all given conditions must hold; a null value
 * never matches a pattern and always passes a negated one. Plain functions,
 * any thread; texts in mem.
 */
#pragma once

#include "shared/buildset.h"
#include "shared/config.h"

/* A change as filters see it. A source stamp is one without author, category, files, properties. */
struct ci_candidate {
    int64_t changeid;
    const char *author, *branch, *revision, *repository, *project, *codebase, *category;
    struct ci_strs files;
    json_t *properties; /* {name: [value, source]}, or NULL */
    bool important;     /* as it was judged when it was kept for a later buildset */
};
extern const struct ci_record ci_candidate_record;

bool ci_filter_matches(const struct ci_change_filter *filter, const struct ci_candidate *change);

/* NULL when the change passes, else a line: `branch "x" is none of main, release/1`. */
const char *ci_filter_explain(const struct ci_change_filter *filter,
                              const struct ci_candidate *change, void *mem);

/*
 * A file is important when it matches important_files (or there are none) and
 * none of unimportant_files; `*` also matches slashes. A change is important
 * when any of its files is, or when it names no files.
 */
bool ci_change_is_important(const struct ci_scheduler *scheduler,
                            const struct ci_candidate *change);

enum ci_verdict {
    CI_VERDICT_IGNORED, /* this scheduler takes no changes at all */
    CI_VERDICT_REFUSED,
    CI_VERDICT_UNIMPORTANT,
    CI_VERDICT_IMPORTANT,
};
extern const char *const ci_verdict_names[]; /* "ignored", "refused", ... */

/*
 * What the scheduler makes of the change. All but the change-driven ones, and
 * timed ones that do not ask for changes, ignore it. A change whose codebase
 * is none of those that the scheduler lists is refused (one that lists none
 * takes any); a timed one takes changes of the branch and repository that it
 * names only; only_important makes unimportant changes refused.
 */
enum ci_verdict ci_scheduler_judge(const struct ci_scheduler *scheduler,
                                   const struct ci_candidate *change);

/* Why it is refused or unimportant, as one line; NULL when it is neither. */
const char *ci_scheduler_explain(const struct ci_scheduler *scheduler,
                                 const struct ci_candidate *change, void *mem);

/*
 * The priority of the scheduler's requests for these sources: its own, with
 * what the first line of branch_priorities that a source's branch matches adds.
 */
int ci_scheduler_priority(const struct ci_scheduler *scheduler, const struct ci_source *sources,
                          size_t count);
/* The latter alone. */
int ci_branch_priority(const struct ci_scheduler *scheduler, const struct ci_source *sources,
                       size_t count);
