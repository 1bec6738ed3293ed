/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From pairs of requests and workers to builds, in one transaction: workers
 * are locked and counted, locks held and judged, requests taken, numbers given.
 */
#include "claim_fate.h"
#include "claim_run.h"
#include "locks_store.h"
#include "props.h"

#include <sodium.h>
#include <stdlib.h>

enum { TOKEN_BYTES = 18 };

/* A worker that had less room than its agent and we thought is left alone so long. */
static const struct ci_dur hold = {1000000};

/* ---- workers ---- */

/* Each worker of the pairs once. */
static struct ci_i64s chosen_workers(const struct run *run)
{
    bool *chosen = ci_mem_array(run->mem, bool, run->workers.count + 1);
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->pair_count + 1);
    struct ci_i64s list = {ids, 0};

    for (size_t i = 0; i < run->pair_count; i++) {
        if (!chosen[run->pairs[i].worker])
            ids[list.count++] = run_worker(run, i)->workerid;
        chosen[run->pairs[i].worker] = true;
    }
    return list;
}

static int by_workerid(const void *a, const void *b)
{
    const struct claim_worker *x = a, *y = b;

    return (x->workerid > y->workerid) - (x->workerid < y->workerid);
}

static bool lock_workers(struct run *run, struct ci_tx *tx, struct ci_err *err)
{
    struct ci_list rows = {0};

    if (!claim_lock_workers(tx, chosen_workers(run), run->now, run->mem, &rows, err))
        return false;
    run->locked = ci_mem_array(run->mem, struct claim_worker *, run->workers.count + 1);
    if (rows.count == 0)
        return true;
    qsort(rows.items, rows.count, sizeof(struct claim_worker), by_workerid);
    for (size_t i = 0; i < run->pair_count; i++) {
        const struct claim_worker wanted = {.workerid = run_worker(run, i)->workerid};

        run->locked[run->pairs[i].worker] =
            bsearch(&wanted, rows.items, rows.count, sizeof(wanted), by_workerid);
    }
    return true;
}

/* Room by the database's count; the agent's own offer was `slots` when it polled. */
static bool take_room(const struct match_worker *waiting, struct claim_worker *worker)
{
    int slots = waiting->slots;

    if (worker->max_builds > 0 && worker->max_builds < slots)
        slots = worker->max_builds;
    if (!worker->willing || worker->session != waiting->session || worker->running >= slots)
        return false;
    worker->running++;
    return true;
}

/* Drops the pairs whose worker turns out to be taken, paused or full. */
static void keep_pairs(struct run *run, struct claim_outcome *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < run->pair_count; i++) {
        struct claim_worker *worker = run->locked[run->pairs[i].worker];

        if (!worker) {
            out->contended = true;
        } else if (!take_room(run_worker(run, i), worker)) {
            hub_hold(run->builder->hub, worker->workerid, ci_mono_add(run->mono, hold));
            out->contended = true;
        } else {
            run->pairs[kept++] = run->pairs[i];
        }
    }
    run->pair_count = kept;
}

/* ---- locks ---- */

/* What each pair's build will hold, struct locks_use; empty for most. */
static struct ci_list *find_uses(const struct run *run, struct ci_list *all)
{
    struct ci_list *uses = ci_mem_array(run->mem, struct ci_list, run->pair_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < run->pair_count; i++) {
        uses[i] = claim_uses(run, i);
        count += uses[i].count;
    }
    *all = (struct ci_list){ci_mem_array(run->mem, struct locks_use, count + 1), 0};
    for (size_t i = 0; i < run->pair_count; i++) {
        CI_FOREACH(struct locks_use, use, uses[i])
            ((struct locks_use *)all->items)[all->count++] = *use;
    }
    return uses;
}

static bool all_fit(struct ci_list uses, struct ci_list claims)
{
    CI_FOREACH(struct locks_use, use, uses) {
        const struct ci_lock_load load = locks_before(use, claims, 0, 0, 0);

        if (!locks_fits(use, &load))
            return false;
    }
    return true;
}

/* The pair holds its locks: those after it are judged beside it. */
static void add_claims(struct ci_list *claims, struct ci_list uses)
{
    CI_FOREACH(struct locks_use, use, uses)
        ((struct locks_claim *)claims->items)[claims->count++] =
            (struct locks_claim){.name = use->name,
                                 .workerid = use->workerid,
                                 .exclusive = use->exclusive,
                                 .count = use->count,
                                 .granted = true};
}

/* Drops the pairs whose locks somebody else was quicker to take. */
static bool keep_unlocked(struct run *run, struct ci_tx *tx, struct claim_outcome *out,
                          struct ci_err *err)
{
    struct ci_list all = {0}, rows = {0}, claims;
    struct ci_list *uses;
    size_t kept = 0;

    if (run->lock_count == 0)
        return true;
    uses = find_uses(run, &all);
    if (all.count == 0)
        return true;
    if (!locks_hold_loads(tx, all, run->mem, &rows, err))
        return false;
    claims.items = ci_mem_array(run->mem, struct locks_claim, rows.count + all.count);
    claims.count = 0;
    CI_FOREACH(struct locks_claim, row, rows)
        ((struct locks_claim *)claims.items)[claims.count++] = *row;
    for (size_t i = 0; i < run->pair_count; i++) {
        if (all_fit(uses[i], claims)) {
            add_claims(&claims, uses[i]);
            run->pairs[kept++] = run->pairs[i];
        } else {
            out->contended = true;
        }
    }
    run->pair_count = kept;
    return true;
}

