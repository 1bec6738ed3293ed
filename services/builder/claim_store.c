/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of a claim. */
#include "claim_store.h"

#include "builder_sql.h"
#include "props.h"

#include <string.h>

static const struct ci_field builder_fields[] = {
    CI_FIELD(struct claim_builder, builderid, 0),
    CI_FIELD(struct claim_builder, name, 0),
};
static const struct ci_record builder_record =
    CI_RECORD("builder", struct claim_builder, builder_fields);

static const struct ci_field candidate_fields[] = {
    CI_FIELD(struct match_request, buildrequestid, 0),
    CI_FIELD(struct match_request, builderid, 0),
    CI_FIELD(struct match_request, priority, 0),
    CI_FIELD(struct match_request, submitted_at, 0),
    CI_FIELD(struct match_request, workername, 0),
    CI_FIELD(struct match_request, properties, 0),
};
static const struct ci_record candidate_record =
    CI_RECORD("candidate", struct match_request, candidate_fields);

static const struct ci_field worker_fields[] = {
    CI_FIELD(struct claim_worker, workerid, 0),
    CI_FIELD(struct claim_worker, session, 0),
    CI_FIELD(struct claim_worker, willing, 0),
    CI_FIELD(struct claim_worker, max_builds, 0),
    CI_FIELD(struct claim_worker, properties, 0),
    CI_FIELD(struct claim_worker, running, 0),
    CI_FIELD(struct claim_worker, default_properties, 0),
};
static const struct ci_record worker_record =
    CI_RECORD("worker", struct claim_worker, worker_fields);

/* A column that fills a member of the ci_buildrequest inside. */
#define REQUEST_FIELD(member)                                                                      \
    {                                                                                              \
        .name = #member, .type = CI_TYPE_OF(struct ci_buildrequest, member),                       \
        .offset =                                                                                  \
            offsetof(struct claim_request, request) + offsetof(struct ci_buildrequest, member)     \
    }
static const struct ci_field request_fields[] = {
    REQUEST_FIELD(buildrequestid),
    REQUEST_FIELD(buildsetid),
    REQUEST_FIELD(builderid),
    REQUEST_FIELD(priority),
    REQUEST_FIELD(claimed),
    REQUEST_FIELD(claimed_at),
    REQUEST_FIELD(claimed_by_masterid),
    REQUEST_FIELD(complete),
    REQUEST_FIELD(results),
    REQUEST_FIELD(submitted_at),
    REQUEST_FIELD(complete_at),
    REQUEST_FIELD(waited_for),
    CI_FIELD(struct claim_request, attempts, 0),
    CI_FIELD(struct claim_request, buildset_properties, 0),
    CI_FIELD(struct claim_request, sources, 0),
    CI_FIELD(struct claim_request, changes, 0),
};
static const struct ci_record request_record =
    CI_RECORD("request", struct claim_request, request_fields);

struct numbered {
    int64_t builderid, last_number;
};
static const struct ci_field numbered_fields[] = {
    CI_FIELD(struct numbered, builderid, 0),
    CI_FIELD(struct numbered, last_number, 0),
};
static const struct ci_record numbered_record =
    CI_RECORD("numbered", struct numbered, numbered_fields);

struct pending {
    bool pending;
};
static const struct ci_field pending_fields[] = {
    CI_FIELD(struct pending, pending, 0),
};
static const struct ci_record pending_record = CI_RECORD("pending", struct pending, pending_fields);

bool claim_pending(struct ci_db *db, void *mem, bool *out, struct ci_err *err)
{
    struct pending row = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(db, &tx, err) ||
        !ci_db_one(&tx, &sql_claim_pending, CI_NO_ARGS, &pending_record, mem, &row, err))
        return false;
    *out = row.pending;
    return true;
}

bool claim_builders(struct ci_db *db, void *mem, struct ci_list *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) &&
           ci_db_rows(&tx, &sql_builders_active, CI_NO_ARGS, &builder_record, mem, out, err);
}

