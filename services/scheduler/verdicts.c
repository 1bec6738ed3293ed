/* SPDX-License-Identifier: Apache-2.0 */
/* Why changes built nothing; see verdicts.h. */
#include "verdicts.h"

/* More say nothing that these do not; it bounds what a push to a repository of no interest costs.
 */
enum { PER_CHANGE = 50 };

static size_t count_untaken(const struct inbox_batch *batch, const bool *taken)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->changes.count; i++)
        count += !taken[i];
    return count;
}

static void add(struct verdict_rows *rows, const struct ci_candidate *change, int64_t schedulerid,
                enum ci_verdict verdict, const char *reason)
{
    rows->changeids[rows->count] = change->changeid;
    rows->schedulerids[rows->count] = schedulerid;
    rows->verdicts[rows->count] = ci_verdict_names[verdict];
    rows->reasons[rows->count++] = reason;
}

/* What one scheduler has against the change, if it looks at changes at all. */
static void explain(struct verdict_rows *rows, const struct ci_scheduler *scheduler,
                    const struct scheduler_entry *entry, const struct ci_candidate *change,
                    void *mem)
{
    enum ci_verdict verdict = ci_scheduler_judge(scheduler, change);
    const char *reason = ci_scheduler_explain(scheduler, change, mem);

    if (verdict == CI_VERDICT_IGNORED)
        return;
    if (!reason && !entry->enabled) {
        verdict = CI_VERDICT_REFUSED;
        reason = "the scheduler is switched off";
    }
    if (reason)
        add(rows, change, entry->schedulerid, verdict, reason);
}

static void explain_change(struct verdict_rows *rows, const struct ci_config *config,
                           const struct inbox_batch *batch, const struct ci_candidate *change,
                           void *mem)
{
    size_t limit = rows->count + PER_CHANGE;

    CI_FOREACH(const struct scheduler_entry, entry, batch->schedulers) {
        const struct ci_scheduler *scheduler = ci_config_scheduler(config, entry->name);

        if (scheduler && rows->count < limit)
            explain(rows, scheduler, entry, change, mem);
    }
}

bool verdicts_write(struct ci_tx *tx, const struct ci_config *config,
                    const struct inbox_batch *batch, const bool *taken, void *mem,
                    struct ci_err *err)
{
    size_t untaken = count_untaken(batch, taken);
    struct verdict_rows rows = {
        .changeids = ci_mem_array(mem, int64_t, untaken * PER_CHANGE),
        .schedulerids = ci_mem_array(mem, int64_t, untaken * PER_CHANGE),
        .verdicts = ci_mem_array(mem, const char *, untaken *PER_CHANGE),
        .reasons = ci_mem_array(mem, const char *, untaken *PER_CHANGE),
    };
    const struct ci_candidate *changes = batch->changes.items;

    for (size_t i = 0; i < batch->changes.count; i++)
        if (!taken[i])
            explain_change(&rows, config, batch, &changes[i], mem);
    return rows.count == 0 || store_verdicts(tx, &rows, err);
}
