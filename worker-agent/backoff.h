/* SPDX-License-Identifier: Apache-2.0 */
/* Pauses between tries: doubling from 100 ms to 10 s, each jittered, for ever. */
#pragma once

#include "shared/base.h"

struct backoff {
    unsigned tries;
};

/* The next pause: between half and all of 100 ms * 2^tries, at most 10 s. `random` is any number.
 */
struct ci_dur backoff_next(struct backoff *backoff, uint32_t random);

/* After a success. */
void backoff_reset(struct backoff *backoff);
