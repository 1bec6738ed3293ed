/* SPDX-License-Identifier: Apache-2.0 */
/* Running git; the parsers are in git_parse.c. */
#include "git.h"

#include "shared/proc.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_ARGS = 40, TIPS_AT_ONCE = 200 };

/* Never asks anybody for a password; no configuration but the user's own. */
static const char *const git_env[] = {
    "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true", "SSH_ASKPASS=true", "LC_ALL=C.UTF-8",
    "GIT_SSH_COMMAND=ssh -o BatchMode=yes", NULL,
};

static bool run(const struct git *git, const char *const *argv, void *mem,
                struct ci_proc_result *result, struct ci_err *err)
{
    const struct ci_proc proc = {
        .argv = argv,
        .env = git_env,
        .timeout = git->timeout,
        .max_output = (size_t)256 << 20,
        .abort = git->abort,
    };

    if (!ci_proc_run(&proc, mem, result, err))
        return ci_fail_in(err, "git %s", argv[1]);
    return true;
}

/* The first line that says what is wrong. */
static const char *reason(const struct ci_proc_result *result, void *mem)
{
    const char *text = strstr(result->err_text, "fatal: ");

    if (!text)
        text = strstr(result->err_text, "error: ");
    if (!text)
        text = result->err_text;
    return ci_mem_strndup(mem, text, strcspn(text, "\n"));
}

static bool run_ok(const struct git *git, const char *const *argv, void *mem,
                   struct ci_proc_result *result, struct ci_err *err)
{
    if (!run(git, argv, mem, result, err))
        return false;
    if (result->exit_code != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "git %s: %s", argv[1][0] == '-' ? argv[3] : argv[1],
                       reason(result, mem));
    return true;
}

bool git_tips(const struct git *git, const struct ci_change_source *source, void *mem,
              struct ci_list *out, struct ci_err *err)
{
    const char *const argv[] = {"git", "ls-remote", "--symref", "--", git->repository,
                                "HEAD", "refs/heads/*", NULL};
    struct ci_proc_result result;

    if (!run_ok(git, argv, mem, &result, err))
        return false;
    git_parse_tips(result.out.data, source, mem, out);
    return true;
}

static bool make_repository(const struct git *git, void *mem, struct ci_err *err)
{
    const char *const argv[] = {"git", "init", "-q", "--bare", git->dir, NULL};
    struct ci_proc_result result;

    if (access(ci_mem_printf(mem, "%s/HEAD", git->dir), F_OK) == 0)
        return true;
    return run_ok(git, argv, mem, &result, err);
}

static bool fetch_some(const struct git *git, const struct git_tip *tips, size_t count, void *mem,
                       struct ci_err *err)
{
    static const char *const head[] = {"git", "-C", NULL, "-c", "gc.autoDetach=false", "fetch", "-q",
                                       "--no-tags", "--force", "--no-write-fetch-head", "--"};
    const char **argv = ci_mem_array(mem, const char *, CI_COUNT(head) + count + 2);
    struct ci_proc_result result;
    size_t n = CI_COUNT(head);

    memcpy(argv, head, sizeof(head));
    argv[2] = git->dir;
    argv[n++] = git->repository;
    for (size_t i = 0; i < count; i++)
        argv[n++] = ci_mem_printf(mem, "+refs/heads/%s:refs/heads/%s", tips[i].branch, tips[i].branch);
    if (!run(git, argv, mem, &result, err))
        return false;
    if (result.exit_code != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "git fetch: %s", reason(&result, mem));
    return true;
}

bool git_fetch(const struct git *git, const struct ci_list *tips, void *mem, struct ci_err *err)
{
    const struct git_tip *items = tips->items;

    if (!make_repository(git, mem, err))
        return false;
    for (size_t i = 0; i < tips->count; i += TIPS_AT_ONCE) {
        size_t left = tips->count - i;

        if (!fetch_some(git, items + i, left < TIPS_AT_ONCE ? left : TIPS_AT_ONCE, mem, err))
            return false;
    }
    return true;
}

bool git_has(const struct git *git, const char *revision, void *mem, bool *out, struct ci_err *err)
{
    const char *const argv[] = {
        "git", "-C", git->dir, "cat-file", "-e", ci_mem_printf(mem, "%s^{commit}", revision), NULL,
    };
    struct ci_proc_result result;

    if (!run(git, argv, mem, &result, err))
        return false;
    *out = result.exit_code == 0;
    return true;
}

bool git_commits(const struct git *git, const char *tip, struct ci_strs seen, bool only_tip,
                 void *mem, struct ci_list *out, struct ci_err *err)
{
    /* No field can hold a NUL, so NULs part fields, files and commits. */
    static const char *const head[] = {
        "git", "-C", NULL, "-c", "i18n.logOutputEncoding=UTF-8", "log", "-z", "--first-parent", "-m",
        "--reverse", "--name-only", "--no-renames", "--format=%x00%H%x00%an <%ae>%x00%cn <%ce>%x00%ct%x00%B%x00",
    };
    const char **argv = ci_mem_array(mem, const char *, CI_COUNT(head) + seen.count + 5);
    struct ci_proc_result result;
    size_t n = CI_COUNT(head);

    memcpy(argv, head, sizeof(head));
    argv[2] = git->dir;
    if (only_tip)
        argv[n++] = "--max-count=1";
    argv[n++] = tip;
    for (size_t i = 0; !only_tip && i < seen.count; i++)
        argv[n++] = ci_mem_printf(mem, "^%s", seen.items[i]);
    argv[n++] = "--";
    if (!run(git, argv, mem, &result, err))
        return false;
    if (result.exit_code != 0)
        return ci_fail(err, CI_EUNAVAILABLE, "git log: %s", reason(&result, mem));
    return git_parse_log(result.out, mem, out, err);
}