bool claim_candidates(struct ci_db *db, struct ci_i64s builders, int64_t limit,
                      struct ci_i64s judged, void *mem, struct ci_list *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) &&
           ci_db_rows(&tx, &sql_claim_candidates,
                      CI_ARGS(ci_arg(builders), ci_arg(limit), ci_arg(judged)), &candidate_record,
                      mem, out, err);
}

static const struct ci_field preferred_fields[] = {
    CI_FIELD(struct claim_preferred, builderid, 0),
    CI_FIELD(struct claim_preferred, workerid, 0),
};
static const struct ci_record preferred_record =
    CI_RECORD("preferred", struct claim_preferred, preferred_fields);

bool claim_warm(struct ci_db *db, struct ci_i64s builders, struct ci_time now, void *mem,
                struct ci_list *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) &&
           ci_db_rows(&tx, &sql_claim_warm, CI_ARGS(ci_arg(builders), ci_arg(now)),
                      &preferred_record, mem, out, err);
}

bool claim_last_used(struct ci_db *db, struct ci_i64s builders, void *mem, struct ci_list *out,
                     struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_read(db, &tx, err) &&
           ci_db_rows(&tx, &sql_claim_last_used, CI_ARGS(ci_arg(builders)), &preferred_record, mem,
                      out, err);
}

bool claim_lock_workers(struct ci_tx *tx, struct ci_i64s workers, struct ci_time now, void *mem,
                        struct ci_list *out, struct ci_err *err)
{
    const struct ci_field *id = &worker_fields[0];
    const struct ci_record locked_record = {"locked", id, 1, sizeof(struct claim_worker), false};
    struct ci_list locked = {0};
    int64_t *ids;
    struct ci_i64s list;

    if (!ci_db_rows(tx, &sql_claim_lock_workers, CI_ARGS(ci_arg(workers)), &locked_record, mem,
                    &locked, err))
        return false;
    ids = ci_mem_array(mem, int64_t, locked.count + 1);
    list = (struct ci_i64s){ids, 0};
    CI_FOREACH(struct claim_worker, worker, locked)
        ids[list.count++] = worker->workerid;
    return ci_db_rows(tx, &sql_claim_workers, CI_ARGS(ci_arg(list), ci_arg(now)), &worker_record,
                      mem, out, err);
}

bool claim_take(struct ci_tx *tx, struct ci_i64s requests, struct ci_time now, void *mem,
                struct ci_list *out, struct ci_err *err)
{
    return ci_db_rows(tx, &sql_claim_requests, CI_ARGS(ci_arg(requests), ci_arg(now)),
                      &request_record, mem, out, err);
}

/* How many builds of each builder: builderids and counts, each once. */
static void count_builders(const struct claim_build *builds, size_t count, struct column_i64 *ids,
                           struct column_i64 *counts)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t id = builds[i].builderid;
        size_t at = 0;

        while (at < ids->count && ids->items[at] != id)
            at++;
        if (at == ids->count) {
            column_i64_add(ids, id);
            column_i64_add(counts, 0);
        }
        counts->items[at]++;
    }
}

/* Numbers follow the order of `builds`, so the older request has the lower number. */
static void hand_out(struct claim_build *builds, size_t count, struct ci_list numbered)
{
    for (size_t i = count; i-- > 0;) {
        CI_FOREACH(struct numbered, row, numbered) {
            if (row->builderid == builds[i].builderid)
                builds[i].number = row->last_number--;
        }
        props_set_number(builds[i].properties, builds[i].number);
    }
}

bool claim_number(struct ci_tx *tx, struct claim_build *builds, size_t count, void *mem,
                  struct ci_err *err)
{
    struct column_i64 ids = column_i64_new(mem, count), counts = column_i64_new(mem, count);
    struct ci_list numbered = {0};

