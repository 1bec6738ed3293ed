/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/throttle.h"

#include <stdio.h>
#include <string.h>

enum { WINDOW_S = 60 };

void throttle_init(struct throttle *throttle)
{
    memset(throttle->slots, 0, sizeof(throttle->slots));
    pthread_mutex_init(&throttle->lock, NULL);
}

void throttle_release(struct throttle *throttle)
{
    pthread_mutex_destroy(&throttle->lock);
}

/* Seconds since the slot's first failure, or -1 when that has been forgotten. */
static int64_t age(const struct throttle_slot *slot, struct ci_time now)
{
    int64_t seconds = (now.us - slot->since.us) / 1000000;

    return slot->failures && seconds >= 0 && seconds < WINDOW_S ? seconds : -1;
}

static struct throttle_slot *find(struct throttle *throttle, const char *client)
{
    for (size_t i = 0; i < THROTTLE_SLOTS; i++)
        if (strncmp(throttle->slots[i].client, client, THROTTLE_CLIENT - 1) == 0)
            return &throttle->slots[i];
    return NULL;
}

/* The lock is held. */
static int wait_of(struct throttle *throttle, const char *client, struct ci_time now)
{
    const struct throttle_slot *slot = find(throttle, client);

    return slot && slot->failures >= THROTTLE_FAILURES && age(slot, now) >= 0
               ? (int)(WINDOW_S - age(slot, now))
               : 0;
}

int throttle_wait(struct throttle *throttle, const char *client, struct ci_time now)
{
    pthread_mutex_lock(&throttle->lock);
    int wait = wait_of(throttle, client, now);
    pthread_mutex_unlock(&throttle->lock);
    return wait;
}

static struct throttle_slot *oldest(struct throttle *throttle)
{
    struct throttle_slot *found = &throttle->slots[0];

    for (size_t i = 1; i < THROTTLE_SLOTS; i++)
        if (throttle->slots[i].since.us < found->since.us)
            found = &throttle->slots[i];
    return found;
}

/* The lock is held. */
static void count(struct throttle *throttle, const char *client, struct ci_time now)
{
    struct throttle_slot *slot = find(throttle, client);

    if (!slot)
        slot = oldest(throttle);
    if (age(slot, now) < 0 || strncmp(slot->client, client, THROTTLE_CLIENT - 1) != 0)
        *slot = (struct throttle_slot){.since = now};
    snprintf(slot->client, sizeof(slot->client), "%s", client);
    slot->failures++;
}

void throttle_failed(struct throttle *throttle, const char *client, struct ci_time now)
{
    pthread_mutex_lock(&throttle->lock);
    count(throttle, client, now);
    pthread_mutex_unlock(&throttle->lock);
}

int throttle_try(struct throttle *throttle, const char *client, struct ci_time now)
{
    pthread_mutex_lock(&throttle->lock);
    int wait = wait_of(throttle, client, now);
    if (!wait)
        count(throttle, client, now);
    pthread_mutex_unlock(&throttle->lock);
    return wait;
}

void throttle_passed(struct throttle *throttle, const char *client)
{
    pthread_mutex_lock(&throttle->lock);
    struct throttle_slot *slot = find(throttle, client);
    if (slot && slot->failures > 0)
        slot->failures--;
    pthread_mutex_unlock(&throttle->lock);
}
