/* SPDX-License-Identifier: Apache-2.0 */
/* One poll of a git repository. */
#include "polls/poll.h"

#include <string.h>

static bool has_moved(const struct poll *poll, const struct git_tip *tip)
{
    const char *before = poll_seen(poll, tip->branch);

    return !before || strcmp(before, tip->revision) != 0;
}

static bool any_moved(const struct poll *poll, const struct ci_list *tips)
{
    CI_FOREACH(const struct git_tip, tip, *tips)
        if (has_moved(poll, tip))
            return true;
    return false;
}

static struct ci_strs seen_revisions(const struct poll *poll, void *mem)
{
    const char **revisions = ci_mem_array(mem, const char *, poll->seen.count);
    size_t n = 0;

    CI_FOREACH(const struct poller_ref, ref, poll->seen)
        revisions[n++] = ref->revision;
    return (struct ci_strs){revisions, n};
}

static bool is_known(struct ci_strs known, const char *revision)
{
    for (size_t i = 0; i < known.count; i++)
        if (strcmp(known.items[i], revision) == 0)
            return true;
    return false;
}

static void add_commit(struct poll *poll, const char *branch, const struct git_commit *commit,
                       void *mem)
{
    struct new_change *change = poll_add(poll, mem);

    change->author = commit->author;
    change->committer = strcmp(commit->author, commit->committer) == 0 ? NULL : commit->committer;
    change->comments = commit->comments;
    change->files = commit->files;
    change->revision = commit->revision;
    change->branch = branch;
    change->when = poll_time(poll, commit->when);
}

static bool add_branch(const struct git *git, struct poll *poll, const struct git_tip *tip,
                       struct ci_strs known, void *mem, struct ci_err *err)
{
    const char *before = poll_seen(poll, tip->branch);
    bool only_tip = before && !is_known(known, before);
    struct ci_list commits = {0};

    if (!git_commits(git, tip->revision, known, only_tip, mem, &commits, err))
        return ci_fail_in(err, "branch \"%s\"", tip->branch);
    CI_FOREACH(const struct git_commit, commit, commits)
        add_commit(poll, tip->branch, commit, mem);
    return true;
}

/* The commits behind the tips that moved. */
static bool look_closer(const struct git *git, struct poll *poll, const struct ci_list *tips,
                        void *mem, struct ci_err *err)
{
    struct ci_strs known;

    poll->changes = NULL;
    poll->change_count = 0;
    if (!git_fetch(git, tips, mem, err))
        return false;
    if (!poll->initialized)
        return true;
    if (!git_known(git, seen_revisions(poll, mem), mem, &known, err))
        return false;
    CI_FOREACH(const struct git_tip, tip, *tips)
        if (has_moved(poll, tip) && !add_branch(git, poll, tip, known, mem, err))
            return false;
    return true;
}

static struct git git_of(const struct poll *poll, void *mem)
{
    return (struct git){
        .dir = ci_mem_printf(mem, "%s.git", poll->dir),
        .repository = poll->source->repository,
        .user = poll->source->user,
        .password = poll->secret,
        .timeout = poll->source->timeout,
        .abort = poll->abort,
    };
}

/*
 * A branch that was force-pushed counts from the tips that are still known;
 * where its own former tip is nowhere to be had any more, its new tip alone
 * becomes a change rather than its whole history. A broken cache is made anew.
 */
bool poll_git(struct poll *poll, void *mem, struct ci_err *err)
{
    const struct git git = git_of(poll, mem);
    struct ci_list tips = {0};

    if (!git_tips(&git, poll->source, mem, &tips, err))
        return false;
    CI_FOREACH(const struct git_tip, tip, tips)
        poll_remember(poll, tip->branch, tip->revision, mem);
    if (!any_moved(poll, &tips) || look_closer(&git, poll, &tips, mem, err))
        return true;
    if (err->code != CI_ECONFLICT)
        return false;
    git_drop(&git); /* a cache, left broken by a process that was killed */
    return look_closer(&git, poll, &tips, mem, err);
}
