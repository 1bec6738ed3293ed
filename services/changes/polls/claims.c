/* SPDX-License-Identifier: Apache-2.0 */
/* A small table behind a lock. */
#include "polls/claims.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct held {
    char *name; /* NULL: a free place */
    int64_t claim;
};

struct claims {
    pthread_mutex_t lock;
    struct held held[CLAIMS_MAX]; /* guarded by lock */
    volatile bool stopping;       /* atomic */
};

struct claims *claims_new(void)
{
    struct claims *claims = calloc(1, sizeof(*claims));

    if (!claims)
        abort();
    pthread_mutex_init(&claims->lock, NULL);
    return claims;
}

void claims_free(struct claims *claims)
{
    if (!claims)
        return;
    for (size_t i = 0; i < CLAIMS_MAX; i++)
        free(claims->held[i].name);
    pthread_mutex_destroy(&claims->lock);
    free(claims);
}

void claims_begin(struct claims *claims, const char *name, int64_t claim)
{
    char *copy = strdup(name);

    if (!copy)
        abort();
    pthread_mutex_lock(&claims->lock);
    for (size_t i = 0; copy && i < CLAIMS_MAX; i++) {
        if (claims->held[i].name)
            continue;
        claims->held[i] = (struct held){CI_STEAL(copy), claim};
    }
    pthread_mutex_unlock(&claims->lock);
    free(copy); /* without a place it is not renewed, and runs out */
}

void claims_end(struct claims *claims, const char *name)
{
    pthread_mutex_lock(&claims->lock);
    for (size_t i = 0; i < CLAIMS_MAX; i++) {
        struct held *held = &claims->held[i];

        if (!held->name || strcmp(held->name, name) != 0)
            continue;
        free(held->name);
        held->name = NULL;
        break;
    }
    pthread_mutex_unlock(&claims->lock);
}

void claims_list(struct claims *claims, void *mem, struct ci_strs *names, struct ci_i64s *numbers)
{
    const char **copies = ci_mem_array(mem, const char *, CLAIMS_MAX);
    int64_t *claim = ci_mem_array(mem, int64_t, CLAIMS_MAX);
    size_t n = 0;

    pthread_mutex_lock(&claims->lock);
    for (size_t i = 0; i < CLAIMS_MAX; i++) {
        if (!claims->held[i].name)
            continue;
        copies[n] = ci_mem_strdup(mem, claims->held[i].name);
        claim[n++] = claims->held[i].claim;
    }
    pthread_mutex_unlock(&claims->lock);
    *names = (struct ci_strs){copies, n};
    *numbers = (struct ci_i64s){claim, n};
}

void claims_stop(struct claims *claims)
{
    __atomic_store_n(&claims->stopping, true, __ATOMIC_RELAXED);
}

bool claims_stopping(struct claims *claims)
{
    return __atomic_load_n(&claims->stopping, __ATOMIC_RELAXED);
}

const volatile bool *claims_abort(const struct claims *claims)
{
    return &claims->stopping;
}
