/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what anybody may have written. */
#include "hooks/allowance.h"

#include <string.h>

/* FNV-1a: who makes hashes meet only shares an allowance. */
static size_t slot_of(const char *client)
{
    uint32_t hash = 2166136261U;

    for (; client && *client; client++)
        hash = (hash ^ (unsigned char)*client) * 16777619U;
    return hash % ALLOWANCE_SLOTS;
}

bool allowance_take(struct allowance *allowance, const char *client, struct ci_time now)
{
    struct allowance_slot *slot = &allowance->slots[slot_of(client)];
    int64_t minute = now.us / 60000000, hour = minute / 60;
    bool taken;

    pthread_mutex_lock(&allowance->lock);
    if (slot->minute != minute)
        *slot = (struct allowance_slot){.minute = minute};
    if (allowance->hour != hour) {
        allowance->hour = hour;
        allowance->all = 0;
    }
    taken = slot->count < ALLOWANCE_CLIENT && allowance->all < ALLOWANCE_ALL;
    slot->count += taken;
    allowance->all += taken;
    pthread_mutex_unlock(&allowance->lock);
    return taken;
}
