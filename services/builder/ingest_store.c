/* SPDX-License-Identifier: Apache-2.0 */
/* The statements that store a folded batch: one round trip. */
#include "builder_sql.h"
#include "ingest_internal.h"
#include "shared/model.h"
#include "step_flags.h"

#include <string.h>

/* The lists of journal_put_steps.sql. */
struct step_columns {
    struct column_i64 number, begins, ends, results, hidden, locked, flags, warnings;
    struct column_str name, state, urls, group;
};

static struct step_columns step_columns_new(void *mem, size_t room)
{
    return (struct step_columns){
        .number = column_i64_new(mem, room),
        .begins = column_i64_new(mem, room),
        .ends = column_i64_new(mem, room),
        .results = column_i64_new(mem, room),
        .hidden = column_i64_new(mem, room),
        .locked = column_i64_new(mem, room),
        .flags = column_i64_new(mem, room),
        .warnings = column_i64_new(mem, room),
        .name = column_str_new(mem, room),
        .state = column_str_new(mem, room),
        .urls = column_str_new(mem, room),
        .group = column_str_new(mem, room),
    };
}

static void add_step(struct step_columns *columns, const struct fold_step *step, void *mem)
{
    column_i64_add(&columns->number, step->number);
    column_str_add(&columns->name, step->name);
    column_i64_add(&columns->begins, step->started_at.us);
    column_i64_add(&columns->ends, step->complete_at.us);
    column_i64_add(&columns->results, step->results);
    column_str_add(&columns->state, step->state);
    column_i64_add(&columns->hidden, step->hidden);
    column_str_add(&columns->urls, step->urls ? ci_arg_json(mem, step->urls).str : "[]");
    column_i64_add(&columns->locked, step->locks_at.us);
    column_i64_add(&columns->flags, step->flags);
    column_str_add(&columns->group, step->group ? step->group : "");
    column_i64_add(&columns->warnings, step->warnings);
}

static void add_steps(struct ingestion *in, struct batch *batch)
{
    const struct fold *fold = &in->fold;
    struct step_columns c = step_columns_new(in->mem, fold->step_count);

    for (size_t i = 0; i < fold->step_count; i++) {
        const struct fold_step *step = &fold->steps[i];

        if (step->begun || step->ended || step->urls || step->marked) /* not only its log grew */
            add_step(&c, step, in->mem);
    }
    if (c.number.count > 0)
        batch_add(
            batch, &sql_journal_put_steps,
            CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&c.number), column_str_arg(&c.name),
                    column_i64_arg(&c.begins), column_i64_arg(&c.ends), column_i64_arg(&c.results),
                    column_str_arg(&c.state), column_i64_arg(&c.hidden), column_str_arg(&c.urls),
                    column_i64_arg(&c.locked), column_i64_arg(&c.flags), column_str_arg(&c.group),
                    column_i64_arg(&c.warnings)),
            &ci_step_row_record, &in->steps);
}

static void add_logs(struct ingestion *in, struct batch *batch)
{
    const struct fold *fold = &in->fold;
    struct column_i64 number = column_i64_new(in->mem, fold->log_count);
    struct column_i64 lines = column_i64_new(in->mem, fold->log_count);
    struct column_i64 bytes = column_i64_new(in->mem, fold->log_count);
    struct column_i64 over = column_i64_new(in->mem, fold->log_count);
    struct column_i64 truncated = column_i64_new(in->mem, fold->log_count);
    struct column_str name = column_str_new(in->mem, fold->log_count);
    struct column_str slug = column_str_new(in->mem, fold->log_count);

    for (size_t i = 0; i < fold->log_count; i++) {
        const struct fold_log *log = &fold->logs[i];
        const struct fold_step *step = &fold->steps[log->step];

        column_i64_add(&number, step->number);
        column_str_add(&name, log->name);
        column_str_add(&slug, log->slug);
        column_i64_add(&lines, log->lines);
        column_i64_add(&bytes, log->bytes);
        column_i64_add(&over, step->over && !(step->flags & STEP_BACKGROUND));
        column_i64_add(&truncated, log->truncated);
    }
    if (number.count > 0)
        batch_add(batch, &sql_journal_put_logs,
                  CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&number),
                          column_str_arg(&name), column_str_arg(&slug), column_i64_arg(&lines),
                          column_i64_arg(&bytes), column_i64_arg(&over),
                          column_i64_arg(&truncated)),
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
                          ci_arg(chunk->raw), ci_arg(chunk->content), ci_arg(chunk->at)),
                  NULL, NULL);
    }
}

/* Test results; the set is new when the statement answers with it. */
static void add_tests(struct ingestion *in, struct batch *batch, const struct fold_tests *tests,
                      struct ci_list *made)
{
    const size_t count = tests->results.count;
    struct column_str name = column_str_new(in->mem, count);
    struct column_str path = column_str_new(in->mem, count);
    struct column_str value = column_str_new(in->mem, count);
    struct column_i64 line = column_i64_new(in->mem, count);
    struct column_i64 duration = column_i64_new(in->mem, count);

