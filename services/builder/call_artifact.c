/* SPDX-License-Identifier: Apache-2.0 */
/* Artifacts: told by the build that uploaded their pieces, and listed for those that download. */
#include "artifact.h"
#include "builder_sql.h"
#include "call.h"
#include "shared/event.h"
#include "shared/model.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MODE_DEFAULT = 0644, MODE_MAX = 07777 };

/* ---- telling ---- */

struct told {
    int step, mode;
    const char *name, *sha256;
    int64_t size;
    struct ci_strs chunks;
    struct ci_time mtime;
    struct ci_dur keep; /* 0: as retention says */
};
static const struct ci_field told_fields[] = {
    CI_FIELD(struct told, step, CI_REQUIRED), CI_FIELD(struct told, mode, 0),
    CI_FIELD(struct told, name, CI_REQUIRED), CI_FIELD(struct told, sha256, CI_REQUIRED),
    CI_FIELD(struct told, size, CI_REQUIRED), CI_FIELD(struct told, chunks, CI_REQUIRED),
    CI_FIELD(struct told, mtime, 0),          CI_FIELD(struct told, keep, 0),
};
static const struct ci_record told_record = CI_RECORD_OPEN("artifact", struct told, told_fields);

/* A piece that the store has. */
struct held {
    const char *sha256;
    int64_t size;
};
static const struct ci_field held_fields[] = {
    CI_FIELD(struct held, sha256, 0),
    CI_FIELD(struct held, size, 0),
};
static const struct ci_record held_record = CI_RECORD("piece", struct held, held_fields);

static bool check_told(const struct told *told, struct ci_err *err)
{
    if (!artifact_check_name(told->name, err))
        return false;
    if (told->step < 0 || told->size < 0 || told->mode < 0 || told->mode > MODE_MAX ||
        !artifact_hash_valid(told->sha256))
        return ci_fail(err, CI_EINVALID, "artifact: step, size, mode or sha256 is out of range");
    for (size_t i = 0; i < told->chunks.count; i++) {
        if (!artifact_hash_valid(told->chunks.items[i]))
            return ci_fail(err, CI_EINVALID, "artifact.chunks[%zu]: no sha256", i);
    }
    if (told->chunks.count == 1 && strcmp(told->chunks.items[0], told->sha256) != 0)
        return ci_fail(err, CI_EINVALID, "artifact: its only piece has another sha256");
    return true;
}

static int by_hash(const void *a, const void *b)
{
    return strcmp(((const struct held *)a)->sha256, ((const struct held *)b)->sha256);
}

