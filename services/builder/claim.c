/* SPDX-License-Identifier: Apache-2.0 */
/* Claiming: pending requests become builds of waiting agents. */
#include "claim.h"

#include "claim_fate.h"
#include "events.h"
#include "shared/metrics.h"
#include "start.h"

static struct ci_metric claim_seconds =
    CI_HISTOGRAM("slipway_claim_seconds", "Time from a request's submission to its claim.");

static void match(struct run *run, struct claim_outcome *out)
{
    const struct match_input input = {
        .requests = run->candidates.items,
        .request_count = run->candidates.count,
        .builders = run->builders,
        .builder_count = run->builder_count,
        .workers = run->workers.items,
        .worker_count = run->workers.count,
        .locks = run->locks,
        .lock_count = run->lock_count,
        .now = run->now,
        .seed = (uint32_t)run->mono.us,
    };
    struct match_outcome outcome;

    run->pairs = ci_mem_array(run->mem, struct match_pair, run->candidates.count + 1);
    run->pair_count = match_requests(&input, run->mem, run->pairs, &outcome);
    out->again = outcome.more;
    out->due = outcome.due;
}

/* The agents first: they wait for it. */
static bool offer_builds(const struct run *run, struct ci_err *err)
{
    for (size_t i = 0; i < run->build_count; i++) {
        const struct claim_build *build = &run->builds[i];
        const struct ci_build *made = claim_made(run, build);
        json_auto_t *command = NULL;
        struct start start;

        if (!made || build->ended.set)
            continue;
        start = (struct start){
            .buildid = made->buildid,
            .workerid = build->workerid,
            .builderid = build->request->request.builderid,
            .number = made->number,
            .attempt = made->attempt,
            .config_version = run->config->version,
            .token = build->token,
            .builder = build->recipe,
            .properties = build->properties,
            .sources = build->request->sources,
            .changes = build->request->changes,
            .worker = build->worker_facts,
        };
        if (!start_command(run->config, &start, build->secrets, &command, err))
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
    if (!run_find_builders(run, err))
        return false;
    if (run->builder_count == 0)
        return true;
    if (!run_find_candidates(run, err))
        return false;
    match(run, out);
    claim_read_secrets(run);
    if (run->pair_count == 0)
        return true;
    if (!run_make_builds(run, out, err) || !offer_builds(run, err))
        return false;
    out->builds = run->made.count;
    out->again |= run->ended != NULL; /* those that were over at once have left their slots */
    publish(run);
    claim_publish_ended(run);
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
