/* SPDX-License-Identifier: Apache-2.0 */
/* What to check out: the step's own words, else those of the build's source for it. */
#include "checkout.h"
#include "step_kit.h"

#include <string.h>

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

static const struct source *of_codebase(const struct start *start, const char *codebase)
{
    CI_FOREACH(const struct source, source, start->sources)
        if (strcmp(source->codebase ? source->codebase : "", codebase) == 0)
            return source;
    return NULL;
}

/*
 * A step that names a codebase means that one. One that does not means the
 * source of its repository; of the source with another repository it takes
 * nothing, for that one's revision is no revision here.
 */
static const struct source *find_source(const struct checkout *checkout)
{
    const struct start *start = checkout->step->build->start;
    const char *codebase = given(checkout->def->codebase);
    const char *repository = given(checkout->def->repository);
    const struct source *source;

    if (codebase)
        return of_codebase(start, codebase);
    source = start_source(start, repository);
    if (source)
        return source;
    source = of_codebase(start, "");
    return source && !given(source->repository) ? source : NULL;
}

static bool has_number(const char *branch, const char *before, const char *behind)
{
    size_t len = strlen(before), digits;

    if (strncmp(branch, before, len) != 0)
        return false;
    digits = strspn(branch + len, "0123456789");
    return digits > 0 && strcmp(branch + len + digits, behind) == 0;
}

/* References that the forge makes: what they hold is new with each push to either branch, and the
 * revision of the request's change is not in them (or no longer). */
static bool is_request(const char *branch)
{
    return branch && (has_number(branch, "refs/pull/", "/merge") ||
                      has_number(branch, "refs/merge-requests/", "/head"));
}

bool checkout_choose(struct checkout *checkout)
{
    const struct ci_checkout *def = checkout->def;
    const struct source *source = checkout->from = find_source(checkout);
    const char *branch = source ? given(source->branch) : NULL;

    checkout->repository = given(def->repository);
    if (!checkout->repository && source)
        checkout->repository = given(source->repository);
    checkout->branch = given(def->branch) ? def->branch : branch;
    /* A revision belongs to its own branch. */
    if (source && (!given(def->branch) || (branch && strcmp(def->branch, branch) == 0)))
        checkout->revision = given(source->revision);
    if (def->always_use_latest || is_request(checkout->branch))
        checkout->revision = NULL;
    if (!checkout->repository)
        kit_ends(checkout->step, checkout->end, CI_EXCEPTION,
                 "no repository: neither the step nor the build names one");
    else if (*checkout->repository == '-' || (checkout->branch && *checkout->branch == '-') ||
             (checkout->revision && *checkout->revision == '-'))
        kit_ends(checkout->step, checkout->end, CI_EXCEPTION,
                 "a repository, branch or revision can't begin with \"-\"");
    else
        return true;
    return false;
}
