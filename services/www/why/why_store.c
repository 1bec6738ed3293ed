/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of "why": what a request waits for, and what became of a change. */
#include "why/why_store.h"

#include "www_sql.h"

#include <stdlib.h>

/* Builds on which an estimate is based, claims of locks that are told of, at most. */
enum { HISTORY = 10, CLAIMS = 200 };

static const struct ci_field request_fields[] = {
    CI_FIELD(struct why_request, buildrequestid, 0),
    CI_FIELD(struct why_request, builderid, 0),
    CI_FIELD(struct why_request, builder, 0),
    CI_FIELD(struct why_request, priority, 0),
    CI_FIELD(struct why_request, claimed, 0),
    CI_FIELD(struct why_request, complete, 0),
    CI_FIELD(struct why_request, submitted_at, 0),
    CI_FIELD(struct why_request, claimed_at, 0),
    CI_FIELD(struct why_request, complete_at, 0),
    CI_FIELD(struct why_request, results, 0),
    CI_FIELD(struct why_request, cancel_reason, 0),
    CI_FIELD(struct why_request, collapsed_into, 0),
    CI_FIELD(struct why_request, scheduler, 0),
    CI_FIELD(struct why_request, reason, 0),
    CI_FIELD(struct why_request, workername, 0),
    CI_FIELD(struct why_request, properties, 0),
};
static const struct ci_record request_record =
    CI_RECORD("request", struct why_request, request_fields);

static const struct ci_field worker_fields[] = {
    CI_FIELD(struct why_worker, workerid, 0),         CI_FIELD(struct why_worker, name, 0),
    CI_FIELD(struct why_worker, labels, 0),           CI_FIELD(struct why_worker, properties, 0),
    CI_FIELD(struct why_worker, connected, 0),        CI_FIELD(struct why_worker, paused, 0),
    CI_FIELD(struct why_worker, graceful, 0),         CI_FIELD(struct why_worker, paused_by, 0),
    CI_FIELD(struct why_worker, pause_reason, 0),     CI_FIELD(struct why_worker, paused_at, 0),
    CI_FIELD(struct why_worker, quarantine_until, 0), CI_FIELD(struct why_worker, last_seen_at, 0),
    CI_FIELD(struct why_worker, failures, 0),         CI_FIELD(struct why_worker, slots, 0),
};
static const struct ci_record worker_record = CI_RECORD("worker", struct why_worker, worker_fields);

static const struct ci_field build_fields[] = {
    CI_FIELD(struct why_build, buildid, 0),    CI_FIELD(struct why_build, attempt, 0),
    CI_FIELD(struct why_build, name, 0),       CI_FIELD(struct why_build, worker, 0),
    CI_FIELD(struct why_build, started_at, 0), CI_FIELD(struct why_build, complete_at, 0),
    CI_FIELD(struct why_build, complete, 0),   CI_FIELD(struct why_build, waiting, 0),
    CI_FIELD(struct why_build, results, 0),    CI_FIELD(struct why_build, state_string, 0),
};
static const struct ci_record build_record = CI_RECORD("build", struct why_build, build_fields);

static const struct ci_field running_fields[] = {
    CI_FIELD(struct why_running, workerid, 0),
    CI_FIELD(struct why_running, name, 0),
    CI_FIELD(struct why_running, started_at, 0),
};
static const struct ci_record running_record =
    CI_RECORD("running", struct why_running, running_fields);

static const struct ci_field load_fields[] = {
    CI_FIELD(struct why_load, name, 0),      CI_FIELD(struct why_load, workerid, 0),
    CI_FIELD(struct why_load, exclusive, 0), CI_FIELD(struct why_load, granted, 0),
    CI_FIELD(struct why_load, count, 0),
};
static const struct ci_record load_record = CI_RECORD("load", struct why_load, load_fields);

static const struct ci_field claim_fields[] = {
    CI_FIELD(struct why_claim, name, 0),      CI_FIELD(struct why_claim, workerid, 0),
    CI_FIELD(struct why_claim, build, 0),     CI_FIELD(struct why_claim, started_at, 0),
    CI_FIELD(struct why_claim, exclusive, 0), CI_FIELD(struct why_claim, granted, 0),
};
static const struct ci_record claim_record = CI_RECORD("claim", struct why_claim, claim_fields);

