/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One poll of a Mercurial repository (buildbot/changes/hgpoller.py): it is
 * pulled into a cache without files, and what no head seen before reaches
 * becomes a change of its named branch, or of the bookmark that reaches it.
 * Branches may have several heads; what is remembered is named "BRANCH#NODE".
 */
#include "polls/hg.h"

#include "polls/poll.h"
#include "shared/proc.h"
#include "shared/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_OUTPUT = 256 << 20, MAX_HEADS = 2000, NODE = 40, NAME_MAX_BYTES = 500 };

/* Nobody is there to be asked; what hg and ssh are configured to do stays. */
static const char *const hg_env[] = {
    "HGPLAIN=1",        "HGENCODING=UTF-8",          "LC_ALL=C.UTF-8",
    "SSH_ASKPASS=true", "SSH_ASKPASS_REQUIRE=force", NULL,
};

struct hg {
    struct poll *poll;
    const char *dir;
    void *mem;
};

/* Whether hg complains of the cache rather than of the remote. */
static bool is_broken(const char *text)
{
    static const char *const signs[] = {
        "abandoned transaction",
        "integrity check failed",
        "/.hg/",
        "00changelog",
    };

    for (size_t i = 0; i < CI_COUNT(signs); i++)
        if (strstr(text, signs[i]))
            return true;
    return false;
}

static bool run(const struct hg *hg, const char *const *args, struct ci_bytes *out,
                struct ci_err *err)
{
    const char *argv[16] = {"hg", "--noninteractive", "-R", hg->dir};
    const struct ci_proc proc = {
        .argv = argv,
        .env = hg_env,
        .timeout = hg->poll->source->timeout,
        .max_output = MAX_OUTPUT,
        .abort = hg->poll->abort,
    };
    struct ci_proc_result result;
    const char *text;

    for (size_t i = 0, n = 4; args[i] && n + 1 < CI_COUNT(argv); i++)
        argv[n++] = args[i];
    if (!ci_proc_run(&proc, hg->mem, &result, err))
        return ci_fail_in(err, "hg %s", args[0]);
    text = strstr(result.err_text, "abort: ");
    text = text ? text : result.err_text;
    if (result.exit_code != 0)
        return ci_fail(err, is_broken(text) ? CI_ECONFLICT : CI_EUNAVAILABLE, "hg %s: %.*s",
                       args[0], (int)strcspn(text, "\n"), text);
    *out = result.out;
    return true;
}
#define HG(hg, out, err, ...) run((hg), (const char *const[]){__VA_ARGS__, NULL}, (out), (err))

/* ---- the cache ---- */

/* hg reads the password there, which no command line shows. */
static bool write_hgrc(const struct hg *hg, struct ci_err *err)
{
    const struct ci_change_source *source = hg->poll->source;
    const char *path = ci_mem_printf(hg->mem, "%s/.hg/hgrc", hg->dir), *text = "";
    int file;
    bool written;

    if (hg->poll->secret && (strpbrk(hg->poll->secret, "\r\n") || strpbrk(source->user, "\r\n")))
        return ci_fail(err, CI_EINVALID, "user and password must be one line");
    if (hg->poll->secret)
        text = ci_mem_printf(hg->mem,
                             "[auth]\nslipway.prefix = *\nslipway.schemes = http https\n"
                             "slipway.username = %s\nslipway.password = %s\n",
                             source->user, hg->poll->secret);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return ci_fail(err, CI_ECONFLICT, "could not write \"%s\": %s", path, strerror(errno));
    written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
    close(file);
    return written || ci_fail(err, CI_EUNAVAILABLE, "could not write \"%s\"", path);
}

static bool pull(const struct hg *hg, struct ci_err *err)
{
    struct ci_bytes out;

    if (access(ci_mem_printf(hg->mem, "%s/.hg/store", hg->dir), F_OK) != 0) {
        git_drop(&(struct git){.dir = hg->dir}); /* what a killed init left */
        if (!HG(hg, &out, err, "init", "--", hg->dir))
            return false;
    }
    return write_hgrc(hg, err) &&
           HG(hg, &out, err, "pull", "-q", "--", hg->poll->source->repository);
}

/* ---- heads ---- */

