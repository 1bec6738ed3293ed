/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing a branch or revision from the server, and who is to blame when that fails. */
#include "step_git.h"

#include <string.h>

enum { MOST_WORDS = 16 };

/* The name as the server has it: a branch is no tag of the same name. */
static const char *remote_ref(const struct checkout *checkout)
{
    if (!checkout->branch)
        return "HEAD";
    if (strncmp(checkout->branch, "refs/", 5) == 0)
        return checkout->branch;
    return ci_mem_printf(checkout->step->mem, "refs/heads/%s", checkout->branch);
}

static enum vcs_word fetch(struct git_step *git, const char *ref)
{
    void *mem = git->checkout->step->mem;
    const struct ci_git_args *args = git->args;
    const char *words[MOST_WORDS] = {"fetch", "--force", "--no-recurse-submodules",
                                     "--refmap="}; /* nothing but FETCH_HEAD and tags is written */
    size_t count = 4;

    words[count++] = args->tags ? "--tags" : "--no-tags";
    if (args->progress)
        words[count++] = "--progress";
    if (args->filter)
        words[count++] = ci_mem_printf(mem, "--filter=%s", args->filter);
    if (args->depth > 0)
        words[count++] = ci_mem_printf(mem, "--depth=%d", args->depth);
    else if (checkout_has(git->checkout, "shallow"))
        words[count++] = "--unshallow";
    words[count++] = "--";
    words[count++] = args->origin;
    words[count] = ref;
    return git_do(&git->git, words, NULL);
}

/* What fetching a name from the server came to. */
enum fetched {
    FETCHED,
    NOT_THERE, /* the server has no such name */
    FAILED,    /* it has, and the fetch was refused all the same */
    UNREADABLE,
    STOPPED,
};

/* A fetch failed: is it the server, the branch, or what is here? */
static enum fetched blame(struct git_step *git, const char *ref)
{
    struct ci_buf lines;

    ci_buf_init(&lines, git->checkout->step->mem);
    switch (git_do_args(&git->git, &lines, "ls-remote", "--", git->args->origin, ref)) {
    case VCS_OVER:
        return STOPPED;
    case VCS_REFUSED:
        return UNREADABLE;
    case VCS_DONE:
        break;
    }
    return lines.len == 0 ? NOT_THERE : FAILED;
}

/* As often as the step asks for, while the server can't be read. */
static enum fetched fetch_often(struct git_step *git, const char *ref)
{
    struct checkout *checkout = git->checkout;
    const char *what = ci_mem_printf(checkout->step->mem, "could not read repository %s",
                                     vcs_show_url(checkout->step->mem, checkout->repository));
    int tries = 0;

    for (;;) {
        enum vcs_word word = fetch(git, ref);
        enum fetched fetched;

        if (word != VCS_REFUSED)
            return word == VCS_DONE ? FETCHED : STOPPED;
        fetched = blame(git, ref);
        if (fetched != UNREADABLE)
            return fetched;
        word = checkout_again(checkout, &tries, what);
        if (word == VCS_OVER)
            return STOPPED;
        if (word == VCS_REFUSED) {
            checkout_fails(checkout, "%s", what);
            return STOPPED;
        }
    }
}

static enum obtained fetch_branch(struct git_step *git, const char *ref)
{
    struct checkout *checkout = git->checkout;
    const char *url = vcs_show_url(checkout->step->mem, checkout->repository);

    switch (fetch_often(git, ref)) {
    case FETCHED:
        return OBTAINED;
    case NOT_THERE:
        return checkout->branch
                   ? checkout_fails(checkout, "no branch \"%s\" in %s", checkout->branch, url)
                   : checkout_fails(checkout, "%s has no commit yet", url);
    case FAILED:
        return checkout_local(checkout, VCS_REFUSED,
                              ci_mem_printf(checkout->step->mem, "could not fetch from %s", url));
    case UNREADABLE:
    case STOPPED:
        break;
    }
    return OVER;
}

/* VCS_DONE when the revision is here already. */
static enum vcs_word is_here(struct git_step *git)
{
    struct checkout *checkout = git->checkout;

    return git_do_args(&git->git, NULL, "rev-parse", "--quiet", "--verify",
                       ci_mem_printf(checkout->step->mem, "%s^{commit}", checkout->revision));
}

/* The revision is not in its branch: servers often give it out all the same. */
static enum obtained fetch_revision(struct git_step *git, const char **target)
{
    struct checkout *checkout = git->checkout;

    switch (fetch(git, checkout->revision)) {
    case VCS_OVER:
        return OVER;
    case VCS_REFUSED:
        return checkout_fails(checkout, "no revision %s in %s", checkout->revision,
                              vcs_show_url(checkout->step->mem, checkout->repository));
    case VCS_DONE:
        break;
    }
    *target = git_is_full_hash(checkout->revision) ? checkout->revision : "FETCH_HEAD";
    return OBTAINED;
}

enum obtained git_fetch_needed(struct git_step *git, const char **target)
{
    struct checkout *checkout = git->checkout;
    const char *revision = checkout->revision;
    /* Tags come and move without any new commit. */
    enum vcs_word here =
        revision && !checkout->fresh && !git->args->tags ? is_here(git) : VCS_REFUSED;
    enum obtained so_far;

    *target = revision ? revision : "FETCH_HEAD";
    if (here != VCS_REFUSED)
        return here == VCS_DONE ? OBTAINED : OVER;
    /* Of a shallow history the branch's tip would not hold an older revision. */
    if (revision && git->args->depth > 0 && git_is_full_hash(revision) &&
        (here = fetch(git, revision)) != VCS_REFUSED)
        return here == VCS_DONE ? OBTAINED : OVER;
    so_far = fetch_branch(git, remote_ref(checkout));
    if (so_far != OBTAINED || !revision)
        return so_far;
    here = is_here(git);
    if (here == VCS_OVER)
        return OVER;
    return here == VCS_DONE ? OBTAINED : fetch_revision(git, target);
}
