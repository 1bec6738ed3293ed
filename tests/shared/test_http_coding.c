/* SPDX-License-Identifier: Apache-2.0 */
/* Which coding a client gets, that packed bodies and streams expand to what they were, and tags. */
#include "ci_test.h"
#include "http_coding.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { ALL = 1U << CI_CODING_GZIP | 1U << CI_CODING_ZSTD | 1U << CI_CODING_BR };
enum { OURS = 1U << CI_CODING_GZIP | 1U << CI_CODING_ZSTD };

static void coding__is_what_the_client_likes_best(void **state)
{
    static const struct {
        const char *accept;
        unsigned available;
        enum ci_coding wanted;
    } cases[] = {
        {NULL,                              ALL,  CI_CODING_NONE},
        {"",                                ALL,  CI_CODING_NONE},
        {"gzip",                            ALL,  CI_CODING_GZIP},
        {"GZip",                            ALL,  CI_CODING_GZIP},
        {"x-gzip",                          ALL,  CI_CODING_GZIP},
        {"gzip, deflate, br, zstd",         OURS, CI_CODING_ZSTD},
        {"gzip, deflate, br, zstd",         ALL,  CI_CODING_BR  },
        {"gzip, deflate, br",               OURS, CI_CODING_GZIP},
        {"gzip;q=1.0, zstd;q=0.5",          OURS, CI_CODING_GZIP},
        {"gzip;q=0.5,zstd;q=0.51",          OURS, CI_CODING_ZSTD},
        {"gzip ; q=0.001",                  OURS, CI_CODING_GZIP},
        {"gzip;q=0",                        OURS, CI_CODING_NONE},
        {"gzip;q=0.000, *",                 OURS, CI_CODING_ZSTD},
        {"*",                               OURS, CI_CODING_ZSTD},
        {"*;q=0",                           OURS, CI_CODING_NONE},
        {"*;q=0, gzip",                     OURS, CI_CODING_GZIP},
        {"identity",                        OURS, CI_CODING_NONE},
        {"identity, gzip;q=0.5",            OURS, CI_CODING_NONE},
        {"identity;q=0.5, gzip;q=0.5",      OURS, CI_CODING_GZIP},
        {"deflate",                         OURS, CI_CODING_NONE},
        {"gzipped",                         OURS, CI_CODING_NONE},
        {"gzip;q=2",                        OURS, CI_CODING_NONE},
        {"gzip;q=",                         OURS, CI_CODING_NONE},
        {"gzip;q=x",                        OURS, CI_CODING_NONE},
        {"gzip;level=9;q=0.1, zstd;q=0.05", OURS, CI_CODING_GZIP},
        {",,, ;;, gzip ,,",                 OURS, CI_CODING_GZIP},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        if (ci_coding_choose(cases[i].accept, cases[i].available) != cases[i].wanted)
            fail_msg("Accept-Encoding: %s", cases[i].accept);
}

static void coding__suits_text_only(void **state)
{
    static const char *const fit[] = {"text/plain; charset=utf-8", "application/json",
                                      "image/svg+xml", "TEXT/HTML"};
    static const char *const unfit[] = {"text/event-stream",
                                        "text/event-stream; charset=utf-8",
                                        "image/png",
                                        "application/octet-stream",
                                        "application/zstd",
                                        "text",
                                        ""};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(fit); i++)
        assert_true(ci_coding_suits(fit[i]));
    for (size_t i = 0; i < CI_COUNT(unfit); i++)
        assert_false(ci_coding_suits(unfit[i]));
    assert_false(ci_coding_suits(NULL));
}

/* ---- that it expands ---- */

static struct ci_bytes expand_zstd(struct ci_bytes packed, size_t max, void *mem)
{
    char *out = ci_mem_alloc(mem, max);
    ZSTD_DCtx *context = ZSTD_createDCtx();
    ZSTD_inBuffer in = {packed.data, packed.len, 0};
    ZSTD_outBuffer to = {out, max, 0};
    size_t left = 1;

