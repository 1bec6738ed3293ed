/* SPDX-License-Identifier: Apache-2.0 */
#include "access/cookie.h"

#include "www_sql.h"

#include <sodium.h>
#include <string.h>

enum { MAC = crypto_auth_hmacsha256_BYTES, MAC_TEXT = 2 * MAC };

void cookie_key_init(struct cookie_key *key)
{
    *key = (struct cookie_key){0};
    pthread_mutex_init(&key->lock, NULL);
}

void cookie_key_release(struct cookie_key *key)
{
    pthread_mutex_destroy(&key->lock);
    sodium_memzero(key->bytes, sizeof(key->bytes));
}

struct key_row {
    struct ci_bytes value;
};
static const struct ci_field key_row_fields[] = {CI_FIELD(struct key_row, value, CI_SECRET)};
static const struct ci_record key_row_record = CI_RECORD("key", struct key_row, key_row_fields);

/* The one in the database, which is the first that any replica offered. */
static bool read_key(struct ci_db *db, unsigned char *out, struct ci_err *err)
{
    unsigned char offered[COOKIE_KEY];
    const struct ci_bytes offer = {offered, COOKIE_KEY};
    struct key_row row = {0};
    CI_AUTO_MEM mem = ci_mem_new();
    CI_AUTO_TX tx = {0};

    randombytes_buf(offered, sizeof(offered));
    if (!ci_tx_read(db, &tx, err) ||
        !ci_db_exec(&tx, &sql_server_key_offer, CI_ARGS(ci_arg("cookie"), ci_arg(offer)), NULL,
                    err) ||
        !ci_db_one(&tx, &sql_server_key_get, CI_ARGS(ci_arg("cookie")), &key_row_record, mem, &row,
                   err))
        return false;
    if (row.value.len != COOKIE_KEY)
        return ci_fail(err, CI_EINTERNAL, "the cookies' key is not of %d bytes", COOKIE_KEY);
    memcpy(out, row.value.data, COOKIE_KEY);
    return true;
}

bool cookie_key_get(struct cookie_key *key, struct ci_db *db, const unsigned char **out,
                    struct ci_err *err)
{
    unsigned char bytes[COOKIE_KEY];

    pthread_mutex_lock(&key->lock);
    bool there = key->there;
    pthread_mutex_unlock(&key->lock);
    if (!there) {
        /* Not under the lock, as it asks the database; two threads read the same key. */
        if (!read_key(db, bytes, err))
            return false;
        pthread_mutex_lock(&key->lock);
        if (!key->there)
            memcpy(key->bytes, bytes, COOKIE_KEY);
        key->there = true;
        pthread_mutex_unlock(&key->lock);
    }
    *out = key->bytes;
    return true;
}

const char *cookie_session_new(bool admin, void *mem)
{
    return ci_mem_printf(mem, "%c%s", admin ? 'a' : 'u', secret_new(mem));
}

bool cookie_session_is_admin(const char *session)
{
    return *session == 'a';
}

static const char *mac_of(const unsigned char *key, const char *session, const char *admin_token,
                          void *mem)
{
    static const unsigned char end = 0;
    crypto_auth_hmacsha256_state state;
    unsigned char mac[MAC];
    char *text = ci_mem_alloc(mem, MAC_TEXT + 1);

    crypto_auth_hmacsha256_init(&state, key, COOKIE_KEY);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)session, strlen(session));
    crypto_auth_hmacsha256_update(&state, &end, 1);
    if (cookie_session_is_admin(session) && admin_token)
        crypto_auth_hmacsha256_update(&state, (const unsigned char *)admin_token,
                                      strlen(admin_token));
    crypto_auth_hmacsha256_final(&state, mac);
    return sodium_bin2hex(text, MAC_TEXT + 1, mac, sizeof(mac));
}

const char *cookie_sign(const unsigned char *key, const char *session, const char *admin_token,
                        void *mem)
{
    return ci_mem_printf(mem, "%s.%s", session, mac_of(key, session, admin_token, mem));
}

const char *cookie_verify(const unsigned char *key, const char *value, const char *admin_token,
                          void *mem)
{
    const char *dot = strchr(value, '.');

    if (!dot || dot == value || strlen(dot + 1) != MAC_TEXT)
        return NULL;
    const char *session = ci_mem_strndup(mem, value, (size_t)(dot - value));
    return sodium_memcmp(mac_of(key, session, admin_token, mem), dot + 1, MAC_TEXT) == 0 ? session
                                                                                         : NULL;
}

const char *secret_new(void *mem)
{
    enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };
    unsigned char random[SECRET_BYTES];
    size_t size = sodium_base64_ENCODED_LEN(sizeof(random), VARIANT);

    randombytes_buf(random, sizeof(random));
    return sodium_bin2base64(ci_mem_alloc(mem, size), size, random, sizeof(random), VARIANT);
}

struct ci_bytes secret_hash(void *mem, const char *text)
{
    unsigned char *out = ci_mem_alloc(mem, crypto_hash_sha256_BYTES);

    crypto_hash_sha256(out, (const unsigned char *)text, strlen(text));
    return (struct ci_bytes){out, crypto_hash_sha256_BYTES};
}

/* Through hashes, so that neither content nor length shows in the time taken. */
bool secret_same(const char *a, const char *b)
{
    CI_AUTO_MEM mem = ci_mem_new();

    return sodium_memcmp(secret_hash(mem, a).data, secret_hash(mem, b).data,
                         crypto_hash_sha256_BYTES) == 0;
}
