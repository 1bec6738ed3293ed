/* SPDX-License-Identifier: Apache-2.0 */
/* /change_hook/github: push, pull_request and ping (buildbot/www/hooks/github.py). */
#include "hook.h"
#include "shared/json.h"
#include "shared/utf8.h"

#include <string.h>

static const char *text(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* The body, or its form field `payload`, by the exact Content-Type. */
static bool find_payload(const struct ci_request *request, struct ci_bytes *out, struct ci_err *err)
{
    static const char json[] = "application/json", form[] = "application/x-www-form-urlencoded";
    const char *type = ci_request_header(request, "content-type"), *payload;
    size_t len = type ? strcspn(type, "; ") : 0;

    if (len == strlen(json) && strncmp(type, json, len) == 0) {
        *out = request->raw;
        return true;
    }
    if (len != strlen(form) || strncmp(type, form, len) != 0)
        return ci_fail(err, CI_EINVALID, "Unknown content type: %s", type ? type : "");
    payload = ci_pairs_get(ci_request_form(request), "payload");
    *out = (struct ci_bytes){payload, payload ? strlen(payload) : 0};
    return true;
}

static bool read_payload(const struct ci_request *request, json_t **out, struct ci_err *err)
{
    struct ci_bytes source = {0};
    json_error_t where;
    json_t *parsed;

    if (!find_payload(request, &source, err))
        return false;
    parsed = ci_json_read(source.data ? source.data : "", source.len, 0, &where);
    if (!parsed)
        return ci_fail(err, CI_EINVALID, "Error loading JSON: %s (line %d, column %d)", where.text,
                       where.line, where.column);
    *out = ci_mem_json(request->mem, parsed);
    return json_is_object(parsed) || ci_fail(err, CI_EINVALID, "Error loading JSON: no object");
}

static bool check_secret(const struct hook *hook, struct ci_err *err)
{
    const struct ci_web_hooks *options = &hook->config->web_hooks;
    const char *signature = ci_request_header(hook->request, "x-hub-signature-256"), *secret;

    if (options->github_secret.kind == CI_SECRET_NONE)
        return true;
    if (!ci_secret_read(&options->github_secret, hook->secrets_dir, hook->request->mem, &secret,
                        err)) {
        err->code = CI_EUNAVAILABLE;
        return ci_fail_in(err, "the secret of this hook");
    }
    if (!*secret) /* everybody could sign with it */
        return ci_fail(err, CI_EUNAVAILABLE, "the secret of this hook is empty");
    if (signature)
        return hook_check_signature(signature, hook->request->raw, secret, err);
    if (ci_request_header(hook->request, "x-hub-signature"))
        return ci_fail(err, CI_EINVALID,
                       "Unknown hash type: sha1 (X-Hub-Signature-256 is asked for)");
    return !options->github_strict ||
           ci_fail(err, CI_EINVALID, "Request has no required signature");
}

/* Whether `text` goes on with these words and "]", blanks between them. */
static bool follows(const char *text, const char *first, const char *second)
{
    const char *const words[] = {first, second, "]"};

    for (size_t i = 0; i < CI_COUNT(words); i++) {
        text += strspn(text, " ");
        if (strncmp(text, words[i], strlen(words[i])) != 0)
            return false;
        text += strlen(words[i]);
    }
    return true;
}

/* "[skip ci]" or "[ci skip]", with blanks, in the message: Buildbot's default `skips`. */
static bool asks_to_skip(const char *message)
{
    for (const char *p = message ? strchr(message, '[') : NULL; p; p = strchr(p + 1, '['))
        if (follows(p + 1, "skip", "ci") || follows(p + 1, "ci", "skip"))
            return true;
    return false;
}

/* Names of the change: the poller's of this repository, else the payload's. */
static void name_repository(const struct hook *hook, json_t *repository, struct new_change *change)
{
    const char *const addresses[] = {
        text(repository, "html_url"), text(repository, "clone_url"), text(repository, "ssh_url"),
        text(repository, "git_url"),  text(repository, "url"),
    };
    const struct ci_change_source *source =
        change_source_of(hook->config, addresses, CI_COUNT(addresses));

    change->project = text(repository, "full_name");
    change->codebase = hook->config->web_hooks.github_codebase;
    change->repository = addresses[1] && !addresses[0] ? addresses[1] : addresses[0];
    if (!source)
        return;
    change->repository = source->repository;
    if (source->project && *source->project)
        change->project = source->project;
    if (!change->codebase || !*change->codebase)
        change->codebase = source->codebase;
}

static const char *person(json_t *who, void *mem)
{
    const char *name = text(who, "name"), *mail = text(who, "email");

    if (!mail)
        return name;
    return ci_mem_printf(mem, "%s <%s>", name ? name : "", mail);
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

static bool read_commit(const struct hook *hook, json_t *payload, json_t *commit,
                        const char *branch, bool tag, struct new_change *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    json_t *distinct = json_object_get(commit, "distinct");

    *out = (struct new_change){
        .author = person(json_object_get(commit, "author"), mem),
        .committer = person(json_object_get(commit, "committer"), mem),
        .comments = text(commit, "message"),
        .files = files_of(commit, mem),
        .revision = text(commit, "id"),
        .branch = branch,
        .category = tag ? "tag" : NULL,
        .revlink = text(commit, "url"),
        .properties =
            ci_mem_json(mem, json_pack("{s:[s,s],s:[b,s]}", "event", "push", "Change",
                                       "github_distinct", !json_is_false(distinct), "Change")),
        .when = hook->request->now,
    };
    if (!out->revision)
        return ci_fail(err, CI_EINVALID, "a commit of the payload has no id");
    hook_parse_time(text(commit, "timestamp"), &out->when);
    name_repository(hook, json_object_get(payload, "repository"), out);
    return true;
}

/* Of a new branch only the head commit, else every commit of the push. */
static json_t *commits_of(json_t *payload, void *mem)
{
    json_t *head = json_object_get(payload, "head_commit");

    if (json_is_true(json_object_get(payload, "created")))
        return ci_mem_json(mem, json_is_object(head) ? json_pack("[O]", head) : json_array());
    return json_object_get(payload, "commits");
}

static bool read_push(const struct hook *hook, json_t *payload, struct delivery *out,
                      struct ci_err *err)
{
    void *mem = hook->request->mem;
    const char *ref = text(payload, "ref");
    bool tag = ref && strncmp(ref, "refs/tags/", 10) == 0;
    json_t *commits = commits_of(payload, mem), *commit;
    size_t i;

    if (!ref)
        return ci_fail(err, CI_EINVALID, "the payload has no ref");
    if ((!tag && strncmp(ref, "refs/heads/", 11) != 0) ||
        json_is_true(json_object_get(payload, "deleted")) ||
        asks_to_skip(text(json_object_get(payload, "head_commit"), "message")))
        return true;
    if (!json_is_object(json_object_get(payload, "repository")))
        return ci_fail(err, CI_EINVALID, "the payload has no repository");
    out->changes = ci_mem_array(mem, struct new_change, json_array_size(commits));
    json_array_foreach(commits, i, commit)
        if (!read_commit(hook, payload, commit, ref + (tag ? 10 : 11), tag,
                         &out->changes[out->count++], err))
            return false;
    return true;
}

/* refs/pull/<n>/merge at the head's commit; the file list would need a call to the forge's API. */
static bool read_pull_request(const struct hook *hook, json_t *payload, struct delivery *out,
                              struct ci_err *err)
{
    static const char *const actions[] = {"opened", "reopened", "synchronize"};
    void *mem = hook->request->mem;
    json_t *pull = json_object_get(payload, "pull_request"), *head = json_object_get(pull, "head");
    json_t *number = json_object_get(payload, "number");
    long long commits = json_integer_value(json_object_get(pull, "commits"));
    const char *action = text(payload, "action"), *title = text(pull, "title"),
               *body = text(pull, "body");
    bool wanted = false;

    if (!action || !json_is_integer(number) || !text(head, "sha"))
        return ci_fail(err, CI_EINVALID,
                       "the payload has no action, number or head of a pull request");
    for (size_t i = 0; i < CI_COUNT(actions); i++)
        wanted = wanted || strcmp(actions[i], action) == 0;
    if (!wanted || asks_to_skip(title))
        return true;
    out->changes = ci_mem_zero(mem, struct new_change);
    out->count = 1;
    *out->changes = (struct new_change){
        .author = text(json_object_get(payload, "sender"), "login"),
        .comments = ci_mem_printf(mem, "GitHub Pull Request #%lld (%lld commit%s)\n%s\n%s",
                                  (long long)json_integer_value(number), commits,
                                  commits == 1 ? "" : "s", title ? title : "", body ? body : ""),
        .revision = text(head, "sha"),
        .branch = ci_mem_printf(mem, "refs/pull/%lld/merge", (long long)json_integer_value(number)),
        .category = "pull",
        .revlink = text(pull, "html_url"),
        .properties = ci_mem_json(
            mem, json_pack("{s:[s,s],s:[s?,s],s:[s?,s]}", "event", "pull_request", "Change",
                           "pullrequesturl", text(pull, "html_url"), "Change", "basename",
                           text(json_object_get(pull, "base"), "ref"), "Change")),
        .when = hook->request->now,
    };
    hook_parse_time(text(pull, "updated_at"), &out->changes->when);
    name_repository(hook, json_object_get(payload, "repository"), out->changes);
    return true;
}

bool hook_read_github(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    const char *event = ci_request_header(hook->request, "x-github-event");
    json_t *payload = NULL;

    if (!check_secret(hook, err) || !read_payload(hook->request, &payload, err))
        return false;
    if (!event)
        return ci_fail(err, CI_EINVALID, "Request has no X-GitHub-Event");
    if (strcmp(event, "push") == 0)
        return read_push(hook, payload, out, err);
    if (strcmp(event, "pull_request") == 0)
        return read_pull_request(hook, payload, out, err);
    if (strcmp(event, "ping") == 0 || strcmp(event, "workflow_run") == 0)
        return true;
    return ci_fail(err, CI_EINVALID, "Unknown event: %s",
                   ci_utf8_clean(hook->request->mem, event, strlen(event)));
}