static const struct ci_field step_lock_fields[] = {
    CI_FIELD(struct why_step_lock, name, 0),
    CI_FIELD(struct why_step_lock, step, 0),
    CI_FIELD(struct why_step_lock, builds, 0),
};
static const struct ci_record step_lock_record =
    CI_RECORD("step lock", struct why_step_lock, step_lock_fields);

static const struct ci_field warm_fields[] = {
    CI_FIELD(struct why_warm, workerid, 0),
    CI_FIELD(struct why_warm, name, 0),
};
static const struct ci_record warm_record = CI_RECORD("warm worker", struct why_warm, warm_fields);

static const struct ci_field duration_fields[] = {CI_FIELD(struct why_duration, us, 0)};
static const struct ci_record duration_record =
    CI_RECORD("duration", struct why_duration, duration_fields);

struct count_row {
    int64_t workerid;
    int running;
};
static const struct ci_field count_fields[] = {
    CI_FIELD(struct count_row, workerid, 0),
    CI_FIELD(struct count_row, running, 0),
};
static const struct ci_record count_record = CI_RECORD("count", struct count_row, count_fields);

struct ahead_row {
    int64_t ahead;
};
static const struct ci_field ahead_fields[] = {CI_FIELD(struct ahead_row, ahead, 0)};
static const struct ci_record ahead_record = CI_RECORD("ahead", struct ahead_row, ahead_fields);

/* ---- a request ---- */

/* What needs nothing but the request. */
static bool read_around(struct ci_tx *tx, struct why_facts *facts, void *mem, struct ci_err *err)
{
    const struct why_request *request = &facts->request;
    const struct ci_strs locks = why_lock_names(facts, mem);
    const struct ci_arg id = ci_arg(request->buildrequestid);
    const struct ci_arg properties = ci_arg_bool(facts->builder && facts->builder->can_start_build);
    const struct ci_arg history[] = {ci_arg(request->builderid), ci_arg(HISTORY)};
    const struct ci_arg warm[] = {ci_arg(request->builderid), ci_arg(facts->now)};
    const struct ci_arg claims[] = {ci_arg(locks), ci_arg(CLAIMS)};
    const struct ci_query queries[] = {
        {&sql_why_builds,     &id,         1, &build_record,     &facts->builds,     NULL},
        {&sql_why_history,    history,     2, &duration_record,  &facts->durations,  NULL},
        {&sql_why_step_locks, &id,         1, &step_lock_record, &facts->step_locks, NULL},
        {&sql_why_workers,    &properties, 1, &worker_record,    &facts->workers,    NULL},
        {&sql_why_warm,       warm,        2, &warm_record,      &facts->warm,       NULL},
        {&sql_why_loads,      claims,      1, &load_record,      &facts->loads,      NULL},
        {&sql_why_claims,     claims,      2, &claim_record,     &facts->claims,     NULL},
    };
    /* What follows the third is of interest to a request that waits, the last two where locks are.
     */
    const size_t count = request->complete || request->claimed || !facts->builder ? 3
                         : locks.count == 0                                       ? 5
                                                                                  : 7;

    return ci_db_pipeline(tx, queries, count, mem, err);
}

static int by_workerid(const void *a, const void *b)
{
    const int64_t x = ((const struct count_row *)a)->workerid;
    const int64_t y = ((const struct count_row *)b)->workerid;

    return (x > y) - (x < y);
}

static void put_counts(struct why_facts *facts, struct ci_list counts)
{
    if (counts.count == 0)
        return;
    qsort(counts.items, counts.count, sizeof(struct count_row), by_workerid);
    CI_FOREACH(struct why_worker, worker, facts->workers) {
        const struct count_row key = {.workerid = worker->workerid};
        const struct count_row *found =
            bsearch(&key, counts.items, counts.count, sizeof(key), by_workerid);

        if (found)
            worker->running = found->running;
    }
}

/* What needs to know which workers fit: their builds, and who competes for them. */
static bool read_queue(struct ci_tx *tx, struct why_facts *facts, void *mem, struct ci_err *err)
{
    int64_t *ids = ci_mem_array(mem, int64_t, facts->workers.count + 1);
    struct ci_i64s fitting = {ids, 0};
    struct ci_list counts = {0}, ahead = {0};

    CI_FOREACH(const struct why_worker, worker, facts->workers) {
        if (worker->connected && ci_worker_fits(facts->builder, worker->name, worker->labels))
            ids[fitting.count++] = worker->workerid;
    }
    const struct ci_arg running[] = {ci_arg(fitting), ci_arg(WHY_RUNNING)};
    const struct ci_arg before[] = {ci_arg(why_rivals(facts, mem)), ci_arg(facts->request.priority),
                                    ci_arg(facts->request.buildrequestid), ci_arg(WHY_AHEAD + 1)};
    const struct ci_query queries[] = {
        {&sql_why_counts,  running, 1, &count_record,   &counts,         NULL},
        {&sql_why_running, running, 2, &running_record, &facts->running, NULL},
        {&sql_why_ahead,   before,  4, &ahead_record,   &ahead,          NULL},
    };

    if (!ci_db_pipeline(tx, queries, CI_COUNT(queries), mem, err))
        return false;
    put_counts(facts, counts);
    facts->ahead = ((const struct ahead_row *)ahead.items)->ahead;
    return true;
}

