/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of artifacts: put, asked for and got by their sha256. */
#include "artifact.h"
#include "builder_sql.h"
#include "call.h"

#include <stdlib.h>
#include <string.h>

struct piece {
    int64_t size;
};
static const struct ci_field piece_fields[] = {CI_FIELD(struct piece, size, 0)};
static const struct ci_record piece_record = CI_RECORD("piece", struct piece, piece_fields);

static bool read_hash(const struct ci_request *request, const char **out, struct ci_err *err)
{
    *out = ci_request_param(request, "sha256");
    return (*out && artifact_hash_valid(*out)) ||
           ci_fail(err, CI_EINVALID, "a piece is called by its sha256, in lower case");
}

/* A bug of the agent's is no reason for it to try again: no store at all is one, too. */
static bool take_store(struct builder *builder, struct ci_depot_store **out, struct ci_err *err)
{
    if (ci_depot_take(builder->depot, out, err))
        return true;
    if (err->code == CI_ENOTFOUND)
        err->code = CI_EINVALID;
    return false;
}

/*
 * Whether the piece has a row, which is kept for an hour from now on. Where
 * there is a quota, `size` more bytes must fit if it has none.
 */
static bool touch(struct builder *builder, const char *hash, int64_t size, struct ci_time now,
                  void *mem, bool *known, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);
    struct ci_list rows = {0};
    int64_t used = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_artifact_touch, CI_ARGS(ci_arg(hash), ci_arg(now)), &piece_record,
                    mem, &rows, err))
        return false;
    *known = rows.count > 0;
    if (!*known && size > 0 && config->artifact_quota > 0 &&
        (!artifact_usage(&tx, mem, &used, err) ||
         !artifact_check_quota(config->artifact_quota, used, size, err)))
        return false;
    return ci_tx_commit(&tx, err);
}

/* The size of the file that the piece is of, where the agent tells it. */
static bool check_whole(struct builder *builder, const struct ci_request *request,
                        struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(builder->app->config);
    const char *of = ci_request_query(request, "of");

    return !of || artifact_check_size(config, strtoll(of, NULL, 10), err);
}

static bool add_row(struct builder *builder, const char *hash, size_t size, struct ci_time now,
                    struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(builder->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_artifact_put, CI_ARGS(ci_arg(hash), ci_arg(size), ci_arg(now)),
                      NULL, err) &&
           ci_tx_commit(&tx, err);
}

/*
 * First the row is touched, so that the sweep leaves the piece alone; then the
 * piece is written where it is missing; then a row says that it is there. No
 * row is ever ahead of its piece, whatever dies.
 */
static bool store(struct builder *builder, const char *hash, struct ci_bytes bytes,
                  struct ci_time now, void *mem, struct ci_err *err)
{
    const char *key = artifact_key(mem, hash);
    CI_AUTO_STORE store = NULL;
    bool known = false, there = false;

    if (!take_store(builder, &store, err) ||
        !touch(builder, hash, (int64_t)bytes.len, now, mem, &known, err))
        return false;
    if (known && !ci_blob_exists(store->blobs, key, &there, err))
        return false;
    if (!there && !ci_blob_put(store->blobs, key, bytes, err))
        return false;
    return known || add_row(builder, hash, bytes.len, now, err);
}

bool call_put_blob(void *service, const struct ci_request *request, struct ci_response *response,
                   struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    struct call_build build = {0};
    const char *hash;

    if (!read_hash(request, &hash, err))
        return false;
    if (request->raw.len == 0)
        return ci_fail(err, CI_EINVALID, "a piece has at least a byte");
    if (strcmp(artifact_hash(request->mem, request->raw), hash) != 0)
        return ci_fail(err, CI_EINVALID, "the bytes have another sha256");
    if (!call_begin(builder, request, &build, err) || !check_whole(builder, request, err))
        return false;
    if (!store(builder, hash, request->raw, request->now, request->mem, err))
        return builder_retry_later(err);
    response->body = json_pack("{s:I}", "size", (json_int_t)request->raw.len);
    return true;
}

/* For who wants to upload: what is there need not be sent. */
static bool head(struct builder *builder, const char *hash, const struct ci_request *request,
                 struct ci_response *response, struct ci_err *err)
{
    CI_AUTO_STORE store = NULL;
    bool known = false, there = false;

    if (!take_store(builder, &store, err) ||
        !touch(builder, hash, 0, request->now, request->mem, &known, err) ||
        (known && !ci_blob_exists(store->blobs, artifact_key(request->mem, hash), &there, err)))
        return builder_retry_later(err);
    if (!there)
        return ci_fail(err, CI_ENOTFOUND, "there is no such piece");
    response->status = 200;
    return true;
}

static bool is_needed(struct builder *builder, const char *hash, void *mem, bool *out,
                      struct ci_err *err)
{
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_artifact_needs, CI_ARGS(ci_arg(hash)), &piece_record, mem, &rows,
                    err))
        return false;
    *out = rows.count > 0;
    return true;
}

bool call_get_blob(void *service, const struct ci_request *request, struct ci_response *response,
                   struct ci_err *err)
{
    struct builder *builder = builder_of(service);
    struct call_build build = {0};
    bool needed = false;
    const char *hash;
    CI_AUTO_STORE store = NULL;

    if (!read_hash(request, &hash, err) || !call_begin(builder, request, &build, err))
        return false;
    if (strcmp(request->method, "HEAD") == 0)
        return head(builder, hash, request, response, err);
    if (!is_needed(builder, hash, request->mem, &needed, err))
        return builder_retry_later(err);
    if (!needed)
        return ci_fail(err, CI_ENOTFOUND, "no artifact has such a piece");
    response->content_type = "application/octet-stream";
    return take_store(builder, &store, err) &&
           ci_blob_get(store->blobs, artifact_key(request->mem, hash), request->mem, &response->raw,
                       err);
}
