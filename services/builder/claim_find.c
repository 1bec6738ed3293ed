/* SPDX-License-Identifier: Apache-2.0 */
/* What a claim has to match: builders with a free worker, their requests, and the locks they want.
 */
#include "claim_run.h"
#include "locks_store.h"

#include <stdlib.h>
#include <string.h>

/* Requests read in one run, over all builders; each builder gets its share, at least MIN_EACH. */
enum { READ_AT_MOST = 1024, MIN_EACH = 4 };

static bool any(const bool *fits, size_t count)
{
    return memchr(fits, true, count) != NULL;
}

/* Whether each builder fits each worker: a row of `fits` for every builder. */
static bool *all_fits(struct run *run, struct claim_cache *cache)
{
    const size_t workers = run->workers.count, builders = cache->builders.count;
    bool *fits = ci_mem_array(run->mem, bool, workers *builders + 1);
    size_t w = 0;

    CI_FOREACH(struct match_worker, worker, run->workers) {
        const bool *of_worker = claim_cache_fits(cache, run->config, worker);

        for (size_t b = 0; b < builders; b++)
            fits[b * workers + w] = of_worker[b];
        w++;
    }
    return fits;
}

/* Builders of the configuration in force for which an agent waits, by id. */
bool run_find_builders(struct run *run, struct ci_err *err)
{
    struct claim_cache *cache = &run->builder->claims;
    const bool *fits;
    size_t row = 0;

    if (!claim_cache_fill(cache, run->builder->app->db, run->config, err))
        return false;
    fits = all_fits(run, cache);
    run->builders = ci_mem_array(run->mem, struct match_builder, cache->builders.count + 1);
    run->cached = ci_mem_array(run->mem, struct cached_builder *, cache->builders.count + 1);
    CI_FOREACH(struct cached_builder, cached, cache->builders) {
        const bool *of_builder = &fits[row++ * run->workers.count];

        if (cached->held_until.us > run->mono.us || !any(of_builder, run->workers.count))
            continue;
        run->cached[run->builder_count] = cached;
        run->builders[run->builder_count++] = (struct match_builder){
            .builderid = cached->builderid,
            .spec = ci_config_builder(run->config, cached->name),
            .fits = of_builder,
            .can_start = cached->can_start,
        };
    }
    return true;
}

/* ---- locks ---- */

static size_t lock_index(struct run *run, const struct ci_lock *spec)
{
    size_t i = 0;

    while (i < run->lock_count && run->locks[i].spec != spec)
        i++;
    if (i == run->lock_count)
        run->locks[run->lock_count++] = (struct match_lock){
            .spec = spec,
            .loads = ci_mem_array(run->mem, struct ci_lock_load,
                                  spec->per_worker ? run->workers.count + 1 : 1),
        };
    return i;
}

static const struct match_use *find_uses(struct run *run, struct ci_list wanted, size_t *count)
{
    struct match_use *uses = ci_mem_array(run->mem, struct match_use, wanted.count);

    CI_FOREACH(struct ci_lock_use, use, wanted) {
        const struct ci_lock *spec = ci_config_lock(run->config, use->lock);

        if (spec)
            uses[(*count)++] = (struct match_use){lock_index(run, spec), use->exclusive,
                                                  use->exclusive ? 1 : use->count};
    }
    return uses;
}

static const struct ci_worker *worker_spec(const struct ci_config *config, const char *name)
{
    CI_FOREACH(struct ci_worker, worker, config->workers) {
        if (strcmp(worker->name, name) == 0)
            return worker;
    }
    return NULL;
}

static bool workers_have_locks(const struct ci_config *config)
{
    CI_FOREACH(struct ci_worker, worker, config->workers) {
        if (worker->locks.count > 0)
            return true;
    }
    return false;
}

static void find_lock_uses(struct run *run)
{
    run->locks = ci_mem_array(run->mem, struct match_lock, run->config->locks.count + 1);
    for (size_t i = 0; i < run->builder_count; i++) {
        struct match_builder *builder = &run->builders[i];

        if (builder->spec->locks.count > 0)
            builder->uses = find_uses(run, builder->spec->locks, &builder->use_count);
    }
    if (!workers_have_locks(run->config))
        return;
    CI_FOREACH(struct match_worker, worker, run->workers) {
        const struct ci_worker *spec = worker_spec(run->config, worker->name);

        if (spec && spec->locks.count > 0)
            worker->uses = find_uses(run, spec->locks, &worker->use_count);
    }
}

static void add_claim(struct run *run, const struct locks_claim *claim)
{
    size_t worker = 0;

    for (size_t i = 0; i < run->lock_count; i++) {
        struct match_lock *lock = &run->locks[i];

        if (strcmp(lock->spec->name, claim->name) != 0)
            continue;
        if (!lock->spec->per_worker) {
            ci_lock_load_add(&lock->loads[0], claim->exclusive, claim->count, claim->granted);
            continue;
        }
        worker = 0;
        CI_FOREACH(struct match_worker, waiting, run->workers) {
            if (waiting->workerid == claim->workerid)
                ci_lock_load_add(&lock->loads[worker], claim->exclusive, claim->count,
                                 claim->granted);
            worker++;
        }
    }
}

