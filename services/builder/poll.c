/* SPDX-License-Identifier: Apache-2.0 */
/* Answering polls. */
#include "poll.h"

#include "builder_sql.h"
#include "lost.h"
#include "start.h"

static const struct ci_field facts_fields[] = {
    CI_FIELD(struct hub_facts, workerid, 0), CI_FIELD(struct hub_facts, name, 0),
    CI_FIELD(struct hub_facts, session, 0),  CI_FIELD(struct hub_facts, session_at, 0),
    CI_FIELD(struct hub_facts, active, 0),   CI_FIELD(struct hub_facts, paused, 0),
    CI_FIELD(struct hub_facts, graceful, 0), CI_FIELD(struct hub_facts, max_builds, 0),
    CI_FIELD(struct hub_facts, labels, 0),   CI_FIELD(struct hub_facts, properties, 0),
};
static const struct ci_record facts_record = CI_RECORD("worker", struct hub_facts, facts_fields);

static const struct ci_field build_fields[] = {
    CI_FIELD(struct hub_build, buildid, 0),    CI_FIELD(struct hub_build, token, CI_SECRET),
    CI_FIELD(struct hub_build, seen, 0),       CI_FIELD(struct hub_build, stop_reason, 0),
    CI_FIELD(struct hub_build, started_at, 0),
};
static const struct ci_record build_record = CI_RECORD("build", struct hub_build, build_fields);

bool poll_refresh_workers(struct builder *builder, struct ci_i64s workers, void *mem,
                          struct ci_err *err)
{
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_workers_facts, CI_ARGS(ci_arg(workers), ci_arg(ci_time_now())),
                    &facts_record, mem, &rows, err))
        return false;
    CI_FOREACH(struct hub_facts, facts, rows)
        hub_set_facts(builder->hub, facts);
    return true;
}

/* The worker's own facts and its unfinished builds, in one round trip. */
static bool load(struct builder *builder, const struct hub_poll *poll, void *mem,
                 struct ci_list *facts, struct ci_list *builds, struct ci_err *err)
{
    const struct ci_arg workers[] = {ci_arg_i64s((struct ci_i64s){&poll->workerid, 1}),
                                     ci_arg(ci_time_now())};
    const struct ci_arg worker = ci_arg(poll->workerid);
    const struct ci_query queries[] = {
        {&sql_workers_facts, workers, 2, &facts_record, facts,  NULL},
        {&sql_worker_builds, &worker, 1, &build_record, builds, NULL},
    };
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(builder->app->db, &tx, err) &&
           ci_db_pipeline_commit(&tx, queries, CI_COUNT(queries), mem, err);
}

/* The secrets that the build's texts name; what can never be read ends it. */
static bool read_secrets(struct builder *builder, const struct ci_config *config,
                         const struct start *start, void *mem, json_t **out, bool *refused,
                         struct ci_err *err)
{
    const struct ci_builder *recipe = ci_config_builder(config, start->builder);
    struct ci_strs names = {0};

    *refused = false;
    if (recipe)
        names = start_secret_names(recipe, mem);
    if (start_secrets_read(builder->secrets, config, names, mem, out, err))
        return true;
    if (err->code == CI_EUNAVAILABLE || err->code == CI_EINTERNAL)
        return false;
    *refused = true;
    return lost_refuse(builder, start->buildid, ci_mem_printf(mem, "exception: %s", err->msg),
                       ci_time_now(), mem, err);
}

static bool offer(struct builder *builder, const struct start *start, void *mem, struct ci_err *err)
{
    CI_AUTO_CONFIG config = NULL;
    json_auto_t *command = NULL;
    json_t *secrets = NULL;
    bool refused;

    if (!ci_config_get_version(builder->app->config, start->config_version, &config, err) ||
        !read_secrets(builder, config, start, mem, &secrets, &refused, err))
        return false;
    if (refused)
        return true;
    if (!start_command(config, start, secrets, &command, err))
        return false;
    hub_offer(builder->hub, start->workerid, start->buildid, start->token, command);
    return true;
}

/* Builds that another replica made for this worker, or this one in an earlier life. */
static bool offer_unknown(struct builder *builder, struct ci_i64s builds, void *mem,
                          struct ci_err *err)
{
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (builds.count == 0)
        return true;
    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_build_starts, CI_ARGS(ci_arg(builds)), &start_record, mem, &rows,
                    err))
        return false;
    ci_tx_rollback(&tx);
    CI_FOREACH(struct start, start, rows) {
        if (!offer(builder, start, mem, err))
            return false;
    }
    return true;
}

static bool reconcile(struct builder *builder, const struct hub_poll *poll, void *mem,
                      struct ci_err *err)
{
    struct ci_list facts = {0}, builds = {0};
    struct hub_differences differences;

    if (!load(builder, poll, mem, &facts, &builds, err))
        return false;
    CI_FOREACH(struct hub_facts, worker, facts) {
        hub_set_facts(builder->hub, worker);
        hub_replace(builder->hub, worker->workerid, worker->session);
    }
    hub_reconcile(builder->hub, poll, builds, mem, &differences);
    return lost_end(builder, differences.lost, poll->draining ? LOST_BLAMELESS : LOST_BLAMED,
                    ci_time_now(), mem, err) &&
           offer_unknown(builder, differences.unknown, mem, err);
}

bool poll_run(struct builder *builder, struct hub_poll *poll, struct ci_mono until, void *mem,
              json_t **commands, struct ci_err *err)
{
    enum hub_state state = hub_report(builder->hub, poll, ci_mono_now());

    *commands = NULL;
    while (state != HUB_REPLACED) {
        if (state == HUB_STOPPING)
            return ci_fail(err, CI_EUNAVAILABLE, "this service is stopping");
        if (state == HUB_RECONCILE && !reconcile(builder, poll, mem, err)) {
            hub_leave(builder->hub, poll);
            return builder_retry_later(err);
        }
        if (state == HUB_RECONCILE || poll->missed)
            builder_wake_claims(builder);
        state = hub_wait(builder->hub, poll, until, commands);
        if (state == HUB_COMMANDS || state == HUB_NOTHING)
            return true;
    }
    return ci_fail(err, CI_ECONFLICT, "session replaced by a newer one of this worker");
}
