/* SPDX-License-Identifier: Apache-2.0 */
/* A stack of open, empty files. */
#include "spares.h"

#include "shared/mem.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { MOST = 64 };

struct spares {
    pthread_mutex_t lock;
    size_t count; /* guarded by lock, as are the files */
    struct spare {
        int fd;
        char *path;
    } files[MOST];
};

struct spares *spares_new(void)
{
    struct spares *spares = ci_mem_zero(NULL, struct spares);

    pthread_mutex_init(&spares->lock, NULL);
    return spares;
}

static void discard(int fd, const char *path)
{
    unlink(path);
    close(fd);
}

void spares_free(struct spares *spares)
{
    if (!spares)
        return;
    while (spares->count > 0) {
        const struct spare *spare = &spares->files[--spares->count];

        discard(spare->fd, spare->path);
        ci_mem_free(spare->path);
    }
    pthread_mutex_destroy(&spares->lock);
    ci_mem_free(spares);
}

int spares_take(struct spares *spares, const char *path)
{
    struct spare spare = {.fd = -1};

    pthread_mutex_lock(&spares->lock);
    if (spares->count > 0)
        spare = spares->files[--spares->count];
    pthread_mutex_unlock(&spares->lock);
    if (spare.fd >= 0 && rename(spare.path, path) != 0) {
        discard(spare.fd, spare.path);
        spare.fd = -1;
    }
    ci_mem_free(spare.path);
    return spare.fd;
}

void spares_give(struct spares *spares, int fd, const char *path)
{
    bool kept;

    if (ftruncate(fd, 0) != 0) {
        discard(fd, path);
        return;
    }
    pthread_mutex_lock(&spares->lock);
    kept = spares->count < MOST;
    if (kept)
        spares->files[spares->count++] = (struct spare){fd, ci_mem_strdup(NULL, path)};
    pthread_mutex_unlock(&spares->lock);
    if (!kept)
        discard(fd, path);
}