    CI_FOREACH(struct frame_test, test, tests->results) {
        column_str_add(&name, test->name ? test->name : "");
        column_str_add(&path, test->path ? test->path : "");
        column_i64_add(&line, test->line.set ? test->line.value : -1);
        column_i64_add(&duration, test->duration_ns.set ? test->duration_ns.value : -1);
        column_str_add(&value, test->value);
    }
    batch_add(batch, &sql_journal_put_tests,
              CI_ARGS(ci_arg(in->target.buildid), ci_arg(in->fold.steps[tests->step].number),
                      ci_arg(tests->description), ci_arg(tests->category), ci_arg(tests->unit),
                      ci_arg(tests->passed), ci_arg(tests->failed), column_str_arg(&name),
                      column_str_arg(&path), column_i64_arg(&line), column_i64_arg(&duration),
                      column_str_arg(&value)),
              &ci_test_result_set_record, made);
}

static void add_environment(struct ingestion *in, struct batch *batch,
                            const struct fold_environment *environment)
{
    const struct ci_arg buildid = ci_arg(in->target.buildid);
    const bool prepared = strcmp(environment->state, "prepared") == 0;

    if (strcmp(environment->state, "destroyed") == 0)
        batch_add(batch, &sql_journal_environment_gone, CI_ARGS(buildid, ci_arg(environment->key)),
                  NULL, NULL);
    else
        batch_add(batch, &sql_journal_environment_used,
                  CI_ARGS(buildid, ci_arg(environment->key), ci_arg(prepared),
                          ci_arg(environment->seconds), ci_arg(in->request->now)),
                  NULL, NULL);
}

/* The environment that the batch puts the build into, or NULL. */
static const char *environment_of(const struct fold *fold)
{
    const char *key = NULL;

    for (size_t i = 0; i < fold->environment_count; i++) {
        if (strcmp(fold->environments[i].state, "destroyed") != 0)
            key = fold->environments[i].key;
    }
    return key;
}

/* What most builds have nothing of. */
static void add_rare(struct ingestion *in, struct batch *batch)
{
    const struct fold *fold = &in->fold;
    const struct ci_arg buildid = ci_arg(in->target.buildid);

    in->new_tests = (struct ci_list){ci_mem_array(in->mem, struct ci_list, fold->test_count + 1),
                                     fold->test_count};
    for (size_t i = 0; i < fold->test_count; i++)
        add_tests(in, batch, &fold->tests[i], (struct ci_list *)in->new_tests.items + i);
    for (size_t i = 0; i < fold->data_count; i++)
        batch_add(batch, &sql_journal_put_data,
                  CI_ARGS(buildid, ci_arg(fold->data[i].name), ci_arg(fold->data[i].source),
                          ci_arg(fold->data[i].content)),
                  NULL, NULL);
    for (size_t i = 0; i < fold->environment_count; i++)
        add_environment(in, batch, &fold->environments[i]);
    if (fold->waiting.set || fold->locks_us > 0 || environment_of(fold))
        batch_add(batch, &sql_journal_facts,
                  CI_ARGS(buildid, ci_arg(fold->waiting), ci_arg(environment_of(fold)),
                          ci_arg((fold->locks_us + 500000) / 1000000)),
                  NULL, NULL);
}

/* A step that ends needs its locks no more, whether its agent gives them back or not. */
static void release_locks(struct ingestion *in, struct batch *batch, int step)
{
    in->unlocked = true;
    batch_add(batch, &sql_locks_release, CI_ARGS(ci_arg(in->target.buildid), ci_arg(step)), NULL,
              NULL);
}

/*
 * Logs of earlier batches end with their step, those of this batch are put as
 * ended, and those that a background service goes on writing end with the build.
 */
static void add_ended(struct ingestion *in, struct batch *batch)
{
    struct column_i64 logged = column_i64_new(in->mem, in->fold.step_count);
    struct column_i64 tested = column_i64_new(in->mem, in->fold.step_count);

    for (size_t i = 0; i < in->fold.step_count; i++) {
        const struct fold_step *step = &in->fold.steps[i];

        if (step->ended && step->stored && !(step->flags & STEP_BACKGROUND))
            column_i64_add(&logged, step->number);
        if (step->ended && step->tested)
            column_i64_add(&tested, step->number);
        if (step->locking)
            release_locks(in, batch, step->number);
    }
    if (logged.count > 0)
        batch_add(batch, &sql_journal_end_logs,
                  CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&logged)), &ci_log_row_record,
                  &in->ended_logs);
    if (tested.count > 0)
        batch_add(batch, &sql_journal_end_tests,
                  CI_ARGS(ci_arg(in->target.buildid), column_i64_arg(&tested)),
                  &ci_test_result_set_record, &in->ended_tests);
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
        .parent = in->parent,
        .untold = in->spared.untold,
        .undepended = in->spared.undepended,
        .unlocked = in->spared.unlocked,
        .unhurt = target->failures == 0,
    };

    end.results = final_result(in, &end.build);
    if (end.results != fold->results)
        end.state = ci_result_name((int)end.results);
    end_add(batch, &end, &in->end);
}

bool ingest_store(struct ingestion *in, struct ci_tx *tx, struct ci_err *err)
{
    struct batch batch = {.mem = in->mem};

    add_steps(in, &batch);
    add_logs(in, &batch);
    add_chunks(in, &batch);
    add_rare(in, &batch);
    add_ended(in, &batch);
    if (in->fold.finished)
        add_end(in, &batch);
    else
        batch_add(&batch, &sql_journal_progress,
                  CI_ARGS(ci_arg(in->target.buildid), ci_arg(in->fold.next),
                          ci_arg((int)in->fold.folded), ci_arg_json(in->mem, in->fold.properties)),
                  &ci_build_record, &in->progress);
    return ci_db_pipeline_commit(tx, batch.items, batch.count, in->mem, err);
}
