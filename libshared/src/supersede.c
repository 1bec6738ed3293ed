/* SPDX-License-Identifier: Apache-2.0 */
/* Collapsing and cancelling what a new buildset makes superfluous. */
#include "shared/collapse.h"
#include "shared/event.h"
#include "shared/model.h"
#include "shared/subjects.h"
#include "shared_sql.h"

#include <inttypes.h>

static const struct ci_field rival_fields[] = {
    CI_FIELD(struct ci_rival, buildrequestid, 0), CI_FIELD(struct ci_rival, bsid, 0),
    CI_FIELD(struct ci_rival, builderid, 0),      CI_FIELD(struct ci_rival, builder, 0),
    CI_FIELD(struct ci_rival, claimed, 0),        CI_FIELD(struct ci_rival, has_changes, 0),
    CI_FIELD(struct ci_rival, sources, 0),        CI_FIELD(struct ci_rival, properties, 0),
};
static const struct ci_record rival_record = CI_RECORD("rival", struct ci_rival, rival_fields);

struct id {
    int64_t id;
};
static const struct ci_field id_fields[] = {CI_FIELD(struct id, id, 0)};
static const struct ci_record id_record = CI_RECORD("id", struct id, id_fields);

/* What one call works with. */
struct supersede {
    struct ci_tx *tx;
    const struct ci_config *config;
    const struct ci_buildset_made *made;
    struct ci_time now;
    void *mem;
    bool cancels; /* a canceller looks at running builds too */
    struct ci_list rivals;
    /* What is to be done; room for one each rival. */
    int64_t *collapsed, *winners, *cancelled;
    const char **reasons;
    size_t collapse_count, cancel_count;
};

static bool has_old_build_canceller(const struct ci_config *config)
{
    CI_FOREACH(const struct ci_canceller, canceller, config->cancellers) {
        if (canceller->type == CI_CANCEL_OLD_BUILD)
            return true;
    }
    return false;
}

/* The builders whose older requests matter; none: there is nothing to do. */
static struct ci_strs find_names(const struct supersede *work)
{
    const char **names = ci_mem_array(work->mem, const char *, work->config->builders.count + 1);
    size_t count = 0;

    CI_FOREACH(const struct ci_builder, builder, work->config->builders) {
        if (work->cancels || builder->collapse_requests != CI_COLLAPSE_OFF)
            names[count++] = builder->name;
    }
    return (struct ci_strs){names, count};
}

static bool load_rivals(struct supersede *work, struct ci_strs names, struct ci_err *err)
{
    struct ci_list rows = {0};
    struct ci_i64s ids = {0};
    int64_t *items;

    if (!ci_db_rows(work->tx, &sql_supersede_builders, CI_ARGS(ci_arg(names)), &id_record,
                    work->mem, &rows, err))
        return false;
    items = ci_mem_array(work->mem, int64_t, rows.count + 1);
    CI_FOREACH(const struct id, row, rows)
        items[ids.count++] = row->id;
    ids.items = items;
    return ci_db_rows(work->tx, &sql_supersede_rivals,
                      CI_ARGS(ci_arg(work->made->brids), ci_arg(ids), ci_arg(work->cancels)),
                      &rival_record, work->mem, &work->rivals, err);
}

static bool is_new(const struct supersede *work, int64_t buildrequestid)
{
    for (size_t i = 0; i < work->made->brids.count; i++) {
        if (work->made->brids.items[i] == buildrequestid)
            return true;
    }
    return false;
}

static enum ci_collapse mode_of(const struct supersede *work, const struct ci_rival *newer)
{
    const struct ci_builder *builder = ci_config_builder(work->config, newer->builder);

    return builder ? builder->collapse_requests : CI_COLLAPSE_OFF;
}

static bool is_cancelled(const struct supersede *work, const struct ci_rival *older,
                         const struct ci_rival *newer)
{
    CI_FOREACH(const struct ci_canceller, canceller, work->config->cancellers) {
        if (ci_canceller_ends(canceller, older, newer))
            return true;
    }
    return false;
}

