/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to a git checkout beside its commits: remote, mirror, submodules, large files. */
#include "step_git.h"

#include <string.h>
#include <sys/stat.h>

enum { MOST_WORDS = 16 };

/* ---- before the fetch ---- */

static bool is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Objects of the mirror need not be fetched; without it they are. */
static enum obtained use_mirror(struct git_step *git)
{
    struct checkout *checkout = git->checkout;
    struct step *step = checkout->step;
    const char *mirror = git->args->reference;
    const char *objects = ci_mem_printf(step->mem, "%s/objects", mirror);
    const char *line;
    struct ci_err err;

    if (!is_folder(objects))
        objects = ci_mem_printf(step->mem, "%s/.git/objects", mirror);
    if (!is_folder(objects)) {
        steplog_say(&step->log, "the mirror %s is not there: fetching all", mirror);
        return OBTAINED;
    }
    line = ci_mem_printf(step->mem, "%s\n", objects);
    if (vcs_write_secret(checkout_file(checkout, "objects/info/alternates"), line, strlen(line),
                         0644, &err))
        return OBTAINED;
    return checkout_fails(checkout, "%s", err.msg);
}

/* Large files come when all is checked out, in one go. */
static enum obtained set_up_lfs(struct git_step *git)
{
    stepenv_set(&git->checkout->step->env, "GIT_LFS_SKIP_SMUDGE", "1");
    switch (git_do_args(&git->git, NULL, "lfs", "version")) {
    case VCS_OVER:
        return OVER;
    case VCS_REFUSED:
        return checkout_fails(git->checkout, "git-lfs is missing on this worker");
    case VCS_DONE:
        break;
    }
    return checkout_local(
        git->checkout,
        git_do_args(&git->git, NULL, "lfs", "install", "--local", "--skip-repo", "--force"),
        "could not set up git-lfs");
}

enum obtained git_set_up(struct git_step *git, bool anew)
{
    struct checkout *checkout = git->checkout;
    const char *key = ci_mem_printf(checkout->step->mem, "remote.%s.url", git->args->origin);
    enum obtained so_far = OBTAINED;

    if (anew && git->args->reference)
        so_far = use_mirror(git);
    if (so_far == OBTAINED)
        so_far = checkout_local(
            checkout,
            git_do_args(&git->git, NULL, "config", "--replace-all", key, checkout->repository),
            "could not name the remote");
    return so_far == OBTAINED && git->args->lfs ? set_up_lfs(git) : so_far;
}

/* ---- after the checkout ---- */

/* What talks to the server a second time, as often as the step asks for. */
static enum obtained do_often(struct git_step *git, const char *const *words, const char *what)
{
    int tries = 0;

    for (;;) {
        enum vcs_word word = git_do(&git->git, words, NULL), again;

        if (word != VCS_REFUSED)
            return word == VCS_DONE ? OBTAINED : OVER;
        again = checkout_again(git->checkout, &tries, what);
        if (again == VCS_OVER)
            return OVER;
        if (again == VCS_REFUSED)
            return checkout_local(git->checkout, VCS_REFUSED, what);
    }
}

static enum obtained update_submodules(struct git_step *git)
{
    const char *words[MOST_WORDS] = {"submodule", "update", "--init", "--recursive", "--force"};
    size_t count = 5;
    enum obtained so_far = checkout_local(
        git->checkout, git_do_args(&git->git, NULL, "submodule", "sync", "--recursive"),
        "could not read the submodules");

    if (so_far != OBTAINED)
        return so_far;
    if (git->args->progress)
        words[count++] = "--progress";
    if (git->args->depth > 0)
        words[count++] = ci_mem_printf(git->checkout->step->mem, "--depth=%d", git->args->depth);
    return do_often(git, words, "could not get the submodules");
}

enum obtained git_complete(struct git_step *git)
{
    const char *pull[] = {"lfs", "pull", git->args->origin, NULL};
    const char *pull_below[] = {"submodule",   "--quiet",      "foreach",
                                "--recursive", "git lfs pull", NULL};
    enum obtained so_far = git->args->submodules ? update_submodules(git) : OBTAINED;

    if (so_far != OBTAINED || !git->args->lfs)
        return so_far;
    so_far = do_often(git, pull, "could not get the large files");
    if (so_far != OBTAINED || !git->args->submodules)
        return so_far;
    return do_often(git, pull_below, "could not get the large files of the submodules");
}

enum vcs_word git_clean(struct git_step *git, bool ignored)
{
    enum vcs_word word = ignored ? git_do_args(&git->git, NULL, "clean", "-f", "-f", "-d", "-x")
                                 : git_do_args(&git->git, NULL, "clean", "-f", "-f", "-d");

    if (word != VCS_DONE || !git->args->submodules)
        return word;
    return git_do_args(&git->git, NULL, "submodule", "--quiet", "foreach", "--recursive",
                       ignored ? "git clean -f -f -d -x" : "git clean -f -f -d");
}

bool git_describe(struct git_step *git)
{
    struct checkout *checkout = git->checkout;
    struct ci_buf text;

    ci_buf_init(&text, checkout->step->mem);
    switch (git_do_args(&git->git, &text, "describe", "--tags", "--always")) {
    case VCS_OVER:
        return false;
    case VCS_REFUSED:
        checkout_fails(checkout, "could not describe the revision");
        return false;
    case VCS_DONE:
        break;
    }
    text.text[strcspn(text.text, "\n")] = '\0';
    checkout_set_property(checkout, "commit-description", text.text);
    return true;
}
