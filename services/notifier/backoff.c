/* SPDX-License-Identifier: Apache-2.0 */
/* The pauses between tries. */
#include "backoff.h"

static const struct ci_dur first = {30 * INT64_C(1000000)}, longest = {6 * 3600 * INT64_C(1000000)},
                           give_up = {5 * 86400 * INT64_C(1000000)};

bool backoff_next(int attempt, struct ci_time created_at, struct ci_time now, struct ci_time *next)
{
    struct ci_dur pause = first;

    for (int i = 1; i < attempt && pause.us < longest.us; i++)
        pause.us *= 2;
    if (pause.us > longest.us)
        pause = longest;
    if (now.us - created_at.us > give_up.us)
        return false;
    *next = ci_time_add(now, pause);
    return true;
}
