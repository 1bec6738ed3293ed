/* SPDX-License-Identifier: Apache-2.0 */
/* Who may have a lock, and who waits for whom. */
#include "locks.h"

#include <stdlib.h>
#include <string.h>

bool locks_fits(const struct locks_use *use, const struct ci_lock_load *load)
{
    const struct ci_lock_want want = {use->exclusive, use->count, use->max};

    return ci_lock_fits(&want, load);
}

bool locks_same(const struct locks_use *use, const struct locks_claim *claim)
{
    return claim->workerid == use->workerid && strcmp(claim->name, use->name) == 0;
}

struct ci_lock_load locks_before(const struct locks_use *use, struct ci_list claims,
                                 int64_t claimid, int64_t buildid, int step)
{
    struct ci_lock_load load = {0};

    CI_FOREACH(struct locks_claim, claim, claims) {
        if (!locks_same(use, claim) || (claim->buildid == buildid && claim->step == step))
            continue;
        if (claim->granted || claimid == 0 || claim->claimid < claimid)
            ci_lock_load_add(&load, claim->exclusive, claim->count, claim->granted);
    }
    return load;
}

/* One lock asked for twice is held once, as both ask. */
static void add_use(struct locks_use *uses, size_t *count, const struct locks_use *wanted)
{
    for (size_t i = 0; i < *count; i++) {
        if (uses[i].workerid == wanted->workerid && strcmp(uses[i].name, wanted->name) == 0) {
            uses[i].exclusive |= wanted->exclusive;
            uses[i].count += wanted->count;
            return;
        }
    }
    uses[(*count)++] = *wanted;
}

static struct locks_use resolve(const struct ci_lock_use *use, const struct ci_lock *lock,
                                const char *worker_name, int64_t workerid)
{
    return (struct locks_use){
        .name = use->lock,
        .workerid = lock->per_worker ? workerid : 0,
        .exclusive = use->exclusive,
        .count = use->exclusive ? 1 : use->count,
        .max = ci_lock_max(lock, worker_name),
    };
}

struct ci_list locks_resolve(const struct ci_config *config, struct ci_list first,
                             struct ci_list second, const char *worker_name, int64_t workerid,
                             void *mem)
{
    const struct ci_list lists[] = {first, second};
    struct locks_use *uses = ci_mem_array(mem, struct locks_use, first.count + second.count + 1);
    size_t count = 0;

    for (size_t i = 0; i < CI_COUNT(lists); i++) {
        CI_FOREACH(struct ci_lock_use, use, lists[i]) {
            const struct ci_lock *lock = ci_config_lock(config, use->lock);
            struct locks_use wanted;

            if (!lock)
                continue;
            wanted = resolve(use, lock, worker_name, workerid);
            add_use(uses, &count, &wanted);
        }
    }
    return (struct ci_list){uses, count};
}

/* ---- circles ---- */

static int by_waiter(const void *a, const void *b)
{
    const struct locks_wait *x = a, *y = b;

    return (x->waiter > y->waiter) - (x->waiter < y->waiter);
}

/* The first wait of `waiter`, or the end. */
static size_t first_of(const struct locks_wait *waits, size_t count, int64_t waiter)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (waits[middle].waiter < waiter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A search in depth that remembers its path; each wait is looked at once. */
struct search {
    const struct locks_wait *waits;
    size_t count;
    bool *seen;   /* by the place of a waiter's first wait */
    size_t *next; /* the wait to look at next, for each node of the path */
    int64_t *path;
    size_t depth;
};

/* Goes on with `node`, unless it waits for nobody or was found to lead nowhere. */
static void descend(struct search *search, int64_t node)
{
    const size_t first = first_of(search->waits, search->count, node);

    if (first == search->count || search->waits[first].waiter != node || search->seen[first])
        return;
    search->seen[first] = true;
    search->path[search->depth] = node;
    search->next[search->depth++] = first;
}

static bool find_circle(struct search *search, int64_t start)
{
    descend(search, start);
    while (search->depth > 0) {
        const int64_t node = search->path[search->depth - 1];
        const size_t at = search->next[search->depth - 1]++;

        if (at >= search->count || search->waits[at].waiter != node)
            search->depth--;
        else if (search->waits[at].holder == start)
            return true;
        else
            descend(search, search->waits[at].holder);
    }
    return false;
}

struct ci_i64s locks_circle(struct ci_list waits, int64_t start, void *mem)
{
    struct locks_wait *sorted = ci_mem_array(mem, struct locks_wait, waits.count + 1);
    struct search search = {
        .waits = sorted,
        .count = waits.count,
        .seen = ci_mem_array(mem, bool, waits.count + 1),
        .next = ci_mem_array(mem, size_t, waits.count + 1),
        .path = ci_mem_array(mem, int64_t, waits.count + 1),
    };

    if (waits.count == 0)
        return (struct ci_i64s){0};
    memcpy(sorted, waits.items, waits.count * sizeof(*sorted));
    qsort(sorted, waits.count, sizeof(*sorted), by_waiter);
    if (!find_circle(&search, start))
        return (struct ci_i64s){0};
    return (struct ci_i64s){search.path, search.depth};
}
