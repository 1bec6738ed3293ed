/* SPDX-License-Identifier: Apache-2.0 */
/* One function per statement. */
#include "store.h"

#include "changes_sql.h"
#include "shared/event.h"
#include "shared/metrics.h"
#include "shared/subjects.h"

static struct ci_metric changes_total =
    CI_COUNTER("slipway_changes_total", "New changes, by what reported them.", "source");

static const struct ci_field claim_fields[] = {
    CI_FIELD(struct poller_claim, name, CI_REQUIRED), CI_FIELD(struct poller_claim, claim, 0),
    CI_FIELD(struct poller_claim, initialized, 0),    CI_FIELD(struct poller_claim, failures, 0),
    CI_FIELD(struct poller_claim, state, 0),
};
const struct ci_record poller_claim_record = CI_RECORD("poller", struct poller_claim, claim_fields);

static const struct ci_field ref_fields[] = {
    CI_FIELD(struct poller_ref, branch, CI_REQUIRED),
    CI_FIELD(struct poller_ref, revision, CI_REQUIRED),
};
const struct ci_record poller_ref_record = CI_RECORD("tip", struct poller_ref, ref_fields);

struct due {
    struct ci_time due_at;
};
static const struct ci_field due_fields[] = {CI_FIELD(struct due, due_at, 0)};
const struct ci_record poller_due_record = CI_RECORD("due", struct due, due_fields);

struct heard {
    bool heard;
};
static const struct ci_field heard_fields[] = {CI_FIELD(struct heard, heard, 0)};
const struct ci_record hook_heard_record = CI_RECORD("heard", struct heard, heard_fields);

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

bool store_change_add(struct ci_tx *tx, const struct new_change *change, const char *source,
                      void *mem, struct ci_change **out, struct ci_err *err)
{
    struct ci_list rows = {0};

    if (!ci_db_rows(tx, &sql_change_add,
                    CI_ARGS(ci_arg(or_empty(change->repository)), ci_arg(change->branch),
                            ci_arg(change->revision), ci_arg(or_empty(change->project)),
                            ci_arg(or_empty(change->codebase)), ci_arg(or_empty(change->author)),
                            ci_arg(change->committer), ci_arg(or_empty(change->comments)),
                            ci_arg(change->files), ci_arg(change->category),
                            ci_arg(change->revlink), ci_arg_json(mem, change->properties),
                            ci_arg(change->when), ci_arg(source)),
                    &ci_change_record, mem, &rows, err))
        return false;
    *out = rows.count ? rows.items : NULL;
    return true;
}

struct known {
    struct ci_i64s changeids;
};
static const struct ci_field known_fields[] = {CI_FIELD(struct known, changeids, 0)};
const struct ci_record known_changes_record = CI_RECORD("known", struct known, known_fields);

/* The ids of those that were told of, but were known. */
static bool find_known(struct ci_tx *tx, const struct new_change *const *changes, size_t count,
                       void *mem, struct ci_i64s *out, struct ci_err *err)
{
    const char **texts = ci_mem_array(mem, const char *, 3 * count);
    struct known row = {0};

    *out = (struct ci_i64s){0};
    for (size_t i = 0; i < count; i++) {
        texts[i] = or_empty(changes[i]->repository);
        texts[count + i] = or_empty(changes[i]->branch);
        texts[2 * count + i] = or_empty(changes[i]->revision);
    }
    const struct ci_strs repositories = {texts, count}, branches = {texts + count, count},
                         revisions = {texts + 2 * count, count};
    if (count > 0 && !ci_db_one(tx, &sql_change_known,
                                CI_ARGS(ci_arg(repositories), ci_arg(branches), ci_arg(revisions)),
                                &known_changes_record, mem, &row, err))
        return false;
    *out = row.changeids;
    return true;
}

static struct ci_i64s ids_of(struct ci_change *const *changes, size_t count, void *mem)
{
    int64_t *ids = ci_mem_array(mem, int64_t, count);

    for (size_t i = 0; i < count; i++)
        ids[i] = changes[i]->changeid;
    return (struct ci_i64s){ids, count};
}

bool store_changes_add(struct ci_tx *tx, const struct new_change *changes, size_t count,
                       const char *source, void *mem, struct added *out, struct ci_err *err)
{
    struct ci_change **added = ci_mem_array(mem, struct ci_change *, count + 1);
    const struct new_change **others = ci_mem_array(mem, const struct new_change *, count);
    size_t n = 0, rest = 0;

    if (count > 1 && !ci_db_exec(tx, &sql_change_lock,
                                 CI_ARGS(ci_arg(or_empty(changes->repository))), NULL, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!store_change_add(tx, &changes[i], source, mem, &added[n], err))
            return false;
        if (added[n])
            n++;
        else
            others[rest++] = &changes[i];
    }
    *out = (struct added){.changes = added, .count = n, .ids = ids_of(added, n, mem)};
    return commits_add(tx, added, n, mem, &out->commits, err) &&
           find_known(tx, others, rest, mem, &out->known, err);
}

