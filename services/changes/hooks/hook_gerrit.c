/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /change_hook/gerrit: the events that Gerrit's webhooks plugin, or a hook
 * script, posts as stream-events writes them. What becomes of them is what
 * Buildbot's GerritChangeSource makes (buildbot/changes/gerritchangesource.py).
 */
#include "hooks/hook_json.h"

#include <string.h>

enum { DEPTH = 20 };

/* Leaves of the event, called event.path as Buildbot does. */
static void add_properties(const char *prefix, json_t *value,
                           json_t *properties, // NOLINT(misc-no-recursion)
                           int depth, void *mem)
{
    const char *key;
    json_t *item;

    if (!json_is_object(value)) {
        hook_property(properties, prefix, json_incref(value));
        return;
    }
    json_object_foreach(value, key, item)
        if (depth < DEPTH && json_object_size(properties) < 200)
            add_properties(ci_mem_printf(mem, "%s.%s", prefix, key), item, properties, depth + 1,
                           mem);
}

static const char *repository_of(const struct hook *hook, const char *project)
{
    const char *base = hook->options->git_base_url ? hook->options->git_base_url : "";
    size_t len = strlen(base);

    while (len > 0 && base[len - 1] == '/')
        len--;
    return ci_mem_printf(hook->request->mem, "%.*s/%s", (int)len, base, project);
}

static bool make_change(const struct hook *hook, json_t *event, const char *project,
                        struct delivery *out, struct new_change **change, struct ci_err *err)
{
    void *mem = hook->request->mem;

    if (!project || !*project)
        return ci_fail(err, CI_EINVALID, "the event has no project");
    out->repository = repository_of(hook, project);
    const struct hook_names names = {
        .repository = out->repository, .project = project, .addresses = {out->repository}};
    *change = hook_one_change(hook, out);
    (*change)->category = out->event;
    (*change)->properties = ci_mem_json(mem, json_object());
    add_properties("event", event, (*change)->properties, 0, mem);
    if (json_is_integer(hook_get(event, "eventCreatedOn")))
        (*change)->when = change_time(json_integer_value(hook_get(event, "eventCreatedOn")));
    hook_name(hook, &names, *change);
    return true;
}

static const char *person(const struct hook *hook, json_t *who)
{
    const char *name = hook_text(who, "name");

    return hook_person(hook->request->mem, name ? name : hook_text(who, "username"),
                       hook_text(who, "email"));
}

/* A patch set, at its own ref; once it is merged, at its branch. */
static bool read_patch_set(const struct hook *hook, json_t *event, bool merged,
                           struct delivery *out, struct ci_err *err)
{
    const char *newest = merged ? hook_text(event, "newRev") : NULL,
               *revision = newest ? newest : hook_text(event, "patchSet.revision"),
               *branch = hook_text(event, merged ? "change.branch" : "patchSet.ref");
    struct new_change *change;

    if (!revision || !branch)
        return ci_fail(err, CI_EINVALID, "the event has no patch set or branch");
    if (!make_change(hook, event, hook_text(event, "change.project"), out, &change, err))
        return false;
    change->author = person(hook, hook_get(event, "change.owner"));
    change->comments = hook_text(event, "change.subject");
    change->revision = revision;
    change->branch = branch;
    change->revlink = hook_text(event, "change.url");
    hook_property_text(change->properties, "target_branch", hook_text(event, "change.branch"));
    return true;
}

static bool read_ref(const struct hook *hook, json_t *event, struct delivery *out,
                     struct ci_err *err)
{
    const char *revision = hook_text(event, "refUpdate.newRev"),
               *ref = hook_text(event, "refUpdate.refName"), *author, *branch;
    struct new_change *change;
    bool tag;

    if (!revision || !ref)
        return ci_fail(err, CI_EINVALID, "the event has no refUpdate");
    if (hook_is_zero(revision))
        return hook_ignore(out, "the ref was deleted");
    branch = hook_branch(ref, &tag);
    if (!branch && strncmp(ref, "refs/", 5) == 0)
        return hook_ignore(out, "the ref is neither branch nor tag");
    if (!make_change(hook, event, hook_text(event, "refUpdate.project"), out, &change, err))
        return false;
    author = person(hook, hook_get(event, "submitter"));
    change->author = author ? author : "gerrit";
    change->comments = "Gerrit: commit(s) pushed.";
    change->revision = revision;
    change->branch = branch ? branch : ref;
    return true;
}

bool hook_read_gerrit(const struct hook *hook, struct delivery *out, struct ci_err *err)
{
    json_t *event = NULL;
    const char *type;
    bool handled = false;

    if (!hook_payload(hook, HOOK_ANY_TYPE, &event, err))
        return false;
    type = out->event = hook_text(event, "type");
    if (!type)
        return ci_fail(err, CI_EINVALID, "the event has no type");
    for (size_t i = 0; i < hook->options->events.count; i++)
        handled = handled || strcmp(hook->options->events.items[i], type) == 0;
    if (strcmp(type, "ref-updated") != 0 && !hook_get(event, "patchSet"))
        return hook_unknown(hook, out, type);
    if (!handled)
        return hook_filter(out, "handled_events does not name it");
    if (strcmp(type, "ref-updated") == 0)
        return read_ref(hook, event, out, err);
    return read_patch_set(hook, event, strcmp(type, "change-merged") == 0, out, err);
}
