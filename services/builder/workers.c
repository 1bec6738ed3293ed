/* SPDX-License-Identifier: Apache-2.0 */
/* Workers that are missing or were killed, and what they have prepared. */
#include "workers.h"

#include "batch.h"
#include "builder_sql.h"
#include "events.h"
#include "lost.h"
#include "shared/clock.h"
#include "shared/subjects.h"

#include <string.h>

struct row {
    int64_t buildid, workerid;
};
static const struct ci_field killed_fields[] = {
    CI_FIELD(struct row, buildid, 0),
    CI_FIELD(struct row, workerid, 0),
};
static const struct ci_record killed_record = CI_RECORD("build", struct row, killed_fields);

static const struct ci_field missing_fields[] = {
    CI_FIELD(struct row, workerid, 0),
};
static const struct ci_record missing_record = CI_RECORD("worker", struct row, missing_fields);

/* As Buildbot's: the worker, whom it is told by mail and when it was last seen, as text. */
static json_t *missing_json(const struct ci_config *config, const struct ci_worker_row *row)
{
    json_t *payload = ci_record_to_json(&ci_worker_row_record, row), *notify = json_array();
    char seen[CI_TIME_TEXT] = "";

    CI_FOREACH(const struct ci_worker, worker, config->workers) {
        if (strcmp(worker->name, row->name) != 0)
            continue;
        for (size_t i = 0; i < worker->notify_on_missing.count; i++)
            (void)json_array_append_new(notify, json_string(worker->notify_on_missing.items[i]));
    }
    if (row->last_seen_at.us)
        ci_time_format(row->last_seen_at, false, seen);
    (void)json_object_set_new(payload, "notify", notify);
    (void)json_object_set_new(payload, "last_connection", json_string(seen));
    return payload;
}

/* Only for eyes: what can't be read is not told. */
static void tell_missing(struct builder *builder, const struct ci_config *config,
                         struct ci_list told, void *mem)
{
    struct column_i64 ids = column_i64_new(mem, told.count);
    struct ci_list rows = {0};
    struct ci_err ignored;
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct row, row, told)
        column_i64_add(&ids, row->workerid);
    if (!ci_tx_read(builder->app->db, &tx, &ignored) ||
        !ci_db_rows(&tx, &sql_worker_rows, CI_ARGS(column_i64_arg(&ids)), &ci_worker_row_record,
                    mem, &rows, &ignored))
        return;
    CI_FOREACH(struct ci_worker_row, row, rows) {
        json_auto_t *payload = missing_json(config, row);

        ci_event_publish_json(builder->app->bus, "workers", row->workerid, "missing", payload);
    }
}

bool workers_missing(struct builder *builder, const struct ci_config *config, struct ci_time now,
                     void *mem, struct ci_err *err)
{
    struct column_str names = column_str_new(mem, config->workers.count);
    struct column_i64 timeouts = column_i64_new(mem, config->workers.count);
    struct batch batch = {.mem = mem};
    struct ci_list told = {0};
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct ci_worker, worker, config->workers) {
        if (worker->notify_on_missing.count == 0)
            continue;
        column_str_add(&names, worker->name);
        column_i64_add(&timeouts, worker->missing_timeout.us);
    }
    if (names.count == 0)
        return true;
    batch_add(&batch, &sql_workers_back, CI_NO_ARGS, NULL, NULL);
    batch_add(&batch, &sql_workers_away, CI_ARGS(column_str_arg(&names), ci_arg(now)), NULL, NULL);
    batch_add(&batch, &sql_workers_missing,
              CI_ARGS(column_str_arg(&names), column_i64_arg(&timeouts), ci_arg(now)),
              &missing_record, &told);
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_pipeline_commit(&tx, batch.items, batch.count, mem, err))
        return false;
    CI_FOREACH(struct row, row, told)
        ci_log(CI_WARN, "worker.missing", ci_kv("worker", row->workerid));
    if (told.count > 0 && builder->app->bus) {
        ci_bus_ring(builder->app->bus, CI_SUBJECT_WAKE_NOTIFIER);
        tell_missing(builder, config, told, mem);
    }
    return true;
}

bool workers_killed(struct builder *builder, struct ci_time now, void *mem, struct ci_err *err)
{
    struct ci_list rows = {0};
    int64_t *ids;
    struct ci_i64s builds;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_workers_killed, CI_NO_ARGS, &killed_record, mem, &rows, err))
        return false;
    ci_tx_rollback(&tx);
    ids = ci_mem_array(mem, int64_t, rows.count + 1);
    builds = (struct ci_i64s){ids, 0};
    CI_FOREACH(struct row, row, rows)
        ids[builds.count++] = row->buildid;
    return lost_end(builder, builds, LOST_BLAMELESS, now, mem, err);
}

bool workers_environments(struct builder *builder, int64_t workerid, struct ci_list environments,
                          struct ci_time now, void *mem, struct ci_err *err)
{
    struct column_i64 builders = column_i64_new(mem, environments.count);
    struct column_str keys = column_str_new(mem, environments.count);
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct workers_environment, environment, environments) {
        column_i64_add(&builders, environment->builderid);
        column_str_add(&keys, environment->key);
    }
    return ci_tx_begin(builder->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_environments_told,
                      CI_ARGS(ci_arg(workerid), column_i64_arg(&builders), column_str_arg(&keys),
                              ci_arg(now)),
                      NULL, err) &&
           ci_tx_commit(&tx, err);
}
