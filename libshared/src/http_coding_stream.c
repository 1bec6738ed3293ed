/* SPDX-License-Identifier: Apache-2.0 */
/* Streams packed while they are sent, with a window small enough for many at once. */
#include "http_coding.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
    INPUT_BYTES = 16 << 10,
    ZSTD_LEVEL = 1,
    WINDOW_LOG = 18, /* 256 KiB */
    GZIP_LEVEL = 1,
    GZIP_FORMAT = 15 + 16, /* zlib's way to ask for gzip's header */
    GZIP_MEMORY = 8,
};

enum turn { GO_ON, FLUSH, FINISH };

struct packing {
    struct ci_stream plain;
    enum ci_coding coding;
    ZSTD_CCtx *zstd;
    z_stream gzip;
    enum turn turn;
    bool done; /* the last byte of the coding is out */
    size_t at, len;
    char input[INPUT_BYTES];
};

/* Packs what is at hand; *whole: nothing of this turn is left inside. Returns the bytes written. */
static size_t pack_zstd(struct packing *p, char *out, size_t max, bool *whole)
{
    static const ZSTD_EndDirective directives[] = {
        [GO_ON] = ZSTD_e_continue, [FLUSH] = ZSTD_e_flush, [FINISH] = ZSTD_e_end};
    ZSTD_inBuffer in = {p->input, p->len, p->at};
    ZSTD_outBuffer to = {out, max, 0};
    size_t left = ZSTD_compressStream2(p->zstd, &to, &in, directives[p->turn]);

    if (ZSTD_isError(left))
        abort(); /* out of memory: nothing else can fail */
    p->at = in.pos;
    *whole = p->at == p->len && (p->turn == GO_ON || left == 0);
    return to.pos;
}

/* zlib repeats a flush that fills the room exactly; more than the six bytes of one is always there.
 */
static size_t pack_gzip(struct packing *p, char *out, size_t max, bool *whole)
{
    static const int directives[] = {
        [GO_ON] = Z_NO_FLUSH, [FLUSH] = Z_SYNC_FLUSH, [FINISH] = Z_FINISH};
    z_stream *z = &p->gzip;

    z->next_in = (Bytef *)p->input + p->at;
    z->avail_in = (uInt)(p->len - p->at);
    z->next_out = (Bytef *)out;
    z->avail_out = (uInt)max;
    int verdict = deflate(z, directives[p->turn]);

    p->at = p->len - z->avail_in;
    /* Z_BUF_ERROR: there was nothing to do, which ends a flush too. */
    *whole = p->turn == FINISH ? verdict == Z_STREAM_END
                               : p->at == p->len && (p->turn == GO_ON || z->avail_out > 0);
    return max - z->avail_out;
}

/* Gets the next input, or learns that there is none for now or for ever. */
static void take(struct packing *p)
{
    ssize_t n = p->plain.read(p->plain.user, p->input, sizeof(p->input));

    p->at = 0;
    p->len = n > 0 ? (size_t)n : 0;
    p->turn = n > 0 ? GO_ON : n == 0 ? FLUSH : FINISH;
}

static ssize_t packing_read(void *user, char *out, size_t max)
{
    struct packing *p = user;

    while (!p->done) {
        bool whole;
        size_t n = p->coding == CI_CODING_ZSTD ? pack_zstd(p, out, max, &whole)
                                               : pack_gzip(p, out, max, &whole);
        enum turn turn = p->turn;

        p->done = whole && turn == FINISH;
        if (whole && !p->done) {
            if (n || turn == FLUSH)
                p->turn = GO_ON; /* the next call asks for more input */
            else
                take(p);
        }
        if (n || (whole && turn == FLUSH))
            return (ssize_t)n;
    }
    return -1;
}

static void packing_free(void *user)
{
    struct packing *p = user;

    if (p->plain.free)
        p->plain.free(p->plain.user);
    ZSTD_freeCCtx(p->zstd);
    if (p->coding == CI_CODING_GZIP)
        deflateEnd(&p->gzip);
}

static bool begin_zstd(struct packing *p)
{
    p->zstd = ZSTD_createCCtx();
    return p->zstd &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_windowLog, WINDOW_LOG));
}

static bool begin_gzip(struct packing *p)
{
    return deflateInit2(&p->gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_FORMAT, GZIP_MEMORY,
                        Z_DEFAULT_STRATEGY) == Z_OK;
}

struct ci_stream *ci_coding_stream(enum ci_coding coding, const struct ci_stream *plain, void *mem)
{
    struct packing *p = ci_mem_zero(mem, struct packing);
    struct ci_stream *out = ci_mem_zero(mem, struct ci_stream);

    p->plain = *plain;
    p->coding = coding;
    if (!(coding == CI_CODING_ZSTD ? begin_zstd(p) : begin_gzip(p)))
        abort(); /* out of memory */
    *out = (struct ci_stream){.read = packing_read, .free = packing_free, .user = p};
    return out;
}
