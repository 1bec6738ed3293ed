/* SPDX-License-Identifier: Apache-2.0 */
/* /change_hook/gitlab: push, tag_push, merge_request, note (buildbot/www/hooks/gitlab.py). */
#include "hooks/hook_json.h"

#include <string.h>

static struct hook_names push_names(const struct hook *hook, json_t *payload)
{
    json_t *repository = hook_get(payload, "repository");

    return (struct hook_names){
        .repository = hook_text(repository, "url"),
        .project = hook_text(repository, "name"),
        .codebase = hook_query(hook, "codebase"),
        .addresses = {hook_text(repository, "url"), hook_text(repository, "git_http_url"),
                      hook_text(repository, "git_ssh_url"), hook_text(payload, "project.web_url"),
                      hook_text(repository, "homepage")},
    };
}

/* Those that are new to the repository, when the sender tells. */
static json_t *distinct_of(json_t *commits, void *mem)
{
    json_t *distinct = ci_mem_json(mem, json_array()), *commit;
    size_t i;

    json_array_foreach(commits, i, commit)
        if (!json_is_false(hook_get(commit, "distinct")))
            json_array_append(distinct, commit);
    return distinct;
}

/* A new branch, or a tag, without commits of its own is a change of its head. */
static bool head_change(const struct hook *hook, json_t *payload, const struct hook_push *push,
                        struct delivery *out)
{
    void *mem = hook->request->mem;
    const char *message = hook_text(payload, "message"),
               *revision = hook_text(payload, "checkout_sha");
    struct new_change *change;

    if (!revision || !hook_is_zero(hook_text(payload, "before")))
        return hook_ignore(out, "the push brought no commits");
    change = hook_one_change(hook, out);
    change->author =
        hook_person(mem, hook_text(payload, "user_name"), hook_text(payload, "user_email"));
    change->comments = message && *message ? message : push->branch;
    change->revision = revision;
    change->branch = push->branch;
    change->category = push->category;
    change->properties = push->properties;
    hook_name(hook, &push->names, change);
    return true;
}

static const char *last_message(json_t *commits)
{
    return hook_text(json_array_get(commits, json_array_size(commits) - 1), "message");
}

static bool read_push(const struct hook *hook, json_t *payload, const char *event,
                      struct delivery *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    const char *ref = hook_text(payload, "ref");
    struct hook_push push = {
        .commits = distinct_of(hook_get(payload, "commits"), mem),
        .category = event,
        .properties = ci_mem_json(mem, json_object()),
        .names = push_names(hook, payload),
    };
    bool tag;

    if (!ref || !push.names.repository)
        return ci_fail(err, CI_EINVALID, "the payload has no ref or repository");
    push.branch = hook_branch(ref, &tag);
    if (!push.branch)
        return hook_ignore(out, "the ref is neither branch nor tag");
    if (json_is_true(hook_get(payload, "deleted")) || hook_is_zero(hook_text(payload, "after")))
        return hook_ignore(out, "the ref was deleted");
    if (hook_skips(hook, last_message(push.commits)))
        return hook_filter(out, "the message asks to be skipped");
    hook_property_text(push.properties, "event", event);
    return json_array_size(push.commits) > 0 ? hook_push_changes(hook, &push, out, err)
                                             : head_change(hook, payload, &push, out);
}

static json_t *merge_properties(const struct hook *hook, json_t *merge, const char *event)
{
    static const struct {
        const char *name, *path;
    } parts[] = {
        {"source_branch",      "source_branch"      },
        {"source_project_id",  "source_project_id"  },
        {"source_repository",  "source.git_http_url"},
        {"source_git_ssh_url", "source.git_ssh_url" },
        {"target_branch",      "target_branch"      },
        {"target_project_id",  "target_project_id"  },
        {"target_repository",  "target.git_http_url"},
        {"target_git_ssh_url", "target.git_ssh_url" },
    };
    json_t *properties = ci_mem_json(hook->request->mem, json_object());

    for (size_t i = 0; i < CI_COUNT(parts); i++)
        hook_property(properties, parts[i].name, json_incref(hook_get(merge, parts[i].path)));
    hook_property_text(properties, "event", event);
    return properties;
}

