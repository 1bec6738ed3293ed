/* SPDX-License-Identifier: Apache-2.0 */
/* The builder's background work. */
#include "loops.h"

#include "artifact.h"
#include "builder_sql.h"
#include "claim.h"
#include "control.h"
#include "events.h"
#include "janitor.h"
#include "lost.h"
#include "poll.h"
#include "refuse.h"
#include "seal.h"
#include "shared/metrics.h"
#include "shared/subjects.h"
#include "workers.h"

static struct ci_metric pending_requests =
    CI_GAUGE("slipway_pending_requests", "Build requests that wait for a worker.");
static struct ci_metric running_builds =
    CI_GAUGE("slipway_running_builds", "Builds that are not complete.");
static struct ci_metric agents_connected =
    CI_GAUGE("slipway_agents_connected", "Agents that poll this replica.");

/* Another replica holds the workers or requests of a claim for about so long. */
static const struct ci_dur contention = {5000};
/* An agent lists a started build at once; after this somebody has lost the offer. */
static const struct ci_dur unseen_after = {2000000};
/* How often passwords that could not be read are tried again. */
static const struct ci_dur password_retry = {30000000};

/*
 * While many builds run and requests wait, slots become free all the time; a
 * run for each would cost more than the builds. So runs keep a distance that
 * grows with the load: none below 8 builds, 8 ms with 64.
 */
static struct ci_dur pace(struct builder *builder)
{
    const size_t load = hub_load(builder->hub) / 8;

    return ci_millis(load < 10 ? (int64_t)load : 10);
}

bool loop_claim(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    struct claim_outcome outcome;

    if (!claim_run(builder, tick->now, ci_mono_now(), tick->mem, &outcome, err))
        return false;
    tick->again = outcome.again;
    tick->due = outcome.due;
    if (outcome.contended)
        tick->due = ci_time_add(tick->now, contention);
    if (outcome.builds > 0 && !outcome.contended) {
        const struct ci_dur distance = pace(builder);

        builder->claims_paced = ci_mono_now().us + distance.us;
        tick->due = ci_time_add(ci_time_now(), distance);
    }
    return true;
}

struct seen {
    int64_t workerid;
    bool returned; /* it was marked as disconnected */
};
static const struct ci_field seen_fields[] = {
    CI_FIELD(struct seen, workerid, 0),
    CI_FIELD(struct seen, returned, 0),
};
static const struct ci_record seen_record = CI_RECORD("seen", struct seen, seen_fields);

/*
 * Renewals and last-seen times, in one transaction. Builds before workers: so
 * does whoever ends a build and then judges its worker.
 */
static bool store_news(struct builder *builder, const struct hub_news *news, struct ci_time now,
                       void *mem, struct ci_list *seen, struct ci_err *err)
{
    const struct ci_arg renew[] = {ci_arg(news->builds),
                                   ci_arg(ci_time_add(now, builder->settings->lease))};
    const struct ci_arg workers[] = {ci_arg(news->workers), ci_arg(news->sessions), ci_arg(now)};
    const struct ci_query queries[] = {
        {&sql_lease_renew,  renew,   CI_COUNT(renew),   NULL,         NULL, NULL},
        {&sql_workers_seen, workers, CI_COUNT(workers), &seen_record, seen, NULL},
    };
    const size_t first = news->builds.count > 0 ? 0 : 1;
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(builder->app->db, &tx, err) &&
           ci_db_pipeline_commit(&tx, queries + first, CI_COUNT(queries) - first, mem, err);
}

static bool among(struct ci_list seen, int64_t workerid)
{
    CI_FOREACH(struct seen, row, seen) {
        if (row->workerid == workerid)
            return true;
    }
    return false;
}

/* A worker that the statement did not find under its session has a newer one. */
static void drop_replaced(struct builder *builder, const struct hub_news *news, struct ci_list seen)
{
    if (seen.count == news->workers.count)
        return;
    for (size_t i = 0; i < news->workers.count; i++) {
        const int64_t worker = news->workers.items[i], session = news->sessions.items[i];

        if (!among(seen, worker)) {
            tokens_drop(builder->tokens, worker, session);
            hub_replace(builder->hub, worker, session + 1);
        }
    }
}