    count_builders(builds, count, &ids, &counts);
    if (!ci_db_rows(tx, &sql_claim_numbers, CI_ARGS(column_i64_arg(&ids), column_i64_arg(&counts)),
                    &numbered_record, mem, &numbered, err))
        return false;
    hand_out(builds, count, numbered);
    return true;
}

/* ---- virtual builders ---- */

static bool is_virtual(const struct claim_build *build, struct props_virtual *out)
{
    return props_virtual(build->properties, out);
}

static const char *tags_text(json_t *tags, void *mem)
{
    json_auto_t *all = json_pack("[s]", "_virtual_");
    size_t i;
    json_t *tag;

    json_array_foreach(tags, i, tag) {
        if (json_is_string(tag) && strcmp(json_string_value(tag), "_virtual_") != 0)
            json_array_append(all, tag);
    }
    return ci_arg_json(mem, all).str;
}

static void set_virtual(struct claim_build *builds, size_t count, struct ci_list rows)
{
    struct props_virtual wanted;

    for (size_t i = 0; i < count; i++) {
        if (!is_virtual(&builds[i], &wanted))
            continue;
        CI_FOREACH(struct claim_builder, row, rows) {
            if (strcmp(row->name, wanted.name) == 0)
                builds[i].builderid = row->builderid;
        }
    }
}

bool claim_virtual(struct ci_tx *tx, struct claim_build *builds, size_t count, void *mem,
                   struct ci_err *err)
{
    struct column_str names = column_str_new(mem, count), tags = column_str_new(mem, count);
    struct column_str projects = column_str_new(mem, count), texts = column_str_new(mem, count);
    struct batch batch = {.mem = mem};
    struct ci_list rows = {0};
    struct props_virtual wanted;

    for (size_t i = 0; i < count; i++) {
        if (!is_virtual(&builds[i], &wanted))
            continue;
        column_str_add(&names, wanted.name);
        column_str_add(&texts, wanted.description ? wanted.description : "");
        column_str_add(&projects, wanted.project);
        column_str_add(&tags, tags_text(wanted.tags, mem));
    }
    if (names.count == 0)
        return true;
    batch_add(&batch, &sql_claim_virtual,
              CI_ARGS(column_str_arg(&names), column_str_arg(&texts), column_str_arg(&projects),
                      column_str_arg(&tags)),
              NULL, NULL);
    batch_add(&batch, &sql_builders_named, CI_ARGS(column_str_arg(&names)), &builder_record, &rows);
    if (!ci_db_pipeline(tx, batch.items, batch.count, mem, err))
        return false;
    set_virtual(builds, count, rows);
    return true;
}

/* ---- builds ---- */

void claim_add_builds(struct batch *batch, const struct claim_build *builds, size_t count,
                      const struct claim_terms *terms, struct ci_list *out)
{
    void *mem = batch->mem;
    struct column_i64 request = column_i64_new(mem, count), builder = column_i64_new(mem, count);
    struct column_i64 worker = column_i64_new(mem, count), number = column_i64_new(mem, count);
    struct column_i64 attempt = column_i64_new(mem, count);
    struct column_str token = column_str_new(mem, count), properties = column_str_new(mem, count);

    for (size_t i = 0; i < count; i++) {
        column_i64_add(&request, builds[i].request->request.buildrequestid);
        column_i64_add(&builder, builds[i].builderid);
        column_i64_add(&worker, builds[i].workerid);
        column_i64_add(&number, builds[i].number);
        column_i64_add(&attempt, builds[i].request->attempts);
        column_str_add(&token, builds[i].token);
        column_str_add(&properties, ci_arg_json(mem, builds[i].properties).str);
    }
    batch_add(batch, &sql_claim_builds,
              CI_ARGS(column_i64_arg(&request), column_i64_arg(&builder), column_i64_arg(&worker),
                      column_i64_arg(&number), column_i64_arg(&attempt), column_str_arg(&token),
                      column_str_arg(&properties), ci_arg(terms->version), ci_arg(terms->now),
                      ci_arg(terms->lease_until)),
              &ci_build_record, out);
}
