/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stored pieces of a log, wherever they lie: in the database (log_chunks)
 * or, once the log is sealed, in objects of the content store. A service's
 * statement gives both kinds in one list (see its sql/log_chunk*.sql) and
 * ci_log_pieces_load() fetches what the rows do not bring. Any thread.
 */
#pragma once

#include "shared/db.h"
#include "shared/depot.h"

enum {
    CI_LOG_HASH = 16,      /* digits kept of a frame's sha256 */
    CI_LOG_READ = 4 << 20, /* bytes of one object read at once, if no frame is longer */
};

struct ci_log_piece {
    int64_t first_line;
    int line_count;
    struct ci_bytes content; /* one zstd frame; not from the database when key is set */
    const char *key;         /* of the object that it lies in, or NULL */
    int64_t place;           /* where it begins there */
    int length;              /* bytes it has there */
    const char *hash;        /* the beginning of its sha256 in hex */
};
extern const struct ci_record ci_log_piece_record;

/*
 * Reads the content of those pieces that lie in the store, neighbours in one
 * go, into mem, and checks each by length and checksum. `depot` may be NULL
 * where no log is sealed. CI_EUNAVAILABLE: the store can't be reached now, or
 * the configuration names none; CI_EINTERNAL: what it has is not what was put.
 */
CI_MUST_USE bool ci_log_pieces_load(struct ci_depot *depot, struct ci_list pieces, void *mem,
                                    struct ci_err *err);

/* The first CI_LOG_HASH digits of the sha256 of a frame. */
void ci_log_hash(struct ci_bytes frame, char out[CI_LOG_HASH + 1]);
