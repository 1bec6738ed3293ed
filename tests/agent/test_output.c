/* SPDX-License-Identifier: Apache-2.0 */
/* The line splitter, fed in every possible way. */
#include "ci_test.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

/* Feeds all of it, emptying the chunk into `all` whenever it is full. */
static void feed(struct stream *stream, const char *data, size_t len, struct chunk *chunk,
                 struct ci_buf *all)
{
    while (len > 0) {
        size_t taken = stream_feed(stream, data, len, chunk);

        assert_true(taken > 0 || chunk->len > 0);
        if (taken < len) {
            ci_buf_add(all, chunk->text, chunk->len);
            chunk_clear(chunk);
        }
        data += taken;
        len -= taken;
    }
}

static void end(struct stream *stream, struct chunk *chunk, struct ci_buf *all)
{
    if (!stream_end(stream, chunk)) {
        ci_buf_add(all, chunk->text, chunk->len);
        chunk_clear(chunk);
        assert_true(stream_end(stream, chunk));
    }
    ci_buf_add(all, chunk->text, chunk->len);
    chunk_release(chunk);
    stream_release(stream);
}

static void output__is_the_same_however_it_is_split(void **state)
{
    (void)state;
    static const char text[] = "one\n\ntwo \xc3\xa4\r\n\nthree\0x\nend";
    static const char expected[] = "oone\no\notwo \xc3\xa4\r\no\nothree\0x\noend\n";
    size_t len = sizeof(text) - 1;

    for (size_t a = 0; a <= len; a++) {
        for (size_t b = a; b <= len; b++) {
            CI_AUTO_MEM mem = ci_mem_new();
            struct chunk chunk = {0};
            struct stream stream;
            struct ci_buf all;

            ci_buf_init(&all, mem);
            stream_init(&stream, 'o');
            feed(&stream, text, a, &chunk, &all);
            feed(&stream, text + a, b - a, &chunk, &all);
            feed(&stream, text + b, len - b, &chunk, &all);
            assert_int_equal(chunk.lines, 5);
            end(&stream, &chunk, &all);
            assert_int_equal(all.len, sizeof(expected) - 1);
            assert_memory_equal(all.text, expected, all.len);
        }
    }
}

static void output__keeps_streams_apart(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct chunk chunk = {0};
    struct stream out, err;
    struct ci_buf all;

    ci_buf_init(&all, mem);
    stream_init(&out, 'o');
    stream_init(&err, 'e');
    feed(&out, "a", 1, &chunk, &all);
    feed(&err, "x\ny", 3, &chunk, &all);
    feed(&out, "b\n", 2, &chunk, &all);
    assert_true(stream_end(&err, &chunk));
    end(&out, &chunk, &all);
    stream_release(&err);
    assert_string_equal(all.text, "ex\noab\ney\n");
}

/* One line of `len` bytes, made of 'a' but for `tail` at `at`, in pieces of `piece` bytes. */
static char *long_line(void *mem, size_t len, size_t at, const char *tail, size_t piece,
                       size_t *out_len)
{
    struct chunk chunk = {0};
    struct stream stream;
    struct ci_buf all;
    char *text = ci_mem_array(mem, char, len + 1);

    memset(text, 'a', len);
    memcpy(text + at, tail, strlen(tail));
    ci_buf_init(&all, mem);
    stream_init(&stream, 'o');
    for (size_t done = 0; done < len; done += piece)
        feed(&stream, text + done, len - done < piece ? len - done : piece, &chunk, &all);
    end(&stream, &chunk, &all);
    *out_len = all.len;
    return all.text;
}

static void output__cuts_long_lines(void **state)
{
    (void)state;
    static const size_t pieces[] = {1,      1000, OUTPUT_LINE - 1, OUTPUT_LINE, OUTPUT_LINE + 1,
                                    1 << 20};

    for (size_t i = 0; i < CI_COUNT(pieces); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        size_t len;
        char *text = long_line(mem, 3 * OUTPUT_LINE + 5, 0, "a", pieces[i], &len);

        assert_int_equal(len, 3 * (OUTPUT_LINE + 2) + 5 + 2);
        for (size_t line = 0; line < 4; line++)
            assert_int_equal(text[line * (OUTPUT_LINE + 2)], 'o');
        assert_int_equal(text[OUTPUT_LINE + 1], '\n');
    }
}

static void output__leaves_a_full_line_whole(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    size_t len;

    long_line(mem, OUTPUT_LINE + 1, OUTPUT_LINE, "\n", 777, &len);
    assert_int_equal(len, OUTPUT_LINE + 2);
    long_line(mem, OUTPUT_LINE, 0, "a", OUTPUT_LINE, &len);
    assert_int_equal(len, OUTPUT_LINE + 2);
}

static void output__tears_no_character(void **state)
{
    (void)state;
    static const char euro[] = "\xe2\x82\xac";

    for (size_t before = 1; before < 4; before++) {
        CI_AUTO_MEM mem = ci_mem_new();
        size_t len;
        char *text = long_line(mem, OUTPUT_LINE + 100, OUTPUT_LINE - before, euro, 4096, &len);
        char *cut = memchr(text, '\n', len);

        assert_int_equal(len, OUTPUT_LINE + 100 + 4);
        assert_non_null(cut);
        assert_int_equal(cut - text - 1, before == 3 ? OUTPUT_LINE : OUTPUT_LINE - before);
    }
}

static void output__fills_chunks_to_their_limit(void **state)
{
    (void)state;
    enum { LEN = 3 << 20 };
    CI_AUTO_MEM mem = ci_mem_new();
    char *text = ci_mem_array(mem, char, LEN);
    struct chunk chunk = {0};
    struct stream stream;
    size_t done = 0, chunks = 0;

    for (size_t i = 0; i < LEN; i++)
        text[i] = i % 61 == 60 ? '\n' : 'x';
    stream_init(&stream, 'e');
    while (done < LEN) {
        done += stream_feed(&stream, text + done, LEN - done, &chunk);
        assert_true(chunk.len <= OUTPUT_CHUNK);
        if (done < LEN)
            assert_true(chunk.len > OUTPUT_CHUNK - 63);
        chunk_clear(&chunk);
        chunks++;
    }
    assert_int_equal(chunks, 13);
    chunk_release(&chunk);
    stream_release(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output__is_the_same_however_it_is_split),
        cmocka_unit_test(output__keeps_streams_apart),
        cmocka_unit_test(output__cuts_long_lines),
        cmocka_unit_test(output__leaves_a_full_line_whole),
        cmocka_unit_test(output__tears_no_character),
        cmocka_unit_test(output__fills_chunks_to_their_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
