/* SPDX-License-Identifier: Apache-2.0 */
/* What the formats of test reports share. */
#pragma once

#include "report.h"

/* A format: either lines, without their ends and colours, or the bytes as they come. */
struct report_kind {
    void *(*begin)(struct report *report); /* its state, in report->mem */
    void (*line)(struct report *report, const char *line);
    bool (*feed)(struct report *report, struct ci_bytes bytes, struct ci_err *err);
    bool (*end)(struct report *report, struct ci_err *err); /* or NULL */
};

struct report {
    const struct report_kind *kind;
    void *mem;
    struct report_sink sink;
    void *state;
    struct ci_buf line; /* what has come of a line without its end */
};

extern const struct report_kind report_junit, report_tap, report_subunit, report_pytest,
    report_googletest, report_ctest;

/* Cleans and cuts the texts (NULL is "") and hands the test on; one without a name is passed over.
 */
void report_tell(struct report *report, const struct test_case *test);

/* Text that grows to at most TEST_MESSAGE bytes; the rest is dropped. */
void report_add(struct ci_buf *message, const char *text, size_t len);
/* One more line of it. */
void report_add_line(struct ci_buf *message, const char *line);
void report_clear(struct ci_buf *message);

/* Behind `prefix`, or NULL when the text does not begin so. */
const char *report_after(const char *text, const char *prefix);

/* "1.5" or "1,234.5" seconds; -1 when it is none. */
int64_t report_seconds(const char *text);

/* What the digits at *text say, at most INT_MAX; *text moves behind them. -1 without a digit. */
int report_number(const char **text);
