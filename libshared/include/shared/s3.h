/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small client for any S3-compatible store: whole objects of at most 64 MiB
 * in memory, each request signed by SigV4. Any thread: the connections are
 * pooled inside. Nothing is asked of the network before the first call.
 *
 * Every call can be repeated, so each is tried up to four times, with growing
 * pauses, when the store can't be reached or answers 429 or 5xx. Errors name
 * endpoint, bucket, key, status and the <Code> of the answer:
 * CI_ENOTFOUND (no such object), CI_EDENIED (401, 403: keys or policy),
 * CI_EUNAVAILABLE (not reachable, 429, 5xx, no such bucket, a secret that
 * can't be read), CI_ETOOLARGE, CI_EINVALID (any other refusal).
 */
#pragma once

#include "shared/secrets.h"

struct ci_s3;

enum { CI_S3_MAX = 64 << 20 }; /* bytes of an object that go through memory */

struct ci_s3_options {
    const char
        *endpoint; /* "https://s3.eu-central-1.amazonaws.com", "http://minio:9000"; no path */
    const char *bucket;
    const char *region;                      /* NULL: "us-east-1" */
    bool virtual_host;                       /* BUCKET.HOST/KEY instead of HOST/BUCKET/KEY */
    struct ci_secret access_key, secret_key; /* read at each call: they may be changed any time */
    struct ci_secrets *secrets;              /* borrowed; who knows {secret: NAME}; may be NULL */
    const char *ca_file;                     /* NULL: the system's certificates */
    struct ci_dur timeout;      /* of each try, and how long new ones begin; 0 = 60 s */
    const volatile bool *abort; /* when it becomes true calls end with CI_EUNAVAILABLE; or NULL */
};

/* Copies what it needs of options, texts included. CI_EINVALID for an address or name that is none.
 */
CI_MUST_USE bool ci_s3_open(const struct ci_s3_options *options, struct ci_s3 **out,
                            struct ci_err *err);
void ci_s3_close(struct ci_s3 *s3); /* NULL-safe; no call is under way any more */

/* content_type may be NULL (application/octet-stream). Replaces an object of that key. */
CI_MUST_USE bool ci_s3_put(struct ci_s3 *s3, const char *key, struct ci_bytes bytes,
                           const char *content_type, struct ci_err *err);

/* The whole object, in mem, a NUL after it. */
CI_MUST_USE bool ci_s3_get(struct ci_s3 *s3, const char *key, void *mem, struct ci_bytes *out,
                           struct ci_err *err);

/* `length` bytes (> 0) from `offset`: fewer at the end of the object, none from its end on. */
CI_MUST_USE bool ci_s3_get_range(struct ci_s3 *s3, const char *key, uint64_t offset, size_t length,
                                 void *mem, struct ci_bytes *out, struct ci_err *err);

struct ci_s3_object {
    const char *key; /* NULL from ci_s3_head() */
    uint64_t size;
    struct ci_time modified;
};

CI_MUST_USE bool ci_s3_head(struct ci_s3 *s3, const char *key, struct ci_s3_object *out,
                            struct ci_err *err);

/* An object that is not there counts as removed. */
CI_MUST_USE bool ci_s3_delete(struct ci_s3 *s3, const char *key, struct ci_err *err);

/*
 * Calls each() for every object whose key begins with prefix ("": all), by
 * key; its false ends the listing, which then fails with that error. It may
 * remove what it is shown. The object lives during the call.
 */
CI_MUST_USE bool ci_s3_list(struct ci_s3 *s3, const char *prefix,
                            bool (*each)(void *user, const struct ci_s3_object *object,
                                         struct ci_err *err),
                            void *user, struct ci_err *err);
