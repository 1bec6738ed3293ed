/* SPDX-License-Identifier: Apache-2.0 */
/* Who may have a lock, and who waits for whom. */
#include "locks.h"

#include <stdlib.h>
#include <string.h>

bool locks_fits(const struct locks_use *use, const struct locks_load *load)
{
    if (load->exclusive > 0)
        return false;
    if (use->exclusive)
        return load->counting == 0 && load->waiting == 0;
    return load->counting + use->count <= use->max;
}

void locks_load_add(struct locks_load *load, bool exclusive, int count, bool granted)
{
    load->exclusive += exclusive;
    load->counting += exclusive ? 0 : count;
    load->waiting += !granted;
}

bool locks_same(const struct locks_use *use, const struct locks_claim *claim)
{
    return claim->workerid == use->workerid && strcmp(claim->name, use->name) == 0;
}

struct locks_load locks_before(const struct locks_use *use, struct ci_list claims, int64_t claimid,
                               int64_t buildid, int step)
{
    struct locks_load load = {0};

    CI_FOREACH(struct locks_claim, claim, claims) {
        if (!locks_same(use, claim) || (claim->buildid == buildid && claim->step == step))
            continue;
        if (claim->granted || claimid == 0 || claim->claimid < claimid)
            locks_load_add(&load, claim->exclusive, claim->count, claim->granted);
    }
    return load;
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
