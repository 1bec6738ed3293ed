/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guesses at tokens, which come as Authorization: Bearer with any request: ten
 * wrong ones within a minute shut out what else their address sends for the
 * rest of it; but a token that has been right here before is looked at all the
 * same, so that one script with an old token is nobody else's trouble.
 */
#pragma once

#include "shared/http.h"

#include <pthread.h>
#include <stdint.h>

struct www;

enum { BEARERS_KNOWN = 4096, BEARERS_HASH_KEY = 16 };

struct bearers {
    pthread_mutex_t lock;
    unsigned char hash_key[BEARERS_HASH_KEY]; /* random */
    uint64_t known[BEARERS_KNOWN];            /* guarded by lock: hashes of those that were right */
};

void bearers_init(struct bearers *bearers);
void bearers_release(struct bearers *bearers);

/* Seconds for which the request's bearer, if it has one, is not looked at; 0: it is. Any thread. */
int bearers_wait(struct www *www, const struct ci_request *request);

/* Notes whether the request's bearer, if it has one, was right. Any thread. */
void bearers_judged(struct www *www, const struct ci_request *request, bool right);
