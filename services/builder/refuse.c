/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that end without a worker. */
#include "refuse.h"

#include "builder_sql.h"
#include "end.h"
#include "events.h"
#include "locks_store.h"
#include "stuck.h"

#include <inttypes.h>

/* Requests ended by one call of refuse_late(). */
enum { LATE_BATCH = 100 };

struct request {
    int64_t buildrequestid, buildsetid, builderid, attempt;
    const char *builder;
};
static const struct ci_field taken_fields[] = {
    CI_FIELD(struct request, buildrequestid, 0),
    CI_FIELD(struct request, buildsetid, 0),
    CI_FIELD(struct request, builderid, 0),
    CI_FIELD(struct request, attempt, 0),
};
static const struct ci_record taken_record = CI_RECORD("request", struct request, taken_fields);

static const struct ci_field named_fields[] = {
    CI_FIELD(struct request, buildrequestid, 0),
    CI_FIELD(struct request, builder, 0),
};
static const struct ci_record named_record = CI_RECORD("request", struct request, named_fields);

static const struct ci_field stuck_fields[] = {
    CI_FIELD(struct stuck_request, buildrequestid, 0),
    CI_FIELD(struct stuck_request, builder, 0),
};
static const struct ci_record stuck_record =
    CI_RECORD("request", struct stuck_request, stuck_fields);

static const struct ci_field worker_fields[] = {
    CI_FIELD(struct stuck_worker, workerid, 0),
    CI_FIELD(struct stuck_worker, name, 0),
    CI_FIELD(struct stuck_worker, labels, 0),
};
static const struct ci_record worker_record =
    CI_RECORD("worker", struct stuck_worker, worker_fields);

/* Ends one request, unless it was taken meanwhile, and commits. */
static bool refuse(struct builder *builder, const struct ci_config *config, int64_t buildrequestid,
                   const char *state, struct ci_time now, void *mem, struct ci_err *err)
{
    struct ci_list taken = {0}, made = {0};
    struct batch batch = {.mem = mem};
    struct end end = {.results = CI_EXCEPTION, .state = state, .when = now};
    struct end_rows rows = {0};
    const struct request *request;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_refuse_take, CI_ARGS(ci_arg(buildrequestid), ci_arg(now)),
                    &taken_record, mem, &taken, err))
        return false;
    if (taken.count == 0)
        return true;
    if (!ci_db_rows(&tx, &sql_refuse_build,
                    CI_ARGS(ci_arg(buildrequestid), ci_arg(now), ci_arg(config->version)),
                    &ci_build_record, mem, &made, err))
        return false;
    request = taken.items;
    end_spare(&end, config);
    end.build = (struct end_build){
        .buildid = ((const struct ci_build *)made.items)->buildid,
        .buildrequestid = request->buildrequestid,
        .attempt = request->attempt,
        .buildsetid = request->buildsetid,
    };
    end_add(&batch, &end, &rows);
    if (!ci_db_pipeline_commit(&tx, batch.items, batch.count, mem, err))
        return false;
    events_rows(builder->app->bus, "builds", "new", &ci_build_record, made);
    end_publish(builder->app->bus, &rows);
    ci_log(CI_WARN, "request.refused", ci_kv("request", buildrequestid), ci_kv("reason", state));
    return true;
}

/* ---- those that waited too long ---- */

static bool find_late(struct builder *builder, const struct ci_config *config, struct ci_time now,
                      void *mem, struct ci_list *out, struct ci_err *err)
{
    struct column_str names = column_str_new(mem, config->builders.count);
    struct column_i64 timeouts = column_i64_new(mem, config->builders.count);
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct ci_builder, spec, config->builders) {
        if (spec->queue_timeout.us == 0)
            continue;
        column_str_add(&names, spec->name);
        column_i64_add(&timeouts, spec->queue_timeout.us);
    }
    if (names.count == 0)
        return true;
    return ci_tx_read(builder->app->db, &tx, err) &&
           ci_db_rows(&tx, &sql_refuse_late,
                      CI_ARGS(column_str_arg(&names), column_i64_arg(&timeouts), ci_arg(now),
                              ci_arg((int)LATE_BATCH)),
                      &named_record, mem, out, err);
}

