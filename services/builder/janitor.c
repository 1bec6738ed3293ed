/* SPDX-License-Identifier: Apache-2.0 */
/* Removing what is older than the configuration wants to keep. */
#include "janitor.h"

#include "builder_sql.h"
#include "janitor_partitions.h"
#include "shared/metrics.h"

static struct ci_metric removed_total = CI_COUNTER(
    "slipway_retention_removed_total", "Rows and partitions removed by retention.", "kind");

/* Rows removed by one statement: short enough that nobody waits for it. */
enum { BATCH = 500 };

struct kept_builder {
    int64_t builderid;
    const char *name;
};
static const struct ci_field kept_fields[] = {
    CI_FIELD(struct kept_builder, builderid, 0),
    CI_FIELD(struct kept_builder, name, 0),
};
static const struct ci_record kept_record = CI_RECORD("builder", struct kept_builder, kept_fields);

struct answer {
    bool pending;
};
static const struct ci_field answer_fields[] = {CI_FIELD(struct answer, pending, 0)};
static const struct ci_record answer_record = CI_RECORD("answer", struct answer, answer_fields);

/* What one run works with. */
struct run {
    struct builder *builder;
    const struct ci_config *config;
    struct ci_time now;
    void *mem;
    struct janitor_done *done;
};

/* now - age, or 0 (SQL NULL) without an age. */
static struct ci_time before(struct ci_time now, struct ci_dur age)
{
    return (struct ci_time){age.us > 0 ? now.us - age.us : 0};
}

static const struct ci_retention *retention_of(const struct ci_config *config, const char *name)
{
    const struct ci_builder *builder = ci_config_builder(config, name);

    return builder ? &builder->retention : &config->retention;
}

/* One batch in a transaction of its own; *count grows by what it removed. */
static bool remove_batch(struct run *run, const struct ci_stmt *stmt, const struct ci_arg *args,
                         size_t nargs, const char *kind, int64_t *count, struct ci_err *err)
{
    int64_t affected = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(run->builder->app->db, &tx, err) ||
        !ci_db_exec(&tx, stmt, args, nargs, &affected, err) || !ci_tx_commit(&tx, err))
        return ci_fail_in(err, "retention of %s", kind);
    *count += affected;
    run->done->more |= affected >= BATCH;
    ci_metric_add(&removed_total, (double)affected, kind);
    return true;
}

static bool clean_builder(struct run *run, const struct kept_builder *builder, struct ci_err *err)
{
    const struct ci_retention *keep = retention_of(run->config, builder->name);
    const struct ci_time logs = before(run->now, keep->logs),
                         builds = before(run->now, keep->builds),
                         artifacts = before(run->now, keep->artifacts);

    if ((builds.us > 0 || keep->max_builds > 0) &&
        !remove_batch(run, &sql_janitor_old_builds,
                      CI_ARGS(ci_arg(builder->builderid), ci_arg(builds), ci_arg(keep->min_builds),
                              ci_arg(keep->max_builds), ci_arg((int)BATCH)),
                      "builds", &run->done->builds, err))
        return false;
    if (logs.us > 0 &&
        !remove_batch(run, &sql_janitor_old_logs,
                      CI_ARGS(ci_arg(builder->builderid), ci_arg(logs), ci_arg((int)BATCH)), "logs",
                      &run->done->logs, err))
        return false;
    return remove_batch(run, &sql_janitor_old_artifacts,
                        CI_ARGS(ci_arg(builder->builderid), ci_arg(artifacts), ci_arg(run->now),
                                ci_arg((int)BATCH)),
                        "artifacts", &run->done->artifacts, err);
}

static bool clean_builders(struct run *run, struct ci_err *err)
{
    struct ci_list builders = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(run->builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_janitor_builders, CI_NO_ARGS, &kept_record, run->mem, &builders, err))
        return false;
    ci_tx_rollback(&tx);
    CI_FOREACH(const struct kept_builder, builder, builders) {
        if (!clean_builder(run, builder, err))
            return ci_fail_in(err, "builder \"%s\"", builder->name);
    }
    return true;
}

/* Requests that never had a build, or whose builds are gone, changes that nothing names,
 * deliveries and the audit log. */
static bool clean_rest(struct run *run, struct ci_err *err)
{
    const struct ci_retention *keep = &run->config->retention;

    if (keep->builds.us > 0 &&
        !remove_batch(run, &sql_janitor_old_requests,
                      CI_ARGS(ci_arg(before(run->now, keep->builds)), ci_arg((int)BATCH)),
                      "requests", &run->done->requests, err))
        return false;
    if (keep->deliveries.us > 0 &&
        !remove_batch(run, &sql_janitor_old_deliveries,
                      CI_ARGS(ci_arg(before(run->now, keep->deliveries)), ci_arg((int)BATCH)),
                      "deliveries", &run->done->deliveries, err))
        return false;
    if (keep->audit.us > 0 &&
        !remove_batch(run, &sql_janitor_old_audit,
                      CI_ARGS(ci_arg(before(run->now, keep->audit)), ci_arg((int)BATCH)), "audit",
                      &run->done->audit, err))
        return false;
    return keep->changes.us == 0 ||
           remove_batch(run, &sql_janitor_old_changes,
                        CI_ARGS(ci_arg(before(run->now, keep->changes)), ci_arg((int)BATCH)),
                        "changes", &run->done->changes, err);
}

struct ci_time janitor_logs_since(const struct ci_config *config, struct ci_time now)
{
    int64_t longest = config->retention.logs.us;

    if (longest == 0)
        return (struct ci_time){0};
    CI_FOREACH(const struct ci_builder, builder, config->builders) {
        if (builder->retention.logs.us == 0)
            return (struct ci_time){0};
        if (builder->retention.logs.us > longest)
            longest = builder->retention.logs.us;
    }
    return (struct ci_time){now.us - longest};
}

static bool clean(struct run *run, struct ci_err *err)
{
    const struct ci_time since = janitor_logs_since(run->config, run->now);

    return janitor_partitions_add(run->builder->app->db, run->mem, err) &&
           clean_builders(run, err) && clean_rest(run, err) &&
           janitor_partitions_drop(run->builder->app->db, since, run->mem, &run->done->partitions,
                                   err);
}

/* The lock is a transaction's, held beside the batches' own ones. */
bool janitor_run(struct builder *builder, struct ci_time now, void *mem, struct janitor_done *out,
                 struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);
    struct run run = {builder, config, now, mem, out};
    struct answer locked = {0};
    CI_AUTO_TX tx = {0};

    *out = (struct janitor_done){0};
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_one(&tx, &sql_janitor_lock, CI_NO_ARGS, &answer_record, mem, &locked, err))
        return false;
    out->idle = !locked.pending;
    if (out->idle)
        return true;
    if (!clean(&run, err))
        return false;
    if (out->builds > 0 || out->logs > 0 || out->partitions > 0)
        ci_log(CI_INFO, "retention", ci_kv("builds", out->builds), ci_kv("logs", out->logs),
               ci_kv("partitions", out->partitions), ci_kv("artifacts", out->artifacts),
               ci_kv("requests", out->requests), ci_kv("changes", out->changes),
               ci_kv("deliveries", out->deliveries), ci_kv("audit", out->audit));
    return true;
}
