/* SPDX-License-Identifier: Apache-2.0 */
/* Working copies of Mercurial and Subversion. */
#include "shared/clock.h"
#include "shared/proc.h"
#include "working_copy.h"

#include <string.h>

/* New files as `diff` shows them, after what the vcs itself has shown. `names` are NUL-separated.
 */
static bool add_new(struct working_copy *copy, struct ci_bytes names, const char *prefix, void *mem,
                    struct ci_err *err)
{
    const char *name = names.data, *end = name + names.len;
    struct ci_buf all;

    ci_buf_init(&all, mem);
    ci_buf_add(&all, copy->diff.data, copy->diff.len);
    for (; name < end; name += strlen(name) + 1) {
        const char *label = ci_mem_printf(mem, "%s%s", prefix, name);
        const char *path = ci_mem_printf(mem, "./%s", name);
        const char *const argv[] = {"diff", "--unified", "--label",   "/dev/null", "--label",
                                    label,  "--",        "/dev/null", path,        NULL};
        const struct ci_proc proc = {.argv = argv, .dir = copy->root, .timeout = ci_seconds(60)};
        struct ci_proc_result result;

        if (!ci_proc_run(&proc, mem, &result, err))
            return false;
        /* Its exit code tells differences (1) from trouble (2), as of binary files. */
        if (result.exit_code > 1 || strncmp(result.out.data, "Binary", 6) == 0)
            return ci_fail(err, CI_EINVALID, "%s can't be part of a diff: it is a binary file",
                           name);
        ci_buf_add(&all, result.out.data, result.out.len);
    }
    copy->diff = (struct ci_bytes){all.text, all.len};
    return true;
}

/* ---- Mercurial ---- */

#define HG(...) WORKING_COPY_ASK(copy, mem, "hg", __VA_ARGS__)

static bool hg_base(struct working_copy *copy, void *mem, struct ci_err *err)
{
    const char *asked = copy->base;

    copy->base = asked ? HG("log", "--rev", asked, "--limit", "1", "--template", "{node}")
                       : HG("log", "--rev", "last(public() and ::.)", "--template", "{node}");
    if (copy->base)
        return true;
    return asked ? ci_fail(err, CI_EINVALID, "no revision \"%s\"", asked)
                 : ci_fail(err, CI_EINVALID, "nothing was pushed yet: use --base");
}

bool working_copy_hg(struct working_copy *copy, void *mem, struct ci_err *err)
{
    struct ci_bytes names;

    if (!copy->repository) {
        copy->repository = HG("paths", "default");
        if (!copy->repository)
            return ci_fail(err, CI_EINVALID,
                           "the working copy has no default path: use --repository");
        copy->repository = working_copy_public_url(mem, copy->repository);
    }
    if (!copy->branch)
        copy->branch = HG("branch");
    copy->level = 1;
    if (!hg_base(copy, mem, err) ||
        !working_copy_run(copy,
                          (const char *const[]){"hg", "diff", "--git", "--rev", copy->base, NULL},
                          NULL, mem, &copy->diff, err))
        return false;
    if (!copy->untracked)
        return true;
    return working_copy_run(
               copy,
               (const char *const[]){"hg", "status", "--unknown", "--no-status", "--print0", NULL},
               NULL, mem, &names, err) &&
           add_new(copy, names, "b/", mem, err);
}

/* ---- Subversion ---- */

#define SVN(...) WORKING_COPY_ASK(copy, mem, "svn", "--non-interactive", __VA_ARGS__)

/* Lines "?       name" as names. */
static struct ci_bytes svn_names(struct ci_bytes status, void *mem)
{
    struct ci_buf names;
    char *text = ci_mem_dup(mem, status.data, status.len), *rest = NULL;

    ci_buf_init(&names, mem);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (line[0] == '?' && strlen(line) > 8)
            ci_buf_add(&names, line + 8, strlen(line + 8) + 1);
    return (struct ci_bytes){names.text, names.len};
}

static bool svn_where(struct working_copy *copy, void *mem, struct ci_err *err)
{
    const char *root = SVN("info", "--show-item", "repos-root-url");
    const char *url = SVN("info", "--show-item", "url");
    size_t len;

    if (!root || !url)
        return ci_fail(err, CI_EINVALID, "svn does not know this working copy");
    if (!copy->repository)
        copy->repository = root;
    len = strlen(copy->repository);
    while (len > 0 && copy->repository[len - 1] == '/')
        len--;
    if (!copy->branch && strncmp(url, copy->repository, len) == 0 && url[len] == '/')
        copy->branch = url + len + 1;
    copy->repository = working_copy_public_url(mem, copy->repository);
    if (!copy->base)
        copy->base = SVN("info", "--show-item", "revision");
    return copy->base || ci_fail(err, CI_EINVALID, "no revision: use --base");
}

bool working_copy_svn(struct working_copy *copy, void *mem, struct ci_err *err)
{
    struct ci_bytes status;

    copy->level = 0;
    if (!svn_where(copy, mem, err))
        return false;
    copy->base = ci_mem_strndup(mem, copy->base, strcspn(copy->base, " "));
    if (!working_copy_run(copy,
                          (const char *const[]){"svn", "diff", "--non-interactive",
                                                "--internal-diff", "--patch-compatible",
                                                "--revision", copy->base, NULL},
                          NULL, mem, &copy->diff, err))
        return false;
    if (memmem(copy->diff.data, copy->diff.len, "\nCannot display: ", 17))
        return ci_fail(err, CI_EINVALID, "svn can't show changes of binary files");
    if (!copy->untracked)
        return true;
    return working_copy_run(copy,
                            (const char *const[]){"svn", "status", "--ignore-externals", NULL},
                            NULL, mem, &status, err) &&
           add_new(copy, svn_names(status, mem), "", mem, err);
}
