/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which changes a scheduler takes, and which of them are important. Rules of
 * Buildbot's ChangeFilter (buildbot/changes/filter.py): all given conditions
 * must hold; a null value never matches a pattern and always passes a
 * negated one. Plain functions, any thread.
 */
#pragma once

#include "shared/config.h"

/* A change as schedulers see it. */
struct change {
    int64_t changeid;
    const char *author, *branch, *revision, *repository, *project, *codebase, *category;
    struct ci_strs files;
    bool important; /* as it was judged when it was kept for a later buildset */
};
extern const struct ci_record change_record;

bool filter_matches(const struct ci_change_filter *filter, const struct change *change);

/*
 * A file is important when it matches important_files (or there are none) and
 * none of unimportant_files; `*` also matches slashes. A change is important
 * when any of its files is, or when it names no files.
 */
bool change_is_important(const struct ci_scheduler *scheduler, const struct change *change);

enum verdict { VERDICT_IGNORED, VERDICT_UNIMPORTANT, VERDICT_IMPORTANT };

/*
 * What the scheduler makes of the change. Force schedulers, and timed ones
 * that do not ask for changes, ignore all; a timed one takes changes of the
 * branch, codebase and repository that it names only; only_important makes
 * unimportant changes ignored.
 */
enum verdict scheduler_judge(const struct ci_scheduler *scheduler, const struct change *change);
