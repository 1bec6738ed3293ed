/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test reports: JUnit XML, TAP 12 to 14, subunit 1 and 2, and what pytest,
 * GoogleTest and ctest print. Bytes in, in pieces of any size; tests out, one
 * by one. Pure.
 *
 * A test counts as its own tool counts it: what was expected to fail and did
 * has passed.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"
#include "shared/steps.h"

enum test_verdict { TEST_PASSED, TEST_FAILED, TEST_SKIPPED };

enum {
    TEST_NAME = 1000,    /* bytes of a name or path; longer ones are cut */
    TEST_MESSAGE = 4096, /* of a message */
};

/* All texts are UTF-8. */
struct test_case {
    const char *name;    /* never empty */
    const char *path;    /* source file; "" when unknown */
    int line;            /* in it; 0 when unknown */
    int64_t duration_ns; /* -1 when unknown */
    enum test_verdict verdict;
    const char *message; /* why it failed or was skipped; "" when unknown */
};

struct report_sink {
    void (*on_case)(void *user, const struct test_case *test); /* valid only during the call */
    void *user;
};

/* One document; it lives in mem. */
struct report;
struct report *report_new(enum ci_report_format format, void *mem, struct report_sink sink);

/* CI_EINVALID: not in that format; it takes no more. Tests found before that stand. */
CI_MUST_USE bool report_feed(struct report *report, struct ci_bytes bytes, struct ci_err *err);

/* The document is complete; CI_EINVALID when its format says that it is not. */
CI_MUST_USE bool report_end(struct report *report, struct ci_err *err);