/* What is held now. It may be less when the builds are made, never wrongly more: that is judged
 * anew with the locks' rows held. */
static bool read_loads(struct run *run, struct ci_err *err)
{
    const char **names = ci_mem_array(run->mem, const char *, run->lock_count + 1);
    struct ci_list claims = {0};
    CI_AUTO_TX tx = {0};

    if (run->lock_count == 0)
        return true;
    for (size_t i = 0; i < run->lock_count; i++)
        names[i] = run->locks[i].spec->name;
    if (!ci_tx_read(run->builder->app->db, &tx, err) ||
        !locks_read_loads(&tx, (struct ci_strs){names, run->lock_count}, run->mem, &claims, err))
        return false;
    CI_FOREACH(struct locks_claim, claim, claims)
        add_claim(run, claim);
    return true;
}

/* ---- preferred workers ---- */

static struct ci_i64s with_policy(const struct run *run, enum ci_next_worker policy)
{
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->builder_count + 1);
    struct ci_i64s list = {ids, 0};

    for (size_t i = 0; i < run->builder_count; i++) {
        if (run->builders[i].spec->next_worker == policy)
            ids[list.count++] = run->builders[i].builderid;
    }
    return list;
}

static void set_preferred(struct run *run, struct ci_list rows, bool warm)
{
    for (size_t i = 0; i < run->builder_count; i++) {
        struct match_builder *builder = &run->builders[i];
        int64_t *ids = NULL;
        size_t count = 0;

        CI_FOREACH(struct claim_preferred, row, rows) {
            if (row->builderid != builder->builderid)
                continue;
            if (!ids)
                ids = ci_mem_array(run->mem, int64_t, rows.count);
            ids[count++] = row->workerid;
        }
        if (count > 0) {
            builder->preferred = (struct ci_i64s){ids, count};
            builder->warm = warm;
        }
    }
}

static bool find_preferred(struct run *run, struct ci_err *err)
{
    const struct ci_i64s warm = with_policy(run, CI_WORKER_WARMEST);
    const struct ci_i64s last = with_policy(run, CI_WORKER_LAST_USED);
    struct ci_list rows = {0};

    if (warm.count > 0) {
        if (!claim_warm(run->builder->app->db, warm, run->now, run->mem, &rows, err))
            return false;
        set_preferred(run, rows, true);
    }
    if (last.count > 0) {
        if (!claim_last_used(run->builder->app->db, last, run->mem, &rows, err))
            return false;
        set_preferred(run, rows, false);
    }
    return true;
}

/* ---- requests ---- */

/* How many requests of each builder are worth reading. */
static int64_t share(const struct run *run)
{
    int64_t slots = 0, each = READ_AT_MOST / (int64_t)run->builder_count;

    CI_FOREACH(struct match_worker, worker, run->workers)
        slots += worker->free;
    if (each < MIN_EACH)
        each = MIN_EACH;
    return slots < each ? slots : each;
}

static int by_builderid(const void *key, const void *item)
{
    const int64_t id = *(const int64_t *)key;
    const int64_t other = ((const struct match_builder *)item)->builderid;

    return (id > other) - (id < other);
}

static void mark_truncated(struct run *run, int64_t limit)
{
    int64_t *counts = ci_mem_array(run->mem, int64_t, run->builder_count);

    CI_FOREACH(struct match_request, request, run->candidates) {
        const struct match_builder *builder =
            bsearch(&request->builderid, run->builders, run->builder_count, sizeof(*run->builders),
                    by_builderid);

        if (builder)
            counts[builder - run->builders]++;
    }
    for (size_t i = 0; i < run->builder_count; i++)
        run->builders[i].truncated = counts[i] >= limit;
}

static bool read_candidates(struct run *run, struct ci_err *err)
{
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->builder_count);
    int64_t *judged = ci_mem_array(run->mem, int64_t, run->builder_count);
    struct ci_i64s all = {ids, run->builder_count}, asking = {judged, 0};
    const int64_t limit = share(run);

    for (size_t i = 0; i < run->builder_count; i++) {
        ids[i] = run->builders[i].builderid;
        if (run->builders[i].can_start)
            judged[asking.count++] = ids[i];
    }
    if (!claim_candidates(run->builder->app->db, all, limit, asking, run->mem, &run->candidates,
                          err))
        return false;
    mark_truncated(run, limit);
    return true;
}

bool run_find_candidates(struct run *run, struct ci_err *err)
{
    if (!read_candidates(run, err))
        return false;
    if (run->candidates.count == 0)
        return true;
    find_lock_uses(run);
    return read_loads(run, err) && find_preferred(run, err);
}
