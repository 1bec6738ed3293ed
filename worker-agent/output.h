/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From bytes to log lines: each stream's bytes are cut into whole lines, each
 * begun by its kind ('o' stdout, 'e' stderr, 'h' the agent's own words) and
 * ended by '\n', and gathered into chunks. Pure.
 */
#pragma once

#include "shared/mem.h"

enum { OUTPUT_LINE = 64 << 10, OUTPUT_CHUNK = 256 << 10 };

/* Lines on their way into one log frame; never more than OUTPUT_CHUNK bytes. */
struct chunk {
    char *text; /* talloc, NULL while nothing was ever added */
    size_t len, cap, lines;
};
void chunk_clear(struct chunk *chunk);   /* empty, memory kept */
void chunk_release(struct chunk *chunk); /* memory given back */

/* One stream: what has come of a line without its end. */
struct stream {
    char kind;
    char *part;
    size_t len, cap;
};
void stream_init(struct stream *stream, char kind);
void stream_release(struct stream *stream);

/*
 * Takes bytes of the stream; whole lines go into `chunk`, the rest waits. A
 * line longer than OUTPUT_LINE is cut into lines of at most that many bytes,
 * not inside a UTF-8 character. Returns how many bytes were taken: fewer than
 * `len` when the chunk is full; empty it and go on with the rest.
 */
size_t stream_feed(struct stream *stream, const char *data, size_t len, struct chunk *chunk);

/* The stream is over: a last line without its end is one all the same. False: the chunk is full. */
CI_MUST_USE bool stream_end(struct stream *stream, struct chunk *chunk);
