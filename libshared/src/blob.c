/* SPDX-License-Identifier: Apache-2.0 */
/* A store of objects: what may be asked of it, whichever kind it is. */
#include "blob_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_MAX = 512 };

struct ci_blobs {
    const struct blob_backend *backend;
    void *store;
};

static const char key_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

bool blob_key_valid(const char *key)
{
    if (strlen(key) > KEY_MAX)
        return false;
    for (const char *c = key;; c++) {
        size_t len = strspn(c, key_bytes);

        if (len == 0 || *c == '.')
            return false;
        c += len;
        if (*c != '/')
            return *c == '\0';
    }
}

static bool check_key(const char *key, struct ci_err *err)
{
    return blob_key_valid(key) ||
           ci_fail(err, CI_EINVALID, "\"%.200s\" is no key of an object", key);
}

/* What may begin a key: "", "chunks", "chunks/", "chunks/ab". */
static bool check_prefix(const char *prefix, struct ci_err *err)
{
    char key[KEY_MAX + 1];

    /* The "x" begins a new segment, or is part of the last. */
    if (snprintf(key, sizeof(key), "%sx", prefix) < (int)sizeof(key) && blob_key_valid(key))
        return true;
    return ci_fail(err, CI_EINVALID, "\"%.200s\" begins no key of an object", prefix);
}

bool ci_blobs_open(const struct ci_store_spec *spec, struct ci_secrets *secrets,
                   struct ci_blobs **out, struct ci_err *err)
{
    struct ci_blobs *blobs;
    bool in_folder = spec->directory && *spec->directory, fine;

    if (in_folder == (spec->endpoint && *spec->endpoint))
        return ci_fail(err, CI_EINVALID, "a store is a directory or an S3 endpoint, %s",
                       in_folder ? "not both" : "and this one neither");
    blobs = calloc(1, sizeof(*blobs));
    if (!blobs)
        abort();
    blobs->backend = in_folder ? &blob_dir_backend : &blob_s3_backend;
    fine = in_folder ? blob_dir_open(spec, &blobs->store, err)
                     : blob_s3_open(spec, secrets, &blobs->store, err);
    if (!fine) {
        free(blobs);
        return false;
    }
    *out = blobs;
    return true;
}

void ci_blobs_close(struct ci_blobs *blobs)
{
    if (!blobs)
        return;
    blobs->backend->close(blobs->store);
    free(blobs);
}

void ci_blobs_stop(struct ci_blobs *blobs)
{
    if (blobs && blobs->backend->stop)
        blobs->backend->stop(blobs->store);
}

bool ci_blob_put(struct ci_blobs *blobs, const char *key, struct ci_bytes bytes, struct ci_err *err)
{
    if (bytes.len > CI_BLOB_MAX)
        return ci_fail(err, CI_ETOOLARGE, "object \"%.200s\" has more than %d bytes", key,
                       CI_BLOB_MAX);
    return check_key(key, err) && blobs->backend->put(blobs->store, key, bytes, err);
}

bool ci_blob_get(struct ci_blobs *blobs, const char *key, void *mem, struct ci_bytes *out,
                 struct ci_err *err)
{
    return check_key(key, err) && blobs->backend->get(blobs->store, key, mem, out, err);
}

bool ci_blob_get_range(struct ci_blobs *blobs, const char *key, uint64_t offset, size_t length,
                       void *mem, struct ci_bytes *out, struct ci_err *err)
{
    if (!length || length > CI_BLOB_MAX || offset > INT64_MAX - length)
        return ci_fail(err, CI_EINVALID, "a range of %zu bytes at %llu", length,
                       (unsigned long long)offset);
    return check_key(key, err) &&
           blobs->backend->get_range(blobs->store, key, offset, length, mem, out, err);
}

bool ci_blob_size(struct ci_blobs *blobs, const char *key, uint64_t *size, struct ci_err *err)
{
    return check_key(key, err) && blobs->backend->size(blobs->store, key, size, err);
}

bool ci_blob_exists(struct ci_blobs *blobs, const char *key, bool *exists, struct ci_err *err)
{
    struct ci_err why;
    uint64_t size;

    *exists = ci_blob_size(blobs, key, &size, &why);
    if (*exists || why.code == CI_ENOTFOUND)
        return true;
    *err = why;
    return false;
}

bool ci_blob_remove(struct ci_blobs *blobs, const char *key, struct ci_err *err)
{
    return check_key(key, err) && blobs->backend->remove(blobs->store, key, err);
}

bool ci_blob_each(struct ci_blobs *blobs, const char *prefix, ci_blob_each_fn *each, void *user,
                  struct ci_err *err)
{
    return check_prefix(prefix, err) && blobs->backend->each(blobs->store, prefix, each, user, err);
}
