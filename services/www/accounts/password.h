/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords of local users as argon2id hashes. Any thread; hashes are made one at a time. */
#pragma once

#include "shared/err.h"

#include <pthread.h>
#include <stdatomic.h>

/* Bytes. */
enum { PASSWORD_SHORTEST = 8, PASSWORD_LONGEST = 1024, PASSWORD_HASH = 128 };

/* Who may wait for a turn: some seconds' worth. A connection waits with each. */
enum { PASSWORD_WAITING = 100 };

struct passwords {
    pthread_mutex_t slow; /* held while one hash is worked on: each takes megabytes */
    atomic_int waiting;   /* for it, or having it */
    char
        dummy[PASSWORD_HASH]; /* guarded by slow: what an unknown user's password is held against */
};

void passwords_init(struct passwords *passwords);
void passwords_release(struct passwords *passwords);

/* CI_EINVALID: too short or too long. `out` takes PASSWORD_HASH bytes, as text. */
CI_MUST_USE bool password_hash(struct passwords *passwords, const char *password, char *out,
                               struct ci_err *err);

/*
 * One's turn, for password_right(): what is found and done in it is seen by the next one, so that a
 * hundred guesses at once are a hundred guesses. CI_EUNAVAILABLE: too many wait.
 */
CI_MUST_USE bool password_turn(struct passwords *passwords, struct ci_err *err);
void password_turn_end(struct passwords *passwords);

/* Whether it is the hash's, asked in one's turn. hash NULL: no, in the same time. */
bool password_right(struct passwords *passwords, const char *password, const char *hash);
