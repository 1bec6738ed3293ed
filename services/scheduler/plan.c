/* SPDX-License-Identifier: Apache-2.0 */
/* What buildsets are made of; see plan.h. */
#include "plan.h"

#include "shared/repository.h"

#include <stdlib.h>
#include <string.h>

/* Buildbot's class names, which its reasons show. */
static const char *const class_names[] = {
    [CI_SCHED_SINGLE_BRANCH] = "SingleBranchScheduler",
    [CI_SCHED_ANY_BRANCH] = "AnyBranchScheduler",
    [CI_SCHED_PERIODIC] = "Periodic",
    [CI_SCHED_NIGHTLY] = "Nightly",
    [CI_SCHED_FORCE] = "ForceScheduler",
    [CI_SCHED_DEPENDENT] = "Dependent",
    [CI_SCHED_TRIGGERABLE] = "Triggerable",
    [CI_SCHED_NIGHTLY_TRIGGERABLE] = "NightlyTriggerable",
    [CI_SCHED_TRY] = "Try",
};

const char *plan_timer_key(const struct ci_scheduler *scheduler, const struct ci_candidate *change,
                           void *mem)
{
    json_t *key;
    const char *copy;
    char *text;

    if (scheduler->type != CI_SCHED_ANY_BRANCH)
        return "";
    key = ci_mem_json(mem, json_pack("[s?,s?,s?,s?]", change->codebase, change->project,
                                     change->repository, change->branch));
    text = json_dumps(key, JSON_COMPACT);
    copy = ci_mem_strdup(mem, text);
    free(text);
    return copy;
}

const char *plan_reason(const struct ci_scheduler *scheduler, void *mem)
{
    if (scheduler->reason)
        return scheduler->reason;
    if (scheduler->type == CI_SCHED_DEPENDENT)
        return "downstream";
    return ci_mem_printf(mem, "The %s scheduler named '%s' triggered this build",
                         class_names[scheduler->type], scheduler->name);
}

void plan_set_properties(json_t *properties, json_t *set, const char *source)
{
    json_t *value;
    const char *name;

    json_object_foreach(set, name, value)
        json_object_set_new(properties, name, json_pack("[O,s]", value, source));
}

static struct ci_buildset_request plan_base(const struct ci_scheduler *scheduler, void *mem)
{
    struct ci_buildset_request out = {
        .scheduler = scheduler->name,
        .reason = plan_reason(scheduler, mem),
        .properties = ci_mem_json(mem, json_object()),
    };

    plan_set_properties(out.properties, scheduler->properties, "Scheduler");
    return out;
}

