/* SPDX-License-Identifier: Apache-2.0 */
/* Lease arithmetic. */
#include "lease.h"

enum lease_act lease_next(const struct lease_watch *watch, struct ci_time now, struct ci_dur lease)
{
    if (watch->last.us == 0 || now.us - watch->last.us > lease.us / 2)
        return LEASE_PUSH;
    return LEASE_EXPIRE;
}

enum ci_result lease_verdict(int64_t attempt, int max_attempts, bool cancelled)
{
    if (cancelled)
        return CI_CANCELLED;
    return attempt >= max_attempts ? CI_EXCEPTION : CI_RETRY;
}