    while (left && in.pos < in.size) {
        left = ZSTD_decompressStream(context, &to, &in);
        assert_false(ZSTD_isError(left));
    }
    assert_int_equal(0, left);
    ZSTD_freeDCtx(context);
    return (struct ci_bytes){out, to.pos};
}

static struct ci_bytes expand_gzip(struct ci_bytes packed, size_t max, void *mem)
{
    char *out = ci_mem_alloc(mem, max), *in = ci_mem_dup(mem, packed.data, packed.len);
    z_stream z = {.next_in = (Bytef *)in,
                  .avail_in = (uInt)packed.len,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)max};

    assert_int_equal(Z_OK, inflateInit2(&z, 15 + 16));
    assert_int_equal(Z_STREAM_END, inflate(&z, Z_FINISH));
    assert_int_equal(0, z.avail_in);
    inflateEnd(&z);
    return (struct ci_bytes){out, z.total_out};
}

static void assert_expands(enum ci_coding coding, struct ci_bytes packed, struct ci_bytes plain)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_bytes out = coding == CI_CODING_ZSTD ? expand_zstd(packed, plain.len + 1, mem)
                                                   : expand_gzip(packed, plain.len + 1, mem);

    assert_int_equal(plain.len, out.len);
    assert_memory_equal(plain.data, out.data, plain.len);
}

/* Text that does not repeat too well. */
static struct ci_bytes make_text(size_t lines, void *mem)
{
    struct ci_buf buf;
    unsigned seed = 7;

    ci_buf_init(&buf, mem);
    for (size_t i = 0; i < lines; i++)
        ci_buf_printf(&buf, "%zu cc -c file%u.c\n", i, seed = seed * 1103515245U + 12345U);
    return (struct ci_bytes){buf.text, buf.len};
}

static void pack__is_undone_by_the_client(void **state)
{
    static const enum ci_coding codings[] = {CI_CODING_GZIP, CI_CODING_ZSTD};
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    for (size_t i = 0; i < CI_COUNT(codings); i++) {
        struct ci_bytes text = make_text(20000, mem), none = {"", 0};
        struct ci_bytes packed = ci_coding_pack(codings[i], text, mem);

        assert_true(packed.len < text.len / 2);
        assert_expands(codings[i], packed, text);
        assert_expands(codings[i], ci_coding_pack(codings[i], none, mem), none);
    }
}

/* ---- streams ---- */

/* Gives `text` by `step` bytes, with a pause ("nothing yet") after each `pause` reads. */
struct source {
    struct ci_bytes text;
    size_t at, step;
    int pause, reads;
    bool freed;
};

static ssize_t source_read(void *user, char *out, size_t max)
{
    struct source *source = user;
    size_t len = source->text.len - source->at;

    if (source->pause && ++source->reads % source->pause == 0)
        return 0;
    if (len == 0)
        return -1;
    len = len < source->step ? len : source->step;
    len = len < max ? len : max;
    memcpy(out, (const char *)source->text.data + source->at, len);
    source->at += len;
    return (ssize_t)len;
}

static void source_free(void *user)
{
    ((struct source *)user)->freed = true;
}

static struct ci_bytes drain(struct ci_stream *stream, size_t max, void *mem)
{
    struct ci_buf buf;
    char piece[16 << 10];
    ssize_t n;

    ci_buf_init(&buf, mem);
    while ((n = stream->read(stream->user, piece, max)) >= 0) {
        assert_true((size_t)n <= max);
        ci_buf_add(&buf, piece, (size_t)n);
    }
    stream->free(stream->user);
    return (struct ci_bytes){buf.text, buf.len};
}

