/* SPDX-License-Identifier: Apache-2.0 */
#include "shared/diff.h"

#include "shared/file.h"
#include "shared/proc.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LONGEST_SECONDS = 30 };

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* A file in memory that holds the text, and the path by which a child of ours can open it. */
static bool keep(struct ci_bytes text, void *mem, int *fd, const char **path, struct ci_err *err)
{
    *fd = memfd_create("diff", MFD_CLOEXEC);
    if (*fd < 0 || !ci_write_all(*fd, text))
        return ci_fail(err, CI_EUNAVAILABLE, "could not keep a text: %s", strerror(errno));
    *path = ci_mem_printf(mem, "/proc/%ld/fd/%d", (long)getpid(), *fd);
    return true;
}

bool ci_diff(const struct ci_diff_text *old, const struct ci_diff_text *new, void *mem,
             struct ci_bytes *out, struct ci_err *err)
{
    CI_CLEANUP(close_fd) int old_fd = -1;
    CI_CLEANUP(close_fd) int new_fd = -1;
    const char *old_path, *new_path;
    struct ci_proc_result result;

    if (!keep(old->text, mem, &old_fd, &old_path, err) ||
        !keep(new->text, mem, &new_fd, &new_path, err))
        return false;
    const char *const argv[] = {"diff",     "-u", "-a",     "--label", old->label, "--label",
                                new->label, "--", old_path, new_path,  NULL};
    if (!ci_proc_run(&(struct ci_proc){.argv = argv, .timeout = ci_seconds(LONGEST_SECONDS)}, mem,
                     &result, err))
        return false;
    if (result.exit_code < 0 || result.exit_code > 1)
        return ci_fail(err, CI_EUNAVAILABLE, "diff: %s", result.err_text);
    *out = result.out;
    return true;
}
