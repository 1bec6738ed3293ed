/* SPDX-License-Identifier: Apache-2.0 */
/* The gate of locks: whether any worker that is left could have all of the builder's and its own.
 */
#include "why/why_internal.h"

#include <stdlib.h>
#include <string.h>

enum { SAID = 3 }; /* locks told of one by one */

/* One judgement of locks. */
struct lock_judging {
    struct judging *judging;
    struct why_names locks, builds;
    struct ci_buf text;
    size_t said;
};

static int compare_load(const struct why_load *load, const char *name, int64_t workerid)
{
    const int order = strcmp(load->name, name);

    return order ? order : (load->workerid > workerid) - (load->workerid < workerid);
}

static struct ci_lock_load load_of(struct ci_list loads, const char *name, int64_t workerid)
{
    const struct why_load *items = loads.items;
    struct ci_lock_load sum = {0};
    size_t low = 0, high = loads.count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (compare_load(&items[middle], name, workerid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < loads.count && compare_load(&items[low], name, workerid) == 0; low++)
        ci_lock_load_add(&sum, items[low].exclusive, items[low].count, items[low].granted);
    return sum;
}

static bool use_fits(const struct judging *judging, const struct ci_lock *lock,
                     const struct ci_lock_use *use, const struct why_worker *worker)
{
    const struct ci_lock_load load =
        load_of(judging->facts->loads, lock->name, lock->per_worker ? worker->workerid : 0);
    const struct ci_lock_want want = {
        .exclusive = use->exclusive,
        .count = use->count,
        .max = ci_lock_max(lock, worker->name),
    };

    return ci_lock_fits(&want, &load);
}

/* The first of `uses` that the worker can't have now, or NULL. */
static const struct ci_lock_use *find_held(const struct judging *judging, struct ci_list uses,
                                           const struct why_worker *worker)
{
    CI_FOREACH(const struct ci_lock_use, use, uses) {
        const struct ci_lock *lock = ci_config_lock(judging->facts->config, use->lock);

        if (lock && !use_fits(judging, lock, use, worker))
            return use;
    }
    return NULL;
}

static const struct ci_lock_use *held_on(const struct judging *judging,
                                         const struct why_worker *worker)
{
    const struct ci_lock_use *use = find_held(judging, judging->facts->builder->locks, worker);

    return use ? use : find_held(judging, worker->locks, worker);
}

static bool has_locks(const struct judging *judging, const struct why_worker *worker)
{
    return held_on(judging, worker) == NULL;
}

/* ---- what holds it ---- */

static bool same_lock(const struct why_claim *claim, const struct ci_lock *lock, int64_t workerid)
{
    return claim->workerid == workerid && strcmp(claim->name, lock->name) == 0;
}

/* Builds that have the lock (`granted`), or stand in line for it; each once. */
static struct why_names claimants(const struct lock_judging *held, const struct ci_lock *lock,
                                  int64_t workerid, bool granted, bool *exclusive)
{
    const struct judging *judging = held->judging;
    struct why_names names = why_names_new(judging->mem, judging->facts->claims.count);

    CI_FOREACH(const struct why_claim, claim, judging->facts->claims) {
        if (!same_lock(claim, lock, workerid) || claim->granted != granted)
            continue;
        why_name(&names, claim->build);
        *exclusive |= claim->exclusive;
    }
    return names;
}

static bool was_said(const struct lock_judging *held, const char *name)
{
    for (size_t i = 0; i < held->locks.count; i++) {
        if (strcmp(held->locks.items[i], name) == 0)
            return true;
    }
    return false;
}

static void say_held(struct lock_judging *held, const struct ci_lock *lock,
                     const struct why_worker *worker)
{
    const int64_t workerid = lock->per_worker ? worker->workerid : 0;
    void *mem = held->judging->mem;
    bool exclusive = false;
    const struct why_names holders = claimants(held, lock, workerid, true, &exclusive);
    const struct why_names line = claimants(held, lock, workerid, false, &exclusive);
    const struct why_names *told = holders.count ? &holders : &line;

    ci_buf_printf(&held->text, "%slock %s", held->said ? "; " : "", lock->name);
    if (lock->per_worker)
        ci_buf_printf(&held->text, " of worker %s", worker->name);
    ci_buf_printf(&held->text, " %s %s %s", holders.count ? "is held by" : "is waited for by",
                  told->count == 1 ? "build" : "builds", why_enumerate(mem, told));
    if (exclusive)
        ci_buf_puts(&held->text, " (exclusive)");
    else
        ci_buf_printf(&held->text, " (room for %d)", ci_lock_max(lock, worker->name));
    for (size_t i = 0; i < told->count; i++)
        why_name(&held->builds, told->items[i]);
}

static void tell_worker(struct lock_judging *held, const struct why_worker *worker)
{
    const struct ci_lock_use *use = held_on(held->judging, worker);
    const struct ci_lock *lock =
        use ? ci_config_lock(held->judging->facts->config, use->lock) : NULL;
    const bool known = lock && was_said(held, lock->name);

    if (!lock || held->said == SAID || (known && !lock->per_worker))
        return;
    say_held(held, lock, worker);
    held->said++;
    if (!known)
        why_name(&held->locks, lock->name);
}

static void refuse_locks(struct judging *judging)
{
    const size_t claims = judging->facts->claims.count;
    struct lock_judging held = {
        .judging = judging,
        .locks = why_names_new(judging->mem, SAID),
        .builds = why_names_new(judging->mem, claims * SAID),
    };
    struct why_gate *gate;

    ci_buf_init(&held.text, judging->mem);
    for (size_t i = 0; i < judging->alive_count; i++)
        tell_worker(&held, judging->alive[i]);
    gate = why_add(judging, "locks", false, held.text.text);
    gate->locks = why_list(&held.locks);
    gate->builds = why_list(&held.builds);
    judging->held = gate->builds;
}

/* ---- the gate ---- */

static void add_names(struct why_names *names, struct ci_list uses)
{
    CI_FOREACH(const struct ci_lock_use, use, uses) {
        bool known = false;

        for (size_t i = 0; i < names->count; i++)
            known |= strcmp(names->items[i], use->lock) == 0;
        if (!known)
            why_name(names, use->lock);
    }
}

struct ci_strs why_lock_names(const struct why_facts *facts, void *mem)
{
    struct why_names names = why_names_new(mem, facts->config->locks.count);