bool why_read(struct ci_tx *tx, int64_t buildrequestid, void *mem, struct why_facts *facts,
              struct ci_err *err)
{
    struct why_request *request = &facts->request;

    if (!ci_db_one(tx, &sql_why_request, CI_ARGS(ci_arg(buildrequestid)), &request_record, mem,
                   request, err))
        return false;
    facts->builder = ci_config_builder(facts->config, request->builder);
    if (!read_around(tx, facts, mem, err))
        return false;
    if (request->complete || request->claimed || !facts->builder)
        return true;
    why_place_locks(facts);
    return read_queue(tx, facts, mem, err);
}

/* ---- a change ---- */

static const struct ci_field scheduler_fields[] = {
    CI_FIELD(struct why_scheduler, schedulerid, 0), CI_FIELD(struct why_scheduler, name, 0),
    CI_FIELD(struct why_scheduler, enabled, 0),     CI_FIELD(struct why_scheduler, buildsets, 0),
    CI_FIELD(struct why_scheduler, kept, 0),        CI_FIELD(struct why_scheduler, important, 0),
    CI_FIELD(struct why_scheduler, due_at, 0),      CI_FIELD(struct why_scheduler, verdict, 0),
    CI_FIELD(struct why_scheduler, reason, 0),
};
static const struct ci_record scheduler_record =
    CI_RECORD("scheduler", struct why_scheduler, scheduler_fields);

struct seen_row {
    bool unseen;
    struct ci_i64s other_buildsets;
};
static const struct ci_field seen_fields[] = {
    CI_FIELD(struct seen_row, unseen, 0),
    CI_FIELD(struct seen_row, other_buildsets, 0),
};
static const struct ci_record seen_record = CI_RECORD("seen", struct seen_row, seen_fields);

bool why_change_read(struct ci_tx *tx, int64_t changeid, void *mem, struct why_change_facts *facts,
                     struct ci_err *err)
{
    struct seen_row seen = {0};

    /* The inbox first: what leaves it meanwhile has its outcome written in the same transaction. */
    if (!ci_db_one(tx, &sql_why_change_seen, CI_ARGS(ci_arg(changeid)), &seen_record, mem, &seen,
                   err) ||
        !ci_db_one(tx, &sql_why_change, CI_ARGS(ci_arg(changeid)), &ci_candidate_record, mem,
                   &facts->change, err) ||
        !ci_db_rows(tx, &sql_why_change_schedulers, CI_ARGS(ci_arg(changeid)), &scheduler_record,
                    mem, &facts->schedulers, err))
        return false;
    facts->unseen = seen.unseen;
    facts->other_buildsets = seen.other_buildsets;
    return true;
}

bool why_check(struct ci_db *db, struct ci_err *err)
{
    static const struct {
        const struct ci_stmt *stmt;
        const struct ci_record *record;
    } answers[] = {
        {&sql_why_request,           &request_record     },
        {&sql_why_workers,           &worker_record      },
        {&sql_why_builds,            &build_record       },
        {&sql_why_counts,            &count_record       },
        {&sql_why_running,           &running_record     },
        {&sql_why_history,           &duration_record    },
        {&sql_why_loads,             &load_record        },
        {&sql_why_claims,            &claim_record       },
        {&sql_why_step_locks,        &step_lock_record   },
        {&sql_why_warm,              &warm_record        },
        {&sql_why_ahead,             &ahead_record       },
        {&sql_why_change,            &ci_candidate_record},
        {&sql_why_change_seen,       &seen_record        },
        {&sql_why_change_schedulers, &scheduler_record   },
    };

    for (size_t i = 0; i < CI_COUNT(answers); i++) {
        if (!ci_db_check_record(db, answers[i].stmt, answers[i].record, err))
            return false;
    }
    return true;
}
