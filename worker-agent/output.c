/* SPDX-License-Identifier: Apache-2.0 */
/* The line splitter: the one loop that every byte of every log goes through. */
#include "output.h"

#include <string.h>

enum { CHUNK_FIRST = 4 << 10, PART_FIRST = 256 };

void chunk_clear(struct chunk *chunk)
{
    chunk->len = chunk->lines = 0;
}

void chunk_release(struct chunk *chunk)
{
    ci_mem_free(chunk->text);
    *chunk = (struct chunk){0};
}

void stream_init(struct stream *stream, char kind)
{
    *stream = (struct stream){.kind = kind};
}

void stream_release(struct stream *stream)
{
    ci_mem_free(stream->part);
    stream_init(stream, stream->kind);
}

/* Room for `need` bytes in all. Not zeroed and not copied more than once per doubling. */
static char *grow(char *text, size_t len, size_t *cap, size_t need, size_t first)
{
    size_t more = *cap ? *cap : first;
    char *wider;

    if (need <= *cap)
        return text;
    while (more < need)
        more *= 2;
    wider = ci_mem_array(NULL, char, more);
    if (len > 0)
        memcpy(wider, text, len);
    ci_mem_free(text);
    *cap = more;
    return wider;
}

/* One line made of two pieces; false when the chunk has no room for it. */
static bool put_line(struct chunk *chunk, char kind, const char *a, size_t alen, const char *b,
                     size_t blen)
{
    size_t need = chunk->len + alen + blen + 2;
    char *to;

    if (need > OUTPUT_CHUNK)
        return false;
    chunk->text = grow(chunk->text, chunk->len, &chunk->cap, need, CHUNK_FIRST);
    to = chunk->text + chunk->len;
    *to++ = kind;
    if (alen > 0)
        memcpy(to, a, alen);
    if (blen > 0)
        memcpy(to + alen, b, blen);
    to[alen + blen] = '\n';
    chunk->len = need;
    chunk->lines++;
    return true;
}

static void keep_part(struct stream *stream, const char *data, size_t len)
{
    stream->part = grow(stream->part, stream->len, &stream->cap, stream->len + len, PART_FIRST);
    memcpy(stream->part + stream->len, data, len);
    stream->len += len;
}

/* How many bytes of a full line may stand before the cut, so that no UTF-8 character is torn. */
static size_t cut_at(const char *text, size_t len)
{
    size_t back = 0;

    /* text[len] is the first byte behind the cut: a continuation byte belongs to what precedes it.
     */
    while (back < 4 && back < len && ((unsigned char)text[len - back] & 0xc0) == 0x80)
        back++;
    return back < 4 ? len - back : len;
}

/* Takes what makes the part a full line, and puts that out. Returns bytes taken, 0: no room. */
static size_t put_cut(struct stream *stream, const char *data, struct chunk *chunk)
{
    char line[OUTPUT_LINE + 1];
    size_t taken = OUTPUT_LINE - stream->len, cut;

    /* One byte more than a line may have: only so is it known whether the cut tears a character. */
    if (stream->len > 0)
        memcpy(line, stream->part, stream->len);
    memcpy(line + stream->len, data, taken + 1);
    cut = cut_at(line, OUTPUT_LINE);
    if (!put_line(chunk, stream->kind, line, cut, NULL, 0))
        return 0;
    stream->len = 0;
    keep_part(stream, line + cut, OUTPUT_LINE + 1 - cut);
    return taken + 1;
}

size_t stream_feed(struct stream *stream, const char *data, size_t len, struct chunk *chunk)
{
    size_t done = 0;

    while (done < len) {
        const char *from = data + done;
        size_t left = len - done;
        size_t room = OUTPUT_LINE + 1 - stream->len;
        const char *end = memchr(from, '\n', left < room ? left : room);
        size_t taken;

        if (end) {
            taken = (size_t)(end - from) + 1;
            if (!put_line(chunk, stream->kind, stream->part, stream->len, from, taken - 1))
                return done;
            stream->len = 0;
        } else if (left >= room) {
            taken = put_cut(stream, from, chunk);
            if (taken == 0)
                return done;
        } else {
            taken = left;
            keep_part(stream, from, taken);
        }
        done += taken;
    }
    return done;
}

bool stream_end(struct stream *stream, struct chunk *chunk)
{
    if (stream->len > 0 && !put_line(chunk, stream->kind, stream->part, stream->len, NULL, 0))
        return false;
    stream->len = 0;
    return true;
}
