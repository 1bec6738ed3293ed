/* SPDX-License-Identifier: Apache-2.0 */
/* Claiming: pending requests become builds of waiting agents. */
#include "claim.h"

#include "claim_store.h"
#include "events.h"
#include "props.h"
#include "shared/metrics.h"
#include "start.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct ci_metric claim_seconds =
    CI_HISTOGRAM("slipway_claim_seconds", "Time from a request's submission to its claim.");

/* Requests read in one run, over all builders; each builder gets its share, at least MIN_EACH. */
enum { READ_AT_MOST = 1024, MIN_EACH = 4, TOKEN_BYTES = 18 };

/* A worker that had less room than its agent and we thought is left alone so long. */
static const struct ci_dur hold = {1000000};

/* One run, from the waiting agents to the builds. */
struct run {
    struct builder *builder;
    void *mem;
    struct ci_time now;
    struct ci_mono mono;
    const struct ci_config *config;
    struct ci_list workers; /* struct match_worker */
    struct match_builder *builders;
    size_t builder_count;
    struct ci_list candidates; /* struct match_request */
    struct match_pair *pairs;
    size_t pair_count;
    struct ci_list locked; /* struct claim_worker */
    struct ci_list taken;  /* struct claim_request */
    struct claim_build *builds;
    size_t build_count;
    struct ci_list made; /* struct ci_build */
};

/* Reads the builders anew for a version that the cache does not have. */
static bool fill_cache(struct run *run, struct ci_err *err)
{
    struct claim_cache *cache = &run->builder->claims;

    if (cache->version == run->config->version)
        return true;
    cache->version = -1;
    ci_mem_free(cache->mem);
    cache->mem = ci_mem_new();
    if (!claim_builders(run->builder->app->db, cache->mem, &cache->builders, err))
        return false;
    cache->version = run->config->version;
    return true;
}

/* Builders of the configuration in force for which an agent waits, by id. */
static bool find_builders(struct run *run, struct ci_err *err)
{
    struct ci_list rows;

    if (!fill_cache(run, err))
        return false;
    rows = run->builder->claims.builders;
    run->builders = ci_mem_array(run->mem, struct match_builder, rows.count + 1);
    CI_FOREACH(struct claim_builder, row, rows) {
        const struct ci_builder *spec = ci_config_builder(run->config, row->name);

        if (spec && match_any(spec, run->workers.items, run->workers.count))
            run->builders[run->builder_count++] =
                (struct match_builder){.builderid = row->builderid, .spec = spec};
    }
    return true;
}

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

static bool find_candidates(struct run *run, struct ci_err *err)
{
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->builder_count);
    const int64_t limit = share(run);

    for (size_t i = 0; i < run->builder_count; i++)
        ids[i] = run->builders[i].builderid;
    if (!claim_candidates(run->builder->app->db, (struct ci_i64s){ids, run->builder_count}, limit,
                          run->mem, &run->candidates, err))
        return false;
    for (size_t i = 0; i < run->builder_count; i++) {
        int64_t count = 0;

        CI_FOREACH(struct match_request, request, run->candidates)
            count += request->builderid == ids[i];
        run->builders[i].truncated = count >= limit;
    }
    return true;
}

static void match(struct run *run, bool *more)
{
    const struct match_input input = {
        .requests = run->candidates.items,
        .request_count = run->candidates.count,
        .builders = run->builders,
        .builder_count = run->builder_count,
        .workers = run->workers.items,
        .worker_count = run->workers.count,
    };

    run->pairs = ci_mem_array(run->mem, struct match_pair, run->candidates.count + 1);
    run->pair_count = match_requests(&input, run->mem, run->pairs, more);
}

static const struct match_request *pair_request(const struct run *run, size_t pair)
{
    return (const struct match_request *)run->candidates.items + run->pairs[pair].request;
}

static const struct match_worker *pair_worker(const struct run *run, size_t pair)
{
    return (const struct match_worker *)run->workers.items + run->pairs[pair].worker;
}

/* Each worker of the pairs once. */
static struct ci_i64s chosen_workers(const struct run *run)
{
    bool *chosen = ci_mem_array(run->mem, bool, run->workers.count + 1);
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->pair_count + 1);
    struct ci_i64s list = {ids, 0};

    for (size_t i = 0; i < run->pair_count; i++) {
        if (!chosen[run->pairs[i].worker])
            ids[list.count++] = pair_worker(run, i)->workerid;
        chosen[run->pairs[i].worker] = true;
    }
    return list;
}

static struct claim_worker *locked_worker(const struct run *run, int64_t workerid)
{
    CI_FOREACH(struct claim_worker, worker, run->locked) {
        if (worker->workerid == workerid)
            return worker;
    }
    return NULL;
}

/* Room by the database's count; the agent's own offer was `slots` when it polled. */
static bool take_room(const struct run *run, size_t pair, struct claim_worker *worker)
{
    const struct match_worker *waiting = pair_worker(run, pair);
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
        struct claim_worker *worker = locked_worker(run, pair_worker(run, i)->workerid);

        if (!worker) {
            out->contended = true;
        } else if (!take_room(run, i, worker)) {
            hub_hold(run->builder->hub, worker->workerid, ci_mono_add(run->mono, hold));
            out->contended = true;
        } else {
            run->pairs[kept++] = run->pairs[i];
        }
    }
    run->pair_count = kept;
}

static bool take(struct run *run, struct ci_tx *tx, struct ci_err *err)
{
    int64_t *ids = ci_mem_array(run->mem, int64_t, run->pair_count + 1);

    for (size_t i = 0; i < run->pair_count; i++)
        ids[i] = pair_request(run, i)->buildrequestid;
    return claim_take(tx, (struct ci_i64s){ids, run->pair_count}, run->now, run->mem, &run->taken,
                      err);
}

