/* SPDX-License-Identifier: Apache-2.0 */
/* Changes, timers and what schedulers remember of them: one function per statement. */
#include "store.h"

#include "scheduler_sql.h"

static const struct ci_field entry_fields[] = {
    CI_FIELD(struct scheduler_entry, schedulerid, CI_REQUIRED),
    CI_FIELD(struct scheduler_entry, name, CI_REQUIRED),
    CI_FIELD(struct scheduler_entry, enabled, 0),
};
const struct ci_record scheduler_entry_record =
    CI_RECORD("scheduler", struct scheduler_entry, entry_fields);

static const struct ci_field memory_fields[] = {
    CI_FIELD(struct scheduler_memory, schedulerid, CI_REQUIRED),
    CI_FIELD(struct scheduler_memory, definition, 0),
    CI_FIELD(struct scheduler_memory, version, 0),
    CI_FIELD(struct scheduler_memory, last_build, 0),
    CI_FIELD(struct scheduler_memory, last_only_if_changed, 0),
    CI_FIELD(struct scheduler_memory, timed, 0),
};
const struct ci_record scheduler_memory_record =
    CI_RECORD("scheduler memory", struct scheduler_memory, memory_fields);

static const struct ci_field timer_fields[] = {
    CI_FIELD(struct timer, schedulerid, CI_REQUIRED),
    CI_FIELD(struct timer, timer, CI_REQUIRED),
    CI_FIELD(struct timer, due_at, 0),
    CI_FIELD(struct timer, name, 0),
    CI_FIELD(struct timer, enabled, 0),
    CI_FIELD(struct timer, version, 0),
};
const struct ci_record timer_record = CI_RECORD("timer", struct timer, timer_fields);

static const struct ci_field key_fields[] = {CI_FIELD(struct timer, timer, CI_REQUIRED)};
const struct ci_record timer_key_record = CI_RECORD("timer key", struct timer, key_fields);

static const struct ci_field due_fields[] = {CI_FIELD(struct timer, due_at, 0)};
const struct ci_record timer_due_record = CI_RECORD("timer time", struct timer, due_fields);

static const struct ci_field version_fields[] = {CI_FIELD(struct timer, version, 0)};
const struct ci_record config_version_record =
    CI_RECORD("configuration", struct timer, version_fields);

static const struct ci_field important_fields[] = {CI_FIELD(struct ci_candidate, important, 0)};
const struct ci_record important_record =
    CI_RECORD("importance", struct ci_candidate, important_fields);

struct named_id {
    int64_t builderid;
    const char *name;
};
static const struct ci_field named_id_fields[] = {
    CI_FIELD(struct named_id, builderid, CI_REQUIRED),
    CI_FIELD(struct named_id, name, CI_REQUIRED),
};
const struct ci_record named_id_record = CI_RECORD("builder", struct named_id, named_id_fields);

bool store_inbox_take(struct ci_tx *tx, int limit, void *mem, struct inbox_batch *out,
                      struct ci_err *err)
{
    const struct ci_arg args[] = {ci_arg(limit)};
    struct ci_list versions = {0};
    const struct ci_query queries[] = {
        {.stmt = &sql_inbox_take,
         .args = args,
         .nargs = CI_COUNT(args),
         .record = &ci_candidate_record,
         .rows = &out->changes},
        {.stmt = &sql_scheduler_list,     .record = &scheduler_entry_record,     .rows = &out->schedulers        },
        {.stmt = &sql_config_version, .record = &config_version_record,.rows = &versions},
    };

    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    out->version = versions.count ? ((const struct timer *)versions.items)->version : 0;
    return true;
}

bool store_schedulers(struct ci_tx *tx, void *mem, struct ci_list *out, struct ci_err *err)
{
    return ci_db_rows(tx, &sql_scheduler_list, CI_NO_ARGS, &scheduler_entry_record, mem, out, err);
}

bool store_builder_ids(struct ci_tx *tx, struct ci_strs names, void *mem, struct ci_i64s *out,
                       struct ci_err *err)
{
    struct ci_list rows = {0};
    int64_t *ids;
    size_t n = 0;

    if (!ci_db_rows(tx, &sql_builder_ids, CI_ARGS(ci_arg(names)), &named_id_record, mem, &rows,
                    err))
        return false;
    ids = ci_mem_array(mem, int64_t, rows.count);
    CI_FOREACH(struct named_id, row, rows)
        ids[n++] = row->builderid;
    *out = (struct ci_i64s){ids, n};
    return true;
}

