/* SPDX-License-Identifier: Apache-2.0 */
/* A bell for handlers that wait for the database to change. */
#include "bell.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    int64_t count; /* guarded by lock */
    bool stopped;  /* guarded by lock */
};

struct bell *bell_new(void)
{
    struct bell *bell = calloc(1, sizeof(*bell));
    pthread_condattr_t monotonic;

    if (!bell)
        abort();
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&bell->lock, NULL);
    pthread_cond_init(&bell->rung, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return bell;
}

void bell_free(struct bell *bell)
{
    if (!bell)
        return;
    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->lock);
    free(bell);
}

int64_t bell_read(struct bell *bell)
{
    int64_t count;

    pthread_mutex_lock(&bell->lock);
    count = bell->count;
    pthread_mutex_unlock(&bell->lock);
    return count;
}

bool bell_wait(struct bell *bell, int64_t before, struct ci_mono until)
{
    const struct timespec at = {.tv_sec = until.us / 1000000, .tv_nsec = until.us % 1000000 * 1000};
    bool rung, late = false;

    pthread_mutex_lock(&bell->lock);
    while (bell->count == before && !bell->stopped && !late)
        late = pthread_cond_timedwait(&bell->rung, &bell->lock, &at) == ETIMEDOUT;
    rung = bell->count != before && !bell->stopped;
    pthread_mutex_unlock(&bell->lock);
    return rung;
}

void bell_ring(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    bell->count++;
    pthread_cond_broadcast(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}

void bell_stop(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    bell->stopped = true;
    pthread_cond_broadcast(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}
