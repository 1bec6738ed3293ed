/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/discovery.h"

#include <string.h>

enum { KEPT_S = 60 };

void discoveries_init(struct discoveries *discoveries)
{
    *discoveries = (struct discoveries){0};
    pthread_mutex_init(&discoveries->lock, NULL);
}

void discoveries_release(struct discoveries *discoveries)
{
    for (size_t i = 0; i < DISCOVERY_SLOTS; i++)
        ci_mem_free(discoveries->slots[i].mem);
    pthread_mutex_destroy(&discoveries->lock);
}

/* The lock is held. */
static struct discovery *find(struct discoveries *discoveries, const char *issuer)
{
    for (size_t i = 0; i < DISCOVERY_SLOTS; i++)
        if (discoveries->slots[i].mem && strcmp(discoveries->slots[i].issuer, issuer) == 0)
            return &discoveries->slots[i];
    return NULL;
}

static struct discovery *oldest(struct discoveries *discoveries)
{
    struct discovery *found = &discoveries->slots[0];

    for (size_t i = 1; i < DISCOVERY_SLOTS; i++)
        if (discoveries->slots[i].since.us < found->since.us)
            found = &discoveries->slots[i];
    return found;
}

const char *discoveries_get(struct discoveries *discoveries, const char *issuer, struct ci_mono now,
                            void *mem)
{
    const char *text = NULL;

    pthread_mutex_lock(&discoveries->lock);
    const struct discovery *slot = find(discoveries, issuer);
    if (slot && ci_mono_since(now, slot->since).us < ci_seconds(KEPT_S).us)
        text = ci_mem_strdup(mem, slot->text);
    pthread_mutex_unlock(&discoveries->lock);
    return text;
}

void discoveries_put(struct discoveries *discoveries, const char *issuer, const char *text,
                     struct ci_mono now)
{
    void *mem = ci_mem_new();
    struct discovery fresh = {mem, ci_mem_strdup(mem, issuer), ci_mem_strdup(mem, text), now};

    pthread_mutex_lock(&discoveries->lock);
    struct discovery *slot = find(discoveries, issuer);
    if (!slot)
        slot = oldest(discoveries);
    void *old = slot->mem;
    *slot = fresh;
    pthread_mutex_unlock(&discoveries->lock);
    ci_mem_free(old);
}
