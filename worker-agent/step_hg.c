/* SPDX-License-Identifier: Apache-2.0 */
/* The `hg` step: brings the step's folder to a revision of a Mercurial repository. */
#include "checkout.h"
#include "step_types.h"

#include <string.h>
#include <unistd.h>

enum { MOST_WORDS = 16, HASH_CHARS = 40 };

struct hg {
    const struct ci_hg_args *args;
    const char *url;
    const char *shown;  /* the same without its password */
    const char *target; /* what to update to */
};

static enum vcs_word hg_do(struct checkout *checkout, const char *const *args,
                           struct ci_buf *capture)
{
    const struct hg *hg = checkout->user;
    /* Subrepositories are found by the default path, which goes into no file: it may hold a
     * password. */
    const char *argv[MOST_WORDS + 5] = {
        "hg", "--noninteractive", "--config",
        ci_mem_printf(checkout->step->mem, "paths.default=%s", hg->url)};

    for (size_t i = 0; args[i] && i < MOST_WORDS; i++)
        argv[4 + i] = args[i];
    return vcs_run(&(struct vcs_run){
        .step = checkout->step,
        .end = checkout->end,
        .dir = checkout->dir,
        .begin = checkout->begin,
        .argv = argv,
        .unsaid = 3,
        .capture = capture,
    });
}
#define HG(checkout, capture, ...)                                                                 \
    hg_do((checkout), (const char *const[]){__VA_ARGS__, NULL}, (capture))

static bool prepare(struct checkout *checkout)
{
    struct hg *hg = checkout->user;
    struct stepenv *env = &checkout->step->env;
    void *mem = checkout->step->mem;
    const char *branch = checkout->branch ? checkout->branch : hg->args->default_branch;
    size_t len = strlen(checkout->repository);

    while (len > 1 && checkout->repository[len - 1] == '/')
        len--;
    hg->url = hg->args->branch_in_repository
                  ? checkout->repository
                  : ci_mem_printf(mem, "%.*s/%s", (int)len, checkout->repository, branch);
    hg->shown = vcs_show_url(mem, hg->url);
    hg->target = checkout->revision               ? checkout->revision
                 : hg->args->branch_in_repository ? branch
                                                  : "default";
    stepenv_set(env, "HGPLAIN", "1"); /* no aliases, no translations, no colours */
    if (!stepenv_get(env, "HGENCODING"))
        stepenv_set(env, "HGENCODING", "UTF-8");
    return true;
}

/* What a build that was killed leaves: nobody else works in this folder. */
static enum obtained recover(struct checkout *checkout)
{
    unlink(checkout_file(checkout, "wlock"));
    unlink(checkout_file(checkout, "store/lock"));
    if (!checkout_has(checkout, "store/journal"))
        return OBTAINED;
    return checkout_local(checkout, HG(checkout, NULL, "recover"), "could not recover");
}

/* True in *other when what is checked out is of another branch. */
static enum vcs_word is_other_branch(struct checkout *checkout, bool *other)
{
    const struct hg *hg = checkout->user;
    struct ci_buf name;
    enum vcs_word word;

    *other = false;
    if (!hg->args->clobber_on_branch_change || !hg->args->branch_in_repository)
        return VCS_DONE;
    ci_buf_init(&name, checkout->step->mem);
    word = HG(checkout, &name, "branch");
    name.text[strcspn(name.text, "\n")] = '\0';
    *other = word == VCS_DONE &&
             strcmp(name.text, checkout->branch ? checkout->branch : hg->args->default_branch) != 0;
    return word;
}

/* As often as the step asks for, while the server can't be read. */
static enum obtained pull(struct checkout *checkout)
{
    const struct hg *hg = checkout->user;
    const char *what =
        ci_mem_printf(checkout->step->mem, "could not read repository %s", hg->shown);
    int tries = 0;

