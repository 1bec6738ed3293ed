/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /change_hook/bitbucket (the form of the former POST service) and
 * bitbucketcloud (buildbot/www/hooks/bitbucket.py, bitbucketcloud.py).
 */
#include "hooks/hook_bitbucket.h"

#include "shared/json.h"
#include "shared/utf8.h"

#include <string.h>

static struct ci_strs files_of(json_t *files, void *mem)
{
    const char **names = ci_mem_array(mem, const char *, json_array_size(files));
    size_t n = 0, i;
    json_t *file;

    json_array_foreach(files, i, file)
        if (hook_text(file, "file"))
            names[n++] = hook_text(file, "file");
    return (struct ci_strs){names, n};
}

static bool read_legacy_commit(const struct hook *hook, json_t *payload, json_t *commit,
                               struct new_change *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    const char *canon = hook_text(payload, "canon_url"),
               *path = hook_text(payload, "repository.absolute_url"),
               *project = hook_query(hook, "project"),
               *address = ci_mem_printf(mem, "%s%s", canon ? canon : "", path ? path : ""),
               *event = ci_request_header(hook->request, "x-event-key");
    const struct hook_names names = {
        .repository = address, .project = project ? project : "", .addresses = {address}};

    *out = (struct new_change){
        .author = hook_text(commit, "raw_author"),
        .files = files_of(hook_get(commit, "files"), mem),
        .comments = hook_text(commit, "message"),
        .revision = hook_text(commit, "raw_node"),
        .branch = hook_text(commit, "branch"),
        .when = hook->request->now,
        .properties = ci_mem_json(mem, json_object()),
    };
    if (!out->revision || !*address)
        return ci_fail(err, CI_EINVALID, "the payload has no raw_node or repository");
    if (event)
        hook_property_text(out->properties, "event", ci_utf8_clean(mem, event, strlen(event)));
    out->revlink = ci_mem_printf(mem, "%scommits/%s", address, out->revision);
    (void)hook_parse_time(hook_text(commit, "utctimestamp"), &out->when);
    hook_name(hook, &names, out);
    return true;
}

bool hook_read_bitbucket(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    void *mem = hook->request->mem;
    const char *text = ci_pairs_get(ci_request_form(hook->request), "payload");
    json_error_t where;
    json_t *payload = ci_json_read(text ? text : "", text ? strlen(text) : 0, 0, &where), *commits;

    if (!payload)
        return ci_fail(err, CI_EINVALID, "Error loading JSON: %s (line %d, column %d)", where.text,
                       where.line, where.column);
    commits = hook_get(ci_mem_json(mem, payload), "commits");
    if (!json_is_array(commits) || json_array_size(commits) > 5000)
        return ci_fail(err, CI_EINVALID, "the payload has no commits, or too many");
    out->changes = ci_mem_array(mem, struct new_change, json_array_size(commits));
    for (size_t i = 0; i < json_array_size(commits); i++)
        if (!read_legacy_commit(hook, payload, json_array_get(commits, i), &out->changes[i], err))
            return false;
    out->count = json_array_size(commits);
    return out->count > 0 || hook_ignore(out, "the push brought no commits");
}

void bitbucket_add(const struct hook *hook, const struct bitbucket *from, const char *ref_type,
                   const char *ref, const char *revision, bool gone, struct new_change *out)
{
    void *mem = hook->request->mem;
    bool tag = ref_type && strcasecmp(ref_type, "tag") == 0;

    *out = (struct new_change){
        .author = from->author,
        .comments = ci_mem_printf(mem, "Bitbucket %s commit %s", from->product, revision),
        .revision = revision,
        .branch = ci_mem_printf(mem, "refs/%s/%s", tag ? "tags" : "heads", ref),
        .category = gone ? "ref-deleted" : "push",
        .revlink = ci_mem_printf(mem, "%s%scommits/%s", from->page, from->slash, revision),
        .when = hook->request->now,
    };
    hook_name(hook, &from->names, out);
}

bool bitbucket_push(const struct hook *hook, json_t *payload, const struct bitbucket *from,
                    struct delivery *out, struct ci_err *err)
{
    json_t *changes = hook_get(payload, "push.changes"), *change;
    size_t i;

