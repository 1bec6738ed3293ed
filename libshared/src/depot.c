/* SPDX-License-Identifier: Apache-2.0 */
/* The content store of a service, by the configuration in force. */
#include "shared/depot.h"

#include <pthread.h>
#include <stdlib.h>

/* One store, open as long as it is the newest or somebody has taken it. */
struct opened {
    struct ci_depot_store store; /* first: what its takers see */
    struct ci_depot *depot;
    struct ci_secrets *secrets;
    int64_t version; /* of the configuration that it is of */
    int users;       /* guarded by the depot's lock; the depot itself is one */
};

struct ci_depot {
    pthread_mutex_t lock;
    void *mem;
    const char *directory, *secrets_dir;
    struct ci_config_cache *config;
    struct opened *newest; /* guarded by lock */
    bool stopped;          /* guarded by lock */
};

struct ci_depot *ci_depot_new(const char *directory, const char *secrets_dir,
                              struct ci_config_cache *config)
{
    void *mem = ci_mem_new();
    struct ci_depot *depot = ci_mem_zero(mem, struct ci_depot);

    *depot = (struct ci_depot){
        .mem = mem,
        .directory = ci_mem_strdup(mem, directory),
        .secrets_dir = ci_mem_strdup(mem, secrets_dir),
        .config = config,
    };
    pthread_mutex_init(&depot->lock, NULL);
    return depot;
}

static void close_store(struct opened *opened)
{
    ci_blobs_close(opened->store.blobs);
    ci_secrets_free(opened->secrets);
    free(opened);
}

static void let_go(struct opened *opened)
{
    bool last;

    if (!opened)
        return;
    pthread_mutex_lock(&opened->depot->lock);
    last = --opened->users == 0;
    pthread_mutex_unlock(&opened->depot->lock);
    if (last)
        close_store(opened);
}

void ci_depot_free(struct ci_depot *depot)
{
    if (!depot)
        return;
    let_go(depot->newest);
    pthread_mutex_destroy(&depot->lock);
    ci_mem_free(depot->mem);
}

void ci_depot_give(struct ci_depot_store *store)
{
    let_go((struct opened *)store);
}

void ci_depot_give_cleanup(struct ci_depot_store **store)
{
    ci_depot_give(*store);
}

void ci_depot_stop(struct ci_depot *depot)
{
    if (!depot)
        return;
    pthread_mutex_lock(&depot->lock);
    depot->stopped = true;
    if (depot->newest)
        ci_blobs_stop(depot->newest->store.blobs);
    pthread_mutex_unlock(&depot->lock);
}

/* The newest if it is of that version, used by the caller too; or NULL. */
static struct opened *find(struct ci_depot *depot, int64_t version)
{
    struct opened *opened;

    pthread_mutex_lock(&depot->lock);
    opened = depot->newest;
    if (opened && opened->version == version)
        opened->users++;
    else
        opened = NULL;
    pthread_mutex_unlock(&depot->lock);
    return opened;
}

static bool open_store(struct ci_depot *depot, const struct ci_config *config, struct opened *out,
                       struct ci_err *err)
{
    const struct ci_secrets_spec secrets = {
        .directory = depot->secrets_dir,
        .env_prefix = "SLIPWAY_SECRET_",
        .vault = config->vault,
    };
    const struct ci_store_spec folder = {.directory = depot->directory};

    if (!config->s3 && !depot->directory)
        return ci_fail(err, CI_ENOTFOUND,
                       "there is no store for artifacts (--artifacts-dir, or storage of the file)");
    return (!config->s3 || ci_secrets_new(&secrets, &out->secrets, err)) &&
           ci_blobs_open(config->s3 ? config->s3 : &folder, out->secrets, &out->store.blobs, err);
}

/* Puts it in the place of the one before, and uses it. */
static void keep(struct ci_depot *depot, struct opened *opened)
{
    struct opened *before;

    pthread_mutex_lock(&depot->lock);
    before = depot->newest;
    depot->newest = opened;
    if (depot->stopped)
        ci_blobs_stop(opened->store.blobs);
    pthread_mutex_unlock(&depot->lock);
    let_go(before);
}

bool ci_depot_take(struct ci_depot *depot, struct ci_depot_store **out, struct ci_err *err)
{
    CI_AUTO_CONFIG config = ci_config_get(depot->config);
    /* A folder is the same whatever the configuration says. */
    const int64_t version = config->s3 ? config->version : -1;
    struct opened *opened = find(depot, version);

    if (!opened) {
        opened = calloc(1, sizeof(*opened));
        if (!opened)
            abort();
        *opened = (struct opened){.depot = depot, .version = version, .users = 2};
        if (!open_store(depot, config, opened, err)) {
            close_store(opened);
            return false;
        }
        keep(depot, opened);
    }
    *out = &opened->store;
    return true;
}
