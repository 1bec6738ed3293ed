/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers' passwords as argon2id hashes, and what was verified lately. One
 * hash is worked on at a time, so that neither memory nor CPU can be had by
 * asking often. Any thread.
 */
#pragma once

#include "shared/config.h"
#include "shared/err.h"
#include "shared/mem.h"

struct passwords;

struct passwords *passwords_new(void);
void passwords_free(struct passwords *passwords); /* NULL-safe */

/*
 * Whether `password` is the one behind `hash`. A pair that was right before
 * is known by a keyed fingerprint and costs nothing; hash NULL takes as long
 * as a wrong password.
 */
bool passwords_verify(struct passwords *passwords, const char *password, const char *hash);

/* A fresh hash, in mem. */
const char *passwords_hash(struct passwords *passwords, void *mem, const char *password);

/*
 * Stores a fresh hash for each worker of `config` whose stored one does not
 * verify. A password that can't be read is logged and counted in *unread;
 * the others are done nevertheless.
 */
CI_MUST_USE bool passwords_sync(struct passwords *passwords, struct ci_db *db,
                                const struct ci_config *config, const char *secrets_dir, void *mem,
                                size_t *unread, struct ci_err *err);