static bool tell_returned(struct builder *builder, struct ci_list seen, void *mem,
                          struct ci_err *err)
{
    int64_t *ids = ci_mem_array(mem, int64_t, seen.count + 1);
    struct ci_i64s list = {ids, 0};
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct seen, row, seen) {
        if (row->returned)
            ids[list.count++] = row->workerid;
    }
    if (list.count == 0)
        return true;
    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_worker_rows, CI_ARGS(ci_arg(list)), &ci_worker_row_record, mem, &rows,
                    err))
        return false;
    events_rows(builder->app->bus, "workers", "connected", &ci_worker_row_record, rows);
    return true;
}

static bool flush(struct builder *builder, struct ci_time now, void *mem, struct ci_err *err)
{
    struct hub_news news;
    struct ci_list seen = {0};

    hub_take_news(builder->hub, mem, &news);
    if (news.workers.count == 0)
        return true;
    if (!store_news(builder, &news, now, mem, &seen, err)) {
        hub_return_news(builder->hub, &news);
        return false;
    }
    drop_replaced(builder, &news, seen);
    return tell_returned(builder, seen, mem, err);
}

static bool push_leases(struct builder *builder, struct ci_time now, struct ci_err *err)
{
    const struct ci_time until = ci_time_add(now, builder->settings->lease);
    int64_t count = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_lease_push, CI_ARGS(ci_arg(until)), &count, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    if (count > 0)
        ci_log(CI_INFO, "leases.pushed", ci_kv("builds", count));
    return true;
}

/* Renewals are stored before anything may expire, so a failure to store them ends no build. */
bool loop_lease(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    const enum lease_act act = lease_next(&builder->leases, tick->now, builder->settings->lease);
    size_t count = 0;
    bool done;

    builder->leases.last.us = 0;
    done = flush(builder, tick->now, tick->mem, err) &&
           (act == LEASE_PUSH ? push_leases(builder, tick->now, err)
                              : lost_expire(builder, tick->now, tick->mem, &count, err));
    if (!done)
        return false;
    builder->leases.last = tick->now;
    tick->again = count == LOST_BATCH;
    return true;
}

bool loop_control(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    const struct ci_time before = {tick->now.us - unseen_after.us};

    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);

    return control_cancel_requests(builder, tick->now, tick->mem, &tick->again, err) &&
           workers_killed(builder, tick->now, tick->mem, err) &&
           refuse_stuck(builder, config, tick->now, tick->mem, err) &&
           control_stop_builds(builder, tick->now, tick->mem, err) &&
           control_hold_workers(builder, tick->now, tick->mem, err) &&
           control_check_unseen(builder, before, tick->mem, err);
}

/* Slow work of a new version, once; passwords that can't be read are tried again now and then. */
bool loop_workers(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);
    size_t unread = 0;

    if (config->version == builder->config_seen &&
        (builder->passwords_due.us == 0 || builder->passwords_due.us > tick->now.us))
        return true;
    if (!passwords_sync(builder->passwords, builder->app->db, config,
                        builder->app->common->secrets_dir, tick->mem, &unread, err) ||
        !poll_refresh_workers(builder, hub_workers(builder->hub, tick->mem), tick->mem, err))
        return false;
    builder->config_seen = config->version;
    builder->passwords_due.us = unread > 0 ? tick->now.us + password_retry.us : 0;
    builder_wake_claims(builder);
    return true;
}

struct stats {
    int64_t pending, running;
};
static const struct ci_field stats_fields[] = {
    CI_FIELD(struct stats, pending, 0),
    CI_FIELD(struct stats, running, 0),
};
static const struct ci_record stats_record = CI_RECORD("stats", struct stats, stats_fields);

/* Agents that were silent for three heartbeats, unless we have not listened for as long. */
static bool disconnect_silent(struct builder *builder, struct ci_tick *tick, struct ci_err *err)
{
    const struct ci_time since = {tick->now.us - 3 * builder->settings->heartbeat.us};
    struct ci_list gone = {0};
    CI_AUTO_TX tx = {0};

    if (since.us < builder->started_at.us)
        return true;
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_workers_gone, CI_ARGS(ci_arg(since)), &ci_worker_row_record,
                    tick->mem, &gone, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    events_rows(builder->app->bus, "workers", "disconnected", &ci_worker_row_record, gone);
    return true;
}

