/* SPDX-License-Identifier: Apache-2.0 */
/* A running service as its two halves know it: service.c lives, service_probe.c answers probes. */
#pragma once

#include "shared/service.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

struct ci_runtime {
    struct ci_app app; /* first: handlers and ticks get its address */
    const char *program;
    const struct ci_route *routes; /* the probes', then the service's */
    size_t route_count;
    const struct ci_loop *loops; /* the service's, then those of every service */
    size_t loop_count;
    sigset_t stop_signals;
    bool started;      /* start() has succeeded; main thread only */
    atomic_bool ready; /* the gate; set after everything in `app` is */
    pthread_mutex_t lock;
    char waiting_for[480]; /* guarded by lock: "database: ..." while not ready */
};

/* Puts the tables together, `own` being the loops of every service; before threads start. */
void ci_service_compose(struct ci_runtime *rt, const struct ci_loop *own, size_t own_count,
                        void *mem);
/* What /readyz says from now on while the gate is shut. */
void ci_service_say(struct ci_runtime *rt, const char *what, const char *why);
void ci_service_open_gate(struct ci_runtime *rt);
bool ci_service_gate(void *app, const struct ci_route *route, struct ci_err *err);