static const struct claim_request *taken_request(const struct run *run, int64_t buildrequestid)
{
    CI_FOREACH(struct claim_request, request, run->taken) {
        if (request->request.buildrequestid == buildrequestid)
            return request;
    }
    return NULL;
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

static void plan_builds(struct run *run)
{
    run->builds = ci_mem_array(run->mem, struct claim_build, run->pair_count + 1);
    for (size_t i = 0; i < run->pair_count; i++) {
        const struct claim_request *request =
            taken_request(run, pair_request(run, i)->buildrequestid);

        if (request)
            run->builds[run->build_count++] = (struct claim_build){
                .request = request,
                .builder = run->builders[run->pairs[i].builder].spec->name,
                .token = make_token(run->mem),
                .workerid = pair_worker(run, i)->workerid,
            };
    }
}

static const char *worker_name(const struct run *run, int64_t workerid)
{
    CI_FOREACH(struct match_worker, worker, run->workers) {
        if (worker->workerid == workerid)
            return worker->name;
    }
    return "";
}

static void set_properties(struct run *run)
{
    for (size_t i = 0; i < run->build_count; i++) {
        struct claim_build *build = &run->builds[i];
        const struct claim_worker *worker = locked_worker(run, build->workerid);
        const struct props_input input = {
            .changes = build->request->changes,
            .buildset = build->request->buildset_properties,
            .builder = ci_config_builder(run->config, build->builder)->properties,
            .worker = worker ? worker->properties : NULL,
            .sources = build->request->sources,
            .number = build->number,
            .builderid = build->request->request.builderid,
            .builder_name = build->builder,
            .worker_name = worker_name(run, build->workerid),
        };

        build->properties = ci_mem_json(run->mem, props_merge(&input));
    }
}

/* One transaction; nothing is made where nothing was left to take. */
static bool make_builds(struct run *run, struct claim_outcome *out, struct ci_err *err)
{
    const struct claim_terms terms = {
        .version = run->config->version,
        .now = run->now,
        .lease_until = ci_time_add(run->now, run->builder->settings->lease),
    };
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(run->builder->app->db, &tx, err) ||
        !claim_lock_workers(&tx, chosen_workers(run), run->mem, &run->locked, err))
        return false;
    keep_pairs(run, out);
    if (run->pair_count == 0)
        return true;
    if (!take(run, &tx, err))
        return false;
    plan_builds(run);
    if (run->build_count == 0)
        return true;
    if (!claim_number(&tx, run->builds, run->build_count, run->mem, err))
        return false;
    set_properties(run);
    return claim_commit(&tx, run->builds, run->build_count, &terms, run->mem, &run->made, err);
}

static const struct claim_build *build_of(const struct run *run, const struct ci_build *made)
{
    for (size_t i = 0; i < run->build_count; i++) {
        if (run->builds[i].request->request.buildrequestid == made->buildrequestid)
            return &run->builds[i];
    }
    return NULL;
}

/* The agents first: they wait for it. */
static bool offer_builds(const struct run *run, struct ci_err *err)
{
    CI_FOREACH(struct ci_build, made, run->made) {
        const struct claim_build *build = build_of(run, made);
        struct start start = {
            .buildid = made->buildid,
            .workerid = made->workerid.value,
            .builderid = made->builderid,
            .number = made->number,
            .attempt = made->attempt,
            .config_version = run->config->version,
        };
        json_auto_t *command = NULL;

        if (!build)
            continue;
        start.token = build->token;
        start.builder = build->builder;
        start.properties = build->properties;
        start.sources =
            build->request->sources ? build->request->sources : ci_mem_json(run->mem, json_array());
        if (!start_command(run->config, &start, &command, err))
            return false;
        hub_offer(run->builder->hub, start.workerid, start.buildid, start.token, command);
    }
    return true;
}

static void publish(const struct run *run)
{
    struct ci_bus *bus = run->builder->app->bus;

    CI_FOREACH(struct claim_request, taken, run->taken) {
        const struct ci_buildrequest *request = &taken->request;

        ci_metric_observe(&claim_seconds, (double)(run->now.us - request->submitted_at.us) / 1e6);
        if (bus && ci_bus_connected(bus))
            ci_event_publish(bus, "buildrequests", request->buildrequestid, "claimed",
                             &ci_buildrequest_record, request);
    }
    events_rows(bus, "builds", "new", &ci_build_record, run->made);
}

static bool run_with(struct run *run, struct claim_outcome *out, struct ci_err *err)
{
    run->workers = hub_waiting(run->builder->hub, run->mono, run->mem);
    if (run->workers.count == 0)
        return true;
    if (!find_builders(run, err))
        return false;
    if (run->builder_count == 0)
        return true;
    if (!find_candidates(run, err))
        return false;
    match(run, &out->again);
    if (run->pair_count == 0)
        return true;
    if (!make_builds(run, out, err) || !offer_builds(run, err))
        return false;
    out->builds = run->made.count;
    publish(run);
    return true;
}

bool claim_run(struct builder *builder, struct ci_time now, struct ci_mono mono, void *mem,
               struct claim_outcome *out, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);
    struct run run = {
        .builder = builder,
        .mem = mem,
        .now = now,
        .mono = mono,
        .config = config,
    };
    bool pending = false;

    *out = (struct claim_outcome){0};
    if (!claim_pending(builder->app->db, mem, &pending, err))
        return false;
    builder->backlog = pending;
    return !pending || config->version == 0 || run_with(&run, out, err);
}