/* What hg prints NUL-ended. */
struct tokens {
    const char *at, *end;
    void *mem;
};

static const char *next_token(struct tokens *tokens)
{
    const char *start = tokens->at;
    size_t len;

    if (start >= tokens->end)
        return NULL;
    len = strnlen(start, (size_t)(tokens->end - start));
    tokens->at = start + len + 1;
    return ci_utf8_clean(tokens->mem, start, len);
}

static struct tokens tokens_of(struct ci_bytes text, void *mem)
{
    return (struct tokens){text.data, (const char *)text.data + text.len, mem};
}

/* What is remembered of a repository without a head: no branch is called so. */
static const char was_empty[] = "";

static bool wants_branch(const struct ci_change_source *source, const char *branch)
{
    if (source->all_branches)
        return true;
    if (source->branches.count == 0 && source->bookmarks.count == 0)
        return strcmp(branch, "default") == 0;
    return poll_wants(source->branches, branch);
}

/* Heads under "BRANCH#NODE". */
static bool find_branches(const struct hg *hg, struct ci_err *err)
{
    const char *node, *branch;
    struct ci_bytes out = {"", 0};
    struct tokens tokens;

    if (!HG(hg, &out, err, "log", "-r", "head() and not closed()", "-T", "{node}\\0{branch}\\0"))
        return false;
    if (out.len == 0)
        poll_remember(hg->poll, was_empty, "empty", hg->mem);
    tokens = tokens_of(out, hg->mem);
    while ((node = next_token(&tokens)) && (branch = next_token(&tokens)))
        if (wants_branch(hg->poll->source, branch) && strlen(branch) <= NAME_MAX_BYTES)
            poll_remember(hg->poll, ci_mem_printf(hg->mem, "%s#%s", branch, node), node, hg->mem);
    return true;
}

/* Bookmarks under "NAME": hg pull learns of known ones only. */
static bool find_bookmarks(const struct hg *hg, struct ci_err *err)
{
    const struct ci_change_source *source = hg->poll->source;
    struct ci_bytes out = {"", 0};
    char *line, *rest = NULL;

    if (source->bookmarks.count == 0)
        return true;
    if (!HG(hg, &out, err, "debugpushkey", "--", source->repository, "bookmarks"))
        return false;
    line = strtok_r(ci_mem_strndup(hg->mem, out.data, out.len), "\n", &rest);
    for (; line; line = strtok_r(NULL, "\n", &rest)) {
        char *tab = strrchr(line, '\t');

        if (!tab || strlen(tab + 1) != NODE || tab - line > NAME_MAX_BYTES)
            continue;
        *tab = '\0';
        line = ci_utf8_clean(hg->mem, line, strlen(line));
        if (poll_wants(source->bookmarks, line) && !strchr(line, '#'))
            poll_remember(hg->poll, line, tab + 1, hg->mem);
    }
    return true;
}

/* ---- changesets ---- */

bool hg_parse_log(struct ci_bytes text, void *mem, struct ci_list *out, struct ci_err *err)
{
    struct tokens tokens = tokens_of(text, mem);
    struct hg_commit *commits = NULL;
    const char *node, *date, *file;
    size_t n = 0;

    while ((node = next_token(&tokens))) {
        struct hg_commit commit = {.revision = node};
        const char **files = NULL;

        commit.branch = next_token(&tokens);
        commit.author = next_token(&tokens);
        date = next_token(&tokens);
        commit.comments = next_token(&tokens);
        if (!commit.comments || strlen(node) != NODE)
            return ci_fail(err, CI_EINTERNAL, "hg log printed what it should not");
        commit.when = change_time(strtoll(date, NULL, 10));
        while ((file = next_token(&tokens)) && *file) {
            files = poll_room(files, sizeof(*files), commit.files.count, mem);
            files[commit.files.count++] = file;
        }
        commit.files.items = files;
        commits = poll_room(commits, sizeof(*commits), n, mem);
        commits[n++] = commit;
    }
    *out = (struct ci_list){commits, n};
    return true;
}

static bool same_branch(const char *name, const char *other)
{
    size_t len = strcspn(name, "#");

    return strncmp(name, other, len) == 0 && other[len] == name[len];
}

/* "present(a)+present(b)": what was seen and may have been stripped since, and the branch's heads
 * before this one. */
