/* SPDX-License-Identifier: Apache-2.0 */
/* The parsed versions a process works with, each as long as somebody holds it. */
#include "shared/config.h"

#include <pthread.h>
#include <stdlib.h>

struct held {
    struct ci_config config; /* first: ci_config_put() gets its address; never changed */
    struct ci_config_cache *cache;
    void *mem;         /* where the configuration and this live */
    size_t holders;    /* guarded by cache->lock; the cache itself holds the current one */
    struct held *next; /* guarded by cache->lock */
};

struct ci_config_cache {
    struct ci_db *db;
    pthread_mutex_t lock;
    struct held *all;     /* guarded by lock */
    struct held *current; /* guarded by lock; one of all */
};

/* Takes over `mem`, in which `config` was parsed. */
static struct held *hold(struct ci_config_cache *cache, void *mem, const struct ci_config *config)
{
    struct held *held = ci_mem_zero(mem, struct held);

    held->config = *config;
    held->cache = cache;
    held->mem = mem;
    return held;
}

static struct held *find(struct ci_config_cache *cache, int64_t version)
{
    for (struct held *held = cache->all; held; held = held->next) {
        if (held->config.version == version)
            return held;
    }
    return NULL;
}

/* Lets go of one hold; frees what nobody holds. With the lock held. */
static void let_go(struct ci_config_cache *cache, struct held *held)
{
    struct held **link = &cache->all;

    if (--held->holders > 0)
        return;
    while (*link != held)
        link = &(*link)->next;
    *link = held->next;
    ci_mem_free(held->mem);
}

/* The one of that version: found, or loaded without the lock, as that waits for the database. */
static bool acquire(struct ci_config_cache *cache, struct ci_tx *tx, int64_t version,
                    struct held **out, struct ci_err *err)
{
    CI_AUTO_MEM mem = NULL;
    struct ci_config *config;
    struct held *held;

    pthread_mutex_lock(&cache->lock);
    held = find(cache, version);
    if (held)
        held->holders++;
    pthread_mutex_unlock(&cache->lock);
    *out = held;
    if (held)
        return true;

    mem = ci_mem_new();
    if (!ci_config_load(tx, version, mem, &config, err))
        return false;
    pthread_mutex_lock(&cache->lock);
    held = find(cache, version);
    if (!held) {
        held = hold(cache, mem, config);
        mem = NULL;
        held->next = cache->all;
        cache->all = held;
    }
    held->holders++;
    pthread_mutex_unlock(&cache->lock);
    *out = held;
    return true;
}

struct ci_config_cache *ci_config_cache_new(struct ci_db *db)
{
    struct ci_config_cache *cache = calloc(1, sizeof(*cache));
    void *mem = ci_mem_new();
    struct ci_config *empty;
    struct ci_err err;

    /* Version 0 is parsed from a constant of ours. */
    if (!cache || !ci_config_load(NULL, 0, mem, &empty, &err))
        abort();
    cache->db = db;
    pthread_mutex_init(&cache->lock, NULL);
    cache->current = cache->all = hold(cache, mem, empty);
    cache->current->holders = 1;
    return cache;
}

void ci_config_cache_free(struct ci_config_cache *cache)
{
    if (!cache)
        return;
    while (cache->all) {
        struct held *next = cache->all->next;

        ci_mem_free(cache->all->mem);
        cache->all = next;
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* Versions only grow, so that a slow refresh can't undo a quick one. */
static bool make_current(struct ci_config_cache *cache, struct held *held)
{
    bool newer;

    pthread_mutex_lock(&cache->lock);
    newer = held->config.version > cache->current->config.version;
    if (newer) {
        let_go(cache, cache->current);
        cache->current = held;
    } else {
        let_go(cache, held);
    }
    pthread_mutex_unlock(&cache->lock);
    return newer;
}

static int64_t current_version(struct ci_config_cache *cache)
{
    int64_t version;

    pthread_mutex_lock(&cache->lock);
    version = cache->current->config.version;
    pthread_mutex_unlock(&cache->lock);
    return version;
}

bool ci_config_cache_refresh(struct ci_config_cache *cache, bool *changed, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    struct held *held;
    int64_t version;
    bool newer = false;

    if (!ci_tx_read(cache->db, &tx, err) || !ci_config_current_version(&tx, &version, err))
        return false;
    if (version > current_version(cache)) {
        if (!acquire(cache, &tx, version, &held, err))
            return false;
        newer = make_current(cache, held);
    }
    if (changed)
        *changed = newer;
    return true;
}

const struct ci_config *ci_config_get(struct ci_config_cache *cache)
{
    struct held *held;

    pthread_mutex_lock(&cache->lock);
    held = cache->current;
    held->holders++;
    pthread_mutex_unlock(&cache->lock);
    return &held->config;
}

bool ci_config_get_version(struct ci_config_cache *cache, int64_t version,
                           const struct ci_config **out, struct ci_err *err)
{
    CI_AUTO_TX tx = {0};
    struct held *held;

    if (version == current_version(cache)) {
        *out = ci_config_get(cache);
        if ((*out)->version == version)
            return true;
        ci_config_put(*out);
    }
    if (!ci_tx_read(cache->db, &tx, err) || !acquire(cache, &tx, version, &held, err))
        return false;
    *out = &held->config;
    return true;
}

void ci_config_put(const struct ci_config *config)
{
    /* Made by hold(), of whose struct the configuration is the first member. */
    union {
        const struct ci_config *config;
        struct held *held;
    } at = {.config = config};
    struct ci_config_cache *cache;

    if (!config)
        return;
    cache = at.held->cache;
    pthread_mutex_lock(&cache->lock);
    let_go(cache, at.held);
    pthread_mutex_unlock(&cache->lock);
}

void ci_config_put_cleanup(const struct ci_config **config)
{
    ci_config_put(*config);
}
