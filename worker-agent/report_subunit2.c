/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packets of subunit 2: a signature, flags, a length, what the flags say,
 * and a CRC-32 of it all.
 */
#include "report_subunit.h"

#include <string.h>

enum {
    HAS_ID = 0x0800,
    HAS_ROUTE = 0x0400,
    HAS_TIME = 0x0200,
    HAS_TAGS = 0x0080,
    HAS_MIME = 0x0020,
    HAS_FILE = 0x0040,
    STATUS = 0x0007,
    VERSION = 0xF000,
    VERSION_2 = 0x2000,
    CRC_BYTES = 4,
};

enum status { NONE, EXISTS, IN_PROGRESS, SUCCESS, UNEXPECTED, SKIPPED, FAILED, EXPECTED };

/* What is still unread of a packet. */
struct cursor {
    const unsigned char *at, *end;
    bool bad;
};

/* The lowest polynomial bit first, as zlib has it. */
static uint32_t crc32(const unsigned char *data, size_t len)
{
    uint32_t crc = 0xFFFFFFFF;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static uint32_t take(struct cursor *cursor, size_t count)
{
    uint32_t value = 0;

    if ((size_t)(cursor->end - cursor->at) < count) {
        cursor->bad = true;
        cursor->at = cursor->end;
        return 0;
    }
    while (count-- > 0)
        value = value << 8 | *cursor->at++;
    return value;
}

/* Two bits say how many bytes follow the first; the rest is the number. */
static uint32_t take_number(struct cursor *cursor)
{
    uint32_t first = take(cursor, 1);
    size_t more = first >> 6;

    return (first & 0x3F) << (8 * more) | take(cursor, more);
}

static struct ci_bytes take_bytes(struct cursor *cursor)
{
    size_t len = take_number(cursor);
    struct ci_bytes bytes = {cursor->at, len};

    if ((size_t)(cursor->end - cursor->at) < len) {
        cursor->bad = true;
        bytes.len = 0;
        return bytes;
    }
    cursor->at += len;
    return bytes;
}

size_t subunit_packet_size(const unsigned char *head)
{
    struct cursor cursor = {.at = head + 3, .end = head + SUBUNIT_HEAD};
    unsigned flags = (unsigned)head[1] << 8 | head[2];
    size_t size;

    if ((flags & VERSION) != VERSION_2 || head[3] >> 6 == 3)
        return 0;
    size = take_number(&cursor);
    return size < SUBUNIT_HEAD + CRC_BYTES - 2 || size > SUBUNIT_PACKET_MAX ? 0 : size;
}

static bool is_text(struct ci_bytes mime)
{
    return mime.len == 0 || (mime.len >= 5 && memcmp(mime.data, "text/", 5) == 0);
}

static void take_status(struct subunit *subunit, struct subunit_test *test, enum status status,
                        int64_t now_ns)
{
    switch (status) {
    case NONE:
        return;
    case EXISTS:
        subunit_forget(subunit, test);
        return;
    case IN_PROGRESS:
        test->begun_ns = now_ns >= 0 ? now_ns : 0;
        return;
    case SUCCESS:
    case EXPECTED:
        subunit_end(subunit, test, TEST_PASSED, now_ns);
        return;
    case SKIPPED:
        subunit_end(subunit, test, TEST_SKIPPED, now_ns);
        return;
    case UNEXPECTED:
        report_add_line(&test->message, "the test succeeded unexpectedly");
        subunit_end(subunit, test, TEST_FAILED, now_ns);
        return;
    case FAILED:
        subunit_end(subunit, test, TEST_FAILED, now_ns);
        return;
    }
}

static int64_t take_time(struct cursor *cursor)
{
    int64_t seconds = take(cursor, 4);

    return seconds * 1000000000 + take_number(cursor);
}

bool subunit_packet(struct subunit *subunit, struct ci_bytes packet, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const unsigned char *data = packet.data;
    unsigned flags = (unsigned)data[1] << 8 | data[2];
    struct cursor cursor = {.at = data + 3, .end = data + packet.len - CRC_BYTES};
    struct cursor tail = {.at = cursor.end, .end = data + packet.len};
    struct ci_bytes id = {0}, mime = {0}, content = {0};
    struct subunit_test *test;
    int64_t now_ns = -1;

    if (take(&tail, CRC_BYTES) != crc32(data, packet.len - CRC_BYTES))
        return ci_fail(err, CI_EINVALID, "a packet's checksum is wrong");
    (void)take_number(&cursor); /* its length */
    if (flags & HAS_TIME)
        now_ns = take_time(&cursor);
    if (flags & HAS_ID)
        id = take_bytes(&cursor);
    if (flags & HAS_TAGS)
        for (uint32_t left = take_number(&cursor); left > 0 && !cursor.bad; left--)
            (void)take_bytes(&cursor);
    if (flags & HAS_MIME)
        mime = take_bytes(&cursor);
    if (flags & HAS_FILE) {
        (void)take_bytes(&cursor); /* its name */
        content = take_bytes(&cursor);
    }
    if (cursor.bad)
        return ci_fail(err, CI_EINVALID, "a packet is shorter than it says");
    if (id.len == 0)
        return true;
    test = subunit_get(subunit, ci_mem_strndup(mem, id.data, id.len));
    if (content.len > 0 && is_text(mime))
        report_add(&test->message, content.data, content.len);
    take_status(subunit, test, (enum status)(flags & STATUS), now_ns);
    return true;
}
