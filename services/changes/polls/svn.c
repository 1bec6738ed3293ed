/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One poll of a Subversion repository (buildbot/changes/svnpoller.py): each
 * revision since the last one seen is a change for every branch, and project,
 * that it touched. The last revision is remembered under the name "".
 */
#include "polls/svn.h"

#include "polls/poll.h"
#include "shared/proc.h"
#include "shared/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_OUTPUT = 256 << 20, MAX_ARGS = 64 };

static const char *const svn_env[] = {
    "LC_ALL=C.UTF-8",
    "SVN_SSH=ssh -q -o BatchMode=yes",
    NULL,
};

struct svn {
    struct poll *poll;
    void *mem;
    const char *prefix; /* of the folder, below the root: "" or "/a/b" */
};

static bool run(const struct svn *svn, const char *const *args, struct ci_bytes *out,
                struct ci_err *err)
{
    const struct ci_change_source *source = svn->poll->source;
    struct ci_strs extra = source->svn.extra_args;
    const char *argv[MAX_ARGS + 24] = {"svn", "--non-interactive", "--no-auth-cache"};
    const struct ci_proc proc = {
        .argv = argv,
        .env = getenv("SVN_SSH") ? (const char *const[]){svn_env[0], NULL}
              : svn_env,
        .input = svn->poll->secret ? ci_mem_printf(svn->mem, "%s\n", svn->poll->secret) : NULL,
        .timeout = source->timeout,
        .max_output = MAX_OUTPUT,
        .abort = svn->poll->abort,
    };
    struct ci_proc_result result;
    size_t n = 3;
    const char *text;

    if (source->user) {
        argv[n++] = "--username";
        argv[n++] = source->user;
    }
    if (svn->poll->secret)
        argv[n++] = "--password-from-stdin";
    for (size_t i = 0; i < extra.count && i < MAX_ARGS; i++)
        argv[n++] = extra.items[i];
    for (size_t i = 0; args[i] && n + 1 < CI_COUNT(argv); i++)
        argv[n++] = args[i];
    if (!ci_proc_run(&proc, svn->mem, &result, err))
        return ci_fail_in(err, "svn %s", args[0]);
    text = strstr(result.err_text, "svn: E");
    text = text ? text : result.err_text;
    if (result.exit_code != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "svn %s: %.*s", args[0], (int)strcspn(text, "\n"),
                       text);
    *out = result.out;
    return true;
}
#define SVN(svn, out, err, ...) run((svn), (const char *const[]){__VA_ARGS__, NULL}, (out), (err))

/* Paths in URLs are percent-encoded, those of the log are not. */
static const char *decoded(const char *text, void *mem)
{
    char *copy = ci_mem_strdup(mem, text), *to = copy;

    for (const char *from = copy; *from; from++) {
        char hex[3] = {0}, *end;
        long value;

        if (from[0] == '%' && from[1] && from[2]) {
            hex[0] = from[1];
            hex[1] = from[2];
            value = strtol(hex, &end, 16);
            if (*end == '\0' && value > 0) {
                *to++ = (char)value;
                from += 2;
                continue;
            }
        }
        *to++ = *from;
    }
    *to = '\0';
    return copy;
}

/* A revision's paths of one project and branch; the change is the last of the poll's. */
static struct new_change *change_for(const struct svn *svn, size_t first,
                                     const struct svn_place *place)
{
    struct poll *poll = svn->poll;

    for (size_t i = first; i < poll->change_count; i++) {
        struct new_change *change = &poll->changes[i];
        bool same = place->branch ? change->branch && strcmp(change->branch, place->branch) == 0
                                  : !change->branch;

        if (same && (!place->project || strcmp(change->project, place->project) == 0))
            return change;
    }
    return NULL;
}

