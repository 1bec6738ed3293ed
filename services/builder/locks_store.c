/* SPDX-License-Identifier: Apache-2.0 */
/* The locks of steps and builds as rows. */
#include "locks_store.h"

#include "builder_sql.h"
#include "shared/subjects.h"

#include <inttypes.h>

/* "locks" in ASCII: the advisory lock under which circles are looked for. */
static const int64_t circle_key = 0x6c6f636b73;

static const struct ci_field claim_fields[] = {
    CI_FIELD(struct locks_claim, claimid, 0),  CI_FIELD(struct locks_claim, name, 0),
    CI_FIELD(struct locks_claim, workerid, 0), CI_FIELD(struct locks_claim, buildid, 0),
    CI_FIELD(struct locks_claim, step, 0),     CI_FIELD(struct locks_claim, exclusive, 0),
    CI_FIELD(struct locks_claim, granted, 0),  CI_FIELD(struct locks_claim, count, 0),
};
static const struct ci_record claim_record = CI_RECORD("claim", struct locks_claim, claim_fields);

static const struct ci_field wait_fields[] = {
    CI_FIELD(struct locks_wait, waiter, 0),
    CI_FIELD(struct locks_wait, holder, 0),
};
static const struct ci_record wait_record = CI_RECORD("wait", struct locks_wait, wait_fields);

struct held {
    int64_t buildid;
};
static const struct ci_field held_fields[] = {CI_FIELD(struct held, buildid, 0)};
static const struct ci_record held_record = CI_RECORD("build", struct held, held_fields);

struct named {
    int64_t buildid;
    const char *name;
};
static const struct ci_field named_fields[] = {
    CI_FIELD(struct named, buildid, 0),
    CI_FIELD(struct named, name, 0),
};
static const struct ci_record named_record = CI_RECORD("build", struct named, named_fields);

/* The uses as lists of one length, for unnest(). */
struct columns {
    struct column_str names;
    struct column_i64 workers, exclusive, counts;
};

static struct columns columns_of(struct ci_list uses, void *mem)
{
    struct columns columns = {
        column_str_new(mem, uses.count),
        column_i64_new(mem, uses.count),
        column_i64_new(mem, uses.count),
        column_i64_new(mem, uses.count),
    };

    CI_FOREACH(struct locks_use, use, uses) {
        column_str_add(&columns.names, use->name);
        column_i64_add(&columns.workers, use->workerid);
        column_i64_add(&columns.exclusive, use->exclusive);
        column_i64_add(&columns.counts, use->count);
    }
    return columns;
}

bool locks_read(struct ci_tx *tx, struct ci_strs names, void *mem, struct ci_list *claims,
                struct ci_err *err)
{
    return ci_db_rows(tx, &sql_locks_claims, CI_ARGS(ci_arg(names)), &claim_record, mem, claims,
                      err);
}

bool locks_read_loads(struct ci_tx *tx, struct ci_strs names, void *mem, struct ci_list *loads,
                      struct ci_err *err)
{
    return ci_db_rows(tx, &sql_locks_loads, CI_ARGS(ci_arg(names)), &claim_record, mem, loads, err);
}

/* Holds the locks, then reads by `stmt`, which sees what the lock waited for. */
static void add_hold(struct batch *batch, struct ci_list uses, const struct ci_stmt *stmt,
                     struct ci_list *claims)
{
    const struct columns columns = columns_of(uses, batch->mem);

    batch_add(batch, &sql_locks_make,
              CI_ARGS(column_str_arg(&columns.names), column_i64_arg(&columns.workers)), NULL,
              NULL);
    batch_add(batch, &sql_locks_hold,
              CI_ARGS(column_str_arg(&columns.names), column_i64_arg(&columns.workers)), NULL,
              NULL);
    batch_add(batch, stmt, CI_ARGS(column_str_arg(&columns.names)), &claim_record, claims);
}

/*
 * Builds before locks, as everywhere: who ends a build holds it and may wait
 * for the worker of a claim, which waits for locks.
 */
static bool hold_for_build(struct ci_tx *tx, int64_t buildid, struct ci_list uses, void *mem,
                           struct ci_list *claims, struct ci_err *err)
{
    struct batch batch = {.mem = mem};
    struct ci_list builds = {0};

