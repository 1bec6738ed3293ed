/* SPDX-License-Identifier: Apache-2.0 */
/* A checkout from its beginning to its end: modes, second tries, what is told, the patch. */
#include "checkout.h"

#include "folder.h"
#include "patch.h"
#include "shared/clock.h"
#include "step_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *checkout_file(const struct checkout *checkout, const char *name)
{
    return ci_mem_printf(checkout->step->mem, "%s/%s/%s", checkout->dir, checkout->vcs->folder,
                         name);
}

bool checkout_has(const struct checkout *checkout, const char *name)
{
    return access(checkout_file(checkout, name), F_OK) == 0;
}

enum obtained checkout_fails(struct checkout *checkout, const char *fmt, ...)
{
    CI_AUTO_MEM mem = ci_mem_new();
    va_list args;
    char *text;

    va_start(args, fmt);
    text = talloc_vasprintf(mem, fmt, args);
    va_end(args);
    if (!text)
        abort(); /* no memory */
    kit_ends(checkout->step, checkout->end, CI_FAILURE, "%s", text);
    return OVER;
}

enum obtained checkout_local(struct checkout *checkout, enum vcs_word word, const char *what)
{
    if (word == VCS_DONE)
        return OBTAINED;
    if (word == VCS_OVER)
        return OVER;
    if (checkout->fresh || !checkout->def->clobber_on_failure)
        return checkout_fails(checkout, "%s", what);
    checkout->trouble = what;
    return BROKEN;
}

enum vcs_word checkout_again(struct checkout *checkout, int *tries, const char *what)
{
    struct step *step = checkout->step;
    struct ci_dur delay = checkout->def->retry_delay;
    struct ci_dur left = vcs_time_left(step, checkout->begin);

    if (*tries >= checkout->def->retries)
        return VCS_REFUSED;
    ++*tries;
    steplog_say(&step->log, "%s: again in %" PRId64 ".%" PRId64 " s (%d of %d)", what,
                delay.us / 1000000, delay.us / 100000 % 10, *tries, checkout->def->retries);
    steplog_flush(&step->log);
    if (left.us > 0 && left.us < delay.us)
        delay = left; /* the next command ends the step in its own words */
    if (!step_pause(step, delay))
        return VCS_DONE;
    kit_cancelled(step, checkout->end);
    return VCS_OVER;
}

void checkout_set_property(struct checkout *checkout, const char *name, const char *value)
{
    struct step *step = checkout->step;
    const char *codebase = checkout->def->codebase;
    json_t *told = json_string(value);

    if (codebase && *codebase) {
        json_t *others = step_property(step, name);
        json_t *all = json_is_object(others) ? json_copy(others) : json_object();

        json_object_set_new(all, codebase, told);
        told = all;
    }
    step_set_property(step, name, ci_mem_json(step->mem, told), checkout->vcs->name);
}

/* Everybody may know now what was built. */
static bool tell_revision(struct checkout *checkout)
{
    struct step *step = checkout->step;
    const char *revision = checkout->vcs->revision(checkout);

    if (!revision) {
        if (!*checkout->end->state)
            checkout_fails(checkout, "could not tell the revision");
        return false;
    }
    checkout_set_property(checkout, "got_revision", revision);
    if (!checkout->from || checkout->from == start_source(step->build->start, NULL))
        step_set_env(step, "SLIPWAY_REVISION", revision);
    step_ends(checkout->end, CI_SUCCESS, "at %.12s", revision);
    return true;
}

bool checkout_empty(struct checkout *checkout)
{
    struct step *step = checkout->step;
    struct ci_err err;

    /* The workdir may be the build's own folder, with tmp in it. */
    if (folder_empty(checkout->dir, &err) &&
        folder_make(ci_mem_printf(step->mem, "%s/tmp", step->folder), &err) &&
        folder_make(checkout->dir, &err))
        return true;
    kit_ends(step, checkout->end, CI_EXCEPTION, "%s", err.msg);
    return false;
}

