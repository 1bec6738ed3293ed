/* SPDX-License-Identifier: Apache-2.0 */
#include "access/bearers.h"

#include "accounts/signin.h"
#include "www.h"

#include <sodium.h>
#include <string.h>

_Static_assert(BEARERS_HASH_KEY == crypto_shorthash_KEYBYTES, "a key is as long as sodium's");

void bearers_init(struct bearers *bearers)
{
    *bearers = (struct bearers){0};
    pthread_mutex_init(&bearers->lock, NULL);
    randombytes_buf(bearers->hash_key, sizeof(bearers->hash_key));
}

void bearers_release(struct bearers *bearers)
{
    pthread_mutex_destroy(&bearers->lock);
}

static uint64_t hash(const struct bearers *bearers, const char *bearer)
{
    unsigned char out[crypto_shorthash_BYTES];
    uint64_t key;

    crypto_shorthash(out, (const unsigned char *)bearer, strlen(bearer), bearers->hash_key);
    memcpy(&key, out, sizeof(key));
    return key ? key : 1;
}

static bool is_known(struct bearers *bearers, const char *bearer)
{
    uint64_t key = hash(bearers, bearer);

    pthread_mutex_lock(&bearers->lock);
    bool known = bearers->known[key % BEARERS_KNOWN] == key;
    pthread_mutex_unlock(&bearers->lock);
    return known;
}

/* One that was right and is over makes room at once. */
static void note(struct bearers *bearers, const char *bearer, bool right)
{
    uint64_t key = hash(bearers, bearer);
    uint64_t *slot = &bearers->known[key % BEARERS_KNOWN];

    pthread_mutex_lock(&bearers->lock);
    if (right)
        *slot = key;
    else if (*slot == key)
        *slot = 0;
    pthread_mutex_unlock(&bearers->lock);
}

/* Apart from the sign-ins of people, who may share the address with a script. */
static const char *throttle_key(const struct ci_request *request)
{
    return ci_mem_printf(request->mem, "b:%s", signin_client(request));
}

int bearers_wait(struct www *www, const struct ci_request *request)
{
    const char *bearer = ci_request_bearer(request);
    int wait = bearer ? throttle_wait(&www->throttle, throttle_key(request), request->now) : 0;

    return wait && !is_known(&www->bearers, bearer) ? wait : 0;
}

void bearers_judged(struct www *www, const struct ci_request *request, bool right)
{
    const char *bearer = ci_request_bearer(request);

    if (!bearer)
        return;
    note(&www->bearers, bearer, right);
    if (!right)
        throttle_failed(&www->throttle, throttle_key(request), request->now);
}
