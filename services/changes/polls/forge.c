/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One poll of a forge's pull requests (buildbot/changes/github.py,
 * bitbucket.py): an open request whose head has moved is a change. What is
 * remembered is each request's head under its number. A list that has not
 * changed since (ETag) is not sent again; the newest are first, so that its
 * first page tells of all.
 */
#include "polls/forge.h"

#include "shared/repository.h"

#include <string.h>

enum {
    LIST_PAGES = 50,
    FILE_PAGES = 10,
    MOVED_MAX = 50, /* requests looked at closely in one poll; the others follow at once */
};

/* The open requests that the source wants, newest first. */
struct pulls {
    const json_t **items;
    size_t count;
};

struct details {
    const json_t *commit, *project; /* or NULL */
    json_t *all;                    /* of the request alone, or as listed */
    const char **files;
    size_t file_count;
};

/* ---- the list ---- */

static bool wants(struct forge_look *look, const json_t *pull)
{
    const struct ci_change_source *source = look->poll->source;
    const char *target = forge_text(pull, look->forge->target, look->mem);

    return target && (source->all_branches || poll_wants(source->branches, target)) &&
           forge_filter(source, pull, look->mem);
}

static bool take_pull(struct forge_look *look, const json_t *pull, void *user)
{
    struct pulls *pulls = user;
    const struct forge *forge = look->forge;

    if (!forge_text(pull, forge->number, look->mem) ||
        !forge_text(pull, forge->revision, look->mem) ||
        !forge_text(pull, forge->branch, look->mem))
        return true; /* its source is gone */
    if (!wants(look, pull)) {
        look->poll->filtered++;
        return true;
    }
    pulls->items = poll_room(pulls->items, sizeof(*pulls->items), pulls->count, look->mem);
    pulls->items[pulls->count++] = pull;
    return true;
}

/* The mark of the last list, when the same configuration read it. */
static const char *etag_of(const struct poll *poll)
{
    if (!poll->initialized ||
        json_integer_value(json_object_get(poll->state, "version")) != poll->version)
        return NULL;
    return json_string_value(json_object_get(poll->state, "etag"));
}

/* ---- one request ---- */

/* A refusal leaves out what it is about; what may be better next time ends the poll. */
static bool spared(bool ok, const struct ci_err *err)
{
    return ok || err->code == CI_EDENIED || err->code == CI_ENOTFOUND || err->code == CI_EINVALID ||
           err->code == CI_ETOOLARGE;
}

static bool take_file(struct forge_look *look, const json_t *item, void *user)
{
    struct details *details = user;
    const char *file = forge_text(item, look->forge->file, look->mem);

    if (!file)
        return true;
    details->files =
        poll_room(details->files, sizeof(*details->files), details->file_count, look->mem);
    details->files[details->file_count++] = file;
    return true;
}

static bool get_json(struct forge_look *look, const char *path, const json_t **out,
                     struct ci_err *err)
{
    struct ci_reply reply;

    if (!path || (look->forge->project == path && !look->project))
        return true;
    if (!forge_get(look, path, NULL, &reply, err))
        return spared(false, err);
    *out = reply.json;
    return true;
}

/* Whether the address of the repository takes a call of its own. */
static bool needs_project(const struct forge_look *look, const json_t *pull)
{
    const struct forge *forge = look->forge;
    const struct ci_forge_poller *source = &look->poll->source->forge;
    const char *where = source->magic_link ? forge->target_repository : forge->source_repository;
    const char *address = forge->addresses[source->repository_type];

    return forge->project && !(where && forge_field(forge_field(pull, where), address));
}

static bool get_details(struct forge_look *look, const json_t *pull, struct details *out,
                        struct ci_err *err)
{
    const struct forge *forge = look->forge;
    const json_t *alone = NULL;

    look->number = forge_text(pull, forge->number, look->mem);
    look->revision = forge_text(pull, forge->revision, look->mem);
    look->project = NULL;
    if (needs_project(look, pull))
        look->project = forge_text(pull,
                                   look->poll->source->forge.magic_link ? forge->target_project
                                                                        : forge->source_project,
                                   look->mem);
    look->etag = NULL;
    if (!get_json(look, forge->detail, &alone, err) ||
        !get_json(look, forge->commit, &out->commit, err) ||
        !get_json(look, forge->project, &out->project, err) ||
        !spared(forge_list(look, forge->files, forge->file_items, FILE_PAGES, take_file, out, err),
                err))
        return false;
    out->all = (json_t *)(uintptr_t)(alone ? alone : pull);
    return true;
}

static const char *author_of(const struct forge_look *look, const json_t *pull,
                             const struct details *details)
{
    const struct forge *forge = look->forge;
    const char *name = forge_text(details->commit, forge->commit_author, look->mem);
    const char *mail =
        forge->commit_mail ? forge_text(details->commit, forge->commit_mail, look->mem) : NULL;

    if (name && mail)
        return ci_mem_printf(look->mem, "%s <%s>", name, mail);
    if (!name)
        name = forge_text(pull, forge->author, look->mem);
    return name ? name : "";
}

