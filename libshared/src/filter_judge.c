/* SPDX-License-Identifier: Apache-2.0 */
/* What a scheduler makes of a change: its type, codebases, filter, sources and important files. */
#include "shared/filter.h"
#include "shared/repository.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

const char *const ci_verdict_names[] = {
    [CI_VERDICT_IGNORED] = "ignored",
    [CI_VERDICT_REFUSED] = "refused",
    [CI_VERDICT_UNIMPORTANT] = "unimportant",
    [CI_VERDICT_IMPORTANT] = "important",
    NULL,
};

static bool any_glob(struct ci_strs globs, const char *path)
{
    for (size_t i = 0; i < globs.count; i++)
        if (fnmatch(globs.items[i], path, 0) == 0)
            return true;
    return false;
}

bool ci_change_is_important(const struct ci_scheduler *scheduler, const struct ci_candidate *change)
{
    for (size_t i = 0; i < change->files.count; i++) {
        const char *path = change->files.items[i];

        if ((scheduler->important_files.count == 0 || any_glob(scheduler->important_files, path)) &&
            !any_glob(scheduler->unimportant_files, path))
            return true;
    }
    return change->files.count == 0;
}

static bool takes_changes(const struct ci_scheduler *scheduler)
{
    switch (scheduler->type) {
    case CI_SCHED_SINGLE_BRANCH:
    case CI_SCHED_ANY_BRANCH:
        return true;
    case CI_SCHED_PERIODIC:
    case CI_SCHED_NIGHTLY:
        return scheduler->only_if_changed || scheduler->create_absolute_source_stamps;
    case CI_SCHED_FORCE:
    case CI_SCHED_DEPENDENT:
    case CI_SCHED_TRIGGERABLE:
    case CI_SCHED_NIGHTLY_TRIGGERABLE:
    case CI_SCHED_TRY:
        return false;
    }
    return false;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool takes_codebase(const struct ci_scheduler *scheduler, const char *codebase)
{
    const char *own = or_empty(scheduler->codebase);

    if (scheduler->codebases.count == 0)
        return !*own || strcmp(own, codebase) == 0;
    CI_FOREACH(const struct ci_source_spec, spec, scheduler->codebases)
        if (strcmp(or_empty(spec->codebase), codebase) == 0)
            return true;
    return false;
}

static bool takes_branch(const struct ci_scheduler *scheduler, const struct ci_candidate *change)
{
    return !scheduler->branch || (change->branch && strcmp(scheduler->branch, change->branch) == 0);
}

static bool takes_repository(const struct ci_scheduler *scheduler,
                             const struct ci_candidate *change)
{
    return !*or_empty(scheduler->repository) ||
           ci_repository_same(scheduler->repository, or_empty(change->repository));
}

enum ci_verdict ci_scheduler_judge(const struct ci_scheduler *scheduler,
                                   const struct ci_candidate *change)
{
    if (!takes_changes(scheduler))
        return CI_VERDICT_IGNORED;
    if (!takes_codebase(scheduler, or_empty(change->codebase)) ||
        !ci_filter_matches(&scheduler->change_filter, change) || !takes_branch(scheduler, change) ||
        !takes_repository(scheduler, change))
        return CI_VERDICT_REFUSED;
    if (ci_change_is_important(scheduler, change))
        return CI_VERDICT_IMPORTANT;
    return scheduler->only_important ? CI_VERDICT_REFUSED : CI_VERDICT_UNIMPORTANT;
}

/* `codebase "x" is none of app, lib`. */
static const char *explain_codebase(const struct ci_scheduler *scheduler, const char *codebase,
                                    void *mem)
{
    struct ci_buf out;
    const char *comma = "";

    ci_buf_init(&out, mem);
    ci_buf_printf(&out, "codebase \"%s\" is none of ", codebase);
    if (scheduler->codebases.count == 0)
        ci_buf_puts(&out, or_empty(scheduler->codebase));
    CI_FOREACH(const struct ci_source_spec, spec, scheduler->codebases) {
        const char *name = or_empty(spec->codebase);

        ci_buf_printf(&out, "%s%s", comma, *name ? name : "\"\"");
        comma = ", ";
    }
    return out.text;
}

/* Names the files, but not all of a commit that touches thousands. */
static const char *explain_files(struct ci_strs files, void *mem)
{
    enum { SHOWN = 3 };
    struct ci_buf out;

    ci_buf_init(&out, mem);
    ci_buf_puts(&out, "none of its files is important: ");
    for (size_t i = 0; i < files.count && i < SHOWN; i++)
        ci_buf_printf(&out, "%s%s", i ? ", " : "", files.items[i]);
    if (files.count > SHOWN)
        ci_buf_printf(&out, " and %zu more", files.count - SHOWN);
    return out.text;
}

const char *ci_scheduler_explain(const struct ci_scheduler *scheduler,
                                 const struct ci_candidate *change, void *mem)
{
    const char *codebase = or_empty(change->codebase), *refusal;

    if (!takes_changes(scheduler))
        return NULL;
    if (!takes_codebase(scheduler, codebase))
        return explain_codebase(scheduler, codebase, mem);
    refusal = ci_filter_explain(&scheduler->change_filter, change, mem);
    if (refusal)
        return refusal;
    if (!takes_branch(scheduler, change))
        return ci_mem_printf(mem, "branch %s%s%s is not %s", change->branch ? "\"" : "",
                             change->branch ? change->branch : "null", change->branch ? "\"" : "",
                             scheduler->branch);
    if (!takes_repository(scheduler, change))
        return ci_mem_printf(mem, "repository \"%s\" is not %s", or_empty(change->repository),
                             scheduler->repository);
    return ci_change_is_important(scheduler, change) ? NULL : explain_files(change->files, mem);
}

int ci_branch_priority(const struct ci_scheduler *scheduler, const struct ci_source *sources,
                       size_t count)
{
    const struct ci_kvs rules = scheduler->branch_priorities;

    for (size_t i = 0; i < rules.count; i++)
        for (size_t j = 0; j < count; j++)
            if (sources[j].branch && fnmatch(rules.items[i].key, sources[j].branch, 0) == 0)
                return (int)strtol(or_empty(rules.items[i].value), NULL, 10);
    return 0;
}

int ci_scheduler_priority(const struct ci_scheduler *scheduler, const struct ci_source *sources,
                          size_t count)
{
    return scheduler->priority + ci_branch_priority(scheduler, sources, count);
}
