/* SPDX-License-Identifier: Apache-2.0 */
/* Exponential backoff with jitter, so that a fleet does not come back all at once. */
#include "backoff.h"

enum { FIRST_MS = 100, LONGEST_MS = 10000, DOUBLINGS = 7 };

struct ci_dur backoff_next(struct backoff *backoff, uint32_t random)
{
    unsigned doublings = backoff->tries < DOUBLINGS ? backoff->tries : DOUBLINGS;
    int64_t whole = (int64_t)FIRST_MS << doublings;
    int64_t half;

    if (whole > LONGEST_MS)
        whole = LONGEST_MS;
    if (backoff->tries < DOUBLINGS)
        backoff->tries++;
    half = whole / 2;
    return ci_millis(half + (int64_t)random % (whole - half + 1));
}

void backoff_reset(struct backoff *backoff)
{
    backoff->tries = 0;
}