    if (facts->builder)
        add_names(&names, facts->builder->locks);
    CI_FOREACH(const struct ci_worker, worker, facts->config->workers)
        add_names(&names, worker->locks);
    return (struct ci_strs){names.items, names.count};
}

static int by_name(const void *key, const void *item)
{
    return strcmp(key, ((const struct why_worker *)item)->name);
}

void why_place_locks(struct why_facts *facts)
{
    CI_FOREACH(const struct ci_worker, spec, facts->config->workers) {
        struct why_worker *worker = spec->locks.count > 0 && facts->workers.count > 0
                                        ? bsearch(spec->name, facts->workers.items,
                                                  facts->workers.count, sizeof(*worker), by_name)
                                        : NULL;

        if (worker)
            worker->locks = spec->locks;
    }
}

void why_locks(struct judging *judging)
{
    struct why_names wanted = why_names_new(judging->mem, judging->facts->config->locks.count);
    struct why_gate *gate;

    add_names(&wanted, judging->facts->builder->locks);
    for (size_t i = 0; i < judging->alive_count; i++)
        add_names(&wanted, judging->alive[i]->locks);
    if (wanted.count == 0)
        return;
    if (!why_narrow(judging, has_locks)) {
        refuse_locks(judging);
        return;
    }
    gate = why_add(judging, "locks", true,
                   ci_mem_printf(judging->mem, "lock%s %s can be had", wanted.count == 1 ? "" : "s",
                                 why_enumerate(judging->mem, &wanted)));
    gate->locks = why_list(&wanted);
}
