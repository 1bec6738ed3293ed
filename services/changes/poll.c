/* SPDX-License-Identifier: Apache-2.0 */
/* One poll; see poll.h for the rules. */
#include "poll.h"

#include "store.h"

#include <string.h>

static const char *seen_revision(const struct poll *poll, const char *branch)
{
    CI_FOREACH(const struct poller_ref, ref, poll->seen)
        if (strcmp(ref->branch, branch) == 0)
            return ref->revision;
    return NULL;
}

static bool has_moved(const struct poll *poll, const struct git_tip *tip)
{
    const char *before = seen_revision(poll, tip->branch);

    return !before || strcmp(before, tip->revision) != 0;
}

static bool any_moved(const struct poll *poll, const struct ci_list *tips)
{
    CI_FOREACH(const struct git_tip, tip, *tips)
        if (has_moved(poll, tip))
            return true;
    return false;
}

static void keep_tips(struct poll *poll, const struct ci_list *tips, void *mem)
{
    const char **branches = ci_mem_array(mem, const char *, tips->count);
    const char **revisions = ci_mem_array(mem, const char *, tips->count);
    size_t n = 0;

    CI_FOREACH(const struct git_tip, tip, *tips) {
        branches[n] = tip->branch;
        revisions[n++] = tip->revision;
    }
    poll->branches = (struct ci_strs){branches, n};
    poll->revisions = (struct ci_strs){revisions, n};
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

static struct new_change change_of(const struct poll *poll, const char *branch,
                                   const struct git_commit *commit, void *mem)
{
    const struct ci_change_source *source = poll->source;
    bool own = strcmp(commit->author, commit->committer) == 0;

    return (struct new_change){
        .author = commit->author,
        .committer = own ? NULL : commit->committer,
        .comments = commit->comments,
        .files = commit->files,
        .revision = commit->revision,
        .branch = branch,
        .repository = source->repository,
        .project = source->project,
        .codebase = source->codebase,
        .category = source->category && source->category[0] ? source->category : NULL,
        .revlink = change_revlink(source->repository, commit->revision, mem),
        .when = commit->when,
    };
}

static void add_commits(struct poll *poll, const char *branch, const struct ci_list *commits,
                        void *mem)
{
    struct new_change *all =
        ci_mem_array(mem, struct new_change, poll->change_count + commits->count);

    for (size_t i = 0; i < poll->change_count; i++)
        all[i] = poll->changes[i];
    poll->changes = all;
    CI_FOREACH(const struct git_commit, commit, *commits)
        poll->changes[poll->change_count++] = change_of(poll, branch, commit, mem);
}

static bool add_branch(const struct git *git, struct poll *poll, const struct git_tip *tip,
                       struct ci_strs known, void *mem, struct ci_err *err)
{
    const char *before = seen_revision(poll, tip->branch);
    bool only_tip = before && !is_known(known, before);
    struct ci_list commits = {0};

    if (!git_commits(git, tip->revision, known, only_tip, mem, &commits, err))
        return ci_fail_in(err, "branch \"%s\"", tip->branch);
    add_commits(poll, tip->branch, &commits, mem);
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

bool poll_look(const struct git *git, struct poll *poll, void *mem, struct ci_err *err)
{
    struct ci_list tips = {0};

    if (!git_tips(git, poll->source, mem, &tips, err))
        return false;
    keep_tips(poll, &tips, mem);
    if (!any_moved(poll, &tips) || look_closer(git, poll, &tips, mem, err))
        return true;
    if (err->code != CI_ECONFLICT)
        return false;
    git_drop(git); /* a cache, left broken by a process that was killed */
    return look_closer(git, poll, &tips, mem, err);
}