    batch_add(&batch, &sql_locks_build, CI_ARGS(ci_arg(buildid)), &held_record, &builds);
    add_hold(&batch, uses, &sql_locks_claims, claims);
    if (!ci_db_pipeline(tx, batch.items, batch.count, mem, err))
        return false;
    return builds.count > 0 || ci_fail(err, CI_EGONE, "build %" PRId64 " is over", buildid);
}

bool locks_hold_loads(struct ci_tx *tx, struct ci_list uses, void *mem, struct ci_list *loads,
                      struct ci_err *err)
{
    struct batch batch = {.mem = mem};

    add_hold(&batch, uses, &sql_locks_loads, loads);
    return ci_db_pipeline(tx, batch.items, batch.count, mem, err);
}

/* A step's own place in line: 0 when it has none. */
static int64_t own_place(struct ci_list claims, int64_t buildid, int step, bool *granted)
{
    int64_t place = 0;

    *granted = false;
    CI_FOREACH(struct locks_claim, claim, claims) {
        if (claim->buildid != buildid || claim->step != step)
            continue;
        if (place == 0)
            *granted = claim->granted;
        place = claim->claimid;
    }
    return place;
}

static bool all_fit(struct ci_list uses, struct ci_list claims, int64_t place, int64_t buildid,
                    int step)
{
    CI_FOREACH(struct locks_use, use, uses) {
        const struct ci_lock_load load = locks_before(use, claims, place, buildid, step);

        if (!locks_fits(use, &load))
            return false;
    }
    return true;
}

static bool stand_in_line(struct ci_tx *tx, int64_t buildid, int step, struct ci_list uses,
                          struct ci_time now, bool granted, void *mem, struct ci_err *err)
{
    const struct columns columns = columns_of(uses, mem);

    return ci_db_exec(tx, &sql_locks_line,
                      CI_ARGS(ci_arg(buildid), ci_arg(step), column_str_arg(&columns.names),
                              column_i64_arg(&columns.workers), column_i64_arg(&columns.exclusive),
                              column_i64_arg(&columns.counts), ci_arg(now),
                              ci_arg(granted ? now : (struct ci_time){0})),
                      NULL, err);
}

/* The builds as people know them, in the order of the ids. */
static bool name_builds(struct ci_tx *tx, struct ci_i64s builds, void *mem, struct ci_strs *out,
                        struct ci_err *err)
{
    const char **names = ci_mem_array(mem, const char *, builds.count + 1);
    struct ci_list rows = {0};

    *out = (struct ci_strs){names, 0};
    if (builds.count == 0)
        return true;
    if (!ci_db_rows(tx, &sql_locks_names, CI_ARGS(ci_arg(builds)), &named_record, mem, &rows, err))
        return false;
    for (size_t i = 0; i < builds.count; i++) {
        CI_FOREACH(struct named, row, rows) {
            if (row->buildid == builds.items[i])
                names[out->count++] = row->name;
        }
    }
    return true;
}

static bool wanted(struct ci_list uses, const struct locks_claim *claim)
{
    CI_FOREACH(struct locks_use, use, uses) {
        if (locks_same(use, claim))
            return true;
    }
    return false;
}

static bool among(struct ci_i64s list, int64_t value)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i] == value)
            return true;
    }
    return false;
}

/* Who has what the step wants. */
static bool name_holders(struct ci_tx *tx, struct ci_list uses, struct ci_list claims,
                         int64_t buildid, int step, void *mem, struct ci_strs *out,
                         struct ci_err *err)
{
    int64_t *ids = ci_mem_array(mem, int64_t, claims.count + 1);
    struct ci_i64s holders = {ids, 0};

    CI_FOREACH(struct locks_claim, claim, claims) {
        if (claim->granted && !(claim->buildid == buildid && claim->step == step) &&
            wanted(uses, claim) && !among(holders, claim->buildid))
            ids[holders.count++] = claim->buildid;
    }
    return name_builds(tx, holders, mem, out, err);
}

/* The builds of a circle, each once. */
static struct ci_i64s builds_of(struct ci_i64s circle, void *mem)
{
    int64_t *ids = ci_mem_array(mem, int64_t, circle.count + 1);
    struct ci_i64s builds = {ids, 0};

    for (size_t i = 0; i < circle.count; i++) {
        const int64_t build = locks_node_build(circle.items[i]);

        if (build > 0 && !among(builds, build))
            ids[builds.count++] = build;
    }
    return builds;
}

