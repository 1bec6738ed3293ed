/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `svn` step: brings the step's folder to a revision of a folder in a
 * Subversion repository. A branch is a folder below the repository's address.
 */
#include "checkout.h"
#include "step_types.h"

#include <string.h>

struct svn {
    const struct ci_svn_args *args;
    const char *url;
    const char *shown;  /* the same without its password */
    const char *target; /* "<url>@<revision>": the folder as it was called then */
    const char *at;     /* the revision, "HEAD" without one */
};

/* svn with these arguments, signed in. The password goes by stdin. */
static enum vcs_word svn_do(struct checkout *checkout, const char *const *args,
                            struct ci_buf *capture)
{
    const struct svn *svn = checkout->user;
    struct ci_strs extra = svn->args->extra_args;
    size_t given = 0, count = 3;
    const char **argv;

    while (args[given])
        given++;
    argv = ci_mem_array(checkout->step->mem, const char *, given + extra.count + 8);
    argv[0] = "svn";
    argv[1] = "--non-interactive";
    argv[2] = "--no-auth-cache";
    if (svn->args->user) {
        argv[count++] = "--username";
        argv[count++] = svn->args->user;
    }
    if (svn->args->password)
        argv[count++] = "--password-from-stdin";
    for (size_t i = 0; i < extra.count; i++)
        argv[count++] = extra.items[i];
    memcpy(argv + count, args, given * sizeof(*argv));
    return vcs_run(&(struct vcs_run){
        .step = checkout->step,
        .end = checkout->end,
        .dir = checkout->dir,
        .begin = checkout->begin,
        .argv = argv,
        .unsaid = count - 1,
        .input = svn->args->password
                     ? ci_mem_printf(checkout->step->mem, "%s\n", svn->args->password)
                     : NULL,
        .capture = capture,
        .capture_max = 8192,
    });
}
#define SVN(checkout, capture, ...)                                                                \
    svn_do((checkout), (const char *const[]){__VA_ARGS__, NULL}, (capture))

/* "a/" and "/b" are "a/b". */
static const char *join(void *mem, const char *repository, const char *branch)
{
    size_t len = strlen(repository);

    while (len > 1 && repository[len - 1] == '/')
        len--;
    while (branch && *branch == '/')
        branch++;
    return branch && *branch ? ci_mem_printf(mem, "%.*s/%s", (int)len, repository, branch)
                             : ci_mem_strndup(mem, repository, len);
}

static bool prepare(struct checkout *checkout)
{
    struct svn *svn = checkout->user;
    struct stepenv *env = &checkout->step->env;
    void *mem = checkout->step->mem;

    svn->url = join(mem, checkout->repository, checkout->branch);
    svn->shown = vcs_show_url(mem, svn->url);
    svn->at = checkout->revision ? checkout->revision : "HEAD";
    svn->target = ci_mem_printf(mem, "%s@%s", svn->url, svn->at);
    /* File names that are no ASCII are refused in the C locale. */
    if (!stepenv_get(env, "LC_ALL") && !stepenv_get(env, "LC_CTYPE") && !stepenv_get(env, "LANG"))
        stepenv_set(env, "LC_CTYPE", "C.UTF-8");
    return true;
}

/* svn refused what needs the server: is it the server, the name, or what is here? VCS_DONE: what
 * is here; VCS_REFUSED: the server. */
static enum vcs_word blame(struct checkout *checkout)
{
    const struct svn *svn = checkout->user;
    const char *root = ci_mem_printf(checkout->step->mem, "%s@HEAD",
                                     join(checkout->step->mem, checkout->repository, NULL));
    enum vcs_word word = SVN(checkout, NULL, "info", "--revision", svn->at, svn->target);

    if (word != VCS_REFUSED)
        return word;
    word = SVN(checkout, NULL, "info", root);
    if (word != VCS_DONE)
        return word;
    if (checkout->revision)
        checkout_fails(checkout, "no revision %s in %s", checkout->revision, svn->shown);
    else
        checkout_fails(checkout, "no branch \"%s\" in %s", checkout->branch,
                       vcs_show_url(checkout->step->mem, checkout->repository));
    return VCS_OVER;
}