static void stream__packs_whatever_the_sizes(void **state)
{
    static const struct {
        size_t lines, step, max;
        int pause;
    } cases[] = {
        {0,     100,   16384, 0},
        {1,     1,     16384, 0},
        {3000,  7,     16384, 5},
        {30000, 16384, 16384, 0},
        {30000, 16384, 16384, 3},
        {3000,  16384, 1,     0},
        {3000,  1000,  64,    2},
        {30000, 99999, 4096,  0},
    };
    static const enum ci_coding codings[] = {CI_CODING_GZIP, CI_CODING_ZSTD};

    (void)state;
    for (size_t i = 0; i < 2 * CI_COUNT(cases); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_bytes text = make_text(cases[i / 2].lines, mem);
        struct source source = {
            .text = text, .step = cases[i / 2].step, .pause = cases[i / 2].pause};
        const struct ci_stream plain = {.read = source_read, .free = source_free, .user = &source};
        struct ci_stream *stream = ci_coding_stream(codings[i % 2], &plain, mem);

        assert_false(stream->sized);
        assert_expands(codings[i % 2], drain(stream, cases[i / 2].max, mem), text);
        assert_true(source.freed);
    }
}

/* A log that grows: what was given so far can be read before more comes. */
static void stream__sends_on_what_it_has(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct source source = {
        .text = {"hello\nworld\n", 12},
          .step = 6, .pause = 2
    };
    const struct ci_stream plain = {.read = source_read, .free = source_free, .user = &source};
    struct ci_stream *stream = ci_coding_stream(CI_CODING_ZSTD, &plain, mem);
    char packed[200], out[200];
    ZSTD_DCtx *context = ZSTD_createDCtx();
    ssize_t n = stream->read(stream->user, packed, sizeof(packed));

    (void)state;
    assert_true(n > 0);
    ZSTD_inBuffer in = {packed, (size_t)n, 0};
    ZSTD_outBuffer to = {out, sizeof(out), 0};
    assert_false(ZSTD_isError(ZSTD_decompressStream(context, &to, &in)));
    assert_int_equal(6, to.pos);
    assert_memory_equal("hello\n", out, 6);
    ZSTD_freeDCtx(context);
    stream->free(stream->user);
}

/* ---- tags ---- */

static void etag__is_of_the_content(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *a = ci_etag_of((struct ci_bytes){"a", 1}, mem);

    (void)state;
    assert_string_equal(a, ci_etag_of((struct ci_bytes){"a", 1}, mem));
    assert_string_not_equal(a, ci_etag_of((struct ci_bytes){"b", 1}, mem));
    assert_memory_equal("W/\"", a, 3);
}

static void etag__is_found_in_a_list(void **state)
{
    static const struct {
        const char *given, *tag;
        bool matches;
    } cases[] = {
        {"\"a\"",               "\"a\"",   true },
        {"W/\"a\"",             "\"a\"",   true },
        {"\"a\"",               "W/\"a\"", true },
        {"\"b\", W/\"a\"",      "W/\"a\"", true },
        {"\"b\",\"c\" , \"a\"", "\"a\"",   true },
        {"*",                   "\"a\"",   true },
        {"\"b\"",               "\"a\"",   false},
        {"\"ab\"",              "\"a\"",   false},
        {"\"x,\"a\"\"",         "\"a\"",   false},
        {"a",                   "\"a\"",   false},
        {"\"a",                 "\"a\"",   false},
        {"",                    "\"a\"",   false},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(cases); i++)
        if (ci_etag_matches(cases[i].given, cases[i].tag) != cases[i].matches)
            fail_msg("If-None-Match: %s", cases[i].given);
    assert_false(ci_etag_matches(NULL, "\"a\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coding__is_what_the_client_likes_best),
        cmocka_unit_test(coding__suits_text_only),
        cmocka_unit_test(pack__is_undone_by_the_client),
        cmocka_unit_test(stream__packs_whatever_the_sizes),
        cmocka_unit_test(stream__sends_on_what_it_has),
        cmocka_unit_test(etag__is_of_the_content),
        cmocka_unit_test(etag__is_found_in_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
