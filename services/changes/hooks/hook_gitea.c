/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /change_hook/gitea, forgejo and gogs, which are one family: push, create of
 * a tag, pull_request. Properties are those of the plugin buildbot-gitea.
 */
#include "hooks/hook_json.h"

#include <string.h>

static struct hook_names names_of(const struct hook *hook, json_t *repository)
{
    const char *clone = hook_text(repository, "clone_url"),
               *page = hook_text(repository, "html_url");

    return (struct hook_names){
        .repository = clone ? clone : page,
        .project = hook_text(repository, "full_name"),
        .codebase = hook_query(hook, "codebase"),
        .addresses = {clone, page, hook_text(repository, "ssh_url"), hook_text(repository, "url")},
    };
}

static json_t *properties_of(const struct hook *hook, json_t *payload, const char *event,
                             const char *family)
{
    json_t *properties = ci_mem_json(hook->request->mem, json_object());

    hook_properties(hook, family, payload, properties);
    hook_property_text(properties, "event", event);
    hook_property_text(properties, "repository_name", hook_text(payload, "repository.name"));
    hook_property_text(properties, "owner", hook_text(payload, "repository.owner.username"));
    return properties;
}

/* A branch or tag that begins at a commit that is there already brings its head alone. */
static json_t *commits_of(json_t *payload, void *mem)
{
    json_t *commits = hook_get(payload, "commits"), *head = hook_get(payload, "head_commit");

    return json_array_size(commits) == 0 && json_is_object(head)
               ? ci_mem_json(mem, json_pack("[O]", head))
               : commits;
}

static bool read_push(const struct hook *hook, json_t *payload, const char *family,
                      struct delivery *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    const char *ref = hook_text(payload, "ref");
    struct hook_push push = {
        .commits = commits_of(payload, mem),
        .newest_first = true,
        .category = "push",
        .properties = properties_of(hook, payload, "push", family),
        .names = names_of(hook, hook_get(payload, "repository")),
    };
    bool tag;

    if (!ref || !push.names.repository)
        return ci_fail(err, CI_EINVALID, "the payload has no ref or repository");
    push.branch = hook_branch(ref, &tag);
    if (!push.branch)
        return hook_ignore(out, "the ref is neither branch nor tag");
    if (hook_is_zero(hook_text(payload, "after")))
        return hook_ignore(out, "the ref was deleted");
    if (hook_skips(hook, hook_text(json_array_get(push.commits, 0), "message")))
        return hook_filter(out, "the message asks to be skipped");
    if (tag)
        push.category = "tag";
    return hook_push_changes(hook, &push, out, err);
}

/* A tag; a branch comes as a push as well. */
static bool read_create(const struct hook *hook, json_t *payload, const char *family,
                        struct delivery *out, struct ci_err *err)
{
    const char *type = hook_text(payload, "ref_type"), *ref = hook_text(payload, "ref"),
               *revision = hook_text(payload, "sha");
    const struct hook_names names = names_of(hook, hook_get(payload, "repository"));
    struct new_change *change;

    if (!type || !ref || !names.repository)
        return ci_fail(err, CI_EINVALID, "the payload has no ref, ref_type or repository");
    if (strcmp(type, "tag") != 0)
        return hook_ignore(out, "a new branch comes as a push");
    if (!revision || !*revision)
        return hook_ignore(out, "the tag comes as a push");
    change = hook_one_change(hook, out);
    change->author = hook_person(hook->request->mem, hook_text(payload, "sender.username"),
                                 hook_text(payload, "sender.email"));
    change->comments = ref;
    change->revision = revision;
    change->branch = ref;
    change->category = "tag";
    change->properties = properties_of(hook, payload, "create", family);
    hook_name(hook, &names, change);
    return true;
}