    if (!json_is_array(changes) || json_array_size(changes) > 5000 || !from->names.repository)
        return ci_fail(err, CI_EINVALID, "the payload has no repository or push.changes");
    out->changes = ci_mem_array(hook->request->mem, struct new_change, json_array_size(changes));
    json_array_foreach(changes, i, change) {
        json_t *fresh = hook_get(change, "new"), *side = fresh;
        bool gone = !json_is_object(fresh);

        if (gone)
            side = hook_get(change, "old");
        if (!hook_text(side, "name") || !hook_text(side, "target.hash"))
            return ci_fail(err, CI_EINVALID, "a change of the payload has no name or target");
        bitbucket_add(hook, from, hook_text(side, "type"), hook_text(side, "name"),
                      hook_text(side, "target.hash"), gone, &out->changes[out->count++]);
    }
    return out->count > 0 || hook_ignore(out, "the push changed no ref");
}

const char *bitbucket_first(json_t *json, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (hook_text(json, paths[i]))
            return hook_text(json, paths[i]);
    return NULL;
}

bool bitbucket_pull(const struct hook *hook, json_t *pull, const struct bitbucket *from,
                    const char *category, struct delivery *out, struct ci_err *err)
{
    /* Bitbucket's own names differ between products and from those that Buildbot reads. */
    static const char *const links[] = {"link", "links.html.href", "links.self.0.href"},
                             *const heads[] = {"fromRef.commit.hash", "fromRef.latestCommit",
                                               "source.commit.hash"},
                             *const sources[] = {"fromRef.branch.name", "fromRef.displayId",
                                                 "source.branch.name"},
                             *const targets[] = {"toRef.branch.name", "toRef.displayId",
                                                 "destination.branch.name"};
    void *mem = hook->request->mem;
    long long number = json_integer_value(hook_get(pull, "id"));
    const char *link = bitbucket_first(pull, links, CI_COUNT(links)),
               *branch = strcmp(category, "pull-fulfilled") == 0
                             ? bitbucket_first(pull, targets, CI_COUNT(targets))
                         : strcmp(category, "pull-rejected") == 0
                             ? bitbucket_first(pull, sources, CI_COUNT(sources))
                             : NULL;
    struct new_change *change;

    if (!json_is_integer(hook_get(pull, "id")) || !from->names.repository)
        return ci_fail(err, CI_EINVALID, "the payload has no repository or pull request");
    change = hook_one_change(hook, out);
    change->author = from->author;
    change->comments = ci_mem_printf(mem, "Bitbucket %s Pull Request #%lld", from->product, number);
    change->revision = bitbucket_first(pull, heads, CI_COUNT(heads));
    change->branch = branch ? ci_mem_printf(mem, "refs/heads/%s", branch)
                            : ci_mem_printf(mem, "refs/pull-requests/%lld/merge", number);
    change->category = category;
    change->revlink = link;
    change->properties = ci_mem_json(mem, json_object());
    hook_properties(hook, "bitbucket", pull, change->properties);
    hook_property_text(change->properties, "pullrequesturl", link);
    hook_name(hook, &from->names, change);
    return true;
}

const char *bitbucket_category(const struct bitbucket_event *events, size_t count,
                               const char *event)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(events[i].event, event) == 0)
            return events[i].category;
    return NULL;
}

static struct bitbucket cloud_of(const struct hook *hook, json_t *payload)
{
    json_t *repository = hook_get(payload, "repository");
    const char *name = hook_text(payload, "actor.display_name"),
               *nick = hook_text(payload, "actor.nickname"),
               *project = hook_text(repository, "project.name"),
               *page = hook_text(repository, "links.html.href");

    return (struct bitbucket){
        .product = "Cloud",
        .author = hook_person(hook->request->mem, name, nick),
        .page = page ? page : "",
        .slash = "/",
        .names = {.repository = hook_text(repository, "links.self.href"),
                  .project = project ? project : "none",
                  .addresses = {hook_text(repository, "links.self.href"), page}},
    };
}

bool hook_read_bitbucketcloud(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    static const struct bitbucket_event pulls[] = {
        {"pullrequest:created",   "pull-created"  },
        {"pullrequest:updated",   "pull-updated"  },
        {"pullrequest:fulfilled", "pull-fulfilled"},
        {"pullrequest:rejected",  "pull-rejected" },
    };
    const char *category;
    json_t *payload = NULL;

    if (!hook_payload(hook, HOOK_JSON_ONLY, &payload, err))
        return false;
    if (!out->event)
        return ci_fail(err, CI_EINVALID, "Request has no X-Event-Key");
    const struct bitbucket from = cloud_of(hook, payload);
    out->repository = from.names.repository;
    category = bitbucket_category(pulls, CI_COUNT(pulls), out->event);
    if (strcmp(out->event, "repo:push") == 0)
        return bitbucket_push(hook, payload, &from, out, err);
    if (category)
        return bitbucket_pull(hook, hook_get(payload, "pullrequest"), &from, category, out, err);
    return hook_unknown(hook, out, out->event);
}
