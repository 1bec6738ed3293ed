/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the pieces of sealed logs out of the content store. */
#include "shared/log_store.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static const struct ci_field piece_fields[] = {
    CI_FIELD(struct ci_log_piece, first_line, 0), CI_FIELD(struct ci_log_piece, line_count, 0),
    CI_FIELD(struct ci_log_piece, content, 0),    CI_FIELD(struct ci_log_piece, key, 0),
    CI_FIELD(struct ci_log_piece, place, 0),      CI_FIELD(struct ci_log_piece, length, 0),
    CI_FIELD(struct ci_log_piece, hash, 0),
};
const struct ci_record ci_log_piece_record =
    CI_RECORD("log_piece", struct ci_log_piece, piece_fields);

void ci_log_hash(struct ci_bytes frame, char out[CI_LOG_HASH + 1])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    (void)crypto_hash_sha256(hash, frame.data, frame.len);
    (void)sodium_bin2hex(out, CI_LOG_HASH + 1, hash, CI_LOG_HASH / 2);
}

/* How many pieces from the first on lie next to one another, and are read at once. */
static size_t count_run(const struct ci_log_piece *pieces, size_t count, int64_t *length)
{
    size_t n = 1;

    *length = pieces->length;
    while (n < count && pieces[n].key && strcmp(pieces[n].key, pieces->key) == 0 &&
           pieces[n].place == pieces->place + *length && *length + pieces[n].length <= CI_LOG_READ)
        *length += pieces[n++].length;
    return n;
}

/* An object that is gone is no log that is gone: the lines should be there. */
static bool fail_read(const struct ci_log_piece *piece, struct ci_err *err)
{
    if (err->code == CI_ENOTFOUND)
        err->code = CI_EINTERNAL;
    else
        err->code = CI_EUNAVAILABLE;
    return ci_fail_in(err, "the lines from %" PRId64 " on could not be read from the log store",
                      piece->first_line);
}

static bool check(struct ci_log_piece *piece, struct ci_err *err)
{
    char hash[CI_LOG_HASH + 1];

    ci_log_hash(piece->content, hash);
    if (piece->hash && strcmp(hash, piece->hash) == 0)
        return true;
    return ci_fail(err, CI_EINTERNAL,
                   "the lines from %" PRId64 " on are damaged: the checksum of %d bytes at %" PRId64
                   " of object \"%s\" is wrong",
                   piece->first_line, piece->length, piece->place, piece->key);
}

static bool load_run(struct ci_blobs *blobs, struct ci_log_piece *pieces, size_t count,
                     int64_t length, void *mem, struct ci_err *err)
{
    struct ci_bytes bytes = {0};

    if (!ci_blob_get_range(blobs, pieces->key, (uint64_t)pieces->place, (size_t)length, mem, &bytes,
                           err))
        return fail_read(pieces, err);
    if ((int64_t)bytes.len != length)
        return ci_fail(err, CI_EINTERNAL,
                       "the lines from %" PRId64 " on are damaged: object \"%s\" is shorter than it"
                       " was",
                       pieces->first_line, pieces->key);
    for (size_t i = 0; i < count; i++) {
        const int64_t at = pieces[i].place - pieces->place;

        pieces[i].content =
            (struct ci_bytes){(const char *)bytes.data + at, (size_t)pieces[i].length};
        if (!check(&pieces[i], err))
            return false;
    }
    return true;
}

static bool take_store(struct ci_depot *depot, struct ci_depot_store **out, struct ci_err *err)
{
    if (depot && ci_depot_take(depot, out, err))
        return true;
    if (!depot || err->code == CI_ENOTFOUND)
        return ci_fail(err, CI_EUNAVAILABLE,
                       "the log lies in a store, and the configuration names none");
    return ci_fail_in(err, "log store");
}

bool ci_log_pieces_load(struct ci_depot *depot, struct ci_list pieces, void *mem,
                        struct ci_err *err)
{
    struct ci_log_piece *items = pieces.items;
    CI_AUTO_STORE store = NULL;

    for (size_t i = 0; i < pieces.count;) {
        int64_t length;
        size_t run;

        if (!items[i].key) {
            i++;
            continue;
        }
        run = count_run(items + i, pieces.count - i, &length);
        if ((!store && !take_store(depot, &store, err)) ||
            !load_run(store->blobs, items + i, run, length, mem, err))
            return false;
        i += run;
    }
    return true;
}
