/* SPDX-License-Identifier: Apache-2.0 */
/* Builds that their agent has lost. */
#include "lost.h"

#include "builder_sql.h"
#include "end.h"
#include "summary.h"

static struct end verdict(const struct builder *builder, const struct end_build *build,
                          struct ci_time now)
{
    const enum ci_result results =
        lease_verdict(build->attempt, builder->settings->max_attempts, end_wanted(build));

    return (struct end){
        .build = *build,
        .results = results,
        .state = results == CI_EXCEPTION ? "exception: the worker was lost too often"
                                         : summary_text(NULL, results, NULL, 0),
        .when = now,
        .open_steps = true,
        .parent = true,
    };
}

/* However many builds a worker has lost at once, it has failed once. */
static void add_blame(struct batch *batch, struct ci_list builds, struct ci_time now)
{
    struct column_i64 workers = column_i64_new(batch->mem, builds.count);

    CI_FOREACH(struct end_build, build, builds)
        column_i64_add(&workers, build->workerid);
    batch_add(batch, &sql_workers_lost, CI_ARGS(column_i64_arg(&workers), ci_arg(now)), NULL, NULL);
}

/* Ends the locked builds and commits. */
static bool end_all(struct builder *builder, struct ci_tx *tx, struct ci_list builds,
                    enum lost_blame blame, struct ci_time now, void *mem, struct ci_err *err)
{
    struct end_rows *rows = ci_mem_array(mem, struct end_rows, builds.count);
    struct batch batch = {.mem = mem};
    size_t i = 0;

    CI_FOREACH(struct end_build, build, builds) {
        const struct end end = verdict(builder, build, now);

        end_add(&batch, &end, &rows[i++]);
    }
    if (blame == LOST_BLAMED)
        add_blame(&batch, builds, now);
    if (!ci_db_pipeline_commit(tx, batch.items, batch.count, mem, err))
        return false;
    i = 0;
    CI_FOREACH(struct end_build, build, builds) {
        builder_over(builder, build->workerid, build->buildid, true);
        end_publish(builder->app->bus, &rows[i++]);
        ci_log(CI_WARN, "build.lost", ci_kv("build", build->buildid),
               ci_kv("worker", build->workerid), ci_kv("attempt", build->attempt));
    }
    builder_new_work(builder);
    return true;
}

bool lost_expire(struct builder *builder, struct ci_time now, void *mem, size_t *count,
                 struct ci_err *err)
{
    struct ci_list builds = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_lease_expired, CI_ARGS(ci_arg(now), ci_arg((int)LOST_BATCH)),
                    &end_build_record, mem, &builds, err))
        return false;
    *count = builds.count;
    return builds.count == 0 || end_all(builder, &tx, builds, LOST_BLAMED, now, mem, err);
}

bool lost_end(struct builder *builder, struct ci_i64s ids, enum lost_blame blame,
              struct ci_time now, void *mem, struct ci_err *err)
{
    struct ci_list builds = {0};
    CI_AUTO_TX tx = {0};

    if (ids.count == 0)
        return true;
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_builds_lost, CI_ARGS(ci_arg(ids)), &end_build_record, mem, &builds,
                    err))
        return false;
    return builds.count == 0 || end_all(builder, &tx, builds, blame, now, mem, err);
}

bool lost_refuse(struct builder *builder, int64_t buildid, const char *state, struct ci_time now,
                 void *mem, struct ci_err *err)
{
    struct batch batch = {.mem = mem};
    struct ci_list builds = {0};
    struct end_rows rows = {0};
    struct end end = {.results = CI_EXCEPTION, .state = state, .when = now, .open_steps = true};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_builds_lost, CI_ARGS(ci_arg(((struct ci_i64s){&buildid, 1}))),
                    &end_build_record, mem, &builds, err))
        return false;
    if (builds.count == 0)
        return true;
    end.build = *(const struct end_build *)builds.items;
    end_add(&batch, &end, &rows);
    if (!ci_db_pipeline_commit(&tx, batch.items, batch.count, mem, err))
        return false;
    builder_over(builder, end.build.workerid, buildid, true);
    end_publish(builder->app->bus, &rows);
    return true;
}
