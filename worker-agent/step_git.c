/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `git` step: brings the step's folder to a revision, from what an earlier
 * build left there if possible. A repository that turns out to be broken is
 * removed and made anew, once.
 */
#include "step_git.h"

#include "step_types.h"

#include <string.h>
#include <unistd.h>

/* A build that was killed leaves locks; nobody else works in this folder. */
static void remove_locks(const struct checkout *checkout)
{
    static const char *const locks[] = {"index.lock", "HEAD.lock", "shallow.lock", "config.lock"};

    for (size_t i = 0; i < CI_COUNT(locks); i++)
        unlink(checkout_file(checkout, locks[i]));
}

static bool prepare(struct checkout *checkout)
{
    struct git_step *git = checkout->user;
    const struct ci_git_args *args = git->args;

    git->git = (struct git){
        .step = checkout->step, .end = checkout->end, .dir = checkout->dir, .config = args->config};
    git_prepare(&git->git);
    git->git.begin = checkout->begin;
    return git_credentials(&git->git, &(struct git_credentials){
                                          .repository = checkout->repository,
                                          .ssh_private_key = args->ssh_private_key,
                                          .ssh_known_hosts = args->ssh_known_hosts,
                                          .ssh_host_key = args->ssh_host_key,
                                          .user = args->user,
                                          .token = args->token,
                                      });
}

static enum obtained obtain(struct checkout *checkout)
{
    struct git_step *git = checkout->user;
    void *mem = checkout->step->mem;
    const char *target;
    enum obtained so_far = OBTAINED;

    checkout->fresh = !checkout_has(checkout, ".");
    if (checkout->fresh)
        so_far = checkout_local(checkout, git_do_args(&git->git, NULL, "init", "--quiet", "."),
                                "could not make a repository");
    else
        remove_locks(checkout);
    if (so_far == OBTAINED)
        so_far = git_set_up(git, checkout->fresh);
    if (so_far == OBTAINED)
        so_far = git_fetch_needed(git, &target);
    if (so_far == OBTAINED)
        so_far = checkout_local(
            checkout, git_do_args(&git->git, NULL, "checkout", "--force", "--detach", target, "--"),
            ci_mem_printf(mem, "could not check out %s", target));
    return so_far == OBTAINED ? git_complete(git) : so_far;
}

static enum vcs_word clean(struct checkout *checkout, bool ignored)
{
    return git_clean(checkout->user, ignored);
}

static const char *revision(struct checkout *checkout)
{
    struct git_step *git = checkout->user;
    struct ci_buf hash;

    if (checkout->revision && git_is_full_hash(checkout->revision))
        return checkout->revision;
    ci_buf_init(&hash, checkout->step->mem);
    if (git_do_args(&git->git, &hash, "rev-parse", "HEAD") != VCS_DONE)
        return NULL;
    hash.text[strcspn(hash.text, "\n")] = '\0';
    return hash.text;
}

static bool describe(struct checkout *checkout)
{
    struct git_step *git = checkout->user;

    return !git->args->describe || git_describe(git);
}

static void release(struct checkout *checkout)
{
    struct git_step *git = checkout->user;

    git_forget(&git->git);
}

static const struct checkout_vcs git_vcs = {
    .name = "git",
    .folder = ".git",
    .prepare = prepare,
    .obtain = obtain,
    .clean = clean,
    .revision = revision,
    .describe = describe,
    .applies_patches = true,
    .release = release,
};

void step_do_git(struct step *step, struct step_end *end)
{
    struct git_step git = {.args = step->def->args};
    struct checkout checkout = {
        .step = step, .end = end, .def = &git.args->checkout, .vcs = &git_vcs, .user = &git};

    git.checkout = &checkout;
    checkout_do(&checkout);
}
