/* SPDX-License-Identifier: Apache-2.0 */
/* What all polls have in common; see poll.h for the rules. */
#include "polls/poll.h"

#include <fnmatch.h>
#include <string.h>

static poll_looker *const lookers[CI_SOURCE_COUNT] = {
    [CI_SOURCE_GIT_POLLER] = poll_git,
    [CI_SOURCE_HG_POLLER] = poll_hg,
    [CI_SOURCE_SVN_POLLER] = poll_svn,
    [CI_SOURCE_GITHUB_PULLREQUESTS] = poll_forge,
    [CI_SOURCE_GITLAB_MERGEREQUESTS] = poll_forge,
    [CI_SOURCE_GITEA_PULLREQUESTS] = poll_forge,
    [CI_SOURCE_FORGEJO_PULLREQUESTS] = poll_forge,
    [CI_SOURCE_BITBUCKET_PULLREQUESTS] = poll_forge,
    [CI_SOURCE_BITBUCKET_SERVER_PULLREQUESTS] = poll_forge,
};

bool poll_look(struct poll *poll, void *mem, struct ci_err *err)
{
    return lookers[poll->source->type](poll, mem, err);
}

void *poll_room(void *rows, size_t size, size_t count, void *mem)
{
    void *larger;

    if (count & (count - 1))
        return rows;
    larger = ci_mem_array_size(mem, size, count ? 2 * count : 1);
    if (count)
        memcpy(larger, rows, count * size);
    return larger;
}

struct new_change *poll_add(struct poll *poll, void *mem)
{
    const struct ci_change_source *source = poll->source;
    struct new_change *change;

    poll->changes = poll_room(poll->changes, sizeof(*change), poll->change_count, mem);
    change = &poll->changes[poll->change_count++];
    *change = (struct new_change){
        .repository = source->repository,
        .project = source->project,
        .codebase = source->codebase,
        .category = source->category[0] ? source->category : NULL,
        .when = poll->now,
    };
    return change;
}

void poll_remember(struct poll *poll, const char *name, const char *revision, void *mem)
{
    size_t count = poll->branches.count;
    const char **names =
        poll_room((void *)(uintptr_t)poll->branches.items, sizeof(*names), count, mem);
    const char **revisions =
        poll_room((void *)(uintptr_t)poll->revisions.items, sizeof(*revisions), count, mem);

    names[count] = name;
    revisions[count] = revision;
    poll->branches = (struct ci_strs){names, count + 1};
    poll->revisions = (struct ci_strs){revisions, count + 1};
}

const char *poll_seen(const struct poll *poll, const char *name)
{
    CI_FOREACH(const struct poller_ref, ref, poll->seen)
        if (strcmp(ref->branch, name) == 0)
            return ref->revision;
    return NULL;
}

bool poll_wants(struct ci_strs globs, const char *name)
{
    for (size_t i = 0; i < globs.count; i++)
        if (fnmatch(globs.items[i], name, 0) == 0)
            return true;
    return false;
}

struct ci_time poll_time(const struct poll *poll, struct ci_time own)
{
    return poll->source->use_timestamps && own.us ? own : poll->now;
}
