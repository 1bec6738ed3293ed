/* SPDX-License-Identifier: Apache-2.0 */
/* Objects in an S3-compatible store, below a prefix. */
#include "blob_internal.h"
#include "shared/s3.h"

#include <stdlib.h>
#include <string.h>

enum { PREFIX_MAX = 256 };

struct s3_store {
    struct ci_s3 *s3;
    char *prefix;
    volatile bool stopped; /* atomic */
};

static void store_close(void *store)
{
    struct s3_store *s = store;

    ci_s3_close(s->s3);
    free(s->prefix);
    free(s);
}

static void store_stop(void *store)
{
    struct s3_store *s = store;

    __atomic_store_n(&s->stopped, true, __ATOMIC_RELAXED);
}

bool blob_s3_open(const struct ci_store_spec *spec, struct ci_secrets *secrets, void **store,
                  struct ci_err *err)
{
    struct ci_s3_options options = {
        .endpoint = spec->endpoint,
        .bucket = spec->bucket,
        .region = spec->region,
        .virtual_host = spec->virtual_host,
        .access_key = spec->access_key,
        .secret_key = spec->secret_key,
        .secrets = secrets,
        .ca_file = spec->ca_file,
    };
    CI_AUTO_MEM mem = ci_mem_new();
    const char *prefix = spec->prefix ? spec->prefix : "";
    struct s3_store *s;

    /* With any key behind it, it has to be a key again. */
    if (strlen(prefix) > PREFIX_MAX || !blob_key_valid(ci_mem_printf(mem, "%sx", prefix)))
        return ci_fail(err, CI_EINVALID, "\"%.200s\" is no prefix of keys", prefix);
    s = calloc(1, sizeof(*s));
    if (!s || !(s->prefix = strdup(prefix)))
        abort();
    options.abort = &s->stopped;
    if (!ci_s3_open(&options, &s->s3, err)) {
        store_close(s);
        return false;
    }
    *store = s;
    return true;
}

static const char *full(const struct s3_store *s, const char *key, void *mem)
{
    return ci_mem_printf(mem, "%s%s", s->prefix, key);
}

/* Refused keys and odd answers are the store's trouble, not of the one who wants the object. */
static bool map(bool fine, struct ci_err *err)
{
    if (!fine && err->code != CI_ENOTFOUND && err->code != CI_ETOOLARGE)
        err->code = CI_EUNAVAILABLE;
    return fine;
}

static bool store_put(void *store, const char *key, struct ci_bytes bytes, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_store *s = store;

    return map(ci_s3_put(s->s3, full(s, key, mem), bytes, NULL, err), err);
}

static bool store_get(void *store, const char *key, void *mem, struct ci_bytes *out,
                      struct ci_err *err)
{
    struct s3_store *s = store;

    return map(ci_s3_get(s->s3, full(s, key, mem), mem, out, err), err);
}

static bool store_get_range(void *store, const char *key, uint64_t offset, size_t length, void *mem,
                            struct ci_bytes *out, struct ci_err *err)
{
    struct s3_store *s = store;

    return map(ci_s3_get_range(s->s3, full(s, key, mem), offset, length, mem, out, err), err);
}

static bool store_size(void *store, const char *key, uint64_t *size, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_store *s = store;
    struct ci_s3_object object;

    if (!map(ci_s3_head(s->s3, full(s, key, mem), &object, err), err))
        return false;
    *size = object.size;
    return true;
}

static bool store_remove(void *store, const char *key, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_store *s = store;

    return map(ci_s3_delete(s->s3, full(s, key, mem), err), err);
}

/* ---- walking ---- */

struct walk {
    ci_blob_each_fn *each;
    void *user;
    size_t skip; /* bytes of the prefix */
    bool refused;
};

static bool show(void *user, const struct ci_s3_object *object, struct ci_err *err)
{
    struct walk *walk = user;
    struct ci_blob blob = {
        .key = object->key + walk->skip,
        .size = object->size,
        .modified = object->modified,
    };

    /* Somebody else's objects may lie in the bucket too. */
    if (!blob_key_valid(blob.key))
        return true;
    walk->refused = !walk->each(walk->user, &blob, err);
    return !walk->refused;
}

static bool store_each(void *store, const char *prefix, ci_blob_each_fn *each, void *user,
                       struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct s3_store *s = store;
    struct walk walk = {.each = each, .user = user, .skip = strlen(s->prefix)};
    bool fine = ci_s3_list(s->s3, full(s, prefix, mem), show, &walk, err);

    return walk.refused ? false : map(fine, err);
}

const struct blob_backend blob_s3_backend = {
    .close = store_close,
    .stop = store_stop,
    .put = store_put,
    .get = store_get,
    .get_range = store_get_range,
    .size = store_size,
    .remove = store_remove,
    .each = store_each,
};
