/* SPDX-License-Identifier: Apache-2.0 */
/* A git working copy: what differs from the newest commit that the remote has too. */
#include "working_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK(...) WORKING_COPY_ASK(copy, mem, "git", __VA_ARGS__)

struct upstream {
    const char *remote;    /* its name */
    const char *branch;    /* as the remote calls it; NULL: its default */
    const char *reference; /* ours for it; NULL: none */
};

static const char *first_remote(const struct working_copy *copy, void *mem)
{
    return ASK("config", "remote.origin.url") ? "origin" : ASK("remote");
}

/* The branch's upstream; without one, the remote's own branch. */
static struct upstream find_upstream(const struct working_copy *copy, void *mem)
{
    const char *here = ASK("symbolic-ref", "--quiet", "--short", "HEAD");
    struct upstream up = {0};
    const char *merge, *head;

    if (here) {
        merge = ASK("config", ci_mem_printf(mem, "branch.%s.merge", here));
        up.remote = ASK("config", ci_mem_printf(mem, "branch.%s.remote", here));
        up.reference = ASK("rev-parse", "--verify", "--quiet", "@{upstream}");
        if (merge && up.remote && strcmp(up.remote, ".") != 0 && up.reference) {
            up.branch = strncmp(merge, "refs/heads/", 11) == 0 ? merge + 11 : merge;
            return up;
        }
    }
    up = (struct upstream){.remote = first_remote(copy, mem)};
    if (!up.remote)
        return up;
    head = ASK("symbolic-ref", "--quiet", ci_mem_printf(mem, "refs/remotes/%s/HEAD", up.remote));
    if (head) {
        up.reference = head;
        up.branch = head + strlen("refs/remotes//") + strlen(up.remote);
    }
    return up;
}

static bool find_base(struct working_copy *copy, const struct upstream *up, void *mem,
                      struct ci_err *err)
{
    const char *asked = copy->base;

    if (asked) {
        copy->base = ASK("rev-parse", "--verify", "--quiet", "--end-of-options",
                         ci_mem_printf(mem, "%s^{commit}", asked));
        return copy->base || ci_fail(err, CI_EINVALID, "no commit \"%s\"", asked);
    }
    if (!up->reference)
        return ci_fail(err, CI_EINVALID,
                       "the branch has no upstream: say by --base which commit the server has");
    copy->base = ASK("merge-base", "HEAD", up->reference);
    return copy->base ||
           ci_fail(err, CI_EINVALID, "nothing in common with the upstream: use --base");
}

/* A copy of the index that knows the new files too, in *env. The caller removes the file. */
static bool add_untracked(const struct working_copy *copy, void *mem, const char **file,
                          const char **env, struct ci_err *err)
{
    const char *index = ASK("rev-parse", "--path-format=absolute", "--git-path", "index");
    const char *tmp = getenv("TMPDIR");
    char *path = ci_mem_printf(mem, "%s/slipway-try-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int fd = mkstemp(path);
    struct ci_bytes ignored;

    if (fd < 0)
        return ci_fail(err, CI_EUNAVAILABLE, "could not create %s: %s", path, strerror(errno));
    close(fd);
    *file = path;
    *env = ci_mem_printf(mem, "GIT_INDEX_FILE=%s", path);
    /* git takes no empty file for an index. */
    if (index && access(index, F_OK) == 0) {
        if (!working_copy_run(copy, (const char *const[]){"cp", "--", index, path, NULL}, NULL, mem,
                              &ignored, err))
            return false;
    } else {
        unlink(path);
    }
    return working_copy_run(copy,
                            (const char *const[]){"git", "add", "--intent-to-add", "--", ".", NULL},
                            (const char *const[]){*env, NULL}, mem, &ignored, err);
}

static bool read_diff(struct working_copy *copy, void *mem, struct ci_err *err)
{
    const char *const argv[] = {"git",
                                "diff",
                                "--binary",
                                "--full-index",
                                "--no-color",
                                "--no-ext-diff",
                                "--no-textconv",
                                "--no-renames",
                                "--ignore-submodules=dirty",
                                "--src-prefix=a/",
                                "--dst-prefix=b/",
                                copy->base,
                                "--",
                                NULL};
    const char *file = NULL, *env[2] = {NULL, NULL};
    bool done = (!copy->untracked || add_untracked(copy, mem, &file, &env[0], err)) &&
                working_copy_run(copy, argv, env, mem, &copy->diff, err);

    if (file)
        unlink(file);
    return done;
}

bool working_copy_git(struct working_copy *copy, void *mem, struct ci_err *err)
{
    struct upstream up = find_upstream(copy, mem);

    if (!copy->repository && up.remote) {
        copy->repository = ASK("remote", "get-url", up.remote);
        if (copy->repository)
            copy->repository = working_copy_public_url(mem, copy->repository);
    }
    if (!copy->repository)
        return ci_fail(err, CI_EINVALID, "the working copy has no remote: use --repository");
    if (!copy->branch)
        copy->branch = up.branch;
    copy->level = 1;
    return find_base(copy, &up, mem, err) && read_diff(copy, mem, err);
}
