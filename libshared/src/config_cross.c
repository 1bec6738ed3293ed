/* SPDX-License-Identifier: Apache-2.0 */
/* What can only be judged with the whole file at hand: locks, triggers and circles. */
#include "config_steps.h"

#include <stdlib.h>
#include <string.h>

/* The node whose text this very pointer is, with its path. NOLINTNEXTLINE(misc-no-recursion) */
static const struct node *find_text(struct decode *d, const struct node *node, const char *text)
{
    if (node->text == text)
        return node;
    for (size_t i = 0; i < node->count; i++) {
        const char *before =
            node->kind == NODE_MAP ? path_enter(d, node->keys[i]->text) : path_enter_item(d, i);
        const struct node *found = find_text(d, node->items[i], text);

        if (found)
            return found;
        d->path = before;
    }
    return NULL;
}

/* At the place of a text of the file. */
static void complain_text(struct decode *d, const char *text, const char *message)
{
    const char *before = d->path;
    const struct node *at;

    d->path = "";
    at = find_text(d, d->root, text);
    complain(d, at ? at : d->root, "%s", message);
    d->path = before;
}

/* ---- locks ---- */

static int most_of(const struct ci_lock *lock)
{
    int most = lock->max_count;

    for (size_t i = 0; i < lock->max_count_for_worker.count; i++) {
        int count = (int)strtol(lock->max_count_for_worker.items[i].value, NULL, 10);

        most = count > most ? count : most;
    }
    return most;
}

static void check_uses(struct decode *d, const struct ci_config *config, struct ci_list uses)
{
    const struct ci_lock_use *all = uses.items;

    for (size_t i = 0; i < uses.count; i++) {
        const struct ci_lock *lock = ci_config_lock(config, all[i].lock);

        if (!lock)
            continue;
        if (!all[i].exclusive && all[i].count > most_of(lock))
            complain_text(d, all[i].lock,
                          ci_mem_printf(d->mem, "%d is more than the max_count %d of \"%s\"",
                                        all[i].count, most_of(lock), lock->name));
        for (size_t j = 0; j < i; j++) {
            if (strcmp(all[j].lock, all[i].lock) == 0)
                complain_text(d, all[i].lock,
                              ci_mem_printf(d->mem, "the lock \"%s\" stands twice", lock->name));
        }
    }
}

static const struct ci_lock_use *use_of(struct ci_list uses, const char *lock)
{
    CI_FOREACH(const struct ci_lock_use, use, uses) {
        if (strcmp(use->lock, lock) == 0)
            return use;
    }
    return NULL;
}

/* A build can't wait for itself. */
static void check_step_locks(struct decode *d, const struct ci_config *config,
                             const struct ci_builder *builder, const struct ci_step *step)
{
    check_uses(d, config, step->locks);
    CI_FOREACH(const struct ci_lock_use, use, step->locks) {
        if (use_of(builder->locks, use->lock))
            complain_text(
                d, use->lock,
                ci_mem_printf(d->mem, "the build holds the lock \"%s\" already", use->lock));
    }
}

/* ---- triggers ---- */

static bool is_triggerable(const struct ci_scheduler *scheduler)
{
    return scheduler->type == CI_SCHED_TRIGGERABLE ||
           scheduler->type == CI_SCHED_NIGHTLY_TRIGGERABLE;
}

static void check_trigger(struct decode *d, const struct ci_config *config,
                          const struct ci_step *step)
{
    const struct ci_trigger_args *args = step->args;

    for (size_t i = 0; i < args->schedulers.count; i++) {
        const struct ci_scheduler *scheduler =
            ci_config_scheduler(config, args->schedulers.items[i]);

        if (scheduler && !is_triggerable(scheduler))
            complain_text(d, args->schedulers.items[i],
                          ci_mem_printf(d->mem, "\"%s\" is of type %s, not triggerable",
                                        scheduler->name, ci_scheduler_type_names[scheduler->type]));
    }
}

/* Who waits for whom: builders by their index in the file. */
struct graph {
    struct decode *d;
    const struct ci_config *config;
    const struct ci_builder *from; /* where the walk began */
    const char *at;                /* the name in the trigger step that it began with */
    bool *seen;
    bool found;
};

static size_t index_of(const struct ci_config *config, const char *name)
{
    const struct ci_builder *all = config->builders.items;

    for (size_t i = 0; i < config->builders.count; i++) {
        if (strcmp(all[i].name, name) == 0)
            return i;
    }
    return config->builders.count;
}

