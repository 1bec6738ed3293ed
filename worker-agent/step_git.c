/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `git` step: brings the step's folder to a revision, from what an earlier
 * build left there if possible. A repository that turns out to be broken is
 * removed and made anew, once.
 */
#include "folder.h"
#include "git.h"
#include "step_types.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How bringing the folder to the revision went. */
enum obtained {
    OBTAINED,
    BROKEN, /* what is here is of no use: remove it and try again */
    OVER,   /* the step has ended; git->end says how */
};

static const struct ci_git_args *arguments(const struct git *git)
{
    return git->step->def->args;
}

static bool has_file(const struct git *git, const char *name)
{
    return access(ci_mem_printf(git->step->mem, "%s/.git/%s", git->step->dir, name), F_OK) == 0;
}

/* A build that was killed leaves locks; nobody else works in this folder. */
static void remove_locks(const struct git *git)
{
    static const char *const locks[] = {"index.lock", "HEAD.lock", "shallow.lock", "config.lock"};

    for (size_t i = 0; i < CI_COUNT(locks); i++)
        unlink(ci_mem_printf(git->step->mem, "%s/.git/%s", git->step->dir, locks[i]));
}

static enum obtained over(struct git *git, const char *what)
{
    steplog_say(&git->step->log, "%s", what);
    step_ends(git->end, CI_FAILURE, "%.190s", what);
    return OVER;
}

/* The name as the server has it: a branch is no tag of the same name. */
static const char *remote_ref(struct git *git)
{
    if (!git->branch)
        return "HEAD";
    if (strncmp(git->branch, "refs/", 5) == 0)
        return git->branch;
    return ci_mem_printf(git->step->mem, "refs/heads/%s", git->branch);
}

static enum git_word fetch(struct git *git, const char *ref)
{
    const char *args[10] = {"fetch", "--no-tags", "--force", "--no-recurse-submodules"};
    size_t count = 4;
    int depth = arguments(git)->depth;

    if (depth > 0) {
        args[count++] = "--depth";
        args[count++] = ci_mem_printf(git->step->mem, "%d", depth);
    } else if (has_file(git, "shallow")) {
        args[count++] = "--unshallow";
    }
    args[count++] = "--";
    args[count++] = git->url;
    args[count] = ref;
    return git_do(git, args, NULL);
}

/* A fetch failed: is it the server, the branch, or what is here? */
static enum obtained blame(struct git *git, const char *ref)
{
    void *mem = git->step->mem;
    const char *url = git_show_url(mem, git->url);
    struct ci_buf lines;

    ci_buf_init(&lines, mem);
    switch (git_do_args(git, &lines, "ls-remote", "--", git->url, ref)) {
    case GIT_OVER:
        return OVER;
    case GIT_REFUSED:
        return over(git, ci_mem_printf(mem, "could not read repository %s", url));
    case GIT_DONE:
        break;
    }
    if (lines.len == 0)
        return over(git, git->branch
                             ? ci_mem_printf(mem, "no branch \"%s\" in %s", git->branch, url)
                             : ci_mem_printf(mem, "%s has no commit yet", url));
    return git->fresh ? over(git, ci_mem_printf(mem, "could not fetch from %s", url)) : BROKEN;
}

/* GIT_DONE when the revision is here already. */
static enum git_word is_here(struct git *git)
{
    return git_do_args(git, NULL, "rev-parse", "--quiet", "--verify",
                       ci_mem_printf(git->step->mem, "%s^{commit}", git->revision));
}

/* The revision is not in its branch: servers often give it out all the same. */
static enum obtained fetch_revision(struct git *git, const char **target)
{
    switch (fetch(git, git->revision)) {
    case GIT_OVER:
        return OVER;
    case GIT_REFUSED:
        return over(git, ci_mem_printf(git->step->mem, "no revision %s in %s", git->revision,
                                       git_show_url(git->step->mem, git->url)));
    case GIT_DONE:
        break;
    }
    *target = git_is_full_hash(git->revision) ? git->revision : "FETCH_HEAD";
    return OBTAINED;
}

/* Fetches what is needed; *target is what to check out. */
static enum obtained fetch_needed(struct git *git, const char **target)
{
    const char *ref = remote_ref(git);
    enum git_word here = git->revision && !git->fresh ? is_here(git) : GIT_REFUSED;

    *target = git->revision ? git->revision : "FETCH_HEAD";
    if (here == GIT_DONE)
        return OBTAINED;
    if (here == GIT_OVER)
        return OVER;
    /* Of a shallow history the branch's tip would not hold an older revision. */
    if (git->revision && arguments(git)->depth > 0 && git_is_full_hash(git->revision) &&
        (here = fetch(git, git->revision)) != GIT_REFUSED)
        return here == GIT_DONE ? OBTAINED : OVER;
    switch (fetch(git, ref)) {
    case GIT_OVER:
        return OVER;
    case GIT_REFUSED:
        return blame(git, ref);
    case GIT_DONE:
        break;
    }
    if (!git->revision)
        return OBTAINED;
    here = is_here(git);
    if (here == GIT_OVER)
        return OVER;
    return here == GIT_DONE ? OBTAINED : fetch_revision(git, target);
}

