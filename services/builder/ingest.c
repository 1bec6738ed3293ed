/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a batch of journal frames. */
#include "ingest.h"

#include "builder_sql.h"
#include "call.h"
#include "ingest_internal.h"
#include "locks_store.h"
#include "shared/metrics.h"
#include "shared/subjects.h"
#include "siblings.h"

#include <inttypes.h>
#include <string.h>

static struct ci_metric journal_bytes =
    CI_COUNTER("slipway_journal_bytes_total", "Bytes of journal taken from agents, as sent.");

static const struct ci_field target_fields[] = {
    CI_FIELD(struct target, buildid, 0),       CI_FIELD(struct target, workerid, 0),
    CI_FIELD(struct target, token, CI_SECRET), CI_FIELD(struct target, complete, 0),
    CI_FIELD(struct target, next_seq, 0),      CI_FIELD(struct target, folded, 0),
    CI_FIELD(struct target, started_at, 0),    CI_FIELD(struct target, config_version, 0),
    CI_FIELD(struct target, attempt, 0),       CI_FIELD(struct target, stop_reason, 0),
    CI_FIELD(struct target, state_string, 0),  CI_FIELD(struct target, buildrequestid, 0),
    CI_FIELD(struct target, seen, 0),          CI_FIELD(struct target, builder, 0),
    CI_FIELD(struct target, session, 0),       CI_FIELD(struct target, buildsetid, 0),
    CI_FIELD(struct target, cancel_reason, 0), CI_FIELD(struct target, failures, 0),
    CI_FIELD(struct target, builderid, 0),
};
static const struct ci_record target_record = CI_RECORD("target", struct target, target_fields);

static const struct ci_field stored_fields[] = {
    CI_FIELD(struct fold_stored, number, 0),     CI_FIELD(struct fold_stored, name, 0),
    CI_FIELD(struct fold_stored, complete, 0),   CI_FIELD(struct fold_stored, results, 0),
    CI_FIELD(struct fold_stored, started_at, 0), CI_FIELD(struct fold_stored, flags, 0),
    CI_FIELD(struct fold_stored, tested, 0),
};
static const struct ci_record stored_record =
    CI_RECORD("stored_step", struct fold_stored, stored_fields);

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

static bool triggers(const struct ci_builder *recipe)
{
    CI_FOREACH(struct ci_step, step, recipe->steps) {
        if (step->type == CI_STEP_TRIGGER)
            return true;
    }
    return false;
}

/* A build that fails may end the rest of its buildset. */
static bool cancel_siblings(struct ingestion *in, struct ci_tx *tx, const struct ci_config *config,
                            struct ci_err *err)
{
    const struct siblings_of failed = {in->target.buildsetid, in->target.buildrequestid,
                                       in->target.builder};

    if (!in->fold.finished || in->fold.results != CI_FAILURE)
        return true;
    return siblings_cancel(tx, config, &failed, in->mem, &in->siblings, err);
}

static bool fold_batch(struct ingestion *in, struct ci_tx *tx, struct ci_list frames,
                       struct ci_err *err)
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
    end_spare(&in->spared, config);
    in->parent = triggers(recipe);
    input.steps = recipe->steps;
    input.free_steps = recipe->repository_file != NULL;
    return fold_frames(&input, in->mem, &in->fold, err) && cancel_siblings(in, tx, config, err);
}

/* What the hub and the counters learn from a stored batch. */
static void settle(const struct ingestion *in)
{
    struct builder *builder = in->builder;

    ci_metric_add(&journal_bytes, (double)in->request->body.len);
    if (in->fold.finished) {
        builder_over(builder, in->target.workerid, in->target.buildid, false);
        if (in->end.reopened.count > 0)
            builder_new_work(builder);
        builder_wake_claims(builder);
    } else {
        hub_started(builder->hub, in->target.workerid, in->target.buildid);
        if (in->fold.waiting.set && in->fold.waiting.value)
            hub_roomier(builder->hub, in->target.workerid);
        if (in->fold.waiting.set)
            builder_wake_claims(builder);
    }
    if (in->unlocked)
        locks_announce(builder->app->bus);
    if (in->siblings > 0)
        ci_bus_ring(builder->app->bus, CI_SUBJECT_WAKE_CONTROL);
    ingest_tell(in);
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
    if (!call_check_sender(&request->who, request->token, in.target.buildid, in.target.workerid,
                           in.target.session, in.target.token, err))
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
    if (!load_steps(&in, &tx, err) || !fold_batch(&in, &tx, frames, err) ||
        !ingest_store(&in, &tx, err))
        return builder_retry_later(err);
    out->next = in.fold.next;
    settle(&in);
    return true;
}