static enum obtained start_anew(struct checkout *checkout)
{
    steplog_say(&checkout->step->log,
                "the repository in %s is broken (%s): removing it and starting anew", checkout->dir,
                checkout->trouble);
    if (!checkout_empty(checkout))
        return OVER;
    return checkout->vcs->obtain(checkout);
}

static bool is_full(const struct checkout *checkout, enum ci_checkout_method method)
{
    return checkout->def->mode == CI_CHECKOUT_FULL && checkout->def->method == method;
}

/* What is new in the folder goes where the mode asks for it, or a patch made it. */
static enum obtained clean(struct checkout *checkout)
{
    bool patched = checkout_has(checkout, PATCH_MARK);
    bool all = patched || is_full(checkout, CI_CHECKOUT_FRESH);
    enum obtained so_far;

    if (checkout->fresh || (!all && !is_full(checkout, CI_CHECKOUT_CLEAN)))
        return OBTAINED;
    if (patched)
        steplog_say(&checkout->step->log, "an earlier build has patched this folder");
    so_far = checkout_local(checkout, checkout->vcs->clean(checkout, all), "could not clean");
    if (so_far == OBTAINED && patched)
        unlink(checkout_file(checkout, PATCH_MARK));
    return so_far;
}

static bool obtain(struct checkout *checkout)
{
    enum obtained obtained;

    if (is_full(checkout, CI_CHECKOUT_CLOBBER) && !checkout_empty(checkout))
        return false;
    obtained = checkout->vcs->obtain(checkout);
    if (obtained == OBTAINED)
        obtained = clean(checkout);
    if (obtained == BROKEN)
        obtained = start_anew(checkout);
    return obtained == OBTAINED;
}

/* Method copy: the step's folder becomes what `source` is. */
static bool copy(struct checkout *checkout)
{
    struct step *step = checkout->step;
    const char *from = ci_mem_printf(step->mem, "%s/.", checkout->dir);
    const char *argv[] = {"cp", "-R", "-P", "-p", "--", from, step->dir, NULL};
    struct vcs_run run = {
        .step = step, .end = checkout->end, .begin = checkout->begin, .argv = argv};

    checkout->dir = step->dir;
    if (!checkout_empty(checkout))
        return false;
    switch (vcs_run(&run)) {
    case VCS_DONE:
        return true;
    case VCS_REFUSED:
        checkout_fails(checkout, "could not copy the sources");
        return false;
    case VCS_OVER:
        break;
    }
    return false;
}

static bool choose_folder(struct checkout *checkout)
{
    struct step *step = checkout->step;
    struct ci_err err;

    checkout->dir = step->dir;
    if (!is_full(checkout, CI_CHECKOUT_COPY))
        return true;
    /* Each codebase is copied to a folder of its own, from one of its own. */
    checkout->dir = checkout->def->codebase && *checkout->def->codebase
                        ? ci_mem_printf(step->mem, "%s/source-%s", step->folder,
                                        folder_slug(step->mem, checkout->def->codebase, 0))
                        : ci_mem_printf(step->mem, "%s/source", step->folder);
    if (folder_make(checkout->dir, &err))
        return true;
    kit_ends(step, checkout->end, CI_EXCEPTION, "%s", err.msg);
    return false;
}

void checkout_do(struct checkout *checkout)
{
    const struct checkout_vcs *vcs = checkout->vcs;

    checkout->begin = ci_mono_now();
    *checkout->end->state = '\0';
    if (!checkout_choose(checkout) || !choose_folder(checkout))
        return;
    if (vcs->prepare(checkout) && obtain(checkout) && tell_revision(checkout) &&
        (!vcs->describe || vcs->describe(checkout)) &&
        (!is_full(checkout, CI_CHECKOUT_COPY) || copy(checkout)) && checkout->from &&
        checkout->from->patch)
        patch_apply(checkout);
    if (vcs->release)
        vcs->release(checkout);
}
