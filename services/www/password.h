/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords of local users as argon2id hashes. Any thread; hashes are made one at a time. */
#pragma once

#include "shared/err.h"

#include <pthread.h>

/* Bytes. */
enum { PASSWORD_SHORTEST = 8, PASSWORD_LONGEST = 1024, PASSWORD_HASH = 128 };

struct passwords {
    pthread_mutex_t slow; /* held while one hash is worked on: each takes megabytes */
    char
        dummy[PASSWORD_HASH]; /* guarded by slow: what an unknown user's password is held against */
};

void passwords_init(struct passwords *passwords);
void passwords_release(struct passwords *passwords);

/* CI_EINVALID: too short or too long. `out` takes PASSWORD_HASH bytes, as text. */
CI_MUST_USE bool password_hash(struct passwords *passwords, const char *password, char *out,
                               struct ci_err *err);

/* Whether it is the hash's. hash NULL: no, in the same time. */
bool password_right(struct passwords *passwords, const char *password, const char *hash);
