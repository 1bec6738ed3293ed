/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the expanded pieces of a log, and whose log it is. */
#pragma once

#include "shared/log_store.h"

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