bool refuse_late(struct builder *builder, const struct ci_config *config, struct ci_time now,
                 void *mem, bool *more, struct ci_err *err)
{
    struct ci_list late = {0};

    *more = false;
    if (!find_late(builder, config, now, mem, &late, err))
        return false;
    CI_FOREACH(struct request, request, late) {
        const struct ci_builder *spec = ci_config_builder(config, request->builder);
        const char *state =
            ci_mem_printf(mem, "exception: no worker took it within %" PRId64 " s (queue_timeout)",
                          spec->queue_timeout.us / 1000000);

        if (!refuse(builder, config, request->buildrequestid, state, now, mem, err))
            return false;
    }
    *more = late.count == LATE_BATCH;
    return true;
}

/* ---- those that wait for a build that waits for them ---- */

/* Requests that somebody waits for, in the order of the waits. */
static struct ci_i64s waited_for(struct ci_list waits, void *mem)
{
    int64_t *ids = ci_mem_array(mem, int64_t, waits.count + 1);
    struct ci_i64s list = {ids, 0};

    CI_FOREACH(struct locks_wait, wait, waits) {
        if (locks_node_build(wait->holder) == 0)
            ids[list.count++] = -wait->holder;
    }
    return list;
}

/* Leaves requests empty where nothing can be stuck. */
static bool read_stuck(struct builder *builder, void *mem, struct stuck *out, struct ci_err *err)
{
    const struct ci_config *config = out->config;
    const char **names = ci_mem_array(mem, const char *, config->locks.count + 1);
    struct ci_strs locks = {names, 0};
    struct ci_i64s ids;
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct ci_lock, lock, config->locks)
        names[locks.count++] = lock->name;
    if (!ci_tx_read(builder->app->db, &tx, err) || !locks_waits(&tx, mem, &out->waits, err))
        return false;
    ids = waited_for(out->waits, mem);
    return ids.count == 0 || (locks_read(&tx, locks, mem, &out->claims, err) &&
                              ci_db_rows(&tx, &sql_refuse_workers, CI_NO_ARGS, &worker_record, mem,
                                         &out->workers, err) &&
                              ci_db_rows(&tx, &sql_refuse_names, CI_ARGS(ci_arg(ids)),
                                         &stuck_record, mem, &out->requests, err));
}

static const char *join(struct ci_strs names, void *mem)
{
    struct ci_buf buf;

    ci_buf_init(&buf, mem);
    for (size_t i = 0; i < names.count; i++)
        ci_buf_printf(&buf, "%s%s", i > 0 ? ", " : "", names.items[i]);
    return buf.text;
}

static bool refuse_circle(struct builder *builder, const struct ci_config *config,
                          int64_t buildrequestid, struct ci_i64s circle, struct ci_time now,
                          void *mem, struct ci_err *err)
{
    struct ci_strs names = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !locks_name_circle(&tx, circle, mem, &names, err))
        return false;
    ci_tx_rollback(&tx);
    return refuse(builder, config, buildrequestid,
                  ci_mem_printf(mem,
                                "exception: deadlock: a lock that it needs is held until it has "
                                "ended (%s)",
                                join(names, mem)),
                  now, mem, err);
}

bool refuse_stuck(struct builder *builder, const struct ci_config *config, struct ci_time now,
                  void *mem, struct ci_err *err)
{
    struct stuck stuck = {.config = config};

    if (config->locks.count == 0)
        return true;
    if (!read_stuck(builder, mem, &stuck, err))
        return false;
    stuck_complete(&stuck, mem);
    CI_FOREACH(struct stuck_request, request, stuck.requests) {
        const struct ci_i64s circle = stuck_circle(&stuck, request, mem);

        if (circle.count > 0 &&
            !refuse_circle(builder, config, request->buildrequestid, circle, now, mem, err))
            return false;
    }
    return true;
}
