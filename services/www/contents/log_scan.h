/* SPDX-License-Identifier: Apache-2.0 */
/* Looking through the text of one chunk for lines that match. No I/O but the clock. */
#pragma once

#include "contents/log_match.h"
#include "shared/base.h"

/* A line that matches; its text (without the stream's letter) lies in the chunk. */
struct log_hit {
    int64_t line;
    char stream; /* 0: the log has none */
    struct ci_bytes text;
};

struct log_scan {
    struct log_matcher *matcher;
    bool raw;         /* the lines as they are, with their escape sequences */
    bool streams;     /* each line begins with its stream's letter */
    char stream;      /* only lines of this one; 0: of any */
    bool backward;    /* the last first */
    int64_t from, to; /* lines that count, both included */
    int64_t room;     /* hits still wanted */
    struct ci_mono until;
    void *mem;

    struct log_hit *hits; /* talloc array in mem, in the order of the search */
    size_t count;
    int64_t costly; /* lines given up, as the pattern takes too long there */
    int64_t next;   /* where to go on, set where the time or the room ended within the chunk */
    bool stopped;
};

/*
 * Searches the lines of a chunk, whose first is line `first`; `text` is
 * written to, and hits point into it or into a copy in scan->mem.
 */
void log_scan_chunk(struct log_scan *scan, int64_t first, char *text, size_t len);

/* The spans of a hit as pairs of UTF-16 places, `most` at most; how many numbers. In mem. */
struct ci_i64s log_scan_spans(struct log_scan *scan, struct ci_bytes plain, size_t most);

/* The text of a hit as it is shown. In mem or the hit's. */
struct ci_bytes log_scan_text(const struct log_scan *scan, const struct log_hit *hit,
                              struct ci_buf *scratch);
