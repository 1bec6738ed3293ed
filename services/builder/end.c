/* SPDX-License-Identifier: Apache-2.0 */
/* Ending builds and requests. */
#include "end.h"

#include "builder_sql.h"
#include "children.h"
#include "events.h"
#include "locks_store.h"
#include "shared/buildset.h"
#include "shared/metrics.h"
#include "shared/subjects.h"

static struct ci_metric builds_total =
    CI_COUNTER("slipway_builds_total", "Builds finished, by result.", "result");

static const struct ci_field end_build_fields[] = {
    CI_FIELD(struct end_build, buildid, 0),       CI_FIELD(struct end_build, buildrequestid, 0),
    CI_FIELD(struct end_build, workerid, 0),      CI_FIELD(struct end_build, attempt, 0),
    CI_FIELD(struct end_build, buildsetid, 0),    CI_FIELD(struct end_build, stop_reason, 0),
    CI_FIELD(struct end_build, cancel_reason, 0),
};
const struct ci_record end_build_record =
    CI_RECORD("end_build", struct end_build, end_build_fields);

/* What end_after.sql counts. */
struct after {
    int64_t locks, judged;
};
static const struct ci_field after_fields[] = {
    CI_FIELD(struct after, locks, 0),
    CI_FIELD(struct after, judged, 0),
};
static const struct ci_record after_record = CI_RECORD("after", struct after, after_fields);

static bool follows_others(const struct ci_config *config)
{
    CI_FOREACH(const struct ci_scheduler, scheduler, config->schedulers) {
        if (scheduler->type == CI_SCHED_DEPENDENT)
            return true;
    }
    return false;
}

void end_spare(struct end *end, const struct ci_config *config)
{
    end->untold = config->notifiers.count == 0;
    end->undepended = !follows_others(config);
    end->unlocked = config->locks.count == 0;
}

bool end_wanted(const struct end_build *build)
{
    return build->stop_reason || build->cancel_reason;
}

/* How the agent of a build did that a journal ended: an exception that no step brought about is its
 * own. 1 well, -1 it failed, 0 nobody can say. */
static int agent_health(const struct end *end)
{
    if (!end->folded.set || end->results == CI_RETRY || end->results == CI_CANCELLED)
        return 0;
    return end->results == CI_EXCEPTION && end->folded.value != CI_EXCEPTION ? -1 : 1;
}

/* Most builds can have neither locks nor anything to tell of their worker. */
static void add_after(struct batch *batch, const struct end *end, struct end_rows *rows)
{
    const int health = agent_health(end);

    if (end->unlocked && (health == 0 || (health > 0 && end->unhurt)))
        return;
    batch_add(batch, &sql_end_after,
              CI_ARGS(ci_arg(end->build.buildid), ci_arg(end->when), ci_arg(end->build.workerid),
                      ci_arg(health)),
              &after_record, &rows->after);
}

void end_add_request(struct batch *batch, int64_t buildrequestid, int64_t buildsetid,
                     enum ci_result results, struct ci_time when, struct end_rows *rows)
{
    batch_add(batch, &sql_end_request,
              CI_ARGS(ci_arg(buildrequestid), ci_arg((int)results), ci_arg(when)),
              &ci_buildrequest_record, &rows->request);
    batch_add(batch, &sql_end_buildset, CI_ARGS(ci_arg(buildsetid), ci_arg(when)),
              &ci_buildset_told_record, &rows->buildset);
}

void end_add(struct batch *batch, const struct end *end, struct end_rows *rows)
{
    const int64_t id = end->build.buildid;
    const int results = (int)end->results;

    batch_add(batch, &sql_end_build,
              CI_ARGS(ci_arg(id), ci_arg(results), ci_arg(end->state), ci_arg(end->when),
                      ci_arg(end->next), ci_arg(end->folded),
                      ci_arg_json(batch->mem, end->properties)),
              &ci_build_record, &rows->build);
    rows->told = !end->untold;
    if (rows->told)
        batch_add(batch, &sql_end_tell, CI_ARGS(ci_arg(id)), NULL, NULL);
    rows->parted = end->parent;
    if (end->parent)
        children_cancel(batch, id);
    if (end->open_steps) {
        batch_add(batch, &sql_end_steps,
                  CI_ARGS(ci_arg(id), ci_arg(results), ci_arg(ci_result_name(results)),
                          ci_arg(end->when)),
                  &ci_step_row_record, &rows->steps);
        batch_add(batch, &sql_end_logs, CI_ARGS(ci_arg(id)), &ci_log_row_record, &rows->logs);
    }
    if (end->results == CI_RETRY)
        batch_add(batch, &sql_end_request_reopen, CI_ARGS(ci_arg(end->build.buildrequestid)),
                  &ci_buildrequest_record, &rows->reopened);
    else
        end_add_request(batch, end->build.buildrequestid, end->build.buildsetid, end->results,
                        end->when, rows);
    rows->undepended = end->undepended;
    add_after(batch, end, rows);
}

static void count_builds(struct ci_list builds)
{
    CI_FOREACH(struct ci_build, build, builds)
        ci_metric_add(&builds_total, 1, ci_result_name((int)build->results.value));
}

static void ring_after(struct ci_bus *bus, const struct end_rows *rows)
{
    CI_FOREACH(struct after, after, rows->after) {
        if (after->locks > 0)
            locks_announce(bus);
    }
    if (rows->buildset.count > 0 && !rows->undepended)
        ci_bus_ring(bus, CI_SUBJECT_WAKE_SCHEDULER);
}

/* Steps and logs belong to the one build that ended. */
static void tell_parts(struct ci_bus *bus, const struct end_rows *rows)
{
    const struct ci_build *build = rows->build.count ? rows->build.items : NULL;
    const struct ci_i64s builders = {build ? &build->builderid : NULL, build ? 1 : 0};

    events_rows_about(bus, "logs", "finished", &ci_log_row_record, rows->logs, builders);
    events_rows_about(bus, "steps", "finished", &ci_step_row_record, rows->steps, builders);
}

void end_publish(struct ci_bus *bus, const struct end_rows *rows)
{
    count_builds(rows->build);
    if (!bus || !ci_bus_connected(bus))
        return;
    if (rows->told)
        ci_bus_ring(bus, CI_SUBJECT_WAKE_NOTIFIER);
    if (rows->parted)
        ci_bus_ring(bus, CI_SUBJECT_WAKE_CONTROL);
    ring_after(bus, rows);
    if (rows->reopened.count > 0)
        ci_bus_ring(bus, CI_SUBJECT_WAKE_BUILDER);
    tell_parts(bus, rows);
    events_rows(bus, "builds", "finished", &ci_build_record, rows->build);
    events_rows(bus, "buildrequests", "complete", &ci_buildrequest_record, rows->request);
    events_rows(bus, "buildrequests", "unclaimed", &ci_buildrequest_record, rows->reopened);
    CI_FOREACH(struct ci_buildset_told, told, rows->buildset)
        ci_buildset_publish(bus, "complete", told);
}