/* A refusal where something old was in the way gives it a second try without that. */
static enum obtained local(struct git *git, enum git_word word, const char *what)
{
    if (word == GIT_DONE)
        return OBTAINED;
    if (word == GIT_OVER)
        return OVER;
    return git->fresh ? over(git, what) : BROKEN;
}

static enum obtained update_submodules(struct git *git)
{
    int depth = arguments(git)->depth;
    enum obtained so_far;

    if (!arguments(git)->submodules)
        return OBTAINED;
    so_far = local(git, git_do_args(git, NULL, "submodule", "sync", "--recursive"),
                   "could not read the submodules");
    if (so_far != OBTAINED)
        return so_far;
    return local(
        git,
        depth > 0
            ? git_do_args(git, NULL, "submodule", "update", "--init", "--recursive", "--force",
                          "--depth", ci_mem_printf(git->step->mem, "%d", depth))
            : git_do_args(git, NULL, "submodule", "update", "--init", "--recursive", "--force"),
        "could not get the submodules");
}

static enum obtained obtain(struct git *git)
{
    const char *target;
    enum obtained so_far;

    git->fresh = !has_file(git, ".");
    if (git->fresh) {
        so_far = local(git, git_do_args(git, NULL, "init", "--quiet", "."),
                       "could not make a repository");
        if (so_far != OBTAINED)
            return so_far;
    }
    remove_locks(git);
    so_far = fetch_needed(git, &target);
    if (so_far != OBTAINED)
        return so_far;
    so_far = local(git, git_do_args(git, NULL, "checkout", "--force", "--detach", target, "--"),
                   ci_mem_printf(git->step->mem, "could not check out %s", target));
    return so_far == OBTAINED ? update_submodules(git) : so_far;
}

static enum obtained start_anew(struct git *git)
{
    struct step *step = git->step;
    struct ci_err err;

    steplog_say(&step->log, "the repository in %s is broken: removing it and starting anew",
                step->dir);
    if (!folder_empty(step->dir, &err) ||
        !folder_make(ci_mem_printf(step->mem, "%s/tmp", step->folder), &err)) {
        steplog_say(&step->log, "%s", err.msg);
        step_ends(git->end, CI_EXCEPTION, "%.190s", err.msg);
        return OVER;
    }
    return obtain(git);
}

/* Everybody may know now what was built. */
static void tell_revision(struct git *git)
{
    struct step *step = git->step;
    struct ci_buf hash;
    json_t *revision;

    ci_buf_init(&hash, step->mem);
    if (git->revision && git_is_full_hash(git->revision))
        ci_buf_puts(&hash, git->revision);
    else if (git_do_args(git, &hash, "rev-parse", "HEAD") != GIT_DONE)
        return;
    hash.text[strcspn(hash.text, "\n")] = '\0';
    revision = ci_mem_json(step->mem, json_string(hash.text));
    step_set_property(step, "got_revision", revision, "git");
    step_set_env(step, "SLIPWAY_REVISION", hash.text);
    step_ends(git->end, CI_SUCCESS, "at %.12s", hash.text);
}

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

/* What to build: the step's own words, else those of the matching source. */
static bool choose(struct git *git)
{
    const struct ci_checkout *def = &arguments(git)->checkout;
    const struct source *source = start_source(git->step->build->start, given(def->repository));
    const char *branch = source ? given(source->branch) : NULL;

    git->url = given(def->repository) ? def->repository : source ? source->repository : NULL;
    git->branch = given(def->branch) ? def->branch : branch;
    /* A revision belongs to its own branch. */
    if (source && (!given(def->branch) || (branch && strcmp(def->branch, branch) == 0)))
        git->revision = given(source->revision);
    if (!git->url)
        step_ends(git->end, CI_EXCEPTION,
                  "no repository: neither the step nor the build names one");
    else if ((git->branch && *git->branch == '-') || (git->revision && *git->revision == '-'))
        step_ends(git->end, CI_EXCEPTION, "a branch or revision can't begin with \"-\"");
    else
        return true;
    steplog_say(&git->step->log, "%s", git->end->state);
    return false;
}

void step_do_git(struct step *step, struct step_end *end)
{
    struct git git = {.step = step, .end = end};
    enum obtained obtained;

    if (!choose(&git))
        return;
    git_prepare(&git);
    obtained = obtain(&git);
    if (obtained == BROKEN)
        obtained = start_anew(&git);
    if (obtained == OBTAINED)
        tell_revision(&git);
}
