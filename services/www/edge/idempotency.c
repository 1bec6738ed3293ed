/* SPDX-License-Identifier: Apache-2.0 */
#include "edge/idempotency.h"

#include "reply.h"
#include "shared/log.h"
#include "www.h"
#include "www_sql.h"

#include <sodium.h>
#include <string.h>

enum { KEY_MAX = 255, KEEP_S = 24 * 3600 };

struct kept_row {
    struct ci_bytes request_hash;
    const char *answer; /* NULL: under way */
};
static const struct ci_field kept_row_fields[] = {
    CI_FIELD(struct kept_row, request_hash, 0),
    CI_FIELD(struct kept_row, answer, 0),
};
static const struct ci_record kept_row_record =
    CI_RECORD("kept answer", struct kept_row, kept_row_fields);

const char *idempotency_text(enum idempotency_verdict verdict)
{
    return verdict == IDEMPOTENCY_OTHER
               ? "the Idempotency-Key was used for another request"
               : "a request with this Idempotency-Key is under way: ask again for its answer";
}

static bool is_key(const char *key)
{
    size_t len = strlen(key);

    if (len == 0 || len > KEY_MAX)
        return false;
    for (; *key; key++) {
        if (*key < ' ' || *key > '~')
            return false;
    }
    return true;
}

static void add_text(crypto_hash_sha256_state *state, const char *text)
{
    /* With its NUL, so that no two lists of texts run together alike. */
    crypto_hash_sha256_update(state, (const unsigned char *)text, strlen(text) + 1);
}

/*
 * What makes a request the same: method, path, query and body, and by a token for the same, as an
 * answer is for who may make the call.
 */
static struct ci_bytes hash_request(const struct ci_request *request, const struct identity *who)
{
    unsigned char *out = ci_mem_alloc(request->mem, crypto_hash_sha256_BYTES);
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    add_text(&state, request->method);
    add_text(&state, request->path);
    for (size_t i = 0; i < request->query.count; i++) {
        add_text(&state, request->query.items[i].name);
        add_text(&state, request->query.items[i].value);
    }
    add_text(&state, ci_mem_printf(request->mem, "%x", who->scopes));
    if (request->raw.len)
        crypto_hash_sha256_update(&state, request->raw.data, request->raw.len);
    crypto_hash_sha256_final(&state, out);
    return (struct ci_bytes){out, crypto_hash_sha256_BYTES};
}

/* Makes the key ours, or reads what it was used for. */
static bool claim(struct www *www, const struct ci_request *request, struct ci_bytes hash,
                  struct idempotency *mine, struct ci_list *rows, struct ci_err *err)
{
    struct ci_time now = request->now;
    struct ci_time forgotten = {now.us - KEEP_S * 1000000LL};
    struct ci_time stale = {now.us - IDEMPOTENCY_STALE_S * 1000000LL};
    int64_t claimed = 0;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_begin(www->app->db, &tx, err) ||
        !ci_db_exec(&tx, &sql_idempotency_purge, CI_ARGS(ci_arg(forgotten)), NULL, err) ||
        !ci_db_exec(&tx, &sql_idempotency_claim,
                    CI_ARGS(ci_arg(mine->username), ci_arg(mine->key), ci_arg(hash),
                            ci_arg(mine->attempt), ci_arg(now), ci_arg(stale), ci_arg(forgotten)),
                    &claimed, err) ||
        (!claimed &&
         !ci_db_rows(&tx, &sql_idempotency_find, CI_ARGS(ci_arg(mine->username), ci_arg(mine->key)),
                     &kept_row_record, request->mem, rows, err)) ||
        !ci_tx_commit(&tx, err))
        return false;
    mine->claimed = claimed > 0;
    return true;
}

static enum idempotency_verdict judge(const struct kept_row *row, struct ci_bytes hash, void *mem,
                                      json_t **answer)
{
    if (row->request_hash.len != hash.len ||
        sodium_memcmp(row->request_hash.data, hash.data, hash.len) != 0)
        return IDEMPOTENCY_OTHER;
    if (!row->answer)
        return IDEMPOTENCY_BUSY;
    *answer = ci_mem_json(mem, json_loads(row->answer, JSON_DECODE_ANY, NULL));
    return IDEMPOTENCY_KNOWN;
}

bool idempotency_begin(struct www *www, const struct ci_request *request,
                       const struct identity *who, struct idempotency *out,
                       enum idempotency_verdict *verdict, json_t **answer, struct ci_err *err)
{
    const char *key = ci_request_header(request, "idempotency-key");
    struct idempotency mine = {.username = who->username, .key = key};
    struct ci_list rows = {0};

    *out = (struct idempotency){0};
    *verdict = IDEMPOTENCY_GO;
    if (!key)
        return true;
    if (!is_key(key))
        return ci_fail(err, CI_EINVALID,
                       "Idempotency-Key: expected 1 to %d printable characters of ASCII", KEY_MAX);
    if (who->kind == IDENTITY_ANONYMOUS) /* they share a name, not their keys */
        mine.username = ci_mem_printf(request->mem, "anonymous %s", request->client);
    randombytes_buf(&mine.attempt, sizeof(mine.attempt));
    struct ci_bytes hash = hash_request(request, who);
    if (!claim(www, request, hash, &mine, &rows, err))
        return false;
    if (mine.claimed)
        *out = mine;
    else if (rows.count)
        *verdict = judge(rows.items, hash, request->mem, answer);
    else
        *verdict = IDEMPOTENCY_BUSY; /* it failed and was forgotten between the two statements */
    return true;
}

bool idempotency_keep(struct ci_tx *tx, struct idempotency *idempotency, const json_t *result,
                      struct ci_err *err)
{
    int64_t kept = 0;

    if (!idempotency->claimed)
        return true;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *answer =
        result ? reply_text(mem, json_deep_copy(result)) : "null"; /* reply_text() takes it */
    if (!ci_db_exec(tx, &sql_idempotency_keep,
                    CI_ARGS(ci_arg(idempotency->username), ci_arg(idempotency->key),
                            ci_arg(idempotency->attempt), ci_arg(answer)),
                    &kept, err))
        return false;
    if (!kept)
        return ci_fail(err, CI_ECONFLICT, "%s", idempotency_text(IDEMPOTENCY_BUSY));
    idempotency->kept = true;
    return true;
}

static bool forget(struct www *www, const struct idempotency *idempotency, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(www->app->db, &tx, err) &&
           ci_db_exec(&tx, &sql_idempotency_forget,
                      CI_ARGS(ci_arg(idempotency->username), ci_arg(idempotency->key),
                              ci_arg(idempotency->attempt)),
                      NULL, err) &&
           ci_tx_commit(&tx, err);
}

void idempotency_end(struct www *www, struct idempotency *idempotency, bool done)
{
    struct ci_err err;

    if (!idempotency->claimed || (done && idempotency->kept))
        return;
    /* It would be free in a minute anyway. */
    if (!forget(www, idempotency, &err))
        ci_log(CI_WARN, "idempotency.forget", ci_kv("error", (const char *)err.msg));
}
