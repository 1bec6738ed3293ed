/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts failed sign-ins per client address and per user name, so that nothing
 * can be guessed by trying. A fixed table: when it is full the oldest entry makes room.
 */
#pragma once

#include "shared/base.h"

#include <pthread.h>

enum { THROTTLE_SLOTS = 2048, THROTTLE_CLIENT = 64, THROTTLE_FAILURES = 10 };

struct throttle {
    pthread_mutex_t lock;
    struct throttle_slot {
        char client[THROTTLE_CLIENT];
        int failures;
        struct ci_time since; /* of the first failure that counts */
    } slots[THROTTLE_SLOTS];  /* guarded by lock */
};

void throttle_init(struct throttle *throttle);
void throttle_release(struct throttle *throttle);

/* Seconds until the client may try again; 0: now. THROTTLE_FAILURES within a minute shut it out. */
int throttle_wait(struct throttle *throttle, const char *client, struct ci_time now);
void throttle_failed(struct throttle *throttle, const char *client, struct ci_time now);

/*
 * Both in one: as throttle_wait(), and 0 counts as a failure until throttle_passed() takes it back.
 * So none of many at once gets past the count.
 */
int throttle_try(struct throttle *throttle, const char *client, struct ci_time now);
void throttle_passed(struct throttle *throttle, const char *client);
