/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of agents. */
#include "session.h"

#include "builder_sql.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_BYTES = 32, NAME_MAX_BYTES = 100 };

struct worker {
    int64_t workerid, session;
    bool active, enrolled;
    const char *name, *password_hash;
};

static const struct ci_field by_name_fields[] = {
    CI_FIELD(struct worker, workerid, 0),
    CI_FIELD(struct worker, active, 0),
    CI_FIELD(struct worker, enrolled, 0),
    CI_FIELD(struct worker, password_hash, CI_SECRET),
};
static const struct ci_record by_name_record = CI_RECORD("worker", struct worker, by_name_fields);

static const struct ci_field numbered_fields[] = {
    CI_FIELD(struct worker, workerid, 0),
    CI_FIELD(struct worker, session, 0),
};
static const struct ci_record numbered_record = CI_RECORD("worker", struct worker, numbered_fields);

static const struct ci_field holder_fields[] = {
    CI_FIELD(struct worker, workerid, 0),
    CI_FIELD(struct worker, name, 0),
    CI_FIELD(struct worker, session, 0),
};
static const struct ci_record holder_record = CI_RECORD("worker", struct worker, holder_fields);

static const struct ci_field session_fields[] = {
    CI_FIELD(struct worker, session, 0),
};
static const struct ci_record session_record = CI_RECORD("worker", struct worker, session_fields);

static struct ci_bytes sha256(void *mem, const char *text)
{
    unsigned char *hash = ci_mem_alloc(mem, crypto_hash_sha256_BYTES);

    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    return (struct ci_bytes){hash, crypto_hash_sha256_BYTES};
}

/* In constant time whatever the lengths: hashes are compared. */
static bool same_secret(void *mem, const char *a, const char *b)
{
    return sodium_memcmp(sha256(mem, a).data, sha256(mem, b).data, crypto_hash_sha256_BYTES) == 0;
}

/*
 * "<workerid>.<session>.<random>": the numbers tell a replaced session (409)
 * from a token never known (401) without keeping old tokens; they prove nothing.
 */
static const char *make_token(void *mem, int64_t workerid, int64_t session)
{
    unsigned char bytes[TOKEN_BYTES];
    char text[sodium_base64_ENCODED_LEN(TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return ci_mem_printf(mem, "%" PRId64 ".%" PRId64 ".%s", workerid, session, text);
}

static bool good_name(const char *name)
{
    if (!name || name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
        return false;
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return false;
    }
    return true;
}

/* The password is checked outside of any transaction: it takes its time. */
static bool check_password(struct builder *builder, const struct session_proof *proof, void *mem,
                           int64_t *workerid, struct ci_err *err)
{
    struct ci_list rows = {0};
    const struct worker *worker;
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_worker_by_name, CI_ARGS(ci_arg(proof->name)), &by_name_record, mem,
                    &rows, err))
        return false;
    ci_tx_rollback(&tx);
    worker = rows.count > 0 ? rows.items : NULL;
    if (worker && worker->active && !worker->enrolled && !worker->password_hash)
        return ci_fail(err, CI_EUNAVAILABLE, "the password of \"%s\" is not taken up yet",
                       proof->name);
    if (!passwords_verify(builder->passwords, proof->password,
                          worker && worker->active ? worker->password_hash : NULL) ||
        !worker)
        return ci_fail(err, CI_EUNAUTHENTICATED, "unrecognized worker or wrong password");
    *workerid = worker->workerid;
    return true;
}

static bool check_enrolment(const struct builder *builder, const struct session_proof *proof,
                            void *mem, struct ci_err *err)
{
    const char *expected = builder->settings->enrolment_token;

    if (!expected || expected[0] == '\0' || !proof->enrolment ||
        !same_secret(mem, expected, proof->enrolment))
        return ci_fail(err, CI_EUNAUTHENTICATED, "unrecognized enrolment token");
    return true;
}

/* Finds and locks the worker's row. */
static bool lock_worker(struct ci_tx *tx, const struct session_proof *proof, int64_t workerid,
                        void *mem, struct worker *out, struct ci_err *err)
{
    if (proof->password)
        return ci_db_one(tx, &sql_worker_lock, CI_ARGS(ci_arg(workerid)), &numbered_record, mem,
                         out, err);
    if (ci_db_one(tx, &sql_worker_enrol, CI_ARGS(ci_arg(proof->name)), &numbered_record, mem, out,
                  err))
        return true;
    if (err->code == CI_ENOTFOUND)
        return ci_fail(err, CI_EDENIED, "\"%s\" belongs to the configuration: use its password",
                       proof->name);
    return false;
}

