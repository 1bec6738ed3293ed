/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The discovery documents of issuers for a minute, so that people (or who likes
 * to bother) at our sign-in page are no load for a provider. Any thread.
 */
#pragma once

#include "shared/mem.h"

#include <pthread.h>

enum { DISCOVERY_SLOTS = 8 };

struct discoveries {
    pthread_mutex_t lock;
    struct discovery {
        void *mem; /* of the two texts; NULL: free */
        const char *issuer, *text;
        struct ci_mono since;
    } slots[DISCOVERY_SLOTS]; /* guarded by lock */
};

void discoveries_init(struct discoveries *discoveries);
void discoveries_release(struct discoveries *discoveries);

/* The issuer's document in mem, or NULL. */
const char *discoveries_get(struct discoveries *discoveries, const char *issuer, struct ci_mono now,
                            void *mem);
/* Keeps it, in place of the issuer's last or of the oldest. */
void discoveries_put(struct discoveries *discoveries, const char *issuer, const char *text,
                     struct ci_mono now);
