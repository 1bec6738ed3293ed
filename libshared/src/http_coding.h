/* SPDX-License-Identifier: Apache-2.0 */
/* Content-Encoding: which coding a client wants, and bodies packed by it. */
#pragma once

#include "shared/http.h"

/* Whether a body of this type shrinks: text, JSON, scripts, SVG; never an event stream. */
bool ci_coding_suits(const char *content_type);

/* A whole body, packed into mem. CI_CODING_ZSTD or CI_CODING_GZIP. */
struct ci_bytes ci_coding_pack(enum ci_coding coding, struct ci_bytes plain, void *mem);

/*
 * A stream in mem that packs what `plain` gives; less than 1 MiB of memory
 * beside it. What came is sent on whenever `plain` has nothing more for now.
 */
struct ci_stream *ci_coding_stream(enum ci_coding coding, const struct ci_stream *plain, void *mem);
