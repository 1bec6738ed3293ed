/* SPDX-License-Identifier: Apache-2.0 */
/* The two kinds of store behind shared/blob.h; only blob*.c include this. */
#pragma once

#include "shared/blob.h"

/* Keys are checked before; ranges are of at least one byte. Codes as in shared/blob.h. */
struct blob_backend {
    void (*close)(void *store);
    void (*stop)(void *store); /* or NULL */
    bool (*put)(void *store, const char *key, struct ci_bytes bytes, struct ci_err *err);
    bool (*get)(void *store, const char *key, void *mem, struct ci_bytes *out, struct ci_err *err);
    bool (*get_range)(void *store, const char *key, uint64_t offset, size_t length, void *mem,
                      struct ci_bytes *out, struct ci_err *err);
    bool (*size)(void *store, const char *key, uint64_t *size, struct ci_err *err);
    bool (*remove)(void *store, const char *key, struct ci_err *err);
    bool (*each)(void *store, const char *prefix, ci_blob_each_fn *each, void *user,
                 struct ci_err *err);
};

extern const struct blob_backend blob_dir_backend, blob_s3_backend;

/* Each gives the `store` of its backend. */
CI_MUST_USE bool blob_dir_open(const struct ci_store_spec *spec, void **store, struct ci_err *err);
CI_MUST_USE bool blob_s3_open(const struct ci_store_spec *spec, struct ci_secrets *secrets,
                              void **store, struct ci_err *err);

/* False for what no object can be called. */
bool blob_key_valid(const char *key);

/* ---- blob_dir.c, blob_dir_walk.c ---- */

/* What a system call said about a path, errno being `why`. */
bool blob_fail_path(const char *path, const char *what, int why, struct ci_err *err);

CI_MUST_USE bool blob_dir_walk(const char *root, const char *prefix, ci_blob_each_fn *each,
                               void *user, struct ci_err *err);
