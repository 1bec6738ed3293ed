/* SPDX-License-Identifier: Apache-2.0 */
/* Lease arithmetic. */
#include "lease.h"

enum lease_act lease_next(const struct lease_watch *watch, struct ci_time now, struct ci_dur lease)
{
    if (watch->last.us == 0 || now.us - watch->last.us > lease.us / 2)
        return LEASE_PUSH;
    return LEASE_EXPIRE;
}

struct ci_dur lease_heartbeat(struct ci_dur heartbeat, struct ci_dur lease)
{
    const int64_t asked = heartbeat.us / 1000000, third = lease.us / 3 / 1000000;
    const int64_t seconds = asked < third ? asked : third;

    return ci_seconds(seconds > 1 ? seconds : 1);
}

enum ci_result lease_verdict(int64_t attempt, int max_attempts, bool cancelled)
{
    if (cancelled)
        return CI_CANCELLED;
    return attempt >= max_attempts ? CI_EXCEPTION : CI_RETRY;
}
