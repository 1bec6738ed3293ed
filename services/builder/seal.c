/* SPDX-License-Identifier: Apache-2.0 */
/* Moving the lines of logs from the database to the content store. */
#include "seal.h"

#include "artifact.h"
#include "builder_sql.h"
#include "shared/log_store.h"
#include "shared/metrics.h"

#include <inttypes.h>
#include <string.h>

static struct ci_metric sealed_total =
    CI_COUNTER("slipway_logs_sealed_total", "Logs moved to the content store.");
static struct ci_metric sealed_bytes =
    CI_COUNTER("slipway_logs_sealed_bytes_total", "Bytes of logs moved to the content store.");
static struct ci_metric failures =
    CI_COUNTER("slipway_logs_seal_failures_total", "Logs that could not be moved, tries counted.");

/* Whoever looks at a build that has just ended reads from the database. */
static const struct ci_dur settle = {60 * 1000000LL};
/* An object that no log names after this was put by somebody who died. */
static const struct ci_dur forsaken = {3600 * 1000000LL};

struct next_log {
    int64_t logid;
    const char *day; /* "2026-11-23" */
};
static const struct ci_field next_fields[] = {
    CI_FIELD(struct next_log, logid, 0),
    CI_FIELD(struct next_log, day, 0),
};
static const struct ci_record next_record = CI_RECORD("log", struct next_log, next_fields);

struct chunk {
    int64_t first_line;
    int line_count, raw_bytes;
    struct ci_bytes content;
    struct ci_maybe at; /* epoch milliseconds */
};
static const struct ci_field chunk_fields[] = {
    CI_FIELD(struct chunk, first_line, 0), CI_FIELD(struct chunk, line_count, 0),
    CI_FIELD(struct chunk, raw_bytes, 0),  CI_FIELD(struct chunk, content, 0),
    CI_FIELD(struct chunk, at, 0),
};
static const struct ci_record chunk_record = CI_RECORD("chunk", struct chunk, chunk_fields);

/* One log on its way. Its row is locked in tx until it is sealed. */
struct sealing {
    struct builder *builder;
    struct ci_tx *tx;
    struct ci_blobs *blobs;
    struct ci_time now;
    struct next_log log;
    json_t *parts;     /* as in logs.sealed */
    const char **keys; /* of the objects, in mem */
    size_t key_count;
    int64_t chunks, bytes, next_line;
    void *mem;
};

/* In a transaction of its own, so that it is known before the object is there. */
static bool announce(struct sealing *s, const char *key, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    s->keys = talloc_realloc(s->mem, s->keys, const char *, (unsigned)s->key_count + 1);
    s->keys[s->key_count++] = key;
    return ci_tx_begin(s->builder->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_seal_announce,
                      CI_ARGS(ci_arg(key), ci_arg(ci_time_add(s->now, forsaken))), NULL, err) &&
           ci_tx_commit(&tx, err);
}

/* Puts the object and reads it back: what the database is about to lose has to be there. */
static bool put(struct sealing *s, const char *key, struct ci_bytes bytes, void *mem,
                struct ci_err *err)
{
    struct ci_bytes back = {0};

    if (!announce(s, key, err) || !ci_blob_put(s->blobs, key, bytes, err) ||
        !ci_blob_get(s->blobs, key, mem, &back, err))
        return false;
    return (back.len == bytes.len && memcmp(back.data, bytes.data, bytes.len) == 0) ||
           ci_fail(err, CI_EUNAVAILABLE, "object \"%s\" is not what was put: %zu bytes of %zu", key,
                   back.len, bytes.len);
}

/* The frames one after another in *out; where each lies, as JSON. */
static json_t *join(struct sealing *s, struct ci_list chunks, struct ci_buf *out)
{
    json_t *places = json_array();

    CI_FOREACH(const struct chunk, chunk, chunks) {
        char hash[CI_LOG_HASH + 1];
        json_t *place;

        ci_log_hash(chunk->content, hash);
        place =
            json_pack("[I,i,i,I,I,s]", (json_int_t)chunk->first_line, chunk->line_count,
                      chunk->raw_bytes, (json_int_t)out->len, (json_int_t)chunk->content.len, hash);
        if (chunk->at.set)
            (void)json_array_append_new(place, json_integer(chunk->at.value));
        (void)json_array_append_new(places, place);
        ci_buf_add(out, chunk->content.data, chunk->content.len);
        s->next_line = chunk->first_line + chunk->line_count;
    }
    s->chunks += (int64_t)chunks.count;
    return places;
}