bool store_change_keep(struct ci_tx *tx, int64_t schedulerid, const char *timer, int64_t changeid,
                       bool important, struct ci_err *err)
{
    return ci_db_exec(
        tx, &sql_change_store,
        CI_ARGS(ci_arg(schedulerid), ci_arg(timer), ci_arg(changeid), ci_arg(important)), NULL,
        err);
}

bool store_changes_take(struct ci_tx *tx, int64_t schedulerid, const char *timer, void *mem,
                        struct ci_list *out, struct ci_err *err)
{
    return ci_db_rows(tx, &sql_changes_take, CI_ARGS(ci_arg(schedulerid), ci_arg(timer)),
                      &ci_candidate_record, mem, out, err);
}

bool store_changes_important(struct ci_tx *tx, int64_t schedulerid, const char *timer, void *mem,
                             bool *out, struct ci_err *err)
{
    struct ci_candidate row = {0};

    if (!ci_db_one(tx, &sql_changes_important, CI_ARGS(ci_arg(schedulerid), ci_arg(timer)),
                   &important_record, mem, &row, err))
        return false;
    *out = row.important;
    return true;
}

bool store_changes_timerless(struct ci_tx *tx, int64_t schedulerid, void *mem, struct ci_list *out,
                             struct ci_err *err)
{
    return ci_db_rows(tx, &sql_changes_timerless, CI_ARGS(ci_arg(schedulerid)), &timer_key_record,
                      mem, out, err);
}

bool store_timer_set(struct ci_tx *tx, int64_t schedulerid, const char *timer, struct ci_time due,
                     struct ci_err *err)
{
    return ci_db_exec(tx, &sql_timer_set, CI_ARGS(ci_arg(schedulerid), ci_arg(timer), ci_arg(due)),
                      NULL, err);
}

bool store_timer_move(struct ci_tx *tx, int64_t schedulerid, const char *timer, struct ci_time due,
                      struct ci_err *err)
{
    return ci_db_exec(tx, &sql_timer_move, CI_ARGS(ci_arg(schedulerid), ci_arg(timer), ci_arg(due)),
                      NULL, err);
}

bool store_timer_take(struct ci_tx *tx, struct ci_time now, void *mem, struct timer *out,
                      struct ci_err *err)
{
    *out = (struct timer){0};
    return ci_db_one(tx, &sql_timer_take, CI_ARGS(ci_arg(now)), &timer_record, mem, out, err);
}

bool store_timer_next(struct ci_tx *tx, struct ci_time now, void *mem, struct ci_time *out,
                      struct ci_err *err)
{
    struct timer row = {0};

    if (!ci_db_one(tx, &sql_timer_next, CI_ARGS(ci_arg(now)), &timer_due_record, mem, &row, err))
        return false;
    *out = row.due_at;
    return true;
}

bool store_timers_drop(struct ci_tx *tx, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_timers_drop, CI_NO_ARGS, NULL, err);
}

bool store_memory_lock(struct ci_tx *tx, int64_t schedulerid, void *mem,
                       struct scheduler_memory *out, struct ci_err *err)
{
    const struct ci_arg args[] = {ci_arg(schedulerid)};
    struct ci_list rows = {0};
    const struct ci_query queries[] = {
        {.stmt = &sql_scheduler_lock, .args = args, .nargs = CI_COUNT(args)},
        { .stmt = &sql_scheduler_memory,
         .args = args,
         .nargs = CI_COUNT(args),
         .record = &scheduler_memory_record,
         .rows = &rows},
    };

    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    if (rows.count == 0)
        return ci_fail(err, CI_ENOTFOUND, "scheduler %lld is gone", (long long)schedulerid);
    *out = *(const struct scheduler_memory *)rows.items;
    return true;
}

bool store_definition_set(struct ci_tx *tx, int64_t schedulerid, const char *definition,
                          int64_t version, void *mem, struct ci_err *err)
{
    return store_state_set(
        tx, schedulerid, "definition",
        json_pack("{s:s,s:I}", "text", definition, "version", (json_int_t)version), mem, err);
}

bool store_last_build_set(struct ci_tx *tx, int64_t schedulerid, struct ci_time when,
                          bool only_if_changed, void *mem, struct ci_err *err)
{
    return store_state_set(
        tx, schedulerid, "last_build",
        json_pack("{s:I,s:b}", "us", (json_int_t)when.us, "only_if_changed", only_if_changed), mem,
        err);
}
