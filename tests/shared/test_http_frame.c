/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames: heads of every size, and what is against the protocol. */
#include "../../libshared/src/http_frame.h"
#include "ci_test.h"

#include <string.h>

#define PARSE(frame, ...)                                                                          \
    ci_frame_parse((const unsigned char[]){__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__}),   \
                   1000, (frame))

static void frame__reads_masked_text(void **state)
{
    struct ci_frame frame = {0};
    /* The example of RFC 6455, 5.7: "Hello". */
    char bytes[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";

    (void)state;
    assert_int_equal(ci_frame_parse(bytes, sizeof(bytes) - 1, 1000, &frame), CI_FRAME_OK);
    assert_int_equal(frame.opcode, CI_OP_TEXT);
    assert_true(frame.fin);
    assert_int_equal(frame.head, 6);
    assert_int_equal(frame.len, 5);
    ci_frame_unmask(bytes + frame.head, &frame);
    assert_string_equal(bytes + frame.head, "Hello");
}

static void frame__waits_for_its_whole_head(void **state)
{
    struct ci_frame frame = {0};
    const unsigned char bytes[] = {0x81, 0xfe, 0x01, 0x00, 1, 2, 3, 4};

    (void)state;
    for (size_t len = 0; len < sizeof(bytes); len++)
        assert_int_equal(ci_frame_parse(bytes, len, 1000, &frame), CI_FRAME_MORE);
    assert_int_equal(ci_frame_parse(bytes, sizeof(bytes), 1000, &frame), CI_FRAME_OK);
    assert_int_equal(frame.len, 256);
    assert_int_equal(frame.head, 8);
}

static void frame__limits_payload(void **state)
{
    struct ci_frame frame = {0};

    (void)state;
    assert_int_equal(PARSE(&frame, 0x82, 0xfe, 0x03, 0xe8, 0, 0, 0, 0), CI_FRAME_OK);
    assert_int_equal(PARSE(&frame, 0x82, 0xfe, 0x03, 0xe9, 0, 0, 0, 0), CI_FRAME_BAD);
    assert_int_equal(
        PARSE(&frame, 0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),
        CI_FRAME_BAD);
}

static void frame__refuses_what_the_protocol_forbids(void **state)
{
    struct ci_frame frame = {0};

    (void)state;
    assert_int_equal(PARSE(&frame, 0x81, 0x05), CI_FRAME_BAD); /* not masked */
    assert_int_equal(PARSE(&frame, 0xc1, 0x85), CI_FRAME_BAD); /* a reserved bit */
    assert_int_equal(PARSE(&frame, 0x83, 0x85), CI_FRAME_BAD); /* a reserved opcode */
    assert_int_equal(PARSE(&frame, 0x8b, 0x85), CI_FRAME_BAD); /* the same, control */
    assert_int_equal(PARSE(&frame, 0x09, 0x85), CI_FRAME_BAD); /* a ping in pieces */
    assert_int_equal(PARSE(&frame, 0x89, 0xfe), CI_FRAME_BAD); /* a long ping */
}

static void frame__writes_heads_of_every_size(void **state)
{
    static const struct {
        size_t len, head;
        const char *bytes;
    } rows[] = {
        {0,       2,  "\x88\x00"                                },
        {125,     2,  "\x81\x7d"                                },
        {126,     4,  "\x81\x7e\x00\x7e"                        },
        {65535,   4,  "\x81\x7e\xff\xff"                        },
        {65536,   10, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
        {1 << 24, 10, "\x81\x7f\x00\x00\x00\x00\x01\x00\x00\x00"},
    };

    (void)state;
    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        char head[CI_FRAME_HEAD];

        assert_int_equal(ci_frame_head(i ? CI_OP_TEXT : CI_OP_CLOSE, rows[i].len, head),
                         rows[i].head);
        assert_memory_equal(head, rows[i].bytes, rows[i].head);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame__reads_masked_text),
        cmocka_unit_test(frame__waits_for_its_whole_head),
        cmocka_unit_test(frame__limits_payload),
        cmocka_unit_test(frame__refuses_what_the_protocol_forbids),
        cmocka_unit_test(frame__writes_heads_of_every_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
