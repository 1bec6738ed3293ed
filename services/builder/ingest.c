/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a batch of journal frames. */
#include "ingest.h"

#include "builder_sql.h"
#include "end.h"
#include "events.h"
#include "fold.h"
#include "shared/metrics.h"

#include <inttypes.h>
#include <string.h>

static struct ci_metric journal_bytes =
    CI_COUNTER("slipway_journal_bytes_total", "Bytes of journal taken from agents, as sent.");

/* The build as journal_build.sql locks it. */
struct target {
    int64_t buildid, workerid, next_seq, config_version, attempt, buildrequestid, session,
        buildsetid;
    const char *token, *builder, *state_string, *stop_reason, *cancel_reason;
    bool complete, seen;
    int folded;
    struct ci_time started_at;
};

static const struct ci_field target_fields[] = {
    CI_FIELD(struct target, buildid, 0),       CI_FIELD(struct target, workerid, 0),
    CI_FIELD(struct target, token, CI_SECRET), CI_FIELD(struct target, complete, 0),
    CI_FIELD(struct target, next_seq, 0),      CI_FIELD(struct target, folded, 0),
    CI_FIELD(struct target, started_at, 0),    CI_FIELD(struct target, config_version, 0),
    CI_FIELD(struct target, attempt, 0),       CI_FIELD(struct target, stop_reason, 0),
    CI_FIELD(struct target, state_string, 0),  CI_FIELD(struct target, buildrequestid, 0),
    CI_FIELD(struct target, seen, 0),          CI_FIELD(struct target, builder, 0),
    CI_FIELD(struct target, session, 0),       CI_FIELD(struct target, buildsetid, 0),
    CI_FIELD(struct target, cancel_reason, 0),
};
static const struct ci_record target_record = CI_RECORD("target", struct target, target_fields);

static const struct ci_field stored_fields[] = {
    CI_FIELD(struct fold_stored, number, 0),
    CI_FIELD(struct fold_stored, name, 0),
    CI_FIELD(struct fold_stored, complete, 0),
    CI_FIELD(struct fold_stored, results, 0),
};
static const struct ci_record stored_record =
    CI_RECORD("stored_step", struct fold_stored, stored_fields);

/* What one call works with, from the first statement to the events. */
struct ingestion {
    struct builder *builder;
    const struct ingest_request *request;
    void *mem;
    struct target target;
    struct ci_list stored;
    struct fold fold;
    bool untold; /* the build's configuration has no notifiers */
    struct ci_list progress, steps, logs, ended_logs;
    struct end_rows end;
};

static bool load(struct ingestion *in, struct ci_tx *tx, struct ci_err *err)
{
    const struct ci_arg id = ci_arg(in->request->buildid);
    struct ci_list builds = {0};
    const struct ci_query queries[] = {
        {&sql_journal_build, &id, 1, &target_record, &builds,     NULL},
        {&sql_journal_steps, &id, 1, &stored_record, &in->stored, NULL},
    };

    /* Nothing is stored of a build whose journal begins. */
    if (!ci_db_pipeline(tx, queries, in->request->seq == 0 ? 1 : 2, in->mem, err))
        return false;
    if (builds.count == 0)
        return ci_fail(err, CI_EGONE, "no build %" PRId64, in->request->buildid);
    in->target = *(const struct target *)builds.items;
    return true;
}

/* A batch from 0 may be a repeat of one that was applied in part: then there are steps. */
static bool load_steps(struct ingestion *in, struct ci_tx *tx, struct ci_err *err)
{
    if (in->request->seq > 0 || in->target.next_seq == 0)
        return true;
    return ci_db_rows(tx, &sql_journal_steps, CI_ARGS(ci_arg(in->request->buildid)), &stored_record,
                      in->mem, &in->stored, err);
}

static bool check_sender(const struct ingestion *in, struct ci_err *err)
{
    const struct target *target = &in->target;

    if (target->workerid != in->request->who.id)
        return ci_fail(err, CI_EDENIED, "build %" PRId64 " is another worker's", target->buildid);
    if (target->session != in->request->who.session)
        return ci_fail(err, CI_ECONFLICT, "session replaced by a newer one of this worker");
    if (strcmp(target->token, in->request->token) != 0)
        return ci_fail(err, CI_EGONE, "stale attempt of build %" PRId64, target->buildid);
    return true;
}

