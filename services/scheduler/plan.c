/* SPDX-License-Identifier: Apache-2.0 */
/* Buildsets and fire times; see plan.h. */
#include "plan.h"

#include "shared/cron.h"
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
};

const char *plan_timer_key(const struct ci_scheduler *scheduler, const struct change *change,
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
    return ci_mem_printf(mem, "The %s scheduler named '%s' triggered this build",
                         class_names[scheduler->type], scheduler->name);
}

/* {name: value} of the configuration as {name: [value, "Scheduler"]}. */
static json_t *sourced_properties(const struct ci_scheduler *scheduler, void *mem)
{
    json_t *out = ci_mem_json(mem, json_object()), *value;
    const char *name;

    json_object_foreach(scheduler->properties, name, value)
        json_object_set_new(out, name, json_pack("[O,s]", value, "Scheduler"));
    return out;
}

static struct ci_buildset_request plan_base(const struct ci_scheduler *scheduler, void *mem)
{
    return (struct ci_buildset_request){
        .scheduler = scheduler->name,
        .reason = plan_reason(scheduler, mem),
        .priority = scheduler->priority,
        .properties = sourced_properties(scheduler, mem),
    };
}

static bool is_empty(const char *text)
{
    return !text || !*text;
}

static struct ci_source source_of(const struct change *change)
{
    return (struct ci_source){
        .codebase = change->codebase,
        .repository = change->repository,
        .project = change->project,
        .branch = change->branch,
        .revision = change->revision,
    };
}

/* The source of that codebase, or the place for it at the end. */
static size_t source_index(const struct ci_source *sources, size_t count, const char *codebase)
{
    size_t i = 0;

    while (i < count && strcmp(sources[i].codebase, codebase) != 0)
        i++;
    return i;
}

struct ci_buildset_request plan_from_changes(const struct ci_scheduler *scheduler,
                                             const struct change *changes, size_t count, void *mem)
{
    struct ci_buildset_request out = plan_base(scheduler, mem);
    struct ci_source *sources = ci_mem_array(mem, struct ci_source, count);
    int64_t *ids = ci_mem_array(mem, int64_t, count);

    for (size_t i = 0; i < count; i++) {
        size_t at = source_index(sources, out.source_count, changes[i].codebase);

        sources[at] =
            source_of(&changes[i]); /* a newer change of the codebase replaces the older */
        if (at == out.source_count)
            out.source_count++;
        ids[i] = changes[i].changeid;
    }
    out.sources = sources;
    out.changeids = (struct ci_i64s){ids, count};
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

struct ci_buildset_request plan_timed(const struct ci_config *config,
                                      const struct ci_scheduler *scheduler, void *mem)
{
    struct ci_buildset_request out = plan_base(scheduler, mem);
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
    out.sources = source;
    out.source_count = 1;
    return out;
}

const char *plan_definition(const struct ci_scheduler *scheduler, void *mem)
{
    if (scheduler->type == CI_SCHED_PERIODIC)
        return ci_mem_printf(mem, "periodic %lld", (long long)scheduler->period.us);
    return ci_mem_printf(mem, "nightly %s %s", scheduler->time_zone, scheduler->cron);
}

static bool next_nightly(const struct ci_scheduler *scheduler, struct ci_time after, void *mem,
                         struct ci_time *out, struct ci_err *err)
{
    const struct ci_zone *zone;
    struct ci_cron cron;

    if (!ci_cron_parse(scheduler->cron, &cron, err) ||
        !ci_zone_load(scheduler->time_zone, mem, &zone, err))
        return ci_fail_in(err, "scheduler \"%s\"", scheduler->name);
    if (!ci_cron_next(&cron, zone, after, out))
        return ci_fail(err, CI_EINVALID, "scheduler \"%s\": \"%s\" never comes", scheduler->name,
                       scheduler->cron);
    return true;
}

bool plan_next(const struct ci_scheduler *scheduler, struct ci_time last, struct ci_time now,
               void *mem, struct ci_time *out, struct ci_err *err)
{
    struct ci_time next = {0};

    if (scheduler->type == CI_SCHED_NIGHTLY) {
        if (!next_nightly(scheduler, last.us ? last : now, mem, &next, err))
            return false;
    } else {
        next = last.us ? ci_time_add(last, scheduler->period) : now;
    }
    *out = next.us < now.us ? now : next;
    return true;
}

bool plan_timed_builds(const struct ci_scheduler *scheduler, bool important_stored,
                       struct ci_time last, bool last_only_if_changed)
{
    return !scheduler->only_if_changed || important_stored || !last.us || !last_only_if_changed;
}
