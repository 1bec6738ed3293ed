/* SPDX-License-Identifier: Apache-2.0 */
/* /change_hook/github: push, pull_request, ping (buildbot/www/hooks/github.py). */
#include "hooks/hook_json.h"

#include <string.h>

static struct hook_names names_of(json_t *repository)
{
    const char *page = hook_text(repository, "html_url"),
               *clone = hook_text(repository, "clone_url");

    return (struct hook_names){
        .repository = page ? page : clone,
        .project = hook_text(repository, "full_name"),
        .addresses = {page, clone, hook_text(repository, "ssh_url"),
                      hook_text(repository, "git_url"), hook_text(repository, "url")},
    };
}

/* Of a new branch only the head commit, else every commit of the push. */
static json_t *commits_of(json_t *payload, void *mem)
{
    json_t *head = hook_get(payload, "head_commit");

    if (json_is_true(hook_get(payload, "created")))
        return ci_mem_json(mem, json_is_object(head) ? json_pack("[O]", head) : json_array());
    return hook_get(payload, "commits");
}

static bool push_changes(const struct hook *hook, json_t *payload, const char *branch, bool tag,
                         struct delivery *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    json_t *properties = ci_mem_json(mem, json_object());
    const struct hook_push push = {
        .commits = commits_of(payload, mem),
        .branch = branch,
        .category = tag ? "tag" : NULL,
        .properties = properties,
        .names = names_of(hook_get(payload, "repository")),
    };

    hook_properties(hook, "github", payload, properties);
    hook_property_text(properties, "event", "push");
    if (!hook_push_changes(hook, &push, out, err))
        return false;
    for (size_t i = 0; i < out->count; i++) {
        json_t *distinct = hook_get(json_array_get(push.commits, i), "distinct");

        hook_property(out->changes[i].properties, "github_distinct",
                      json_boolean(!json_is_false(distinct)));
    }
    return true;
}

static bool read_push(const struct hook *hook, json_t *payload, struct delivery *out,
                      struct ci_err *err)
{
    const char *ref = hook_text(payload, "ref"), *branch;
    bool tag;

    if (!ref)
        return ci_fail(err, CI_EINVALID, "the payload has no ref");
    branch = hook_branch(ref, &tag);
    if (!branch)
        return hook_ignore(out, "the ref is neither branch nor tag");
    if (json_is_true(hook_get(payload, "deleted")))
        return hook_ignore(out, "the ref was deleted");
    if (hook_skips(hook, hook_text(payload, "head_commit.message")))
        return hook_filter(out, "the message asks to be skipped");
    if (!json_is_object(hook_get(payload, "repository")))
        return ci_fail(err, CI_EINVALID, "the payload has no repository");
    return push_changes(hook, payload, branch, tag, out, err);
}

static json_t *pull_properties(const struct hook *hook, json_t *pull)
{
    json_t *properties = ci_mem_json(hook->request->mem, json_object());

    hook_properties(hook, "github", pull, properties);
    hook_property_text(properties, "event", "pull_request");
    hook_property_text(properties, "pullrequesturl", hook_text(pull, "html_url"));
    hook_property_text(properties, "basename", hook_text(pull, "base.ref"));
    return properties;
}

/* refs/pull/<n>/merge at the head's commit; its files are the API's to tell. */
static void pull_change(const struct hook *hook, json_t *payload, long long number,
                        struct delivery *out)
{
    void *mem = hook->request->mem;
    json_t *pull = hook_get(payload, "pull_request");
    long long commits = json_integer_value(hook_get(pull, "commits"));
    const char *title = hook_text(pull, "title"), *body = hook_text(pull, "body");
    const struct hook_names names = names_of(hook_get(payload, "repository"));
    struct new_change *change = hook_one_change(hook, out);

    change->author = hook_text(payload, "sender.login");
    change->comments =
        ci_mem_printf(mem, "GitHub Pull Request #%lld (%lld commit%s)\n%s\n%s", number, commits,
                      commits == 1 ? "" : "s", title ? title : "", body ? body : "");
    change->revision = hook_text(pull, "head.sha");
    change->branch = ci_mem_printf(mem, "refs/pull/%lld/%s", number, hook->options->pull_ref);
    change->category = "pull";
    change->revlink = hook_text(pull, "html_url");
    change->properties = pull_properties(hook, pull);
    (void)hook_parse_time(hook_text(pull, "updated_at"), &change->when);
    hook_name(hook, &names, change);
    out->pull = (struct hook_pull){names.project, number, change->revision};
}

static bool read_pull_request(const struct hook *hook, json_t *payload, struct delivery *out,
                              struct ci_err *err)
{
    static const char *const actions[] = {"opened", "reopened", "synchronize"};
    json_t *number = hook_get(payload, "number");
    const char *action = hook_text(payload, "action");
    bool wanted = false;

    if (!action || !json_is_integer(number) || !hook_text(payload, "pull_request.head.sha"))
        return ci_fail(err, CI_EINVALID,
                       "the payload has no action, number or head of a pull request");
    for (size_t i = 0; i < CI_COUNT(actions); i++)
        wanted = wanted || strcmp(actions[i], action) == 0;
    if (!wanted)
        return hook_ignore(out, ci_mem_printf(hook->request->mem,
                                              "nothing to build in a pull request that is %.100s",
                                              action));
    if (hook_skips(hook, hook_text(payload, "pull_request.title")))
        return hook_filter(out, "the title asks to be skipped");
    pull_change(hook, payload, (long long)json_integer_value(number), out);
    return true;
}

bool hook_read_github(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    json_t *payload = NULL;

    if (!hook_payload(hook, HOOK_JSON_OR_FORM, &payload, err))
        return false;
    if (!out->event)
        return ci_fail(err, CI_EINVALID, "Request has no X-GitHub-Event");
    out->repository = names_of(hook_get(payload, "repository")).repository;
    if (strcmp(out->event, "push") == 0)
        return read_push(hook, payload, out, err);
    if (strcmp(out->event, "pull_request") == 0)
        return read_pull_request(hook, payload, out, err);
    if (strcmp(out->event, "ping") == 0 || strcmp(out->event, "workflow_run") == 0)
        return hook_ignore(out, "the event makes no change");
    return hook_unknown(hook, out, out->event);
}