static bool fold_batch(struct ingestion *in, struct ci_list frames, struct ci_err *err)
{
    CI_AUTO_CONFIG config = NULL;
    const struct ci_builder *recipe;
    struct fold_input input = {
        .frames = frames,
        .first = in->request->seq,
        .next = in->target.next_seq,
        .folded = (enum ci_result)in->target.folded,
        .started_at = in->target.started_at,
        .now = in->request->now,
        .stored = in->stored,
    };

    if (!ci_config_get_version(in->builder->app->config, in->target.config_version, &config, err))
        return false;
    recipe = ci_config_builder(config, in->target.builder);
    if (!recipe)
        return ci_fail(err, CI_EINTERNAL, "version %" PRId64 " has no builder \"%s\"",
                       in->target.config_version, in->target.builder);
    in->untold = config->notifiers.count == 0;
    input.steps = recipe->steps;
    if (!fold_frames(&input, in->mem, &in->fold, err))
        return false;
    /* Names of steps are the recipe's, and the recipe goes with this scope. */
    for (size_t i = 0; i < in->fold.step_count; i++)
        in->fold.steps[i].name = ci_mem_strdup(in->mem, in->fold.steps[i].name);
    return true;
}

static void add_steps(struct ingestion *in, struct batch *batch)
{
    const struct fold *fold = &in->fold;
    struct column_i64 number = column_i64_new(in->mem, fold->step_count);
    struct column_i64 begins = column_i64_new(in->mem, fold->step_count);
    struct column_i64 ends = column_i64_new(in->mem, fold->step_count);
    struct column_i64 results = column_i64_new(in->mem, fold->step_count);
    struct column_i64 hidden = column_i64_new(in->mem, fold->step_count);
    struct column_str name = column_str_new(in->mem, fold->step_count);
    struct column_str state = column_str_new(in->mem, fold->step_count);
    struct column_str urls = column_str_new(in->mem, fold->step_count);

    for (size_t i = 0; i < fold->step_count; i++) {
        const struct fold_step *step = &fold->steps[i];

        if (!step->begun && !step->ended && !step->urls)
            continue; /* only its log grew */
        column_i64_add(&number, step->number);
        column_str_add(&name, step->name);
        column_i64_add(&begins, step->started_at.us);
        column_i64_add(&ends, step->complete_at.us);
        column_i64_add(&results, step->results);
        column_str_add(&state, step->state);
        column_i64_add(&hidden, step->hidden);
        column_str_add(&urls, step->urls ? ci_arg_json(in->mem, step->urls).str : "[]");
    }
    if (number.count > 0)
        batch_add(batch, &sql_journal_put_steps,
                  CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&number),
                          column_str_arg(&name), column_i64_arg(&begins), column_i64_arg(&ends),
                          column_i64_arg(&results), column_str_arg(&state), column_i64_arg(&hidden),
                          column_str_arg(&urls)),
                  &ci_step_row_record, &in->steps);
}

static void add_logs(struct ingestion *in, struct batch *batch)
{
    const struct fold *fold = &in->fold;
    struct column_i64 number = column_i64_new(in->mem, fold->log_count);
    struct column_i64 lines = column_i64_new(in->mem, fold->log_count);
    struct column_i64 bytes = column_i64_new(in->mem, fold->log_count);
    struct column_i64 over = column_i64_new(in->mem, fold->log_count);
    struct column_str name = column_str_new(in->mem, fold->log_count);
    struct column_str slug = column_str_new(in->mem, fold->log_count);

    for (size_t i = 0; i < fold->log_count; i++) {
        const struct fold_log *log = &fold->logs[i];

        column_i64_add(&number, fold->steps[log->step].number);
        column_str_add(&name, log->name);
        column_str_add(&slug, log->slug);
        column_i64_add(&lines, log->lines);
        column_i64_add(&bytes, log->bytes);
        column_i64_add(&over, fold->steps[log->step].over);
    }
    if (number.count > 0)
        batch_add(batch, &sql_journal_put_logs,
                  CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&number),
                          column_str_arg(&name), column_str_arg(&slug), column_i64_arg(&lines),
                          column_i64_arg(&bytes), column_i64_arg(&over)),
                  &ci_log_row_record, &in->logs);
}

static void add_chunks(struct ingestion *in, struct batch *batch)
{
    for (size_t i = 0; i < in->fold.chunk_count; i++) {
        const struct fold_chunk *chunk = &in->fold.chunks[i];
        const struct fold_log *log = &in->fold.logs[chunk->log];

        batch_add(batch, &sql_journal_put_chunk,
                  CI_ARGS(ci_arg(in->target.buildid), ci_arg(in->fold.steps[log->step].number),
                          ci_arg(log->slug), ci_arg(chunk->lines_to_end), ci_arg(chunk->lines),
                          ci_arg(chunk->raw), ci_arg(chunk->content)),
                  NULL, NULL);
    }
}

/* Logs of earlier batches end with their step; those of this batch are put as ended. */
static void add_ended_logs(struct ingestion *in, struct batch *batch)
{
    struct column_i64 number = column_i64_new(in->mem, in->fold.step_count);

    for (size_t i = 0; i < in->fold.step_count; i++) {
        if (in->fold.steps[i].ended && in->fold.steps[i].stored)
            column_i64_add(&number, in->fold.steps[i].number);
    }
    if (number.count > 0)
        batch_add(batch, &sql_journal_end_logs,
                  CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&number)), &ci_log_row_record,
                  &in->ended_logs);
}

