/* SPDX-License-Identifier: Apache-2.0 */
/* Workers' passwords as argon2id hashes. */
#include "passwords.h"

#include "builder_sql.h"
#include "map.h"
#include "shared/log.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* OWASP's second choice for argon2id, about 15 ms: memory counts where thousands of agents sign in.
 */
enum { ARGON_OPS = 5, ARGON_MEMORY = 7 << 20 };

struct passwords {
    pthread_mutex_t lock; /* of `known` */
    pthread_mutex_t slow; /* held while one hash is worked on */
    unsigned char key[crypto_generichash_KEYBYTES];
    struct map *known; /* guarded by lock: fingerprints of pairs that were right */
};

struct passwords *passwords_new(void)
{
    struct passwords *passwords = calloc(1, sizeof(*passwords));

    if (!passwords || sodium_init() < 0)
        abort();
    pthread_mutex_init(&passwords->lock, NULL);
    pthread_mutex_init(&passwords->slow, NULL);
    crypto_generichash_keygen(passwords->key);
    passwords->known = map_new(crypto_generichash_BYTES);
    return passwords;
}

void passwords_free(struct passwords *passwords)
{
    if (!passwords)
        return;
    map_free(passwords->known);
    pthread_mutex_destroy(&passwords->lock);
    pthread_mutex_destroy(&passwords->slow);
    sodium_memzero(passwords->key, sizeof(passwords->key));
    free(passwords);
}

static void fingerprint(const struct passwords *passwords, const char *password, const char *hash,
                        unsigned char out[crypto_generichash_BYTES])
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, passwords->key, sizeof(passwords->key),
                            crypto_generichash_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)password, strlen(password) + 1);
    crypto_generichash_update(&state, (const unsigned char *)hash, strlen(hash));
    crypto_generichash_final(&state, out, crypto_generichash_BYTES);
}

static bool is_known(struct passwords *passwords, const unsigned char *print)
{
    bool known;

    pthread_mutex_lock(&passwords->lock);
    known = map_get(passwords->known, print) != NULL;
    pthread_mutex_unlock(&passwords->lock);
    return known;
}

/* A set: the value only has to be there. */
static void remember(struct passwords *passwords, const unsigned char *print)
{
    pthread_mutex_lock(&passwords->lock);
    (void)map_put(passwords->known, print, passwords);
    pthread_mutex_unlock(&passwords->lock);
}

bool passwords_verify(struct passwords *passwords, const char *password, const char *hash)
{
    unsigned char print[crypto_generichash_BYTES];
    CI_AUTO_MEM mem = ci_mem_new();
    bool right;

    if (!hash) {
        (void)passwords_hash(passwords, mem, password);
        return false;
    }
    fingerprint(passwords, password, hash, print);
    if (is_known(passwords, print))
        return true;
    pthread_mutex_lock(&passwords->slow);
    right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    pthread_mutex_unlock(&passwords->slow);
    if (right)
        remember(passwords, print);
    return right;
}

const char *passwords_hash(struct passwords *passwords, void *mem, const char *password)
{
    char hash[crypto_pwhash_STRBYTES];
    int failed;

    pthread_mutex_lock(&passwords->slow);
    failed = crypto_pwhash_str_alg(hash, password, strlen(password), ARGON_OPS, ARGON_MEMORY,
                                   crypto_pwhash_ALG_ARGON2ID13);
    pthread_mutex_unlock(&passwords->slow);
    if (failed)
        abort(); /* out of memory */
    return ci_mem_strdup(mem, hash);
}

struct stored {
    const char *name, *password_hash;
};
static const struct ci_field stored_fields[] = {
    CI_FIELD(struct stored, name, 0),
    CI_FIELD(struct stored, password_hash, CI_SECRET),
};
static const struct ci_record stored_record = CI_RECORD("password", struct stored, stored_fields);

static const struct stored *find_stored(struct ci_list list, const char *name)
{
    CI_FOREACH(struct stored, stored, list) {
        if (strcmp(stored->name, name) == 0)
            return stored;
    }
    return NULL;
}

static bool load_stored(struct ci_db *db, const struct ci_config *config, void *mem,
                        struct ci_list *out, struct ci_err *err)
{
    const char **names = ci_mem_array(mem, const char *, config->workers.count + 1);
    struct ci_strs list = {names, 0};
    CI_AUTO_TX tx = {0};

    CI_FOREACH(struct ci_worker, worker, config->workers)
        names[list.count++] = worker->name;
    return ci_tx_read(db, &tx, err) && ci_db_rows(&tx, &sql_password_hashes, CI_ARGS(ci_arg(list)),
                                                  &stored_record, mem, out, err);
}

static bool store(struct ci_db *db, const char *name, const char *hash, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};

    return ci_tx_begin(db, &tx, err) &&
           ci_db_exec(&tx, &sql_password_store, CI_ARGS(ci_arg(name), ci_arg(hash)), NULL, err) &&
           ci_tx_commit(&tx, err);
}

/* One worker; the connection is not held while hashing. */
static bool sync_one(struct passwords *passwords, struct ci_db *db, const struct stored *stored,
                     const char *password, void *mem, struct ci_err *err)
{
    if (!stored ||
        (stored->password_hash && passwords_verify(passwords, password, stored->password_hash)))
        return true;
    return store(db, stored->name, passwords_hash(passwords, mem, password), err);
}

bool passwords_sync(struct passwords *passwords, struct ci_db *db, const struct ci_config *config,
                    const char *secrets_dir, void *mem, size_t *unread, struct ci_err *err)
{
    struct ci_list list = {0};

    *unread = 0;
    if (config->workers.count == 0)
        return true;
    if (!load_stored(db, config, mem, &list, err))
        return false;
    CI_FOREACH(struct ci_worker, worker, config->workers) {
        const char *password = NULL;
        struct ci_err why;

        if (worker->password.kind == CI_SECRET_NONE)
            continue;
        if (!ci_secret_read(&worker->password, secrets_dir, mem, &password, &why)) {
            ci_log(CI_WARN, "password.unread", ci_kv("worker", worker->name),
                   ci_kv("error", (const char *)why.msg));
            (*unread)++;
        } else if (!sync_one(passwords, db, find_stored(list, worker->name), password, mem, err)) {
            return false;
        }
    }
    return true;
}