static void visit(struct graph *graph, const char *name);

/* The builders that a step starts and waits for. NOLINTNEXTLINE(misc-no-recursion) */
static void visit_waited(struct graph *graph, const struct ci_step *step, bool first)
{
    const struct ci_trigger_args *args = step->args;

    if (step->type != CI_STEP_TRIGGER || !args->wait_for_finish)
        return;
    for (size_t i = 0; i < args->builders.count; i++)
        visit(graph, args->builders.items[i]);
    for (size_t i = 0; i < args->schedulers.count; i++) {
        const struct ci_scheduler *scheduler =
            ci_config_scheduler(graph->config, args->schedulers.items[i]);

        if (!scheduler || scheduler->type != CI_SCHED_TRIGGERABLE)
            continue; /* of a nightly one the step does not wait */
        if (first)
            graph->at = args->schedulers.items[i];
        for (size_t b = 0; b < scheduler->builders.count; b++)
            visit(graph, scheduler->builders.items[b]);
    }
}

/* What the waiting build holds to the last, a build that it waits for must not need. */
static void check_held(struct graph *graph, const struct ci_builder *other, struct ci_list wanted)
{
    CI_FOREACH(const struct ci_lock_use, held, graph->from->locks) {
        const struct ci_lock_use *use = use_of(wanted, held->lock);
        const struct ci_lock *lock = ci_config_lock(graph->config, held->lock);

        if (!use || !lock || lock->per_worker)
            continue;
        if (!held->exclusive && !use->exclusive && held->count + use->count <= lock->max_count)
            continue;
        graph->found = true;
        complain_text(graph->d, graph->at,
                      ci_mem_printf(graph->d->mem,
                                    "a deadlock: builds of \"%s\" hold the lock \"%s\" while they "
                                    "wait for builds of \"%s\", which need it",
                                    graph->from->name, held->lock, other->name));
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): each builder once */
static void visit(struct graph *graph, const char *name)
{
    size_t index = index_of(graph->config, name);
    const struct ci_builder *other;

    if (index == graph->config->builders.count || graph->seen[index] || graph->found)
        return;
    graph->seen[index] = true;
    other = (const struct ci_builder *)graph->config->builders.items + index;
    if (other == graph->from) {
        graph->found = true;
        complain_text(graph->d, graph->at,
                      ci_mem_printf(graph->d->mem,
                                    "a circle: builds of \"%s\" would wait for builds of \"%s\"",
                                    name, name));
        return;
    }
    check_held(graph, other, other->locks);
    CI_FOREACH(const struct ci_step, step, other->steps) {
        check_held(graph, other, step->locks);
        visit_waited(graph, step, false);
    }
}

static void check_waiting(struct decode *d, const struct ci_config *config,
                          const struct ci_builder *builder)
{
    struct graph graph = {.d = d,
                          .config = config,
                          .from = builder,
                          .at = builder->name,
                          .seen = ci_mem_array(d->mem, bool, config->builders.count)};

    CI_FOREACH(const struct ci_step, step, builder->steps) {
        visit_waited(&graph, step, true);
    }
}

/* ---- dependent schedulers ---- */

static void check_upstream(struct decode *d, const struct ci_config *config,
                           const struct ci_scheduler *scheduler)
{
    const struct ci_scheduler *at = scheduler;

    for (size_t i = 0; at && at->type == CI_SCHED_DEPENDENT && i <= config->schedulers.count; i++) {
        at = at->upstream ? ci_config_scheduler(config, at->upstream) : NULL;
        if (at != scheduler)
            continue;
        complain_text(
            d, scheduler->upstream,
            ci_mem_printf(d->mem, "a circle: \"%s\" would follow itself", scheduler->name));
        return;
    }
}

void config_cross_check(struct decode *d, const struct ci_config *config)
{
    CI_FOREACH(const struct ci_builder, builder, config->builders) {
        /* The cells of a matrix have the same steps, and the first follows its matrix. */
        if (builder->matrix && !(builder - 1)->is_matrix)
            continue;
        check_uses(d, config, builder->locks);
        CI_FOREACH(const struct ci_step, step, builder->steps) {
            check_step_locks(d, config, builder, step);
            if (step->type == CI_STEP_TRIGGER)
                check_trigger(d, config, step);
        }
        check_waiting(d, config, builder);
    }
    CI_FOREACH(const struct ci_worker, worker, config->workers) {
        check_uses(d, config, worker->locks);
    }
    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        check_upstream(d, config, scheduler);
    }
    config_check_hooks(d, config);
}
