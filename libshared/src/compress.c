/* SPDX-License-Identifier: Apache-2.0 */
/* zstd frames; each thread keeps its contexts, which cost more to make than a chunk to compress. */
#include "shared/compress.h"

#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>

enum { LEVEL = 1 };

struct contexts {
    ZSTD_CCtx *compress;
    ZSTD_DCtx *expand;
};

static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void free_contexts(void *value)
{
    struct contexts *own = value;

    ZSTD_freeCCtx(own->compress);
    ZSTD_freeDCtx(own->expand);
    free(own);
}

static void make_key(void)
{
    if (pthread_key_create(&key, free_contexts) != 0)
        abort();
}

/* This thread's contexts, freed when it ends. */
static struct contexts *contexts(void)
{
    struct contexts *own;

    pthread_once(&key_once, make_key);
    own = pthread_getspecific(key);
    if (own)
        return own;
    own = calloc(1, sizeof(*own));
    if (!own || !(own->compress = ZSTD_createCCtx()) || !(own->expand = ZSTD_createDCtx()) ||
        pthread_setspecific(key, own) != 0)
        abort();
    return own;
}

struct ci_bytes ci_compress(void *mem, struct ci_bytes plain)
{
    size_t bound = ZSTD_compressBound(plain.len);
    char *out = ci_mem_array(mem, char, bound);
    size_t len = ZSTD_compressCCtx(contexts()->compress, out, bound, plain.data, plain.len, LEVEL);

    /* With room for the bound only lack of memory is left as a cause. */
    if (ZSTD_isError(len))
        abort();
    out = talloc_realloc_size(mem, out, len);
    return (struct ci_bytes){out, len};
}

bool ci_expand(void *mem, struct ci_bytes packed, size_t max, struct ci_bytes *out,
               struct ci_err *err)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.data, packed.len);
    size_t len;
    char *plain;

    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return ci_fail(err, CI_EINVALID, "not a zstd frame with a size");
    if (size > max)
        return ci_fail(err, CI_EINVALID, "%llu bytes expanded; at most %zu are allowed", size, max);
    plain = ci_mem_array(mem, char, (size_t)size + 1);
    len = ZSTD_decompressDCtx(contexts()->expand, plain, (size_t)size, packed.data, packed.len);
    if (ZSTD_isError(len) || len != size) {
        talloc_free(plain);
        return ci_fail(err, CI_EINVALID, "broken zstd frame: %s",
                       ZSTD_isError(len) ? ZSTD_getErrorName(len) : "wrong size");
    }
    *out = (struct ci_bytes){plain, len};
    return true;
}
