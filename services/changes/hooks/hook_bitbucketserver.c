/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /change_hook/bitbucketserver: what Buildbot reads
 * (buildbot/www/hooks/bitbucketserver.py), and what Server and Data Center
 * themselves have sent since 5.4: repo:refs_changed with `changes`, and pr:*.
 */
#include "hooks/hook_bitbucket.h"

#include <string.h>

static const char *clone_of(json_t *repository, const char *name)
{
    json_t *links = hook_get(repository, "links.clone"), *link;
    size_t i;

    json_array_foreach(links, i, link) {
        const char *given = hook_text(link, "name");

        if (given && strcmp(given, name) == 0)
            return hook_text(link, "href");
    }
    return NULL;
}

/* ".../repos/app/browse" is the page; Buildbot calls the repository ".../repos/app/". */
static const char *page_of(json_t *repository, void *mem)
{
    static const char browse[] = "/browse";
    const char *self = hook_text(repository, "links.self.0.href");
    size_t len = self ? strlen(self) : 0;

    if (len > sizeof(browse) && strcmp(self + len - sizeof(browse) + 1, browse) == 0)
        return ci_mem_strndup(mem, self, len - sizeof(browse) + 2);
    return self;
}

static struct bitbucket server_of(const struct hook *hook, json_t *payload)
{
    static const char *const repositories[] = {"repository", "pullRequest.toRef.repository"};
    static const char *const names[] = {"actor.username", "actor.emailAddress", "actor.name"};
    void *mem = hook->request->mem;
    json_t *repository = hook_get(payload, repositories[0]);

    if (!repository)
        repository = hook_get(payload, repositories[1]);
    const char *page = page_of(repository, mem), *http = clone_of(repository, "http");

    return (struct bitbucket){
        .product = "Server",
        .author = hook_person(mem, hook_text(payload, "actor.displayName"),
                              bitbucket_first(payload, names, CI_COUNT(names))),
        .page = page ? page : "",
        .slash = page && *page && page[strlen(page) - 1] == '/' ? "" : "/",
        .names = {.repository = page ? page : http,
                  .project = hook_text(repository, "project.name"),
                  .addresses = {page, http, clone_of(repository, "ssh")}},
    };
}

/* {changes: [{ref, fromHash, toHash, type}]} */
static bool read_refs(const struct hook *hook, json_t *payload, const struct bitbucket *from,
                      struct delivery *out, struct ci_err *err)
{
    json_t *changes = hook_get(payload, "changes"), *change;
    size_t i;

    if (!json_is_array(changes))
        return bitbucket_push(hook, payload, from, out, err);
    if (json_array_size(changes) > 5000 || !from->names.repository)
        return ci_fail(err, CI_EINVALID, "the payload has no repository, or too many changes");
    out->changes = ci_mem_array(hook->request->mem, struct new_change, json_array_size(changes));
    json_array_foreach(changes, i, change) {
        const char *type = hook_text(change, "type"), *name = hook_text(change, "ref.displayId");
        bool gone = type && strcmp(type, "DELETE") == 0;
        const char *revision = hook_text(change, gone ? "fromHash" : "toHash");

        if (!name || !revision)
            return ci_fail(err, CI_EINVALID, "a change of the payload has no ref or hash");
        bitbucket_add(hook, from, hook_text(change, "ref.type"), name, revision, gone,
                      &out->changes[out->count++]);
    }
    return out->count > 0 || hook_ignore(out, "the push changed no ref");
}

bool hook_read_bitbucketserver(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    static const struct bitbucket_event pulls[] = {
        {"pullrequest:created",   "pull-created"  },
        {"pullrequest:updated",   "pull-updated"  },
        {"pullrequest:fulfilled", "pull-fulfilled"},
        {"pullrequest:rejected",  "pull-rejected" },
        {"pr:opened",             "pull-created"  },
        {"pr:from_ref_updated",   "pull-updated"  },
        {"pr:merged",             "pull-fulfilled"},
        {"pr:declined",           "pull-rejected" },
    };
    const char *category;
    json_t *payload = NULL, *pull;

    if (!hook_payload(hook, HOOK_JSON_ONLY, &payload, err))
        return false;
    if (!out->event)
        return ci_fail(err, CI_EINVALID, "Request has no X-Event-Key");
    if (strcmp(out->event, "diagnostics:ping") == 0)
        return hook_ignore(out, "the event makes no change");
    const struct bitbucket from = server_of(hook, payload);
    out->repository = from.names.repository;
    if (strcmp(out->event, "repo:push") == 0 || strcmp(out->event, "repo:refs_changed") == 0)
        return read_refs(hook, payload, &from, out, err);
    category = bitbucket_category(pulls, CI_COUNT(pulls), out->event);
    pull = hook_get(payload, "pullrequest");
    if (category)
        return bitbucket_pull(hook, pull ? pull : hook_get(payload, "pullRequest"), &from, category,
                              out, err);
    return hook_unknown(hook, out, out->event);
}
