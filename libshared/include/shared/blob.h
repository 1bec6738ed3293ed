/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where artifacts and sealed logs lie: a folder (which several processes, and
 * replicas on a shared volume, may use at once) or an S3-compatible store.
 * An object is whole or not there: nobody ever sees half of one, whatever
 * dies. Any thread.
 *
 * Keys: segments of A-Z a-z 0-9 . _ - joined by "/", none beginning with ".",
 * 1 to 512 bytes in all, such as "chunks/<sha256 in hex>" or "logs/17".
 * Anything else is CI_EINVALID.
 *
 * Codes: CI_ENOTFOUND (no such object), CI_ETOOLARGE (more than CI_BLOB_MAX),
 * CI_EUNAVAILABLE for whatever is wrong with the store itself (not reachable,
 * not mounted, full, keys refused): the same call may work later.
 */
#pragma once

#include "shared/config.h"
#include "shared/secrets.h"

enum { CI_BLOB_MAX = 64 << 20 }; /* bytes of an object, which go through memory as a whole */

/* Either a directory or endpoint and bucket. */
struct ci_store_spec {
    const char *directory; /* made when it is not there */
    const char *endpoint;  /* "https://s3.eu-central-1.amazonaws.com"; no path */
    const char *bucket;
    const char *region;  /* NULL: "us-east-1" */
    const char *prefix;  /* of all keys, such as "slipway/"; or NULL */
    const char *ca_file; /* NULL: the system's certificates */
    struct ci_secret access_key, secret_key;
    bool virtual_host; /* BUCKET.HOST/KEY instead of HOST/BUCKET/KEY */
};

struct ci_blobs;

/*
 * Copies what it needs of spec; `secrets` (may be NULL when both keys are no
 * {secret: NAME}) is borrowed until the close. A folder is made and written
 * to; S3 is not asked before the first call. CI_EINVALID: the spec is wrong.
 */
CI_MUST_USE bool ci_blobs_open(const struct ci_store_spec *spec, struct ci_secrets *secrets,
                               struct ci_blobs **out, struct ci_err *err);
void ci_blobs_close(struct ci_blobs *blobs); /* NULL-safe; no call is under way any more */

/* For the end of a service: calls to S3, under way and later, fail soon with CI_EUNAVAILABLE. */
void ci_blobs_stop(struct ci_blobs *blobs); /* NULL-safe */

/* Durable once it returns true; replaces an object of that key. Repeat it freely. */
CI_MUST_USE bool ci_blob_put(struct ci_blobs *blobs, const char *key, struct ci_bytes bytes,
                             struct ci_err *err);

/* The whole object, in mem, a NUL after it. */
CI_MUST_USE bool ci_blob_get(struct ci_blobs *blobs, const char *key, void *mem,
                             struct ci_bytes *out, struct ci_err *err);

/* `length` bytes (> 0) from `offset`: fewer at the end of the object, none from its end on. */
CI_MUST_USE bool ci_blob_get_range(struct ci_blobs *blobs, const char *key, uint64_t offset,
                                   size_t length, void *mem, struct ci_bytes *out,
                                   struct ci_err *err);

CI_MUST_USE bool ci_blob_exists(struct ci_blobs *blobs, const char *key, bool *exists,
                                struct ci_err *err);
CI_MUST_USE bool ci_blob_size(struct ci_blobs *blobs, const char *key, uint64_t *size,
                              struct ci_err *err);

/* An object that is not there counts as removed. */
CI_MUST_USE bool ci_blob_remove(struct ci_blobs *blobs, const char *key, struct ci_err *err);

struct ci_blob {
    const char *key;
    uint64_t size;
    struct ci_time modified; /* when it was put, by the store's clock */
};

/*
 * Calls each() for every object whose key begins with prefix ("": all), in
 * no particular order; its false ends the walk, which then fails with that
 * error. It may remove what it is shown. What is put or removed meanwhile may
 * be seen or not. The blob lives during the call.
 */
typedef bool ci_blob_each_fn(void *user, const struct ci_blob *blob, struct ci_err *err);
CI_MUST_USE bool ci_blob_each(struct ci_blobs *blobs, const char *prefix, ci_blob_each_fn *each,
                              void *user, struct ci_err *err);
