/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifacts: a file is a list of pieces in the content store, each called
 * chunks/<sha256>, so that equal pieces are stored once. A row of
 * artifact_chunks says that a piece is there, and when somebody last meant to
 * use it; pieces that no artifact needs go an hour after that.
 */
#pragma once

#include "builder.h"
#include "shared/depot.h"

enum {
    ARTIFACT_PIECE_MAX = 4 << 20, /* bytes */
    ARTIFACT_NAME_MAX = 1024,     /* bytes */
    ARTIFACT_LIST_MAX = 16 << 20, /* bytes of what describes an artifact: its pieces' names */
    ARTIFACT_HEX = 64,            /* digits of a sha256 */
};

/* Whether it is 64 digits from 0 to f, in lower case. */
bool artifact_hash_valid(const char *hex);
/* The key of a piece in the store, in mem. */
const char *artifact_key(void *mem, const char *hex);
/* The sha256 of bytes in hex, in mem. */
const char *artifact_hash(void *mem, struct ci_bytes bytes);

/* A relative path without "..", ".", empty parts and control characters. CI_EINVALID. */
CI_MUST_USE bool artifact_check_name(const char *name, struct ci_err *err);

/* Whether an artifact may have so many bytes; CI_ETOOLARGE. */
CI_MUST_USE bool artifact_check_size(const struct ci_config *config, int64_t size,
                                     struct ci_err *err);
/* Bytes that the pieces of all artifacts take. */
CI_MUST_USE bool artifact_usage(struct ci_tx *tx, void *mem, int64_t *bytes, struct ci_err *err);
/* Whether `more` bytes fit below the quota (0: any); CI_ETOOLARGE. */
CI_MUST_USE bool artifact_check_quota(int64_t quota, int64_t used, int64_t more,
                                      struct ci_err *err);

/*
 * Removes pieces that no artifact needs and that nobody has touched for an
 * hour. Looks at some thousand of them in each call, in turn; *more: some were
 * removed, and another call may find others at once.
 */
CI_MUST_USE bool artifacts_sweep(struct builder *builder, struct ci_time now, void *mem, bool *more,
                                 struct ci_err *err);