/* What becomes of one older request, by the first newer one that says it. */
static void judge(struct supersede *work, const struct ci_rival *older)
{
    CI_FOREACH(const struct ci_rival, newer, work->rivals) {
        if (!is_new(work, newer->buildrequestid) || newer->builderid != older->builderid)
            continue;
        if (ci_collapse_allows(mode_of(work, newer), older, newer)) {
            work->collapsed[work->collapse_count] = older->buildrequestid;
            work->winners[work->collapse_count++] = newer->buildrequestid;
            return;
        }
        if (is_cancelled(work, older, newer)) {
            work->cancelled[work->cancel_count] = older->buildrequestid;
            work->reasons[work->cancel_count++] = ci_mem_printf(
                work->mem, "superseded by request %" PRId64 ", a newer change of the same branch",
                newer->buildrequestid);
            return;
        }
    }
}

static void judge_all(struct supersede *work)
{
    const size_t count = work->rivals.count + 1;

    work->collapsed = ci_mem_array(work->mem, int64_t, count);
    work->winners = ci_mem_array(work->mem, int64_t, count);
    work->cancelled = ci_mem_array(work->mem, int64_t, count);
    work->reasons = ci_mem_array(work->mem, const char *, count);
    CI_FOREACH(const struct ci_rival, older, work->rivals) {
        if (!is_new(work, older->buildrequestid))
            judge(work, older);
    }
}

static bool collapse(struct supersede *work, struct ci_superseded *out, struct ci_err *err)
{
    const struct ci_i64s requests = {work->collapsed, work->collapse_count};
    const struct ci_i64s winners = {work->winners, work->collapse_count};
    struct ci_i64s sets = {0};
    int64_t *items;

    if (work->collapse_count == 0)
        return true;
    if (!ci_db_rows(work->tx, &sql_supersede_collapse,
                    CI_ARGS(ci_arg(requests), ci_arg(winners), ci_arg(work->now)),
                    &ci_buildrequest_record, work->mem, &out->collapsed, err))
        return false;
    items = ci_mem_array(work->mem, int64_t, out->collapsed.count + 1);
    CI_FOREACH(const struct ci_buildrequest, request, out->collapsed)
        items[sets.count++] = request->buildsetid;
    sets.items = items;
    return ci_db_rows(work->tx, &sql_supersede_buildsets, CI_ARGS(ci_arg(sets), ci_arg(work->now)),
                      &ci_buildset_told_record, work->mem, &out->buildsets, err);
}

static bool cancel(struct supersede *work, struct ci_superseded *out, struct ci_err *err)
{
    const struct ci_i64s requests = {work->cancelled, work->cancel_count};
    const struct ci_strs reasons = {work->reasons, work->cancel_count};
    struct ci_list rows = {0};

    if (work->cancel_count == 0)
        return true;
    if (!ci_db_rows(work->tx, &sql_supersede_cancel, CI_ARGS(ci_arg(requests), ci_arg(reasons)),
                    &id_record, work->mem, &rows, err))
        return false;
    out->cancelled = rows.count;
    return true;
}

bool ci_buildset_supersede(struct ci_tx *tx, const struct ci_config *config,
                           const struct ci_buildset_made *made, struct ci_time now, void *mem,
                           struct ci_superseded *out, struct ci_err *err)
{
    struct supersede work = {
        .tx = tx,
        .config = config,
        .made = made,
        .now = now,
        .mem = mem,
        .cancels = has_old_build_canceller(config),
    };
    const struct ci_strs names = find_names(&work);

    *out = (struct ci_superseded){0};
    if (names.count == 0 || made->brids.count == 0)
        return true;
    if (!load_rivals(&work, names, err))
        return ci_fail_in(err, "superseded requests");
    judge_all(&work);
    return collapse(&work, out, err) && cancel(&work, out, err);
}

void ci_superseded_announce(struct ci_bus *bus, const struct ci_superseded *superseded)
{
    if (superseded->cancelled > 0)
        ci_bus_ring(bus, CI_SUBJECT_WAKE_CONTROL);
    CI_FOREACH(const struct ci_buildrequest, request, superseded->collapsed)
        ci_event_publish(bus, "buildrequests", request->buildrequestid, "complete",
                         &ci_buildrequest_record, request);
    CI_FOREACH(const struct ci_buildset_told, told, superseded->buildsets)
        ci_buildset_publish(bus, "complete", told);
}
