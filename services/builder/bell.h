/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bell for handlers that wait for the database to change: whoever waits
 * reads the bell, looks, and waits until it has rung since. Any thread.
 *
 *     const int64_t before = bell_read(bell);
 *     ... look; not yet ...
 *     bell_wait(bell, before, until);
 */
#pragma once

#include "shared/clock.h"

struct bell;

struct bell *bell_new(void);
void bell_free(struct bell *bell); /* NULL-safe; no thread may wait in it */

int64_t bell_read(struct bell *bell);
/* True when it has rung since `before` was read; false: `until` has come, or the bell has stopped.
 */
bool bell_wait(struct bell *bell, int64_t before, struct ci_mono until);
void bell_ring(struct bell *bell);
/* Every wait ends now and from now on. */
void bell_stop(struct bell *bell);
