/* SPDX-License-Identifier: Apache-2.0 */
/* Making and dropping the partitions of log_chunks. */
#include "janitor_partitions.h"

#include "builder_sql.h"
#include "shared/log.h"

struct partition {
    const char *name; /* our own, by log_partitions_add(): letters, digits and _ */
    struct ci_time ends;
    bool pending;
};
static const struct ci_field partition_fields[] = {
    CI_FIELD(struct partition, name, 0),
    CI_FIELD(struct partition, ends, 0),
    CI_FIELD(struct partition, pending, 0),
};
static const struct ci_record partition_record =
    CI_RECORD("partition", struct partition, partition_fields);

struct count {
    int64_t count;
};
static const struct ci_field count_fields[] = {CI_FIELD(struct count, count, 0)};
static const struct ci_record count_record = CI_RECORD("count", struct count, count_fields);
static const struct ci_record nothing_record = {"nothing", NULL, 0, 0, false};

bool janitor_partitions_add(struct ci_db *db, void *mem, struct ci_err *err)
{
    struct count made = {0};
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(db, &tx, err) &&
           ci_db_one(&tx, &sql_janitor_partitions_add, CI_NO_ARGS, &count_record, mem, &made,
                     err) &&
           ci_tx_commit(&tx, err);
}

/* A statement about a table's name, which can be no parameter. Outside a transaction. */
static bool run(struct ci_db *db, const char *text, void *mem, struct ci_list *rows,
                const struct ci_record *record, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) &&
           ci_db_rows_text(&tx, text, CI_NO_ARGS, record, mem, rows, err);
}

static bool is_empty(struct ci_db *db, const char *name, void *mem, bool *out, struct ci_err *err)
{
    struct ci_list rows = {0};
    const char *text =
        ci_mem_printf(mem, "SELECT count(*) AS count FROM (SELECT FROM %s LIMIT 1) x", name);

    if (!run(db, text, mem, &rows, &count_record, err))
        return false;
    *out = rows.count > 0 && ((const struct count *)rows.items)->count == 0;
    return true;
}

static bool drop(struct ci_db *db, const struct partition *part, void *mem, struct ci_err *err)
{
    const char *detach = ci_mem_printf(mem, "ALTER TABLE log_chunks DETACH PARTITION %s %s",
                                       part->name, part->pending ? "FINALIZE" : "CONCURRENTLY");
    const char *remove = ci_mem_printf(mem, "DROP TABLE %s", part->name);
    struct ci_list none = {0};

    if (!run(db, detach, mem, &none, &nothing_record, err) ||
        !run(db, remove, mem, &none, &nothing_record, err))
        return ci_fail_in(err, "partition %s", part->name);
    ci_log(CI_INFO, "retention.partition", ci_kv("name", part->name));
    return true;
}

/* What stays of a partition that goes by age: logs of pinned builds move, others know that they
 * are gone. */
static bool empty_by_age(struct ci_db *db, const struct partition *part, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(db, &tx, err) &&
           ci_db_exec(&tx, &sql_janitor_keep_pinned, CI_ARGS(ci_arg(part->ends)), NULL, err) &&
           ci_db_exec(&tx, &sql_janitor_mark_logs, CI_ARGS(ci_arg(part->ends)), NULL, err) &&
           ci_tx_commit(&tx, err);
}

static bool judge(struct ci_db *db, const struct partition *part, struct ci_time since, void *mem,
                  bool *goes, struct ci_err *err)
{
    *goes = part->pending;
    if (*goes)
        return true;
    if (since.us > 0 && part->ends.us <= since.us) {
        *goes = true;
        return empty_by_age(db, part, err);
    }
    return is_empty(db, part->name, mem, goes, err);
}

bool janitor_partitions_drop(struct ci_db *db, struct ci_time since, void *mem, int64_t *count,
                             struct ci_err *err)
{
    struct ci_list parts = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(db, &tx, err) ||
        !ci_db_rows(&tx, &sql_janitor_partitions, CI_NO_ARGS, &partition_record, mem, &parts, err))
        return false;
    ci_tx_rollback(&tx);
    CI_FOREACH(const struct partition, part, parts) {
        bool goes = false;

        if (!judge(db, part, since, mem, &goes, err) || (goes && !drop(db, part, mem, err)))
            return false;
        *count += goes;
    }
    return true;
}
