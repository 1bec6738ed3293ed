/* SPDX-License-Identifier: Apache-2.0 */
/* The stored pieces of a log, as the statements of sql/log_chunk*.sql give them. */
#pragma once

#include "shared/db.h"

struct log_chunk {
    int64_t first_line;
    int line_count;
    struct ci_bytes content; /* one zstd frame */
};
extern const struct ci_record log_chunk_record;

enum { LOG_CHUNK_MAX = 4 << 20 }; /* bytes of one chunk expanded: agents send at most 256 KiB */

/* Whose log it is, for names and headers. */
struct log_about {
    const char *builder, *worker, *step;
    int64_t number;
};
extern const struct ci_record log_about_record;

/* Lines from..to (counted in the text, from 0) of whole lines; up to the end where to is beyond. */
struct ci_bytes log_lines(struct ci_bytes text, int64_t from, int64_t to);

/* Takes the first character of every line away, in place; returns the new length. */
size_t log_strip(char *text, size_t len);