static bool is_listed(json_t *list, const char *text)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item) {
        if (strcmp(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

/* Bytes of the pieces that are there; the others, each once, are added to `missing`. */
static int64_t count_pieces(const struct told *told, struct ci_list held, json_t *missing)
{
    int64_t bytes = 0;

    qsort(held.items, held.count, held_record.size, by_hash);
    for (size_t i = 0; i < told->chunks.count; i++) {
        const struct held key = {told->chunks.items[i], 0};
        const struct held *piece =
            held.count > 0 ? bsearch(&key, held.items, held.count, held_record.size, by_hash)
                           : NULL;

        if (piece)
            bytes += piece->size;
        else if (json_array_size(missing) < 1000 && !is_listed(missing, key.sha256))
            json_array_append_new(missing, json_string(key.sha256));
    }
    return bytes;
}

/* What an upload ends with. */
struct telling {
    struct builder *builder;
    const struct ci_request *request;
    struct call_build build;
    struct told told;
    json_t *missing; /* in the request's mem */
    struct ci_artifact row;
};

static bool check_room(struct telling *t, const struct ci_config *config, struct ci_tx *tx,
                       int64_t there, struct ci_err *err)
{
    int64_t used = 0;

    return config->artifact_quota == 0 ||
           (artifact_usage(tx, t->request->mem, &used, err) &&
            artifact_check_quota(config->artifact_quota, used, t->told.size - there, err));
}

static bool add(struct telling *t, struct ci_tx *tx, struct ci_err *err)
{
    const struct told *told = &t->told;
    const struct ci_time now = t->request->now;
    struct ci_time expires = {told->keep.us > 0 ? now.us + told->keep.us : 0};
    struct ci_list rows = {0};

    if (!ci_db_rows(tx, &sql_artifact_add,
                    CI_ARGS(ci_arg(t->build.buildid), ci_arg(told->step), ci_arg(told->name),
                            ci_arg(told->size), ci_arg(told->sha256), ci_arg(told->chunks),
                            ci_arg(told->mode), ci_arg(told->mtime), ci_arg(expires), ci_arg(now)),
                    &ci_artifact_record, t->request->mem, &rows, err))
        return false;
    if (rows.count == 0)
        return ci_fail(err, CI_EGONE, "build %" PRId64 " is over", t->build.buildid);
    t->row = *(const struct ci_artifact *)rows.items;
    return true;
}

static bool tell(struct telling *t, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(t->builder->app->config);
    struct ci_list held = {0};
    int64_t there;
    CI_AUTO_TX tx = {0};

    if (!artifact_check_size(config, t->told.size, err) ||
        !ci_tx_begin(t->builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_artifact_hold,
                    CI_ARGS(ci_arg(t->told.chunks), ci_arg(t->request->now)), &held_record,
                    t->request->mem, &held, err))
        return false;
    there = count_pieces(&t->told, held, t->missing);
    if (json_array_size(t->missing) > 0)
        return check_room(t, config, &tx, there, err) && ci_tx_commit(&tx, err);
    if (there != t->told.size)
        return ci_fail(err, CI_EINVALID,
                       "artifact: its pieces have %" PRId64 " bytes together, not %" PRId64, there,
                       t->told.size);
    return add(t, &tx, err) && ci_tx_commit(&tx, err);
}

bool call_add_artifact(void *service, const struct ci_request *request,
                       struct ci_response *response, struct ci_err *err)
{
    struct telling t = {.builder = builder_of(service), .request = request};

    t.told.mode = MODE_DEFAULT;
    t.missing = ci_mem_json(request->mem, json_array());
    if (!call_body(request, &told_record, &t.told, err) || !check_told(&t.told, err) ||
        !call_begin(t.builder, request, &t.build, err))
        return false;
    if (!tell(&t, err))
        return builder_retry_later(err);
    if (json_array_size(t.missing) > 0) {
        response->status = 409;
        response->body =
            json_pack("{s:s,s:O}", "error", "pieces are missing", "missing", t.missing);
        return true;
    }
    if (t.builder->app->bus)
        ci_event_publish_about(t.builder->app->bus, "artifacts", t.row.artifactid, "new",
                               &ci_artifact_record, &t.row,
                               (struct ci_i64s){&t.build.builderid, 1});
    response->body = ci_record_to_json(&ci_artifact_record, &t.row);
    return true;
}

/* ---- listing ---- */

struct listed {
    int64_t buildid, size;
    const char *name, *sha256;
    struct ci_strs chunks;
    int mode;
    struct ci_time mtime;
};
static const struct ci_field listed_fields[] = {
    CI_FIELD(struct listed, buildid, 0), CI_FIELD(struct listed, size, 0),
    CI_FIELD(struct listed, name, 0),    CI_FIELD(struct listed, sha256, 0),
    CI_FIELD(struct listed, chunks, 0),  CI_FIELD(struct listed, mode, 0),
    CI_FIELD(struct listed, mtime, 0),
};
static const struct ci_record listed_record = CI_RECORD("artifact", struct listed, listed_fields);

static bool of_build(struct ci_tx *tx, struct ci_maybe buildid, void *mem, struct ci_list *out,
                     struct ci_err *err)
{
    return !buildid.set || ci_db_rows(tx, &sql_artifacts_of_build, CI_ARGS(ci_arg(buildid.value)),
                                      &listed_record, mem, out, err);
}

static bool of_builder(struct ci_tx *tx, const struct ci_request *request, struct ci_list *out,
                       struct ci_err *err)
{
    const char *builder = ci_request_query(request, "builder");
    const char *branch = ci_request_query(request, "branch");

    if (!builder || !*builder)
        return ci_fail(err, CI_EINVALID, "builder: missing");
    return ci_db_rows(tx, &sql_artifacts_of_builder,
                      CI_ARGS(ci_arg(builder), ci_arg(branch && *branch ? branch : NULL)),
                      &listed_record, request->mem, out, err);
}

static bool find(struct builder *builder, const struct call_build *build,
                 const struct ci_request *request, struct ci_list *out, struct ci_err *err)
{
    const char *from = ci_request_query(request, "from");
    CI_AUTO_TX tx = {0};

    if (!from)
        return ci_fail(err, CI_EINVALID, "from: missing");
    if (!ci_tx_read(builder->app->db, &tx, err))
        return false;
    if (strcmp(from, "build") == 0)
        return of_build(&tx, ci_some(build->buildid), request->mem, out, err);
    if (strcmp(from, "parent") == 0)
        return of_build(&tx, build->parent_buildid, request->mem, out, err);
    if (strcmp(from, "buildset") == 0)
        return ci_db_rows(&tx, &sql_artifacts_of_buildset,
                          CI_ARGS(ci_arg(build->buildsetid), ci_arg(build->buildid)),
                          &listed_record, request->mem, out, err);
    if (strcmp(from, "builder") == 0)
        return of_builder(&tx, request, out, err);
    return ci_fail(err, CI_EINVALID, "from: must be parent, buildset, builder or build");
}

bool call_list_artifacts(void *service, const struct ci_request *request,
                         struct ci_response *response, struct ci_err *err)
{
    const char *name = ci_request_query(request, "name");
    struct call_build build = {0};
    struct ci_list rows = {0};
    json_t *list;

    if (!call_begin(builder_of(service), request, &build, err))
        return false;
    if (!find(builder_of(service), &build, request, &rows, err))
        return builder_retry_later(err);
    list = json_array();
    CI_FOREACH(struct listed, row, rows) {
        if (!name || strcmp(name, row->name) == 0 || fnmatch(name, row->name, 0) == 0)
            json_array_append_new(list, ci_record_to_json(&listed_record, row));
    }
    response->body = json_pack("{s:o}", "artifacts", list);
    return true;
}