static const char *seen_set(const struct poll *poll, size_t head, void *mem)
{
    struct ci_buf set;

    ci_buf_init(&set, mem);
    ci_buf_puts(&set, "none()");
    CI_FOREACH(const struct poller_ref, ref, poll->seen)
        if (ref->branch[0])
            ci_buf_printf(&set, "+present(%s)", ref->revision);
    for (size_t i = 0; i < head; i++)
        if (same_branch(poll->branches.items[head], poll->branches.items[i]))
            ci_buf_printf(&set, "+%s", poll->revisions.items[i]);
    return set.text;
}

/*
 * Of a branch none of whose former heads is to be had any more the head alone,
 * not its history; the same where nothing of what is watched was there before,
 * unless the whole repository was empty.
 */
static bool is_torn(const struct hg *hg, const char *name, struct ci_bytes known)
{
    bool any = known.len == 0 && !poll_seen(hg->poll, was_empty);

    CI_FOREACH(const struct poller_ref, ref, hg->poll->seen) {
        if (!same_branch(name, ref->branch))
            continue;
        if (strstr(known.data, ref->revision))
            return false;
        any = true;
    }
    return any;
}

static void add_commit(const struct hg *hg, const char *branch, const struct hg_commit *commit)
{
    struct new_change *change = poll_add(hg->poll, hg->mem);

    change->author = commit->author;
    change->comments = commit->comments;
    change->files = commit->files;
    change->revision = commit->revision;
    change->branch = branch;
    change->when = poll_time(hg->poll, commit->when);
}

/* A head that is new, or a bookmark that moved. A branch takes only changesets of its own. */
static bool add_head(const struct hg *hg, size_t head, struct ci_bytes known, struct ci_err *err)
{
    const char *name = hg->poll->branches.items[head], *node = hg->poll->revisions.items[head];
    const char *hash = strchr(name, '#'), *before = poll_seen(hg->poll, name), *set;
    const char *branch = ci_mem_strndup(hg->mem, name, strcspn(name, "#"));
    struct ci_bytes out = {"", 0};
    struct ci_list commits;

    if (!name[0] || (before && strcmp(before, node) == 0))
        return true;
    set = is_torn(hg, name, known) ? node
                                   : ci_mem_printf(hg->mem, "sort(::%s - ::(%s), rev)", node,
                                                   seen_set(hg->poll, head, hg->mem));
    if (!HG(hg, &out, err, "log", "-r", set, "-T",
            "{node}\\0{branch}\\0{author}\\0{date|hgdate}\\0{desc}\\0{files % '{file}\\0'}\\0") ||
        !hg_parse_log(out, hg->mem, &commits, err))
        return ci_fail_in(err, "branch \"%s\"", branch);
    CI_FOREACH(const struct hg_commit, commit, commits)
        if (!hash || strcmp(commit->branch, branch) == 0)
            add_commit(hg, branch, commit);
    return true;
}

static bool look(const struct hg *hg, struct ci_err *err)
{
    struct poll *poll = hg->poll;
    struct ci_bytes known = {"", 0};

    poll->branches = poll->revisions = (struct ci_strs){0};
    poll->change_count = 0;
    if (!pull(hg, err) || !find_branches(hg, err) || !find_bookmarks(hg, err))
        return false;
    if (poll->branches.count > MAX_HEADS)
        return ci_fail(err, CI_EUNAVAILABLE, "the repository has %zu heads, more than %d",
                       poll->branches.count, MAX_HEADS);
    if (!poll->initialized)
        return true;
    if (!HG(hg, &known, err, "log", "-r", seen_set(poll, 0, hg->mem), "-T", "{node}\\n"))
        return false;
    for (size_t i = 0; i < poll->branches.count; i++)
        if (!add_head(hg, i, known, err))
            return false;
    return true;
}

bool poll_hg(struct poll *poll, void *mem, struct ci_err *err)
{
    const struct hg hg = {poll, ci_mem_printf(mem, "%s.hg", poll->dir), mem};

    if (look(&hg, err))
        return true;
    if (err->code != CI_ECONFLICT)
        return false;
    git_drop(&(struct git){.dir = hg.dir}); /* a cache, left broken by a process that was killed */
    return look(&hg, err);
}
