/* SPDX-License-Identifier: Apache-2.0 */
/* From commits as most forges write them to changes, and what these are called. */
#include "hooks/hook_json.h"

#include <string.h>

/* Commits of one delivery: no forge sends that many, and each is a statement of one transaction. */
enum { COMMITS_MOST = 5000 };

void hook_name(const struct hook *hook, const struct hook_names *names, struct new_change *change)
{
    const struct ci_change_source *source =
        change_source_of(hook->config, names->addresses, CI_COUNT(names->addresses));

    change->project = names->project;
    change->codebase =
        names->codebase && *names->codebase ? names->codebase : hook->options->codebase;
    change->repository = names->repository;
    if (!source)
        return;
    /* The configuration may be gone before the mem is. */
    change->repository = ci_mem_strdup(hook->request->mem, source->repository);
    if (source->project && *source->project)
        change->project = ci_mem_strdup(hook->request->mem, source->project);
    if (!change->codebase || !*change->codebase)
        change->codebase = ci_mem_strdup(hook->request->mem, source->codebase);
}

struct new_change *hook_one_change(const struct hook *hook, struct delivery *out)
{
    out->changes = ci_mem_zero(hook->request->mem, struct new_change);
    out->count = 1;
    out->changes->when = hook->request->now;
    return out->changes;
}

/* added, modified and removed files, in this order. */
static struct ci_strs files_of(json_t *commit, void *mem)
{
    static const char *const keys[] = {"added", "modified", "removed"};
    size_t count = 0, n = 0, i;
    const char **files;
    json_t *file;

    for (size_t k = 0; k < CI_COUNT(keys); k++)
        count += json_array_size(json_object_get(commit, keys[k]));
    files = ci_mem_array(mem, const char *, count);
    for (size_t k = 0; k < CI_COUNT(keys); k++)
        json_array_foreach(json_object_get(commit, keys[k]), i, file)
            if (json_is_string(file))
                files[n++] = json_string_value(file);
    return (struct ci_strs){files, n};
}

static bool read_commit(const struct hook *hook, const struct hook_push *push, json_t *commit,
                        struct new_change *out, struct ci_err *err)
{
    void *mem = hook->request->mem;

    *out = (struct new_change){
        .author =
            hook_person(mem, hook_text(commit, "author.name"), hook_text(commit, "author.email")),
        .committer = hook_person(mem, hook_text(commit, "committer.name"),
                                 hook_text(commit, "committer.email")),
        .comments = hook_text(commit, "message"),
        .files = files_of(commit, mem),
        .revision = hook_text(commit, "id"),
        .branch = push->branch,
        .category = push->category,
        .revlink = hook_text(commit, "url"),
        .properties = ci_mem_json(mem, json_deep_copy(push->properties)),
        .when = hook->request->now,
    };
    if (!out->revision || !*out->revision)
        return ci_fail(err, CI_EINVALID, "a commit of the payload has no id");
    (void)hook_parse_time(hook_text(commit, "timestamp"), &out->when);
    hook_name(hook, &push->names, out);
    return true;
}

bool hook_push_changes(const struct hook *hook, const struct hook_push *push, struct delivery *out,
                       struct ci_err *err)
{
    size_t count = json_array_size(push->commits);

    if (count > COMMITS_MOST)
        return ci_fail(err, CI_EINVALID, "the payload has more than %d commits", COMMITS_MOST);
    out->changes = ci_mem_array(hook->request->mem, struct new_change, count);
    for (size_t i = 0; i < count; i++) {
        size_t at = push->newest_first ? count - 1 - i : i;

        if (!read_commit(hook, push, json_array_get(push->commits, at), &out->changes[i], err))
            return false;
    }
    out->count = count;
    return count > 0 || hook_ignore(out, "the push brought no commits");
}
