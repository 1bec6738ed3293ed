/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zstd for log chunks: each chunk is one frame of its own. Any thread.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

/* Compresses into mem at level 1: fast, logs shrink five- to tenfold. */
struct ci_bytes ci_compress(void *mem, struct ci_bytes plain);

/* Expands one frame into mem (a NUL follows). CI_EINVALID: not a frame, or larger than max bytes.
 */
CI_MUST_USE bool ci_expand(void *mem, struct ci_bytes packed, size_t max, struct ci_bytes *out,
                           struct ci_err *err);
