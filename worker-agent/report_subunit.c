/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subunit: packets where the stream has their first byte at the beginning of
 * a line or behind another packet, else text. What is neither is other output.
 */
#include "report_subunit.h"

#include <string.h>

/* NOLINTNEXTLINE(readability-function-cognitive-complexity): the macros of uthash */
struct subunit_test *subunit_get(struct subunit *subunit, const char *name)
{
    struct subunit_test *test = NULL;

    HASH_FIND_STR(subunit->tests, name, test);
    if (test)
        return test;
    test = ci_mem_zero(subunit, struct subunit_test);
    test->name = ci_mem_strdup(test, name);
    test->begun_ns = -1;
    ci_buf_init(&test->message, test);
    HASH_ADD_KEYPTR(hh, subunit->tests, test->name, strlen(test->name), test);
    return test;
}

/* NOLINTNEXTLINE(readability-function-cognitive-complexity): the macros of uthash */
void subunit_end(struct subunit *subunit, struct subunit_test *test, enum test_verdict verdict,
                 int64_t now_ns)
{
    int64_t taken = test->begun_ns >= 0 && now_ns >= test->begun_ns ? now_ns - test->begun_ns : -1;

    report_tell(subunit->report, &(struct test_case){.name = test->name,
                                                     .duration_ns = taken,
                                                     .verdict = verdict,
                                                     .message = test->message.text});
    HASH_DEL(subunit->tests, test);
    talloc_free(test);
}

/* NOLINTNEXTLINE(readability-function-cognitive-complexity): the macros of uthash */
void subunit_forget(struct subunit *subunit, struct subunit_test *test)
{
    if (test->begun_ns >= 0 || test->message.len > 0)
        return;
    HASH_DEL(subunit->tests, test);
    talloc_free(test);
}

/* uthash's tables are no talloc memory. */
static int release(struct subunit *subunit)
{
    HASH_CLEAR(hh, subunit->tests);
    return 0;
}

static void *begin_subunit(struct report *report)
{
    struct subunit *subunit = ci_mem_zero(report->mem, struct subunit);

    subunit->report = report;
    subunit->now_ns = -1;
    ci_buf_init(&subunit->packet, subunit);
    talloc_set_destructor(subunit, release);
    return subunit;
}

static void take_line(struct report *report, const char *line)
{
    subunit_line(report->state, line);
}

static void end_text(struct report *report)
{
    take_line(report, report->line.text);
    report->line.len = 0;
    report->line.text[0] = '\0';
}

/* Bytes that looked like a packet and are none go on as text. */
static void give_up_packet(struct subunit *subunit)
{
    for (size_t i = 0; i < subunit->packet.len; i++)
        ci_buf_add(&subunit->report->line, "?", 1);
    subunit->packet.len = 0;
    subunit->needed = 0;
}

static bool take_packet_byte(struct subunit *subunit, unsigned char byte, struct ci_err *err)
{
    bool done = true;

    ci_buf_add(&subunit->packet, &byte, 1);
    if (subunit->packet.len == SUBUNIT_HEAD) {
        subunit->needed = subunit_packet_size((const unsigned char *)subunit->packet.text);
        if (subunit->needed == 0)
            give_up_packet(subunit);
    }
    if (subunit->packet.len >= SUBUNIT_HEAD && subunit->packet.len == subunit->needed) {
        done = subunit_packet(subunit, (struct ci_bytes){subunit->packet.text, subunit->packet.len},
                              err);
        subunit->packet.len = 0;
        subunit->needed = 0;
    }
    return done;
}

static void take_text_byte(struct report *report, char byte)
{
    enum { LINE_BYTES = 64 << 10 };

    if (byte == '\n')
        end_text(report);
    else if (byte != '\0' && byte != '\r' && report->line.len < LINE_BYTES)
        ci_buf_add(&report->line, &byte, 1);
}

static bool feed(struct report *report, struct ci_bytes bytes, struct ci_err *err)
{
    struct subunit *subunit = report->state;
    const unsigned char *at = bytes.data, *end = at + bytes.len;

    for (; at < end; at++) {
        bool in_packet = subunit->packet.len > 0 ||
                         (*at == SUBUNIT_SIGNATURE && report->line.len == 0 && !subunit->open);

        if (!in_packet)
            take_text_byte(report, (char)*at);
        else if (!take_packet_byte(subunit, *at, err))
            return false;
    }
    return true;
}

/* Tests that never ended have failed. */
static bool end_subunit(struct report *report, struct ci_err *err)
{
    struct subunit *subunit = report->state;
    struct subunit_test *test, *next;
    bool cut = subunit->packet.len > 0;

    if (report->line.len > 0)
        end_text(report);
    HASH_ITER(hh, subunit->tests, test, next)
    {
        if (test->begun_ns >= 0 || test->message.len > 0 || test == subunit->open) {
            report_add_line(&test->message, "the test did not end");
            subunit_end(subunit, test, TEST_FAILED, -1);
        }
    }
    return !cut || ci_fail(err, CI_EINVALID, "it ends inside a packet");
}

const struct report_kind report_subunit = {
    .begin = begin_subunit, .feed = feed, .end = end_subunit};