/* ---- requests ---- */

static int by_request(const void *a, const void *b)
{
    const struct claim_request *x = a, *y = b;
    const int64_t i = x->request.buildrequestid, j = y->request.buildrequestid;

    return (i > j) - (i < j);
}

static bool take_requests(struct run *run, struct ci_tx *tx, struct ci_err *err)
{
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->pair_count + 1);

    for (size_t i = 0; i < run->pair_count; i++)
        ids[i] = run_request(run, i)->buildrequestid;
    if (!claim_take(tx, (struct ci_i64s){ids, run->pair_count}, run->now, run->mem, &run->taken,
                    err))
        return false;
    if (run->taken.count > 0)
        qsort(run->taken.items, run->taken.count, sizeof(struct claim_request), by_request);
    return true;
}

static const struct claim_request *taken_request(const struct run *run, int64_t buildrequestid)
{
    const struct claim_request wanted = {.request.buildrequestid = buildrequestid};

    return run->taken.count == 0
               ? NULL
               : bsearch(&wanted, run->taken.items, run->taken.count, sizeof(wanted), by_request);
}

static const char *make_token(void *mem)
{
    unsigned char bytes[TOKEN_BYTES];
    char text[sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return ci_mem_strdup(mem, text);
}

static void set_properties(const struct run *run, struct claim_build *build)
{
    const struct ci_builder *spec = run->builders[build->builder].spec;
    const struct claim_worker *worker = run->locked[build->worker];
    const struct match_worker *waiting =
        (const struct match_worker *)run->workers.items + build->worker;
    struct props_input input = {
        .global = run->config->properties,
        .changes = build->request->changes,
        .buildset = build->request->buildset_properties,
        .builder = spec->properties,
        .builder_default = spec->default_properties,
        .worker = worker->properties,
        .worker_default = worker->default_properties,
        .sources = build->request->sources,
        .builderid = build->builderid,
        .builder_name = spec->name,
        .worker_name = waiting->name,
        .project = spec->project,
    };

    build->worker_facts =
        ci_mem_json(run->mem, ci_worker_facts(waiting->name, waiting->labels, worker->properties));
    input.worker_facts = build->worker_facts;
    build->properties = ci_mem_json(run->mem, props_merge(&input));
}

static void plan_builds(struct run *run)
{
    run->builds = ci_mem_array(run->mem, struct claim_build, run->pair_count + 1);
    for (size_t i = 0; i < run->pair_count; i++) {
        const struct claim_request *request =
            taken_request(run, run_request(run, i)->buildrequestid);
        struct claim_build *build = &run->builds[run->build_count];

        if (!request)
            continue;
        *build = (struct claim_build){
            .request = request,
            .recipe = run->builders[run->pairs[i].builder].spec->name,
            .builder = run->pairs[i].builder,
            .worker = run->pairs[i].worker,
            .workerid = run_worker(run, i)->workerid,
            .builderid = request->request.builderid,
            .token = make_token(run->mem),
        };
        set_properties(run, build);
        claim_decide(run, build);
        run->build_count++;
    }
}

/* ---- the transaction ---- */

static void add_grants(const struct run *run, struct batch *batch)
{
    struct locks_grants grants;
    size_t count = 0;

    if (run->lock_count == 0)
        return;
    for (size_t i = 0; i < run->build_count; i++)
        count += claim_build_uses(run, &run->builds[i]).count;
    grants = locks_grants_new(run->mem, count);
    for (size_t i = 0; i < run->build_count; i++) {
        const struct ci_list uses = claim_build_uses(run, &run->builds[i]);

        if (run->builds[i].ended.set)
            continue;
        CI_FOREACH(struct locks_use, use, uses)
            locks_grants_add(&grants, run->builds[i].request->request.buildrequestid, use);
    }
    locks_grants_batch(batch, &grants, run->now);
}

static bool store(struct run *run, struct ci_tx *tx, struct ci_err *err)
{
    const struct claim_terms terms = {
        .version = run->config->version,
        .now = run->now,
        .lease_until = ci_time_add(run->now, run->builder->settings->lease),
    };
    struct batch batch = {.mem = run->mem};

    claim_add_builds(&batch, run->builds, run->build_count, &terms, &run->made);
    add_grants(run, &batch);
    if (!claim_any_ended(run))
        return ci_db_pipeline_commit(tx, batch.items, batch.count, run->mem, err);
    return ci_db_pipeline(tx, batch.items, batch.count, run->mem, err) &&
           claim_end_builds(run, tx, err);
}

/* Nothing is made where nothing was left to take. */
bool run_make_builds(struct run *run, struct claim_outcome *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(run->builder->app->db, &tx, err) || !lock_workers(run, &tx, err))
        return false;
    keep_pairs(run, out);
    if (!keep_unlocked(run, &tx, out, err))
        return false;
    if (run->pair_count == 0)
        return true;
    if (!take_requests(run, &tx, err))
        return false;
    plan_builds(run);
    return run->build_count == 0 ||
           (claim_virtual(&tx, run->builds, run->build_count, run->mem, err) &&
            claim_number(&tx, run->builds, run->build_count, run->mem, err) &&
            store(run, &tx, err));
}
