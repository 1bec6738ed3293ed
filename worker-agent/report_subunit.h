/* SPDX-License-Identifier: Apache-2.0 */
/* The two protocols of subunit: a text with lines, and packets; one stream may hold both. */
#pragma once

#include "hash.h"
#include "report_internal.h"

/* A test that has begun, or of which something was told before its end. */
struct subunit_test {
    char *name;
    int64_t begun_ns; /* -1: unknown */
    struct ci_buf message;
    UT_hash_handle hh;
};

struct subunit {
    struct report *report;
    struct subunit_test *tests; /* by name */
    struct ci_buf packet;       /* what has come of one */
    size_t needed;              /* bytes of it in all; 0: not in a packet */
    /* The text protocol: */
    int64_t now_ns;            /* by its "time:" lines; -1: unknown */
    struct subunit_test *open; /* its details are being read */
    enum test_verdict verdict; /* of it */
    bool multipart;
};

struct subunit_test *subunit_get(struct subunit *subunit, const char *name);
void subunit_end(struct subunit *subunit, struct subunit_test *test, enum test_verdict verdict,
                 int64_t now_ns);

/* It is only known to exist; not when something was told of it. */
void subunit_forget(struct subunit *subunit, struct subunit_test *test);

/* A line of the text protocol. */
void subunit_line(struct subunit *subunit, const char *line);

enum { SUBUNIT_SIGNATURE = 0xB3, SUBUNIT_HEAD = 6, SUBUNIT_PACKET_MAX = 4 << 20 };
/* Bytes of the packet whose first SUBUNIT_HEAD bytes these are; 0: they are none. */
size_t subunit_packet_size(const unsigned char *head);
/* A whole packet. */
CI_MUST_USE bool subunit_packet(struct subunit *subunit, struct ci_bytes packet,
                                struct ci_err *err);
