/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session tokens that this replica has looked up, by their sha256. An entry
 * is forgotten when its session is found replaced; that is noticed with the
 * next renewal, and every statement that writes checks the session itself.
 * Any thread.
 */
#pragma once

#include "shared/http.h"

enum { TOKENS_HASH = 32 };

struct tokens;

struct tokens *tokens_new(void);
void tokens_free(struct tokens *tokens); /* NULL-safe */

/* out->name lives in mem. */
bool tokens_get(struct tokens *tokens, const void *hash, void *mem, struct ci_principal *out);
void tokens_put(struct tokens *tokens, const void *hash, const struct ci_principal *who);
/* Drops what is known of a worker's session, so that its next call asks the database. */
void tokens_drop(struct tokens *tokens, int64_t workerid, int64_t session);