static json_t *pull_properties(const struct hook *hook, json_t *payload, const char *family)
{
    static const struct {
        const char *name, *path;
    } parts[] = {
        {"base_branch",      "base.ref"           },
        {"base_sha",         "base.sha"           },
        {"base_repo_id",     "base.repo_id"       },
        {"base_repository",  "base.repo.clone_url"},
        {"base_git_ssh_url", "base.repo.ssh_url"  },
        {"head_branch",      "head.ref"           },
        {"head_sha",         "head.sha"           },
        {"head_repo_id",     "head.repo_id"       },
        {"head_repository",  "head.repo.clone_url"},
        {"head_git_ssh_url", "head.repo.ssh_url"  },
        {"pr_id",            "id"                 },
        {"pr_number",        "number"             },
        {"base_branch",      "base_branch"        }, /* Gogs */
        {"head_branch",      "head_branch"        },
        {"pullrequesturl",   "html_url"           },
    };
    json_t *pull = hook_get(payload, "pull_request"),
           *properties = properties_of(hook, payload, "pull_request", family);

    for (size_t i = 0; i < CI_COUNT(parts); i++)
        hook_property(properties, parts[i].name, json_incref(hook_get(pull, parts[i].path)));
    return properties;
}

static void pull_change(const struct hook *hook, json_t *payload, const char *family,
                        struct delivery *out)
{
    void *mem = hook->request->mem;
    json_t *pull = hook_get(payload, "pull_request");
    const struct hook_names names = names_of(hook, hook_get(payload, "repository"));
    long long number = json_integer_value(hook_get(pull, "number"));
    const char *title = hook_text(pull, "title"), *body = hook_text(pull, "body"),
               *name = hook_text(pull, "user.full_name");
    struct new_change *change = hook_one_change(hook, out);

    change->author = hook_person(mem, name && *name ? name : hook_text(pull, "user.username"),
                                 hook_text(pull, "user.email"));
    change->comments =
        ci_mem_printf(mem, "PR#%lld: %s\n\n%s", number, title ? title : "", body ? body : "");
    change->revision = hook_text(pull, "head.sha"); /* Gogs tells none */
    change->branch = ci_mem_printf(mem, "refs/pull/%lld/head", number);
    change->category = "pull_request";
    change->revlink = hook_text(pull, "html_url");
    change->properties = pull_properties(hook, payload, family);
    (void)hook_parse_time(hook_text(pull, "updated_at"), &change->when);
    hook_name(hook, &names, change);
}

static bool read_pull_request(const struct hook *hook, json_t *payload, const char *family,
                              struct delivery *out, struct ci_err *err)
{
    static const char *const actions[] = {"opened", "synchronized", "edited", "reopened"};
    const char *action = hook_text(payload, "action");
    json_t *pull = hook_get(payload, "pull_request");
    bool wanted = false;

    if (!action || !json_is_integer(hook_get(pull, "number")))
        return ci_fail(err, CI_EINVALID, "the payload has no action or number of a pull request");
    for (size_t i = 0; i < CI_COUNT(actions); i++)
        wanted = wanted || strcmp(actions[i], action) == 0;
    if (!wanted || json_is_true(hook_get(pull, "merged")))
        return hook_ignore(out, ci_mem_printf(hook->request->mem,
                                              "nothing to build in a pull request that is %.100s",
                                              wanted ? "merged" : action));
    if (hook_skips(hook, hook_text(pull, "title")))
        return hook_filter(out, "the title asks to be skipped");
    pull_change(hook, payload, family, out);
    return true;
}

static bool read_family(const struct hook *hook, const char *family, struct delivery *out,
                        struct ci_err *err)
{
    json_t *payload = NULL;

    if (!hook_payload(hook, HOOK_JSON_OR_FORM, &payload, err))
        return false;
    if (!out->event)
        return ci_fail(err, CI_EINVALID, "Request has no X-%c%s-Event", *family - 'a' + 'A',
                       family + 1);
    out->repository = names_of(hook, hook_get(payload, "repository")).repository;
    if (strcmp(out->event, "push") == 0)
        return read_push(hook, payload, family, out, err);
    if (strcmp(out->event, "create") == 0)
        return read_create(hook, payload, family, out, err);
    if (strcmp(out->event, "pull_request") == 0 || strcmp(out->event, "pull_request_sync") == 0)
        return read_pull_request(hook, payload, family, out, err);
    return hook_unknown(hook, out, out->event);
}

bool hook_read_gitea(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    return read_family(hook, "gitea", out, err);
}

/* Forgejo goes on sending Gitea's headers; one of its own may be missing. */
bool hook_read_forgejo(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    if (!out->event)
        out->event = ci_request_header(hook->request, "x-gitea-event");
    return read_family(hook, "forgejo", out, err);
}

bool hook_read_gogs(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    return read_family(hook, "gogs", out, err);
}
