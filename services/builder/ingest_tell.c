/* SPDX-License-Identifier: Apache-2.0 */
/* What the bus hears of a stored batch. */
#include "events.h"
#include "ingest_internal.h"
#include "shared/model.h"

#include <string.h>

static const struct fold_step *folded_step(const struct fold *fold, int number)
{
    for (size_t i = 0; i < fold->step_count; i++) {
        if (fold->steps[i].number == number)
            return &fold->steps[i];
    }
    return NULL;
}

static struct ci_i64s builder_of_target(const struct ingestion *in)
{
    return (struct ci_i64s){&in->target.builderid, 1};
}

static void tell_step(const struct ingestion *in, const char *what, const struct ci_step_row *row)
{
    ci_event_publish_about(in->builder->app->bus, "steps", row->stepid, what, &ci_step_row_record,
                           row, builder_of_target(in));
}

static void tell_log(const struct ingestion *in, const char *what, const struct ci_log_row *row)
{
    ci_event_publish_about(in->builder->app->bus, "logs", row->logid, what, &ci_log_row_record, row,
                           builder_of_target(in));
}

static void publish_step(const struct ingestion *in, const struct ci_step_row *row)
{
    const struct fold_step *step = folded_step(&in->fold, row->number);

    if (!step)
        return;
    if (step->begun) {
        tell_step(in, "new", row);
        tell_step(in, "started", row);
    }
    if (step->ended)
        tell_step(in, "finished", row);
    else if (!step->begun)
        tell_step(in, "updated", row);
}

/* A log whose every line came in this batch is new. */
static void publish_log(const struct ingestion *in, const struct ci_log_row *row)
{
    for (size_t i = 0; i < in->fold.log_count; i++) {
        if (in->fold.logs[i].lines == row->num_lines &&
            strcmp(in->fold.logs[i].slug, row->slug) == 0) {
            tell_log(in, "new", row);
            break;
        }
    }
    tell_log(in, "append", row);
    if (row->complete)
        tell_log(in, "finished", row);
}

void ingest_tell(const struct ingestion *in)
{
    struct ci_bus *bus = in->builder->app->bus;

    if (bus && ci_bus_connected(bus)) {
        CI_FOREACH(struct ci_step_row, step, in->steps)
            publish_step(in, step);
        CI_FOREACH(struct ci_log_row, log, in->logs)
            publish_log(in, log);
        events_rows_about(bus, "logs", "finished", &ci_log_row_record, in->ended_logs,
                          builder_of_target(in));
        CI_FOREACH(struct ci_list, sets, in->new_tests)
            events_rows(bus, "test_result_sets", "new", &ci_test_result_set_record, *sets);
        events_rows(bus, "test_result_sets", "completed", &ci_test_result_set_record,
                    in->ended_tests);
        if (in->fold.properties)
            ci_event_publish_json_about(bus, "builds", in->target.buildid, "properties.update",
                                        in->fold.properties, builder_of_target(in));
        if (strcmp(in->target.state_string, "building") != 0 || in->fold.environment_count > 0)
            events_rows(bus, "builds", "update", &ci_build_record, in->progress);
    }
    if (in->fold.finished)
        end_publish(bus, &in->end);
}
