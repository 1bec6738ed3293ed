/* SPDX-License-Identifier: Apache-2.0 */
/* The bus as its two halves know it: bus.c sends and hears, bus_history.c reads what was kept. */
#pragma once

#include "shared/bus.h"

#include <nats/nats.h>
#include <pthread.h>
#include <stdatomic.h>

struct subscription;

struct ci_bus {
    natsConnection *nats; /* NULL: never connected */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct subscription *subscriptions; /* guarded by lock; rows are never removed before the end */
    unsigned pending; /* guarded by lock: "last call" callbacks of nats.c still to come */
    bool closing;     /* guarded by lock */
    jsCtx *js;        /* guarded by lock; made when the history is asked for first */
    atomic_bool told; /* an event was published ever */
    atomic_bool lost; /* one may not have arrived */
};

/* What the message and its headers say, borrowed from it. */
void ci_bus_unpack(natsMsg *msg, struct ci_bus_message *out);