static const char *comments_of(const struct forge_look *look, const json_t *pull)
{
    const struct forge *forge = look->forge;
    const char *title = forge_text(pull, forge->headline, look->mem);
    const char *body = forge_text(pull, forge->body, look->mem);
    const json_t *commits = forge->commits ? forge_field(pull, forge->commits) : NULL;
    const char *count = "";

    if (json_is_integer(commits))
        count = ci_mem_printf(look->mem, " (%lld commit%s)", (long long)json_integer_value(commits),
                              json_integer_value(commits) == 1 ? "" : "s");
    return ci_mem_printf(look->mem, "%s%s%s\n%s%s%s", forge->title, look->number, count,
                         title ? title : "", body && *body ? "\n" : "", body ? body : "");
}

/*
 * The address of the request's own repository or, with its ref, of the target:
 * in the spelling of the configuration where it is the same, as hooks have it.
 */
static const char *repository_of(const struct forge_look *look, const json_t *pull,
                                 const struct details *details, bool target)
{
    const struct ci_change_source *source = look->poll->source;
    const struct forge *forge = look->forge;
    const char *where = target ? forge->target_repository : forge->source_repository;
    const char *name = forge->addresses[source->forge.repository_type];
    const char *found = where ? forge_text(forge_field(pull, where), name, look->mem) : NULL;

    if (!found)
        found = forge_text(details->project, name, look->mem);
    if (!found)
        return target ? source->repository : NULL;
    return ci_repository_same(found, source->repository) &&
                   source->forge.repository_type == CI_REPOSITORY_HTTPS
               ? source->repository
               : found;
}

/* CI_EINVALID for what can't be stored: it is remembered all the same, or it would come again. */
static bool add_pull(struct forge_look *look, const json_t *listed, struct ci_err *err)
{
    const struct ci_change_source *source = look->poll->source;
    const struct forge *forge = look->forge;
    struct details details = {0};
    const char *repository, *page, *revision;
    struct new_change *change;
    bool magic = source->forge.magic_link && forge->magic;

    if (!get_details(look, listed, &details, err))
        return false;
    repository = repository_of(look, details.all, &details, magic);
    if (!repository && forge->magic) { /* a fork that was removed, or may not be seen */
        magic = true;
        repository = source->repository;
    }
    page = forge_text(details.all, forge->page, look->mem);
    revision = forge_text(details.commit, forge->commit_revision, look->mem);
    change = poll_add(look->poll, look->mem);
    change->author = author_of(look, details.all, &details);
    change->comments = comments_of(look, details.all);
    change->files = (struct ci_strs){details.files, details.file_count};
    change->revision = revision ? revision : look->revision;
    change->branch =
        magic ? ci_mem_printf(look->mem, "%s%s%s", forge->magic, look->number, forge->magic_end)
              : forge_text(details.all, forge->branch, look->mem);
    change->repository = repository ? repository : source->repository;
    change->revlink = page;
    change->properties =
        ci_mem_json(look->mem, forge_properties(source, details.all, page, look->mem));
    change->when = poll_time(look->poll, forge_time(details.all, forge->updated));
    if (!change_check(change, err))
        look->poll->change_count--;
    return true;
}

/* ---- the poll ---- */

/* Whatever was looked at closely counts, even when the rate limit ends the poll before all were. */
static bool add_pulls(struct forge_look *look, const struct pulls *pulls, struct ci_err *err)
{
    struct poll *poll = look->poll;
    int moved = 0;

    for (size_t i = pulls->count; i-- > 0;) {
        const char *number = forge_text(pulls->items[i], look->forge->number, look->mem);
        const char *head = forge_text(pulls->items[i], look->forge->revision, look->mem);
        const char *before = poll_seen(poll, number);
        bool has_moved = poll->initialized && !(before && strcmp(before, head) == 0);

        if (has_moved && !poll->more && moved < MOVED_MAX &&
            !add_pull(look, pulls->items[i], err)) {
            if (moved == 0 || poll->not_before.us == 0)
                return false;
            poll->more = true;
        }
        poll->more |= has_moved && moved == MOVED_MAX;
        moved += has_moved && !poll->more;
        if (has_moved && poll->more)
            head = before;
        if (head)
            poll_remember(poll, number, head, look->mem);
    }
    return true;
}

static bool look_at(struct forge_look *look, struct ci_err *err)
{
    struct poll *poll = look->poll;
    struct pulls pulls = {0};
    const char *etag;

    look->etag = etag_of(poll);
    if (!forge_list(look, look->forge->list, look->forge->items, LIST_PAGES, take_pull, &pulls,
                    err))
        return false;
    poll->unchanged = look->unchanged;
    if (poll->unchanged)
        return true;
    etag = look->etag;
    if (!add_pulls(look, &pulls, err))
        return false;
    poll->next_state = ci_mem_json(look->mem, json_object());
    if (etag && !poll->more) {
        json_object_set_new(poll->next_state, "etag", json_string(etag));
        json_object_set_new(poll->next_state, "version", json_integer(poll->version));
    }
    return true;
}

bool poll_forge(struct poll *poll, void *mem, struct ci_err *err)
{
    const struct ci_client_options options = {.user_agent = "slipway-changes/" SLIPWAY_VERSION};
    struct forge_look look = {.poll = poll, .forge = forge_of(poll->source->type), .mem = mem};
    bool done;

    if (!ci_client_open(&options, &look.client, err))
        return false;
    done = look_at(&look, err);
    ci_client_close(look.client);
    return done;
}