/* "logs/2026-11-23/17", and for further objects of the log "logs/2026-11-23/17.1", ... */
static const char *part_key(const struct sealing *s)
{
    const char *key = ci_mem_printf(s->mem, "logs/%s/%" PRId64, s->log.day, s->log.logid);

    return s->key_count == 0 ? key : ci_mem_printf(s->mem, "%s.%zu", key, s->key_count);
}

static bool put_part(struct sealing *s, struct ci_list chunks, void *mem, struct ci_err *err)
{
    const char *key = part_key(s);
    struct ci_bytes bytes;
    struct ci_buf text;
    json_t *places;

    ci_buf_init(&text, mem);
    places = join(s, chunks, &text);
    bytes = (struct ci_bytes){text.text, text.len};
    s->bytes += (int64_t)text.len;
    (void)json_array_append_new(s->parts, json_pack("{s:s,s:I,s:s,s:o}", "key", key, "size",
                                                    (json_int_t)text.len, "sha256",
                                                    artifact_hash(mem, bytes), "chunks", places));
    return put(s, key, bytes, mem, err);
}

static bool put_parts(struct sealing *s, struct ci_err *err)
{
    for (;;) {
        CI_AUTO_MEM mem = ci_mem_new(); /* one object at a time */
        struct ci_list chunks = {0};

        if (!ci_db_rows(
                s->tx, &sql_seal_chunks,
                CI_ARGS(ci_arg(s->log.logid), ci_arg(s->next_line), ci_arg((int)SEAL_OBJECT_MAX)),
                &chunk_record, mem, &chunks, err))
            return false;
        if (chunks.count == 0)
            return true;
        if (!put_part(s, chunks, mem, err))
            return false;
    }
}

/* The log names its objects, they are not to be removed, and its lines leave the database: all at
 * once. A key that is gone was removed meanwhile as forsaken, and the object with it. */
static bool finish(struct sealing *s, struct ci_err *err)
{
    json_t *sealed = ci_mem_json(s->mem, json_pack("{s:O}", "parts", s->parts));
    const struct ci_strs keys = {s->keys, s->key_count};
    int64_t known = 0, dropped = 0;

    if (!ci_db_exec(s->tx, &sql_seal_done,
                    CI_ARGS(ci_arg(s->log.logid), ci_arg_json(s->mem, sealed)), NULL, err) ||
        !ci_db_exec(s->tx, &sql_blobs_forget, CI_ARGS(ci_arg(keys)), &known, err) ||
        !ci_db_exec(s->tx, &sql_seal_drop, CI_ARGS(ci_arg(s->log.logid)), &dropped, err))
        return false;
    if (known != (int64_t)s->key_count || dropped != s->chunks)
        return ci_fail(err, CI_ECONFLICT, "the log or its objects have changed meanwhile");
    return ci_tx_commit(s->tx, err);
}

/* Seals the next log after *last; *found: there was one. */
static bool seal_one(struct sealing *s, int64_t *last, bool *found, struct ci_err *err)
{
    const struct ci_time before = {s->now.us - settle.us};
    struct ci_list rows = {0};

    if (!ci_tx_begin(s->builder->app->db, s->tx, err) ||
        !ci_db_rows(s->tx, &sql_seal_next, CI_ARGS(ci_arg(*last), ci_arg(before)), &next_record,
                    s->mem, &rows, err))
        return false;
    *found = rows.count > 0;
    if (!*found)
        return true;
    s->log = *(struct next_log *)rows.items;
    *last = s->log.logid;
    s->parts = ci_mem_json(s->mem, json_array());
    if (put_parts(s, err) && finish(s, err))
        return true;
    ci_metric_add(&failures, 1);
    return ci_fail_in(err, "log %" PRId64, s->log.logid);
}

/* A log that fails must not stop those behind it: the next run begins after it. */
bool seal_run(struct builder *builder, struct ci_time now, struct seal_done *out,
              struct ci_err *err)
{
    CI_AUTO_STORE store = NULL;

    *out = (struct seal_done){0};
    if (!ci_depot_take(builder->depot, &store, err))
        return false;
    for (int n = 0; n < SEAL_BATCH; n++) {
        CI_AUTO_MEM own = ci_mem_new();
        CI_AUTO_TX tx = {0};
        struct sealing s = {
            .builder = builder, .tx = &tx, .blobs = store->blobs, .now = now, .mem = own};
        bool found = false;

        if (!seal_one(&s, &builder->sealed_to, &found, err))
            return false;
        if (!found) {
            builder->sealed_to = 0;
            return true;
        }
        out->logs++;
        out->bytes += s.bytes;
        ci_metric_add(&sealed_total, 1);
        ci_metric_add(&sealed_bytes, (double)s.bytes);
    }
    out->more = true;
    return true;
}