static struct ci_arg object_arg(void *mem, json_t *json)
{
    static const char empty[] = "{}";

    return json_is_object(json) ? ci_arg_json(mem, json) : ci_arg_str(empty);
}

bool session_open(struct builder *builder, const struct session_proof *proof,
                  const struct session_offer *offer, struct ci_time now, void *mem,
                  struct session *out, struct ci_err *err)
{
    struct worker worker = {0};
    int64_t workerid = 0;
    CI_AUTO_TX tx = {0};

    if (!good_name(proof->name))
        return ci_fail(err, CI_EINVALID, "name: missing, too long or not printable");
    if (proof->password ? !check_password(builder, proof, mem, &workerid, err)
                        : !check_enrolment(builder, proof, mem, err))
        return false;
    if (!ci_tx_begin(builder->app->db, &tx, err) ||
        !lock_worker(&tx, proof, workerid, mem, &worker, err))
        return builder_retry_later(err);
    *out = (struct session){.workerid = worker.workerid, .session = worker.session + 1};
    out->token = make_token(mem, out->workerid, out->session);
    if (!ci_db_one(&tx, &sql_session_open,
                   CI_ARGS(ci_arg(out->workerid), ci_arg(out->session),
                           ci_arg(sha256(mem, out->token)), ci_arg(offer->slots),
                           object_arg(mem, offer->labels), object_arg(mem, offer->info),
                           ci_arg(now)),
                   &ci_worker_row_record, mem, &out->worker, err) ||
        !ci_tx_commit(&tx, err))
        return builder_retry_later(err);
    hub_replace(builder->hub, out->workerid, out->session);
    return true;
}

/* The two numbers that a token of ours begins with. */
static bool read_token(const char *token, int64_t *workerid, int64_t *session)
{
    char *end;

    *workerid = strtoll(token, &end, 10);
    if (end == token || *end != '.')
        return false;
    token = end + 1;
    *session = strtoll(token, &end, 10);
    return end != token && *end == '.';
}

/* A token that nobody holds: was it once given out? */
static bool explain(struct builder *builder, const char *token, void *mem, struct ci_err *err)
{
    int64_t workerid = 0, session = 0;
    struct ci_list rows = {0};
    CI_AUTO_TX tx = {0};

    if (!read_token(token, &workerid, &session))
        return ci_fail(err, CI_EUNAUTHENTICATED, "unrecognized session");
    if (!ci_tx_read(builder->app->db, &tx, err) ||
        !ci_db_rows(&tx, &sql_worker_session, CI_ARGS(ci_arg(workerid)), &session_record, mem,
                    &rows, err))
        return false;
    if (rows.count > 0 && ((const struct worker *)rows.items)->session > session)
        return ci_fail(err, CI_ECONFLICT, "session replaced by a newer one of this worker");
    return ci_fail(err, CI_EUNAUTHENTICATED, "unrecognized session");
}

static bool look_up(struct builder *builder, const char *token, struct ci_bytes hash, void *mem,
                    struct worker *out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    if (!ci_tx_read(builder->app->db, &tx, err))
        return false;
    if (ci_db_one(&tx, &sql_worker_by_token, CI_ARGS(ci_arg(hash)), &holder_record, mem, out, err))
        return true;
    ci_tx_rollback(&tx);
    return err->code == CI_ENOTFOUND ? explain(builder, token, mem, err) : false;
}

bool session_find(struct builder *builder, const char *token, void *mem, struct ci_principal *out,
                  struct ci_err *err)
{
    const struct ci_bytes hash = sha256(mem, token);
    struct worker worker = {0};

    if (tokens_get(builder->tokens, hash.data, mem, out)) {
        if (hub_replaced(builder->hub, out->id, out->session))
            return ci_fail(err, CI_ECONFLICT, "session replaced by a newer one of this worker");
        return true;
    }
    if (!look_up(builder, token, hash, mem, &worker, err))
        return false;
    *out = (struct ci_principal){.role = CI_ROLE_AGENT,
                                 .id = worker.workerid,
                                 .session = worker.session,
                                 .name = worker.name};
    tokens_put(builder->tokens, hash.data, out);
    return true;
}