/* An agent that gives a build back has lost it as much as one that fell silent. */
static enum ci_result final_result(const struct ingestion *in, const struct end_build *build)
{
    if (in->fold.results != CI_RETRY)
        return in->fold.results;
    return lease_verdict(build->attempt, in->builder->settings->max_attempts, end_wanted(build));
}

static void add_end(struct ingestion *in, struct batch *batch)
{
    const struct target *target = &in->target;
    const struct fold *fold = &in->fold;
    struct end end = {
        .build = {target->buildid, target->buildrequestid, target->workerid, target->attempt,
                  target->buildsetid, target->stop_reason, target->cancel_reason},
        .state = fold->state,
        .when = fold->complete_at,
        .open_steps = fold->open_steps,
        .next = ci_some(fold->next),
        .folded = ci_some((int64_t)fold->folded),
        .properties = fold->properties,
        .untold = in->untold,
    };

    end.results = final_result(in, &end.build);
    if (end.results != fold->results)
        end.state = ci_result_name((int)end.results);
    end_add(batch, &end, &in->end);
}

static bool store(struct ingestion *in, struct ci_tx *tx, struct ci_err *err)
{
    struct batch batch = {.mem = in->mem};

    add_steps(in, &batch);
    add_logs(in, &batch);
    add_chunks(in, &batch);
    add_ended_logs(in, &batch);
    if (in->fold.finished)
        add_end(in, &batch);
    else
        batch_add(&batch, &sql_journal_progress,
                  CI_ARGS(ci_arg(in->target.buildid), ci_arg(in->fold.next),
                          ci_arg((int)in->fold.folded), ci_arg_json(in->mem, in->fold.properties)),
                  &ci_build_record, &in->progress);
    return ci_db_pipeline_commit(tx, batch.items, batch.count, in->mem, err);
}

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

static void publish(const struct ingestion *in)
{
    struct ci_bus *bus = in->builder->app->bus;

    if (bus && ci_bus_connected(bus)) {
        CI_FOREACH(struct ci_step_row, step, in->steps)
            publish_step(in, step);
        CI_FOREACH(struct ci_log_row, log, in->logs)
            publish_log(in, log);
        events_rows(bus, "logs", "finished", &ci_log_row_record, in->ended_logs);
        if (in->fold.properties)
            ci_event_publish_json(bus, "builds", in->target.buildid, "properties.update",
                                  in->fold.properties);
        if (strcmp(in->target.state_string, "building") != 0)
            events_rows(bus, "builds", "update", &ci_build_record, in->progress);
    }
    if (in->fold.finished)
        end_publish(bus, &in->end);
}

/* What the hub and the counters learn from a stored batch. */
static void settle(const struct ingestion *in)
{
    struct builder *builder = in->builder;

    ci_metric_add(&journal_bytes, (double)in->request->body.len);
    if (in->fold.finished) {
        hub_over(builder->hub, in->target.workerid, in->target.buildid, false);
        if (in->end.reopened.count > 0)
            builder_new_work(builder);
        builder_wake_claims(builder);
    } else {
        hub_started(builder->hub, in->target.workerid, in->target.buildid);
    }
    publish(in);
}

bool ingest(struct builder *builder, const struct ingest_request *request, void *mem,
            struct ingest_reply *out, struct ci_err *err)
{
    struct ingestion in = {.builder = builder, .request = request, .mem = mem};
    struct ci_list frames = {0};
    CI_AUTO_TX tx = {0};

    if (!journal_parse(mem, request->body, request->seq, &frames, err) ||
        !ci_tx_begin(builder->app->db, &tx, err))
        return false;
    if (!load(&in, &tx, err))
        return builder_retry_later(err);
    if (!check_sender(&in, err))
        return false;
    *out = (struct ingest_reply){
        .next = in.target.next_seq,
        .gap = request->seq > in.target.next_seq,
        .cancel = in.target.stop_reason ? in.target.stop_reason : in.target.cancel_reason,
    };
    if (request->seq + (int64_t)frames.count <= in.target.next_seq)
        return true; /* a repeat, perhaps of the batch that ended the build */
    if (in.target.complete)
        return ci_fail(err, CI_EGONE, "build %" PRId64 " is over", in.target.buildid);
    if (out->gap)
        return true;
    if (!load_steps(&in, &tx, err) || !fold_batch(&in, frames, err) || !store(&in, &tx, err))
        return builder_retry_later(err);
    out->next = in.fold.next;
    settle(&in);
    return true;
}
