/* SPDX-License-Identifier: Apache-2.0 */
/* The `git_push` step: the revision of the working folder becomes a branch's, or a tag is sent. */
#include "git.h"
#include "start.h"
#include "step_git_write.h"
#include "step_kit.h"
#include "step_types.h"

#include <string.h>

static bool is_given(const char *text)
{
    return text && *text;
}

struct push {
    struct git git;
    const struct ci_git_push_args *args;
    const char *url, *branch;
};

/* Where to and what: the step's own words, else the build's source. */
static bool choose(struct push *push)
{
    const struct ci_git_push_args *args = push->args;
    struct step *step = push->git.step;
    const struct source *source =
        start_source(step->build->start, is_given(args->repository) ? args->repository : NULL);

    push->url = is_given(args->repository) ? args->repository : source ? source->repository : NULL;
    push->branch = is_given(args->branch) ? args->branch : source ? source->branch : NULL;
    if (!is_given(push->url))
        kit_ends(step, push->git.end, CI_FAILURE, "no repository to push to");
    else if (!is_given(push->branch))
        kit_ends(step, push->git.end, CI_FAILURE, "no branch to push to");
    else if (*push->url == '-' || *push->branch == '-' || strpbrk(push->branch, ": \t\n"))
        kit_ends(step, push->git.end, CI_FAILURE, "\"%.100s\" is no branch", push->branch);
    else
        return true;
    return false;
}

/* A tag goes as the object that it is, a branch as the commit that is checked out. */
static const char *refspec(const struct push *push)
{
    const char *from = strncmp(push->branch, "refs/tags/", 10) == 0 ? push->branch : "HEAD";
    const char *prefix = strncmp(push->branch, "refs/", 5) == 0 ? "" : "refs/heads/";

    return ci_mem_printf(push->git.step->mem, "%s:%s%s", from, prefix, push->branch);
}

static void send_it(struct push *push)
{
    struct step *step = push->git.step;
    struct git_words words;
    enum vcs_word word;

    git_words_init(&words, step->mem, "push");
    if (push->args->force)
        git_words_add(&words, "--force");
    git_words_add(&words, "--");
    git_words_add(&words, push->url);
    git_words_add(&words, refspec(push));
    word = git_do(&push->git, words.items, NULL);
    if (word == VCS_DONE)
        step_ends(push->git.end, CI_SUCCESS, "pushed to %.150s", push->branch);
    else if (word == VCS_REFUSED)
        kit_ends(step, push->git.end, CI_FAILURE, "could not push to %.100s of %s", push->branch,
                 vcs_show_url(step->mem, push->url));
}

void step_do_git_push(struct step *step, struct step_end *end)
{
    const struct ci_git_push_args *args = step->def->args;
    struct push push = {
        .git = {.step = step, .end = end, .config = args->config},
          .args = args
    };
    struct git_credentials who = {
        .ssh_private_key = args->ssh_private_key,
        .ssh_known_hosts = args->ssh_known_hosts,
        .ssh_host_key = args->ssh_host_key,
        .user = args->user,
        .token = args->token,
    };

    if (!choose(&push))
        return;
    who.repository = push.url;
    git_prepare(&push.git);
    if (git_credentials(&push.git, &who))
        send_it(&push);
    git_forget(&push.git);
}
