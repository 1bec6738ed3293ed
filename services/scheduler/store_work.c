/* SPDX-License-Identifier: Apache-2.0 */
/* Completions, triggers, verdicts and what schedulers remember: one function per statement. */
#include "scheduler_sql.h"
#include "store.h"

static const struct ci_field completion_fields[] = {
    CI_FIELD(struct completion, bsid, CI_REQUIRED), CI_FIELD(struct completion, scheduler, 0),
    CI_FIELD(struct completion, results, 0),        CI_FIELD(struct completion, changeids, 0),
    CI_FIELD(struct completion, sources, 0),
};
const struct ci_record completion_record =
    CI_RECORD("completion", struct completion, completion_fields);

static const struct ci_field trigger_fields[] = {
    CI_FIELD(struct trigger, buildid, CI_REQUIRED), CI_FIELD(struct trigger, step, CI_REQUIRED),
    CI_FIELD(struct trigger, request, 0),           CI_FIELD(struct trigger, over, 0),
    CI_FIELD(struct trigger, builder, 0),           CI_FIELD(struct trigger, number, 0),
    CI_FIELD(struct trigger, priority, 0),          CI_FIELD(struct trigger, patches, 0),
    CI_FIELD(struct trigger, version, 0),
};
const struct ci_record trigger_record = CI_RECORD("trigger", struct trigger, trigger_fields);

struct state {
    json_t *value;
};
static const struct ci_field state_fields[] = {CI_FIELD(struct state, value, 0)};
const struct ci_record state_record = CI_RECORD("state", struct state, state_fields);

bool store_state(struct ci_tx *tx, int64_t schedulerid, const char *key, bool take, void *mem,
                 json_t **out, struct ci_err *err)
{
    struct ci_list rows = {0};

    if (!ci_db_rows(tx, take ? &sql_state_take : &sql_state_get,
                    CI_ARGS(ci_arg(schedulerid), ci_arg(key)), &state_record, mem, &rows, err))
        return false;
    *out = rows.count ? ((const struct state *)rows.items)->value : NULL;
    return true;
}

bool store_state_set(struct ci_tx *tx, int64_t schedulerid, const char *key, json_t *value,
                     void *mem, struct ci_err *err)
{
    ci_mem_json(mem, value);
    return ci_db_exec(tx, &sql_state_set,
                      CI_ARGS(ci_arg(schedulerid), ci_arg(key), ci_arg_json(mem, value)), NULL,
                      err);
}

bool store_codebase_seen(struct ci_tx *tx, int64_t schedulerid, const char *codebase, json_t *seen,
                         void *mem, struct ci_err *err)
{
    ci_mem_json(mem, seen);
    return ci_db_exec(tx, &sql_codebase_seen,
                      CI_ARGS(ci_arg(schedulerid), ci_arg(codebase), ci_arg_json(mem, seen)), NULL,
                      err);
}

bool store_verdicts(struct ci_tx *tx, const struct verdict_rows *rows, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_change_verdicts,
                      CI_ARGS(ci_arg(((struct ci_i64s){rows->changeids, rows->count})),
                              ci_arg(((struct ci_i64s){rows->schedulerids, rows->count})),
                              ci_arg(((struct ci_strs){rows->verdicts, rows->count})),
                              ci_arg(((struct ci_strs){rows->reasons, rows->count}))),
                      NULL, err);
}

bool store_completions_take(struct ci_tx *tx, int limit, void *mem, struct completion_batch *out,
                            struct ci_err *err)
{
    const struct ci_arg args[] = {ci_arg(limit)};
    struct ci_list versions = {0};
    const struct ci_query queries[] = {
        {.stmt = &sql_completions_take,
         .args = args,
         .nargs = CI_COUNT(args),
         .record = &completion_record,
         .rows = &out->completions},
        {.stmt = &sql_scheduler_list,     .record = &scheduler_entry_record, .rows = &out->schedulers},
        {.stmt = &sql_config_version,     .record = &config_version_record, .rows = &versions},
    };

    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    out->version = versions.count ? ((const struct timer *)versions.items)->version : 0;
    return true;
}

bool store_trigger_take(struct ci_tx *tx, void *mem, struct trigger *out, struct ci_err *err)
{
    *out = (struct trigger){0};
    return ci_db_one(tx, &sql_trigger_take, CI_NO_ARGS, &trigger_record, mem, out, err);
}

bool store_trigger_done(struct ci_tx *tx, const struct trigger *trigger, const char *error,
                        const json_t *buildsets, void *mem, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_trigger_done,
                      CI_ARGS(ci_arg(trigger->buildid), ci_arg(trigger->step), ci_arg(error),
                              ci_arg_json(mem, buildsets)),
                      NULL, err);
}
