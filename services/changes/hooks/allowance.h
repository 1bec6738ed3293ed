/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much of what anybody may send the ledger takes: deliveries without
 * changes whose sender proved nothing. A fixed table; any thread.
 */
#pragma once

#include "shared/base.h"

#include <pthread.h>

enum {
    ALLOWANCE_SLOTS = 256,
    ALLOWANCE_CLIENT = 20, /* rows a minute of one client */
    ALLOWANCE_ALL = 300,   /* rows an hour of all of them, in this process */
};

struct allowance {
    pthread_mutex_t lock;
    int64_t hour; /* guarded by lock */
    int all;      /* guarded by lock: rows of that hour */
    struct allowance_slot {
        int64_t minute;
        int count;
    } slots[ALLOWANCE_SLOTS]; /* guarded by lock; clients of one hash share one */
};
#define ALLOWANCE_INIT                                                                             \
    {                                                                                              \
        .lock = PTHREAD_MUTEX_INITIALIZER                                                          \
    }

/* Whether one more row may be written for the client, which counts it. */
bool allowance_take(struct allowance *allowance, const char *client, struct ci_time now);