/* As often as the step asks for, while the server can't be read. */
static enum obtained do_often(struct checkout *checkout, const char *const *args)
{
    const struct svn *svn = checkout->user;
    void *mem = checkout->step->mem;
    const char *what =
        ci_mem_printf(mem, "could not read repository %s", vcs_show_url(mem, checkout->repository));
    int tries = 0;

    for (;;) {
        enum vcs_word word = svn_do(checkout, args, NULL);

        if (word != VCS_REFUSED)
            return word == VCS_DONE ? OBTAINED : OVER;
        word = blame(checkout);
        if (word == VCS_DONE)
            return checkout_local(checkout, VCS_REFUSED,
                                  ci_mem_printf(mem, "could not check out %s", svn->shown));
        if (word == VCS_REFUSED)
            word = checkout_again(checkout, &tries, what);
        if (word == VCS_REFUSED)
            return checkout_fails(checkout, "%s", what);
        if (word == VCS_OVER)
            return OVER;
    }
}

static enum obtained check_out(struct checkout *checkout)
{
    const struct svn *svn = checkout->user;
    const char *depth = svn->args->depth ? svn->args->depth : "infinity";
    const char *args[] = {"checkout", "--force",   "--depth", depth, "--revision",
                          svn->at,    svn->target, ".",       NULL};

    return do_often(checkout, args);
}

/* The folder as it is belongs to our address, or to another one of the same repository. */
static enum obtained update(struct checkout *checkout, const char *old_url)
{
    const struct svn *svn = checkout->user;
    const char *update[] = {"update",     "--accept", "theirs-full", "--force",
                            "--revision", svn->at,    ".",           NULL};
    const char *switch_[] = {
        "switch",     "--accept", "theirs-full", "--force", "--ignore-ancestry",
        "--revision", svn->at,    svn->target,   ".",       NULL};

    return do_often(checkout, strcmp(old_url, svn->url) == 0 ? update : switch_);
}

/* What svn tells of the folder, its newline removed. */
static enum vcs_word show(struct checkout *checkout, const char *item, struct ci_buf *text)
{
    enum vcs_word word;

    ci_buf_init(text, checkout->step->mem);
    word = SVN(checkout, text, "info", "--show-item", item, ".");
    text->text[strcspn(text->text, " \n")] = '\0';
    return word;
}

static enum obtained obtain(struct checkout *checkout)
{
    enum obtained so_far;
    struct ci_buf old_url;

    checkout->fresh = !checkout_has(checkout, ".");
    if (checkout->fresh)
        return check_out(checkout);
    /* Removes locks of a build that was killed, and finishes what it began. */
    so_far = checkout_local(checkout, SVN(checkout, NULL, "cleanup"), "could not clean up");
    if (so_far == OBTAINED)
        so_far = checkout_local(checkout, SVN(checkout, NULL, "revert", "--recursive", "."),
                                "could not revert");
    if (so_far == OBTAINED)
        so_far =
            checkout_local(checkout, show(checkout, "url", &old_url), "could not tell the address");
    return so_far == OBTAINED ? update(checkout, old_url.text) : so_far;
}

static enum vcs_word clean(struct checkout *checkout, bool ignored)
{
    return ignored ? SVN(checkout, NULL, "cleanup", "--remove-unversioned", "--remove-ignored",
                         "--include-externals")
                   : SVN(checkout, NULL, "cleanup", "--remove-unversioned", "--include-externals");
}

static const char *revision(struct checkout *checkout)
{
    const struct svn *svn = checkout->user;
    struct ci_buf text;

    return show(checkout, svn->args->prefer_last_changed_rev ? "last-changed-revision" : "revision",
                &text) == VCS_DONE
               ? text.text
               : NULL;
}

static const struct checkout_vcs svn_vcs = {
    .name = "svn",
    .folder = ".svn",
    .prepare = prepare,
    .obtain = obtain,
    .clean = clean,
    .revision = revision,
};

void step_do_svn(struct step *step, struct step_end *end)
{
    struct svn svn = {.args = step->def->args};
    struct checkout checkout = {
        .step = step, .end = end, .def = &svn.args->checkout, .vcs = &svn_vcs, .user = &svn};

    checkout_do(&checkout);
}