struct alive {
    struct ci_master_row row; /* first */
    bool started;
};
static const struct ci_field alive_fields[] = {
    CI_FIELD(struct ci_master_row, masterid, 0), CI_FIELD(struct ci_master_row, name, 0),
    CI_FIELD(struct ci_master_row, active, 0),   CI_FIELD(struct ci_master_row, last_active, 0),
    CI_FIELD(struct alive, started, 0),
};
static const struct ci_record alive_record = CI_RECORD("master", struct alive, alive_fields);

static bool measure(struct builder *builder, struct ci_tick *tick, struct ci_err *err)
{
    struct stats stats = {0};
    struct ci_list masters = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_master_active, CI_ARGS(ci_arg(tick->now)), &alive_record, tick->mem,
                    &masters, err) ||
        !ci_db_one(&tx, &sql_stats, CI_NO_ARGS, &stats_record, tick->mem, &stats, err) ||
        !ci_tx_commit(&tx, err))
        return false;
    CI_FOREACH(struct alive, master, masters)
        if (master->started)
            ci_event_publish_master(builder->app->bus, &master->row, "started");
    ci_metric_set(&pending_requests, (double)stats.pending);
    ci_metric_set(&running_builds, (double)stats.running);
    return true;
}

bool loop_figures(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    const struct ci_mono since = {ci_mono_now().us - 3 * builder->settings->heartbeat.us};
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);

    ci_metric_set(&agents_connected, (double)hub_count(builder->hub, since));
    return measure(builder, tick, err) && disconnect_silent(builder, tick, err) &&
           workers_missing(builder, config, tick->now, tick->mem, err) &&
           refuse_late(builder, config, tick->now, tick->mem, &tick->again, err);
}

/* Whoever waits for a lock looks again; without the bus as often as this runs. */
bool loop_locks(void *service, struct ci_tick *tick, struct ci_err *err)
{
    (void)tick;
    (void)err;
    bell_ring(builder_of(service)->locks);
    return true;
}

/* Pieces of artifacts that nobody needs, some at a time. */
bool loop_artifacts(void *service, struct ci_tick *tick, struct ci_err *err)
{
    return artifacts_sweep(builder_of(service), tick->now, tick->mem, &tick->again, err);
}

/* What the configuration does not want to keep. */
bool loop_janitor(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct janitor_done done;

    if (!janitor_run(builder_of(service), tick->now, tick->mem, &done, err))
        return false;
    tick->again = done.more;
    return true;
}

/* Logs move to the store that the configuration names, and objects of it that nobody needs go. */
bool loop_seal(void *service, struct ci_tick *tick, struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);
    struct seal_done done = {0};
    int64_t removed = 0;

    if (!config->s3)
        return true;
    if (!seal_remove(builder, tick->now, tick->mem, &removed, err) ||
        (config->logs_in_s3 && !seal_run(builder, tick->now, &done, err)))
        return false;
    tick->again = done.more || removed == SEAL_REMOVE;
    if (done.logs > 0 || removed > 0)
        ci_log(CI_INFO, "logs.sealed", ci_kv("logs", done.logs), ci_kv("bytes", done.bytes),
               ci_kv("objects_removed", removed));
    return true;
}

const struct ci_loop builder_loops[] = {
    {"claim",     {1000000},   loop_claim,     CI_SUBJECT_WAKE_BUILDER},
    {"lease",     {1000000},   loop_lease,     NULL                   },
    {"control",   {1000000},   loop_control,   CI_SUBJECT_WAKE_CONTROL},
    {"locks",     {1000000},   loop_locks,     CI_SUBJECT_WAKE_LOCKS  },
    {"workers",   {5000000},   loop_workers,   NULL                   },
    {"figures",   {5000000},   loop_figures,   NULL                   },
    {"artifacts", {600000000}, loop_artifacts, NULL                   },
    {"janitor",   {60000000},  loop_janitor,   NULL                   },
    {"seal",      {10000000},  loop_seal,      NULL                   },
};
const size_t builder_loop_count = CI_COUNT(builder_loops);
