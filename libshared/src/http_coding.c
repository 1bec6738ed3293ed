/* SPDX-License-Identifier: Apache-2.0 */
/* Negotiation of Content-Encoding (RFC 9110, 12.5.3), and whole bodies packed. */
#include "http_coding.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

enum {
    ZSTD_LEVEL = 3, /* of whole bodies: as small as gzip's 6, in a fifth of the time */
    GZIP_LEVEL = 4,
    GZIP_FORMAT = 15 + 16, /* zlib's way to ask for gzip's header */
    GZIP_MEMORY = 8,
};

static const char *const coding_names[] = {
    [CI_CODING_NONE] = "identity",
    [CI_CODING_GZIP] = "gzip",
    [CI_CODING_ZSTD] = "zstd",
    [CI_CODING_BR] = "br",
};

const char *ci_coding_name(enum ci_coding coding)
{
    return coding_names[coding];
}

/* ---- Accept-Encoding ---- */

static bool same(const char *text, size_t len, const char *name)
{
    return strlen(name) == len && strncasecmp(text, name, len) == 0;
}

/* "1", "0.5", "0.125" in thousandths; what is malformed counts as not wanted. */
static int read_weight(const char *text, size_t len)
{
    int weight, scale = 100;

    if (len == 0 || (*text != '0' && *text != '1') || (len > 1 && text[1] != '.') || len > 5)
        return 0;
    weight = (*text - '0') * 1000;
    for (size_t i = 2; i < len; i++, scale /= 10) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        weight += (text[i] - '0') * scale;
    }
    return weight > 1000 ? 0 : weight;
}

/* The weight of one entry, "gzip;q=0.5": 1000 unless it says. */
static int entry_weight(const char *params, size_t len)
{
    const char *end = params + len;

    while (params < end) {
        params += strspn(params, "; \t");
        size_t part = strcspn(params, "; \t,");

        if (params >= end)
            break;
        if (part > 1 && strncasecmp(params, "q=", 2) == 0)
            return read_weight(params + 2, part - 2);
        params += part;
    }
    return 1000;
}

enum { UNSAID = -1 };

/* The weights a header gives; "*" is what is not named. */
static void read_weights(const char *text, int weights[CI_CODING_COUNT])
{
    int others = UNSAID;

    for (int i = 0; i < CI_CODING_COUNT; i++)
        weights[i] = UNSAID;
    while (*text) {
        text += strspn(text, ", \t");
        size_t len = strcspn(text, ","), name = strcspn(text, ";, \t");
        int weight = entry_weight(text + name, len - name);

        if (same(text, name, "*"))
            others = weight;
        for (int i = 0; i < CI_CODING_COUNT; i++) {
            if (same(text, name, coding_names[i]) ||
                (i == CI_CODING_GZIP && same(text, name, "x-gzip")))
                weights[i] = weight;
        }
        text += len;
    }
    for (int i = 0; i < CI_CODING_COUNT; i++) {
        if (weights[i] == UNSAID)
            weights[i] = others;
    }
}

enum ci_coding ci_coding_choose(const char *accept_encoding, unsigned available)
{
    enum ci_coding best = CI_CODING_NONE;
    int weights[CI_CODING_COUNT], highest = 0;

    if (!accept_encoding)
        return CI_CODING_NONE;
    read_weights(accept_encoding, weights);
    /* Ours comes last in the enum: at equal weight the later one is the better. */
    for (int i = CI_CODING_GZIP; i < CI_CODING_COUNT; i++) {
        if ((available & 1U << i) && weights[i] >= highest && weights[i] > 0) {
            best = (enum ci_coding)i;
            highest = weights[i];
        }
    }
    /* Who would rather have it plain says so by a higher weight. */
    return weights[CI_CODING_NONE] > highest ? CI_CODING_NONE : best;
}

bool ci_coding_suits(const char *content_type)
{
    static const char *const types[] = {"application/json",          "application/javascript",
                                        "application/manifest+json", "application/xml",
                                        "application/yaml",          "image/svg+xml",
                                        "application/wasm"};
    size_t len = content_type ? strcspn(content_type, "; ") : 0;

    if (len == 0 || same(content_type, len, "text/event-stream"))
        return false;
    if (len > 5 && strncasecmp(content_type, "text/", 5) == 0)
        return true;
    for (size_t i = 0; i < CI_COUNT(types); i++) {
        if (same(content_type, len, types[i]))
            return true;
    }
    return false;
}

/* ---- whole bodies ---- */

/* Contexts are not kept: there is a thread for each connection, most of them idle. */
static struct ci_bytes pack_zstd(struct ci_bytes plain, void *mem)
{
    size_t bound = ZSTD_compressBound(plain.len);
    char *out = ci_mem_array(mem, char, bound);
    ZSTD_CCtx *context = ZSTD_createCCtx();

    if (!context)
        abort(); /* out of memory */
    size_t len = ZSTD_compressCCtx(context, out, bound, plain.data, plain.len, ZSTD_LEVEL);
    ZSTD_freeCCtx(context);
    if (ZSTD_isError(len))
        abort(); /* as above: with room for the bound nothing else can fail */
    return (struct ci_bytes){out, len};
}

static struct ci_bytes pack_gzip(struct ci_bytes plain, void *mem)
{
    z_stream z = {0};

    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_FORMAT, GZIP_MEMORY, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        abort(); /* out of memory */
    size_t bound = deflateBound(&z, plain.len);
    unsigned char *out = ci_mem_alloc(mem, bound);
    z.next_in = (z_const Bytef *)(uintptr_t)plain.data;
    z.avail_in = (uInt)plain.len;
    z.next_out = out;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort(); /* as above */
    deflateEnd(&z);
    return (struct ci_bytes){out, z.total_out};
}

struct ci_bytes ci_coding_pack(enum ci_coding coding, struct ci_bytes plain, void *mem)
{
    return coding == CI_CODING_ZSTD ? pack_zstd(plain, mem) : pack_gzip(plain, mem);
}