static struct new_change *new_change_for(const struct svn *svn, const struct svn_entry *entry,
                                         const struct svn_place *place)
{
    const char *link = svn->poll->source->svn.revlink, *mark = link ? strstr(link, "%s") : NULL;
    struct new_change *change = poll_add(svn->poll, svn->mem);

    change->author = entry->author;
    change->comments = entry->comments;
    change->revision = ci_mem_printf(svn->mem, "%lld", (long long)entry->revision);
    change->branch = place->branch;
    change->when = poll_time(svn->poll, entry->when);
    if (place->project) {
        change->project = place->project;
        /* The same revision may touch several projects. */
        change->repository =
            ci_mem_printf(svn->mem, "%s/%s", svn->poll->source->repository, place->project);
    }
    if (link)
        change->revlink = mark ? ci_mem_printf(svn->mem, "%.*s%s%s", (int)(mark - link), link,
                                               change->revision, mark + 2)
                               : link;
    return change;
}

static void add_file(struct new_change *change, const char *file, void *mem)
{
    const char **files =
        poll_room((void *)(uintptr_t)change->files.items, sizeof(*files), change->files.count, mem);

    files[change->files.count++] = file;
    change->files.items = files;
}

/* A branch that was removed is nothing to build, as Buildbot has it. */
static bool is_removal(const struct svn_path *path, const struct svn_place *place)
{
    return path->action[0] == 'D' && place->file[0] == '\0';
}

static void add_entry(const struct svn *svn, const struct svn_entry *entry)
{
    size_t first = svn->poll->change_count;

    for (size_t i = 0; i < entry->path_count; i++) {
        const char *below = svn_below(svn->prefix, entry->paths[i].path);
        struct svn_place place;
        struct new_change *change;

        if (!below || !svn_split(svn->poll->source->svn.split_file, below, svn->mem, &place) ||
            is_removal(&entry->paths[i], &place))
            continue;
        change = change_for(svn, first, &place);
        if (!change)
            change = new_change_for(svn, entry, &place);
        add_file(change, place.file, svn->mem);
    }
}

/* The revisions behind `last`, oldest first; histmax at a time. */
static bool add_entries(const struct svn *svn, int64_t last, int64_t head, const char *target,
                        int64_t *reached, struct ci_err *err)
{
    int max = svn->poll->source->svn.histmax;
    const char *range = ci_mem_printf(svn->mem, "%lld:%lld", (long long)last + 1, (long long)head);
    struct ci_bytes out = {"", 0};
    struct ci_list entries;

    if (!SVN(svn, &out, err, "log", "--xml", "--verbose", "-r", range, "--limit",
             ci_mem_printf(svn->mem, "%d", max), "--", target) ||
        !svn_parse_log(out, svn->mem, &entries, err))
        return false;
    *reached = head;
    CI_FOREACH(const struct svn_entry, entry, entries) {
        add_entry(svn, entry);
        if (entries.count == (size_t)max)
            *reached = entry->revision;
    }
    svn->poll->more = *reached < head;
    return true;
}

bool poll_svn(struct poll *poll, void *mem, struct ci_err *err)
{
    const char *url = poll->source->repository, *seen = poll_seen(poll, "");
    int64_t last = seen ? strtoll(seen, NULL, 10) : 0, reached;
    struct svn svn = {.poll = poll, .mem = mem};
    struct ci_bytes out = {"", 0};
    struct svn_info info;

    if (poll->secret && strpbrk(poll->secret, "\r\n"))
        return ci_fail(err, CI_EINVALID, "the password must be one line");
    /* "@" at the end: one in the URL itself begins no revision then. */
    if (!SVN(&svn, &out, err, "info", "--xml", "--", ci_mem_printf(mem, "%s@", url)) ||
        !svn_parse_info(out, mem, &info, err))
        return false;
    svn.prefix = decoded(info.url + strlen(info.root), mem);
    reached = info.revision;
    /* Fewer revisions than seen: another repository has taken its place. */
    if (poll->initialized && last < info.revision &&
        !add_entries(&svn, last, info.revision,
                     ci_mem_printf(mem, "%s@%lld", url, (long long)info.revision), &reached, err))
        return false;
    poll_remember(poll, "", ci_mem_printf(mem, "%lld", (long long)reached), mem);
    return true;
}
