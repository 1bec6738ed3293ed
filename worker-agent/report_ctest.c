/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ctest prints: "2/9 Test #2: NAME ....***Failed    0.01 sec", and below
 * it, with --output-on-failure, what the test has printed. A test that is
 * repeated counts once, as it ended last.
 */
#include "report_internal.h"

#include <string.h>

enum { TESTS_MAX = 1000000 };

struct ctest {
    struct test_case *tests; /* by number - 1; name NULL: not there */
    size_t cap;
    struct test_case *last; /* the test whose output may follow, or NULL */
    struct ci_buf message;
};

static void *begin_ctest(struct report *report)
{
    struct ctest *ctest = ci_mem_zero(report->mem, struct ctest);

    ci_buf_init(&ctest->message, ctest);
    return ctest;
}

static struct test_case *slot(struct ctest *ctest, int number)
{
    size_t index = (size_t)number - 1;

    if (index >= ctest->cap) {
        size_t cap = ctest->cap ? ctest->cap : 64;
        struct test_case *longer;

        while (cap <= index)
            cap *= 2;
        longer = ci_mem_array(ctest, struct test_case, cap);
        if (ctest->cap > 0)
            memcpy(longer, ctest->tests, ctest->cap * sizeof(*longer));
        talloc_free(ctest->tests);
        ctest->tests = longer;
        ctest->cap = cap;
    }
    return &ctest->tests[index];
}

static void end_output(struct ctest *ctest)
{
    struct ci_buf *message = &ctest->message;

    while (message->len > 0 && message->text[message->len - 1] == '\n')
        message->text[--message->len] = '\0';
    if (ctest->last)
        ctest->last->message = ci_mem_strdup(ctest, message->text);
    ctest->last = NULL;
    report_clear(message);
}

static void tell_all(struct report *report)
{
    struct ctest *ctest = report->state;

    end_output(ctest);
    for (size_t i = 0; i < ctest->cap; i++)
        if (ctest->tests[i].name)
            report_tell(report, &ctest->tests[i]);
    talloc_free(CI_STEAL(ctest->tests));
    ctest->cap = 0;
}

/* Behind the "#" of "3/9 Test  #12: "; NULL when the line is another. */
static const char *find_result(const char *line)
{
    const char *rest = report_after(line + strspn(line, "0123456789/ "), "Test ");

    return rest ? report_after(rest + strspn(rest, " "), "#") : NULL;
}

/* The last "1.25 sec" of the line. */
static int64_t read_duration(const char *text)
{
    size_t len = strlen(text);
    const char *at;

    if (len < 5 || strcmp(text + len - 4, " sec") != 0)
        return -1;
    for (at = text + len - 4; at > text && strchr("0123456789.", at[-1]);)
        at--;
    return report_seconds(at);
}

/* "Failed    0.01 sec" without its time. */
static void note_status(struct ctest *ctest, const char *status)
{
    size_t len = strlen(status);

    if (read_duration(status) >= 0) {
        len -= 4;
        while (len > 0 && strchr("0123456789.", status[len - 1]))
            len--;
    }
    while (len > 0 && status[len - 1] == ' ')
        len--;
    report_add(&ctest->message, status, len);
}

static void take_result(struct report *report, const char *rest)
{
    struct ctest *ctest = report->state;
    int number = report_number(&rest);
    const char *failed = strstr(rest, "***"), *passed = strstr(rest, "   Passed "), *end;
    struct test_case *test;

    if (number < 1 || number > TESTS_MAX || *rest != ':' || (!failed && !passed))
        return;
    rest += 1 + strspn(rest + 1, " ");
    end = failed ? failed : passed;
    while (end > rest && end[-1] == '.')
        end--;
    while (end > rest && end[-1] == ' ')
        end--;
    end_output(ctest);
    test = slot(ctest, number);
    *test = (struct test_case){
        .name = ci_mem_strndup(ctest, rest, (size_t)(end - rest)),
        .duration_ns = read_duration(rest),
        .verdict = failed ? TEST_FAILED : TEST_PASSED,
    };
    if (!failed)
        return;
    failed += 3;
    if (report_after(failed, "Skipped") || report_after(failed, "Not Run (Disabled)"))
        test->verdict = TEST_SKIPPED;
    note_status(ctest, failed);
    ctest->last = test;
}

/* Lines that end what a test has printed. */
static bool is_between(const char *line)
{
    const char *blank = line + strspn(line, " ");

    return (blank > line && report_after(blank, "Start ")) ||
           report_after(line, "The following tests ") || strstr(line, "% tests passed, ");
}

static void ctest_line(struct report *report, const char *line)
{
    struct ctest *ctest = report->state;
    const char *rest = find_result(line);

    if (report_after(line, "Test project "))
        tell_all(report);
    else if (rest)
        take_result(report, rest);
    else if (is_between(line))
        end_output(ctest);
    else if (ctest->last)
        report_add_line(&ctest->message, line);
}

static bool end_ctest(struct report *report, struct ci_err *err)
{
    (void)err;
    tell_all(report);
    return true;
}

const struct report_kind report_ctest = {
    .begin = begin_ctest, .line = ctest_line, .end = end_ctest};