/* The request's last commit, for the branch that it is to be merged into. */
static bool merge_change(const struct hook *hook, json_t *merge, const char *event,
                         struct delivery *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    json_t *commit = hook_get(merge, "last_commit");
    const char *title = hook_text(merge, "title"), *text = hook_text(merge, "description");
    const struct hook_names names = {
        .repository = hook_text(merge, "target.git_http_url"),
        .project = hook_text(merge, "target.name"),
        .codebase = hook_query(hook, "codebase"),
        .addresses = {hook_text(merge, "target.git_http_url"),
                      hook_text(merge, "target.git_ssh_url"), hook_text(merge, "target.web_url")},
    };
    struct new_change *change;

    if (!hook_text(commit, "id") || !hook_text(merge, "target_branch"))
        return ci_fail(err, CI_EINVALID, "the payload has no last commit or target branch");
    if (hook_skips(hook, title) || hook_skips(hook, hook_text(commit, "message")))
        return hook_filter(out, "the message asks to be skipped");
    change = hook_one_change(hook, out);
    change->author =
        hook_person(mem, hook_text(commit, "author.name"), hook_text(commit, "author.email"));
    change->comments = ci_mem_printf(mem, "MR#%lld: %s\n\n%s",
                                     (long long)json_integer_value(hook_get(merge, "iid")),
                                     title ? title : "", text ? text : "");
    change->revision = hook_text(commit, "id");
    change->branch = hook_text(merge, "target_branch");
    change->category = event;
    change->revlink = hook_text(merge, "url");
    change->properties = merge_properties(hook, merge, event);
    (void)hook_parse_time(hook_text(commit, "timestamp"), &change->when);
    hook_name(hook, &names, change);
    return true;
}

static bool is_one_of(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; word && i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool read_merge(const struct hook *hook, json_t *payload, const char *event,
                       struct delivery *out, struct ci_err *err)
{
    static const char *const over[] = {"closed", "merged", "approved"};
    static const char *const begin[] = {"open", "reopen"};
    json_t *merge = hook_get(payload, "object_attributes");
    const char *action = hook_text(merge, "action");

    out->repository = hook_text(merge, "target.git_http_url");
    if (!json_is_object(merge))
        return ci_fail(err, CI_EINVALID, "the payload has no object_attributes");
    if (is_one_of(over, CI_COUNT(over), hook_text(merge, "state")))
        return hook_ignore(out, "the merge request is over");
    if (!is_one_of(begin, CI_COUNT(begin), action) &&
        !(action && strcmp(action, "update") == 0 && hook_get(merge, "oldrev")))
        return hook_ignore(out, "the action brought no commits");
    return merge_change(hook, merge, event, out, err);
}

static bool read_note(const struct hook *hook, json_t *payload, const char *event,
                      struct delivery *out, struct ci_err *err)
{
    json_t *merge = hook_get(payload, "merge_request");

    out->repository = hook_text(merge, "target.git_http_url");
    if (!json_is_object(merge))
        return hook_ignore(out, "the note is not about a merge request");
    if (!merge_change(hook, merge, event, out, err))
        return false;
    for (size_t i = 0; i < out->count; i++)
        hook_property_text(out->changes[i].properties, "comments",
                           hook_text(payload, "object_attributes.note"));
    return true;
}

bool hook_read_gitlab(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    static const char *const pushes[] = {"push", "tag_push", "Push Hook", "Tag Push Hook"};
    json_t *payload = NULL;
    const char *kind;

    if (!hook_payload(hook, HOOK_ANY_TYPE, &payload, err))
        return false;
    kind = hook_text(payload, "object_kind");
    out->event = kind ? kind : out->event;
    if (!out->event)
        return ci_fail(err, CI_EINVALID, "Request has neither object_kind nor X-Gitlab-Event");
    out->repository = hook_text(payload, "repository.url");
    if (is_one_of(pushes, CI_COUNT(pushes), out->event))
        return read_push(hook, payload, out->event, out, err);
    if (strcmp(out->event, "merge_request") == 0)
        return read_merge(hook, payload, out->event, out, err);
    if (strcmp(out->event, "note") == 0)
        return read_note(hook, payload, out->event, out, err);
    return hook_unknown(hook, out, out->event);
}