void store_changes_announce(struct ci_bus *bus, const char *kind, const struct added *added)
{
    if (added->count == 0)
        return;
    ci_bus_ring(bus, CI_SUBJECT_WAKE_SCHEDULER);
    for (size_t i = 0; i < added->count; i++)
        ci_event_publish(bus, "changes", added->changes[i]->changeid, "new", &ci_change_record,
                         added->changes[i]);
    commits_announce(bus, &added->commits);
    ci_metric_add(&changes_total, (double)added->count, kind);
}

bool store_poller_claim(struct ci_tx *tx, const struct poller_scope *scope, struct ci_time now,
                        struct ci_time until, void *mem, struct poller_claim *out,
                        struct ci_err *err)
{
    *out = (struct poller_claim){0};
    return ci_db_one(tx, &sql_poller_claim,
                     CI_ARGS(ci_arg(now), ci_arg(until), ci_arg(scope->names),
                             ci_arg(scope->repositories), ci_arg(scope->intervals)),
                     &poller_claim_record, mem, out, err);
}

bool store_poller_next(struct ci_tx *tx, const struct poller_scope *scope, struct ci_time now,
                       void *mem, struct ci_time *out, struct ci_err *err)
{
    struct due row = {0};

    if (!ci_db_one(tx, &sql_poller_next,
                   CI_ARGS(ci_arg(now), ci_arg(scope->names), ci_arg(scope->intervals)),
                   &poller_due_record, mem, &row, err))
        return false;
    *out = row.due_at;
    return true;
}

bool store_poller_refs(struct ci_tx *tx, const char *name, void *mem, struct ci_list *out,
                       struct ci_err *err)
{
    return ci_db_rows(tx, &sql_poller_refs, CI_ARGS(ci_arg(name)), &poller_ref_record, mem, out,
                      err);
}

bool store_poller_renew(struct ci_tx *tx, struct ci_strs names, struct ci_i64s claims,
                        struct ci_time until, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_poller_renew, CI_ARGS(ci_arg(names), ci_arg(claims), ci_arg(until)),
                      NULL, err);
}

bool store_poller_release(struct ci_tx *tx, const struct poller_claim *claim, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_poller_release, CI_ARGS(ci_arg(claim->name), ci_arg(claim->claim)),
                      NULL, err);
}

bool store_poller_done(struct ci_tx *tx, const struct poller_claim *claim,
                       const struct poller_end *end, void *mem, bool *held, struct ci_err *err)
{
    int64_t affected;

    if (!ci_db_exec(tx, &sql_poller_done,
                    CI_ARGS(ci_arg(claim->name), ci_arg(claim->claim), ci_arg(end->repository),
                            ci_arg(end->now), ci_arg(end->due), ci_arg(end->not_before),
                            ci_arg_json(mem, end->state), ci_arg(end->error)),
                    &affected, err))
        return false;
    *held = affected == 1;
    return true;
}

bool store_poller_poke(struct ci_tx *tx, struct ci_strs names, struct ci_time now,
                       struct ci_dur gap, int64_t *count, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_poller_poke, CI_ARGS(ci_arg(names), ci_arg(now), ci_arg(gap)), count,
                      err);
}

bool store_hook_heard(struct ci_tx *tx, struct ci_strs repositories, bool pullrequests, void *mem,
                      bool *out, struct ci_err *err)
{
    struct heard row = {0};

    if (!ci_db_one(tx, &sql_hook_heard, CI_ARGS(ci_arg(repositories), ci_arg(pullrequests)),
                   &hook_heard_record, mem, &row, err))
        return false;
    *out = row.heard;
    return true;
}

bool store_poller_tips(struct ci_tx *tx, const char *name, struct ci_strs branches,
                       struct ci_strs revisions, struct ci_err *err)
{
    return ci_db_exec(tx, &sql_poller_tips_drop, CI_ARGS(ci_arg(name), ci_arg(branches)), NULL,
                      err) &&
           ci_db_exec(tx, &sql_poller_tips_set,
                      CI_ARGS(ci_arg(name), ci_arg(branches), ci_arg(revisions)), NULL, err);
}
