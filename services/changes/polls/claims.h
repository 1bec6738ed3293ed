/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pollers that this process works on, so that one loop can renew all
 * claims while the others wait for git. Any thread.
 */
#pragma once

#include "shared/mem.h"

struct claims;

struct claims *claims_new(void);
void claims_free(struct claims *claims); /* NULL-safe */

/* Takes up a claim; at most CLAIMS_MAX at once. Let go of it by claims_end(). */
enum { CLAIMS_MAX = 16 };
void claims_begin(struct claims *claims, const char *name, int64_t claim);
void claims_end(struct claims *claims, const char *name);

/* The claims under way, in mem. */
void claims_list(struct claims *claims, void *mem, struct ci_strs *names, struct ci_i64s *numbers);

/* At the stop: polls under way end early. */
void claims_stop(struct claims *claims);
bool claims_stopping(struct claims *claims);
/* What claims_stop() makes true, for ci_proc's abort. */
const volatile bool *claims_abort(const struct claims *claims);
