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

static void publish_step(const struct ingestion *in, const struct ci_step_row *row)
{
    struct ci_bus *bus = in->builder->app->bus;
    const struct fold_step *step = folded_step(&in->fold, row->number);

    if (!step)
        return;
    if (step->begun) {
        ci_event_publish(bus, "steps", row->stepid, "new", &ci_step_row_record, row);
        ci_event_publish(bus, "steps", row->stepid, "started", &ci_step_row_record, row);
    }
    if (step->ended)
        ci_event_publish(bus, "steps", row->stepid, "finished", &ci_step_row_record, row);
    else if (!step->begun)
        ci_event_publish(bus, "steps", row->stepid, "updated", &ci_step_row_record, row);
}

/* A log whose every line came in this batch is new. */
static void publish_log(const struct ingestion *in, const struct ci_log_row *row)
{
    struct ci_bus *bus = in->builder->app->bus;

    for (size_t i = 0; i < in->fold.log_count; i++) {
        if (in->fold.logs[i].lines == row->num_lines &&
            strcmp(in->fold.logs[i].slug, row->slug) == 0) {
            ci_event_publish(bus, "logs", row->logid, "new", &ci_log_row_record, row);
            break;
        }
    }
    ci_event_publish(bus, "logs", row->logid, "append", &ci_log_row_record, row);
    if (row->complete)
        ci_event_publish(bus, "logs", row->logid, "finished", &ci_log_row_record, row);
}

void ingest_tell(const struct ingestion *in)
{
    struct ci_bus *bus = in->builder->app->bus;

    if (bus && ci_bus_connected(bus)) {
        CI_FOREACH(struct ci_step_row, step, in->steps)
            publish_step(in, step);
        CI_FOREACH(struct ci_log_row, log, in->logs)
            publish_log(in, log);
        events_rows(bus, "logs", "finished", &ci_log_row_record, in->ended_logs);
        CI_FOREACH(struct ci_list, sets, in->new_tests)
            events_rows(bus, "test_result_sets", "new", &ci_test_result_set_record, *sets);
        events_rows(bus, "test_result_sets", "completed", &ci_test_result_set_record,
                    in->ended_tests);
        if (in->fold.properties)
            ci_event_publish_json(bus, "builds", in->target.buildid, "properties.update",
                                  in->fold.properties);
        if (strcmp(in->target.state_string, "building") != 0 || in->fold.environment_count > 0)
            events_rows(bus, "builds", "update", &ci_build_record, in->progress);
    }
    if (in->fold.finished)
        end_publish(bus, &in->end);
}