bool locks_name_circle(struct ci_tx *tx, struct ci_i64s circle, void *mem, struct ci_strs *out,
                       struct ci_err *err)
{
    return name_builds(tx, builds_of(circle, mem), mem, out, err);
}

bool locks_waits(struct ci_tx *tx, void *mem, struct ci_list *out, struct ci_err *err)
{
    return ci_db_rows(tx, &sql_locks_waits, CI_NO_ARGS, &wait_record, mem, out, err);
}

/* Who waits in a circle leaves the line, so that the others go on. */
static bool look_for_circle(struct ci_tx *tx, int64_t buildid, int step, void *mem,
                            struct locks_answer *out, struct ci_err *err)
{
    struct ci_list waits = {0};
    struct ci_i64s circle;

    if (!ci_db_exec(tx, &sql_locks_advisory, CI_ARGS(ci_arg(circle_key)), NULL, err) ||
        !locks_waits(tx, mem, &waits, err))
        return false;
    circle = locks_circle(waits, locks_node(buildid, step), mem);
    if (circle.count == 0)
        return true;
    return locks_release(tx, buildid, step, NULL, err) &&
           locks_name_circle(tx, circle, mem, &out->circle, err);
}

bool locks_try(struct ci_tx *tx, int64_t buildid, int step, struct ci_list uses, struct ci_time now,
               void *mem, struct locks_answer *out, struct ci_err *err)
{
    struct ci_list claims = {0};
    int64_t place;
    bool fits;

    *out = (struct locks_answer){.granted = true};
    if (uses.count == 0)
        return true;
    if (!hold_for_build(tx, buildid, uses, mem, &claims, err))
        return false;
    place = own_place(claims, buildid, step, &out->granted);
    if (out->granted)
        return true;
    out->granted = fits = all_fit(uses, claims, place, buildid, step);
    if (place == 0 && !stand_in_line(tx, buildid, step, uses, now, fits, mem, err))
        return false;
    if (place != 0 && fits &&
        !ci_db_exec(tx, &sql_locks_grant, CI_ARGS(ci_arg(buildid), ci_arg(step), ci_arg(now)), NULL,
                    err))
        return false;
    return fits || (name_holders(tx, uses, claims, buildid, step, mem, &out->held_by, err) &&
                    look_for_circle(tx, buildid, step, mem, out, err));
}

bool locks_release(struct ci_tx *tx, int64_t buildid, int step, bool *released, struct ci_err *err)
{
    int64_t count = 0;

    if (!ci_db_exec(tx, &sql_locks_release, CI_ARGS(ci_arg(buildid), ci_arg(step)), &count, err))
        return false;
    if (released)
        *released = count > 0;
    return true;
}

void locks_announce(struct ci_bus *bus)
{
    if (!bus || !ci_bus_connected(bus))
        return;
    ci_bus_ring(bus, CI_SUBJECT_WAKE_LOCKS);
    ci_bus_ring(bus, CI_SUBJECT_WAKE_BUILDER);
}

struct locks_grants locks_grants_new(void *mem, size_t room)
{
    return (struct locks_grants){
        .requests = column_i64_new(mem, room),
        .workers = column_i64_new(mem, room),
        .exclusive = column_i64_new(mem, room),
        .counts = column_i64_new(mem, room),
        .names = column_str_new(mem, room),
    };
}

void locks_grants_add(struct locks_grants *grants, int64_t buildrequestid,
                      const struct locks_use *use)
{
    column_i64_add(&grants->requests, buildrequestid);
    column_str_add(&grants->names, use->name);
    column_i64_add(&grants->workers, use->workerid);
    column_i64_add(&grants->exclusive, use->exclusive);
    column_i64_add(&grants->counts, use->count);
}

void locks_grants_batch(struct batch *batch, const struct locks_grants *grants, struct ci_time now)
{
    if (grants->requests.count == 0)
        return;
    batch_add(batch, &sql_locks_take,
              CI_ARGS(column_i64_arg(&grants->requests), column_str_arg(&grants->names),
                      column_i64_arg(&grants->workers), column_i64_arg(&grants->exclusive),
                      column_i64_arg(&grants->counts), ci_arg(now)),
              NULL, NULL);
}
