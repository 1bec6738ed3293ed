/* SPDX-License-Identifier: Apache-2.0 */
/* A small table behind a lock. */
#include "underway.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
    int64_t notificationid; /* 0: a free place */
    int attempt;
} table[UNDERWAY_MAX]; /* guarded by lock */

void underway_begin(int64_t notificationid, int attempt)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < UNDERWAY_MAX; i++) {
        if (table[i].notificationid)
            continue;
        table[i].notificationid = notificationid;
        table[i].attempt = attempt;
        break;
    }
    pthread_mutex_unlock(&lock);
}

void underway_end(int64_t notificationid)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < UNDERWAY_MAX; i++)
        if (table[i].notificationid == notificationid)
            table[i].notificationid = 0;
    pthread_mutex_unlock(&lock);
}

void underway_list(void *mem, struct ci_i64s *ids, struct ci_i64s *attempts)
{
    int64_t *numbers = ci_mem_array(mem, int64_t, UNDERWAY_MAX);
    int64_t *tries = ci_mem_array(mem, int64_t, UNDERWAY_MAX);
    size_t n = 0;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < UNDERWAY_MAX; i++) {
        if (!table[i].notificationid)
            continue;
        numbers[n] = table[i].notificationid;
        tries[n++] = table[i].attempt;
    }
    pthread_mutex_unlock(&lock);
    *ids = (struct ci_i64s){numbers, n};
    *attempts = (struct ci_i64s){tries, n};
}