static bool is_empty(const char *text)
{
    return !text || !*text;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static struct ci_source source_of(const struct ci_candidate *change)
{
    return (struct ci_source){
        .codebase = or_empty(change->codebase),
        .repository = change->repository,
        .project = change->project,
        .branch = change->branch,
        .revision = change->revision,
    };
}

/* A text in mem; NULL for null, what is no text, and "". */
static const char *given_text(const json_t *object, const char *key, void *mem)
{
    const char *text = json_string_value(json_object_get(object, key));

    return is_empty(text) ? NULL : ci_mem_strdup(mem, text);
}

/* What was seen last of the codebase, or its default. */
static struct ci_source default_source(const struct ci_source_spec *spec, const json_t *seen,
                                       void *mem)
{
    const json_t *last = json_object_get(seen, or_empty(spec->codebase));
    struct ci_source source = {
        .codebase = or_empty(spec->codebase),
        .repository = spec->repository,
        .project = spec->project,
        .branch = spec->branch,
        .revision = spec->revision,
    };

    if (last) {
        source.repository = given_text(last, "repository", mem);
        source.project = given_text(last, "project", mem);
        source.branch = given_text(last, "branch", mem);
        source.revision = given_text(last, "revision", mem);
    }
    return source;
}

/* The defaults of all codebases, with room for `more` sources. */
static struct ci_source *default_sources(const struct ci_scheduler *scheduler, const json_t *seen,
                                         size_t more, void *mem, size_t *count)
{
    struct ci_source *sources =
        ci_mem_array(mem, struct ci_source, scheduler->codebases.count + more);

    *count = 0;
    CI_FOREACH(const struct ci_source_spec, spec, scheduler->codebases)
        sources[(*count)++] = default_source(spec, seen, mem);
    return sources;
}

/* The source of that codebase, or the place for it at the end. */
static size_t source_index(const struct ci_source *sources, size_t count, const char *codebase)
{
    size_t i = 0;

    while (i < count && strcmp(or_empty(sources[i].codebase), codebase) != 0)
        i++;
    return i;
}

struct ci_buildset_request plan_from_changes(const struct ci_scheduler *scheduler,
                                             const struct ci_candidate *changes, size_t count,
                                             const json_t *seen, void *mem)
{
    struct ci_buildset_request out = plan_base(scheduler, mem);
    struct ci_source *sources = default_sources(scheduler, seen, count, mem, &out.source_count);
    int64_t *ids = ci_mem_array(mem, int64_t, count);

    for (size_t i = 0; i < count; i++) {
        struct ci_source source = source_of(&changes[i]);
        size_t at = source_index(sources, out.source_count, source.codebase);

        sources[at] = source; /* a newer change of the codebase replaces the older */
        if (at == out.source_count)
            out.source_count++;
        ids[i] = changes[i].changeid;
    }
    out.sources = sources;
    out.changeids = (struct ci_i64s){ids, count};
    out.priority = ci_scheduler_priority(scheduler, out.sources, out.source_count);
    return out;
}

/* The change source of the scheduler's repository; of one that names none the only one there is. */
static const struct ci_change_source *source_for(const struct ci_config *config,
                                                 const struct ci_scheduler *scheduler)
{
    if (is_empty(scheduler->repository))
        return config->change_sources.count == 1 ? config->change_sources.items : NULL;
    CI_FOREACH(const struct ci_change_source, source, config->change_sources)
        if (ci_repository_same(source->repository, scheduler->repository))
            return source;
    return NULL;
}

/* The one source of a scheduler that lists no codebases. */
static struct ci_source *only_source(const struct ci_config *config,
                                     const struct ci_scheduler *scheduler, void *mem)
{
    struct ci_source *source = ci_mem_zero(mem, struct ci_source);
    const struct ci_change_source *known = source_for(config, scheduler);

    *source = (struct ci_source){
        .codebase = scheduler->codebase,
        .repository = scheduler->repository,
        .project = scheduler->project,
        .branch = scheduler->branch,
    };
    if (known) {
        source->repository = is_empty(source->repository) ? known->repository : source->repository;
        source->project = is_empty(source->project) ? known->project : source->project;
        source->codebase = is_empty(source->codebase) ? known->codebase : source->codebase;
    }
    return source;
}

struct ci_buildset_request plan_timed(const struct ci_config *config,
                                      const struct ci_scheduler *scheduler, const json_t *seen,
                                      void *mem)
{
    struct ci_buildset_request out = plan_base(scheduler, mem);
    struct ci_source *only = only_source(config, scheduler, mem);
    const char *codebase = or_empty(only->codebase);

    if (scheduler->codebases.count) {
        out.sources = default_sources(scheduler, seen, 0, mem, &out.source_count);
    } else {
        const struct ci_source_spec spec = {codebase, only->repository, only->project, only->branch,
                                            NULL};

        *only = default_source(&spec, seen, mem);
        out.sources = only;
        out.source_count = 1;
    }
    out.priority = ci_scheduler_priority(scheduler, out.sources, out.source_count);
    return out;
}

void plan_sources(const json_t *list, void *mem, struct ci_buildset_request *out)
{
    struct ci_source *sources = ci_mem_array(mem, struct ci_source, json_array_size(list));

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *source = json_array_get(list, i);

        sources[i] = (struct ci_source){
            .codebase = or_empty(given_text(source, "codebase", mem)),
            .repository = given_text(source, "repository", mem),
            .project = given_text(source, "project", mem),
            .branch = given_text(source, "branch", mem),
            .revision = given_text(source, "revision", mem),
            .patchid = json_integer_value(json_object_get(source, "patchid")),
        };
    }
    out->sources = sources;
    out->source_count = json_array_size(list);
}

struct ci_buildset_request plan_downstream(const struct ci_scheduler *scheduler, json_t *sources,
                                           struct ci_i64s changeids, void *mem)
{
    struct ci_buildset_request out = plan_base(scheduler, mem);

    plan_sources(sources, mem, &out);
    out.changeids = changeids;
    out.priority = ci_scheduler_priority(scheduler, out.sources, out.source_count);
    return out;
}

json_t *plan_seen(const struct ci_candidate *change)
{
    return json_pack("{s:s, s:s?, s:s?, s:s, s:I}", "repository", or_empty(change->repository),
                     "branch", change->branch, "revision", change->revision, "project",
                     or_empty(change->project), "change", (json_int_t)change->changeid);
}

/* What is given goes over the default. */
static struct ci_source overlay(struct ci_source source, const struct ci_source *given)
{
    source.repository = is_empty(given->repository) ? source.repository : given->repository;
    source.project = is_empty(given->project) ? source.project : given->project;
    source.branch = given->branch ? given->branch : source.branch;
    source.revision = given->revision ? given->revision : source.revision;
    source.patchid = given->patchid;
    return source;
}

struct ci_buildset_request plan_triggered(const struct ci_scheduler *scheduler, const json_t *given,
                                          json_t *set, void *mem)
{
    struct ci_buildset_request out = plan_base(scheduler, mem), wanted = {0};
    struct ci_source *sources;

    plan_set_properties(out.properties, set, "Trigger");
    plan_sources(given, mem, &wanted);
    sources = default_sources(scheduler, NULL, wanted.source_count, mem, &out.source_count);
    for (size_t i = 0; i < wanted.source_count; i++) {
        const struct ci_source *source = &wanted.sources[i];
        size_t at = source_index(sources, out.source_count, source->codebase);

        if (at < out.source_count)
            sources[at] = overlay(sources[at], source);
        else if (scheduler->codebases.count == 0)
            sources[out.source_count++] = *source;
    }
    out.sources = sources;
    out.priority = ci_scheduler_priority(scheduler, out.sources, out.source_count);
    return out;
}