    for (;;) {
        enum vcs_word word = HG(checkout, NULL, "pull", hg->url);

        if (word != VCS_REFUSED)
            return word == VCS_DONE ? OBTAINED : OVER;
        word = HG(checkout, NULL, "identify", "--id", hg->url);
        if (word == VCS_DONE)
            return checkout_local(
                checkout, VCS_REFUSED,
                ci_mem_printf(checkout->step->mem, "could not pull from %s", hg->shown));
        if (word == VCS_REFUSED)
            word = checkout_again(checkout, &tries, what);
        if (word == VCS_REFUSED)
            return checkout_fails(checkout, "%s", what);
        if (word == VCS_OVER)
            return OVER;
    }
}

/* VCS_DONE: the revision is here already and needs no server. */
static enum vcs_word is_here(struct checkout *checkout)
{
    if (checkout->fresh || !checkout->revision || strlen(checkout->revision) != HASH_CHARS)
        return VCS_REFUSED;
    return HG(checkout, NULL, "log", "--quiet", "--rev", checkout->revision);
}

static enum obtained update(struct checkout *checkout)
{
    const struct hg *hg = checkout->user;
    void *mem = checkout->step->mem;

    switch (HG(checkout, NULL, "update", "--clean", "--rev", hg->target)) {
    case VCS_DONE:
        return OBTAINED;
    case VCS_OVER:
        return OVER;
    case VCS_REFUSED:
        break;
    }
    /* Is it the name, or what is here? */
    switch (HG(checkout, NULL, "identify", "--rev", hg->target, hg->url)) {
    case VCS_DONE:
        return checkout_local(checkout, VCS_REFUSED,
                              ci_mem_printf(mem, "could not check out %s", hg->target));
    case VCS_OVER:
        return OVER;
    case VCS_REFUSED:
        break;
    }
    return checkout->revision
               ? checkout_fails(checkout, "no revision %s in %s", checkout->revision, hg->shown)
               : checkout_fails(checkout, "no branch \"%s\" in %s", hg->target, hg->shown);
}

/* Begins with an empty folder where the old branch is not to be built upon. */
static enum obtained look_at_branch(struct checkout *checkout)
{
    bool other;
    enum obtained so_far =
        checkout_local(checkout, is_other_branch(checkout, &other), "could not tell the branch");

    if (so_far != OBTAINED || !other)
        return so_far;
    steplog_say(&checkout->step->log, "another branch: starting with an empty folder");
    return checkout_empty(checkout) ? OBTAINED : OVER;
}

static enum obtained obtain(struct checkout *checkout)
{
    enum obtained so_far = OBTAINED;
    enum vcs_word here;

    checkout->fresh = !checkout_has(checkout, ".");
    if (!checkout->fresh) {
        so_far = recover(checkout);
        if (so_far == OBTAINED)
            so_far = look_at_branch(checkout);
        checkout->fresh = !checkout_has(checkout, ".");
    }
    if (so_far == OBTAINED && checkout->fresh)
        so_far = checkout_local(checkout, HG(checkout, NULL, "init", "."),
                                "could not make a repository");
    if (so_far != OBTAINED)
        return so_far;
    here = is_here(checkout);
    if (here == VCS_OVER)
        return OVER;
    so_far = here == VCS_DONE ? OBTAINED : pull(checkout);
    return so_far == OBTAINED ? update(checkout) : so_far;
}

static enum vcs_word clean(struct checkout *checkout, bool ignored)
{
    return ignored ? HG(checkout, NULL, "--config", "extensions.purge=", "purge", "--all")
                   : HG(checkout, NULL, "--config", "extensions.purge=", "purge");
}

static const char *revision(struct checkout *checkout)
{
    struct ci_buf hash;

    ci_buf_init(&hash, checkout->step->mem);
    if (HG(checkout, &hash, "log", "--rev", ".", "--template", "{node}\\n") != VCS_DONE)
        return NULL;
    hash.text[strcspn(hash.text, "\n")] = '\0';
    return hash.text;
}

static const struct checkout_vcs hg_vcs = {
    .name = "hg",
    .folder = ".hg",
    .prepare = prepare,
    .obtain = obtain,
    .clean = clean,
    .revision = revision,
};

void step_do_hg(struct step *step, struct step_end *end)
{
    struct hg hg = {.args = step->def->args};
    struct checkout checkout = {
        .step = step, .end = end, .def = &hg.args->checkout, .vcs = &hg_vcs, .user = &hg};

    checkout_do(&checkout);
}
