/* SPDX-License-Identifier: Apache-2.0 */
/* Test reports: what the tools have really written, cut in every place. */
#include "ci_test.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char verdicts[] = {'+', '-', '~'};

/* A line for each test: verdict, name, (path:line), the message with '|' for its line ends. */
static void note(void *user, const struct test_case *test)
{
    struct ci_buf *out = user;

    ci_buf_printf(out, "%c %s", verdicts[test->verdict], test->name);
    if (*test->path)
        ci_buf_printf(out, " (%s:%d)", test->path, test->line);
    if (*test->message)
        ci_buf_puts(out, " = ");
    for (const char *c = test->message; *c; c++)
        ci_buf_add(out, *c == '\n' ? "|" : c, 1);
    ci_buf_puts(out, "\n");
}

/* The same must come out however the bytes are cut. */
static const char *read_bytes(void *mem, enum ci_report_format format, struct ci_bytes bytes)
{
    static const size_t pieces[] = {1, 7, 1 << 20};
    char *first = NULL;
    struct ci_err err;

    for (size_t i = 0; i < CI_COUNT(pieces); i++) {
        struct ci_buf out;
        struct report *report;
        bool done = true;

        ci_buf_init(&out, mem);
        report = report_new(format, mem, (struct report_sink){note, &out});
        for (size_t at = 0; done && at < bytes.len; at += pieces[i]) {
            size_t left = bytes.len - at;
            struct ci_bytes piece = {(const char *)bytes.data + at,
                                     left < pieces[i] ? left : pieces[i]};

            done = report_feed(report, piece, &err);
        }
        if (!done || !report_end(report, &err))
            ci_buf_printf(&out, "error: %s\n", err.msg);
        talloc_free(report);
        if (first)
            assert_string_equal(out.text, first);
        first = out.text;
    }
    return first;
}

static const char *read_text(void *mem, enum ci_report_format format, const char *text)
{
    return read_bytes(mem, format, (struct ci_bytes){text, strlen(text)});
}

static const char *read_file(void *mem, enum ci_report_format format, const char *name)
{
    FILE *file = fopen(ci_mem_printf(mem, "%s/%s", TEST_REPORTS_DIR, name), "rbe");
    char *data = ci_mem_alloc(mem, 1 << 20);
    size_t len;

    assert_non_null(file);
    len = fread(data, 1, 1 << 20, file);
    fclose(file);
    return read_bytes(mem, format, (struct ci_bytes){data, len});
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

/* ---- JUnit ---- */

static void junit__reads_what_pytest_writes(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *out = read_file(mem, CI_REPORT_JUNIT, "pytest.xml");

    assert_has(out, "+ test_sample.test_pass\n");
    assert_has(out, "- test_sample.test_fail = assert [1, 2] == [1, 3]|  At index 1 diff");
    assert_has(out, "~ test_sample.test_skip = not here|/src/test_sample.py:6: not here\n");
    assert_has(out, "- test_sample.test_error = failed on setup with \"RuntimeError");
    assert_has(out, "- test_sample.TestThing.test_param[c - d] = AssertionError");
}

static void junit__reads_what_googletest_and_ctest_write(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *out = read_file(mem, CI_REPORT_JUNIT, "googletest.xml");

    assert_has(out, "+ Foo.Good (t.cc:2)\n- Foo.Bad (t.cc:3) = t.cc:3|Expected equality");
    assert_has(out, "~ Foo.Skip (t.cc:4) = t.cc:4|not here|t.cc:4|not here\n");
    assert_has(out, "~ Foo.DISABLED_Off (t.cc:8)\n");
    assert_has(out, "+ In/P.Odd/0 (t.cc:6)\n- In/P.Odd/1");
    assert_string_equal(read_file(mem, CI_REPORT_JUNIT, "ctest.xml"), "- bad\n");
}

static void junit__keeps_to_the_suite_without_classes(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(
        read_text(mem, CI_REPORT_JUNIT,
                  "<testsuites><testsuite name='s'><properties><property name='x'/></properties>"
                  "<testcase name='a'><system-out>x</system-out></testcase>"
                  "<testcase name='b'><flakyFailure message='once'/></testcase>"
                  "<testcase name='c'><failure/><rerunFailure>again</rerunFailure></testcase>"
                  "<testcase/></testsuite></testsuites>"),
        "+ s.a\n+ s.b\n- s.c\n");
}

static void junit__refuses_what_is_no_report(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf deep;

    assert_has(read_text(mem, CI_REPORT_JUNIT, ""), "error: line 1: no element found");
    assert_has(read_text(mem, CI_REPORT_JUNIT, "<testsuite><testcase name='a'/>"),
               "+ a\nerror: line 1: no element found");
    assert_has(read_text(mem, CI_REPORT_JUNIT,
                         "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><x>&b;</x>"),
               "error: line 1: it declares entities");
    ci_buf_init(&deep, mem);
    for (int i = 0; i < 200; i++)
        ci_buf_puts(&deep, "<a>");
    assert_has(read_text(mem, CI_REPORT_JUNIT, deep.text), "error: line 1: elements nest too deep");
}

static void junit__cuts_long_messages(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    /* Not inside a character. */
    struct ci_buf text;
    const char *out;

    ci_buf_init(&text, mem);
    ci_buf_puts(&text, "<testcase name='x'><failure>a");
    for (int i = 0; i < 4000; i++)
        ci_buf_puts(&text, "ä");
    ci_buf_puts(&text, "</failure></testcase>");
    out = read_text(mem, CI_REPORT_JUNIT, text.text);
    assert_in_range(strlen(out), TEST_MESSAGE, TEST_MESSAGE + 20);
}

/* ---- TAP ---- */

static void tap__reads_what_perl_writes(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    const char *expected = "+ one\n- two\n+ three = later";

    assert_has(read_file(mem, CI_REPORT_TAP, "a.tap"), expected);
    assert_has(read_file(mem, CI_REPORT_TAP, "prove.txt"), expected);
    assert_has(read_file(mem, CI_REPORT_TAP, "prove.txt"),
               "~ test 4 = no net\n+ inner: i1\n- inner: i2\n+ good inner: g1\n");
    assert_string_equal(read_file(mem, CI_REPORT_TAP, "bail.tap"), "+ c1\n- Bail out! = broken\n");
}

static void tap__reads_diagnostics(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(read_text(mem, CI_REPORT_TAP,
                                  "TAP version 13\n1..3\nok 1 - a # b\nnot ok 2 c\n  ---\n"
                                  "  message: 'no'\n  got: 1\n  ...\n# see there\n"
                                  "other output\nnot ok 3 - d \\# TODO no # skip it\n"),
                        "+ a # b\n- c = message: 'no'|got: 1|see there\n"
                        "~ d \\# TODO no = it\n");
}

static void tap__judges_the_plan(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(read_text(mem, CI_REPORT_TAP, "1..3\nok\nok\n"),
                        "+ test 1\n+ test 2\n- plan of tests = planned 3, ran 2\n");
    assert_string_equal(read_text(mem, CI_REPORT_TAP, "1..0 # SKIP no disk\n"),
                        "~ all tests = no disk\n");
    /* One document behind the other. */
    assert_string_equal(read_text(mem, CI_REPORT_TAP, "1..1\nok 1 a\n1..1\nnot ok 1 b\n"),
                        "+ a\n- b\n");
    assert_string_equal(read_text(mem, CI_REPORT_TAP, "nothing\nokay then\nnot okay\n"), "");
}

static void tap__tells_subtests_once(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    /* The parent failed for a reason of its own; one is excused; one never ended. */
    assert_string_equal(read_text(mem, CI_REPORT_TAP,
                                  "    ok 1 - x\n        not ok 1 - deep\n        1..1\n"
                                  "    not ok 2 - y\n    1..2\nok 1 - p # TODO\n"
                                  "    ok 1 - z\n    1..1\nnot ok 2 - q\n"
                                  "# Subtest: r\n    ok 1 - w\n"),
                        "+ p: x\n+ p: y: deep\n+ q: z\n- q\n+ r: w\n");
}

/* ---- subunit ---- */

static void subunit__reads_text(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(
        read_text(mem, CI_REPORT_SUBUNIT,
                  "time: 2026-01-02 03:04:05.5Z\ntest: a.b\nsome output\n"
                  "time: 2026-01-02 03:04:06.75Z\nsuccess: a.b\ntest: c\n"
                  "failure: c [\nTraceback:\n ]\n  1 != 2\n]\n"
                  "skip: d [ multipart\nContent-Type: text/plain\nreason\n8\r\nno disk\n0\r\n]\n"
                  "xfail: e\nuxsuccess: f\nsuccessful: g\ntest: h\n"),
        "+ a.b\n- c = Traceback:|]|  1 != 2\n~ d = reason|no disk\n+ e\n- f\n+ g\n"
        "- h = the test did not end\n");
}

/* From the specification's own example, and one made with a failure. */
static void subunit__reads_packets(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    static const unsigned char exists[] = {0xb3, 0x29, 0x01, 0x0c, 0x03, 'f',
                                           'o',  'o',  0x08, 0x55, 0x5f, 0x1b};
    struct ci_buf stream;

    ci_buf_init(&stream, mem);
    ci_buf_add(&stream, exists, sizeof(exists));
    assert_string_equal(
        read_bytes(mem, CI_REPORT_SUBUNIT, (struct ci_bytes){stream.text, stream.len}), "");
    stream.text[9] ^= 1;
    assert_string_equal(
        read_bytes(mem, CI_REPORT_SUBUNIT, (struct ci_bytes){stream.text, stream.len}),
        "error: a packet's checksum is wrong\n");
    assert_string_equal(
        read_bytes(mem, CI_REPORT_SUBUNIT, (struct ci_bytes){stream.text, stream.len - 1}),
        "error: it ends inside a packet\n");
    assert_string_equal(read_file(mem, CI_REPORT_SUBUNIT, "two.subunit"),
                        "+ pkg.test_good\n- pkg.test_bad = Traceback: 1 != 2\n"
                        "~ pkg.test_skip = no net\n");
}

/* ---- consoles ---- */

static void pytest__reads_the_summary(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(
        read_file(mem, CI_REPORT_PYTEST, "pytest.txt"),
        "+ test_sample.py::test_pass (test_sample.py:0)\n"
        "+ test_sample.py::TestThing::test_param[a b] (test_sample.py:0)\n"
        "+ test_sample.py::test_prints (test_sample.py:0)\n"
        "~ test_sample.py:6 (test_sample.py:6) = not here\n"
        "+ test_sample.py::test_xfail (test_sample.py:0) = bug 7\n"
        "+ test_sample.py::test_xpass (test_sample.py:0)\n"
        "- test_sample.py::test_error (test_sample.py:0) = RuntimeError: no database\n"
        "- test_sample.py::test_fail (test_sample.py:0) = assert [1, 2] == [1, 3]\n"
        "- test_sample.py::TestThing::test_param[c - d] (test_sample.py:0) = "
        "AssertionError: assert ...\n");
    assert_string_equal(read_text(mem, CI_REPORT_PYTEST, "PASSED a::b\n"), "");
    assert_string_equal(read_text(mem, CI_REPORT_PYTEST,
                                  "=== short test summary info ===\n"
                                  "\033[31mERROR\033[0m test_x.py\r\nSKIPPED [2] x.py: why\n"),
                        "");
    assert_string_equal(
        read_text(mem, CI_REPORT_PYTEST,
                  "==== short test summary info ====\n"
                  "\033[31mERROR\033[0m test_x.py\r\nSKIPPED [2] x.py: why\n"),
        "- test_x.py (test_x.py:0)\n~ x.py (x.py:0) = why\n~ x.py (x.py:0) = why\n");
}

static void googletest__reads_its_output(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(read_text(mem, CI_REPORT_GOOGLETEST,
                                  "[ RUN      ] A.B\nx.cc(7): error: no\n"
                                  "partial[  FAILED  ] A.B (15 ms)\n[  FAILED  ] A.B\n"
                                  "[ RUN      ] A.C\n"),
                        "- A.B (x.cc:7) = x.cc(7): error: no\n- A.C = the test did not end\n");
    assert_string_equal(read_file(mem, CI_REPORT_GOOGLETEST, "googletest.txt"),
                        "+ Foo.Good\n"
                        "- Foo.Bad (t.cc:3) = t.cc:3: Failure|Expected equality of these "
                        "values:|  1|  2|really\n"
                        "~ Foo.Skip = t.cc:4: Skipped|not here\n~ Foo.DISABLED_Off = disabled\n"
                        "- Z.Crash = the test did not end\n");
}

static void ctest__reads_its_output(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();

    assert_string_equal(read_file(mem, CI_REPORT_CTEST, "ctest.txt"),
                        "+ good\n- bad = Failed|some output\n- slow = Timeout\n"
                        "- crash = Exception: SegFault\n~ off = Not Run (Disabled)\n"
                        "~ skipped = Skipped\n- missing = Not Run\n"
                        "- a = Failed|/usr/bin/test: extra argument ‘blanks’\n"
                        "- regex = Failed  Required regular expression not found. "
                        "Regex=[never|]  0.00 sec|hi\n");
    assert_string_equal(read_file(mem, CI_REPORT_CTEST, "ctest-repeat.txt"),
                        "+ good\n- bad = Failed\n");
}

/* ---- durations ---- */

static void keep_duration(void *user, const struct test_case *test)
{
    *(int64_t *)user = test->duration_ns;
}

static int64_t duration_of(enum ci_report_format format, const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    int64_t found = -2;
    struct report *report = report_new(format, mem, (struct report_sink){keep_duration, &found});
    struct ci_err err;

    assert_ok(report_feed(report, (struct ci_bytes){text, strlen(text)}, &err), err);
    assert_ok(report_end(report, &err), err);
    return found;
}

static void report__knows_durations(void **state)
{
    (void)state;

    assert_int_equal(duration_of(CI_REPORT_JUNIT, "<testcase name='a' time='1,002.25'/>"),
                     1002250000000);
    assert_int_equal(duration_of(CI_REPORT_JUNIT, "<testcase name='a' time='.5'/>"), 500000000);
    assert_int_equal(duration_of(CI_REPORT_JUNIT, "<testcase name='a' time='x'/>"), -1);
    assert_int_equal(duration_of(CI_REPORT_JUNIT, "<testcase name='a'/>"), -1);
    assert_int_equal(
        duration_of(CI_REPORT_GOOGLETEST, "[ RUN      ] A.B\n[       OK ] A.B (15 ms)\n"),
        15000000);
    assert_int_equal(duration_of(CI_REPORT_CTEST, "1/1 Test #1: a ...   Passed    0.25 sec\n"),
                     250000000);
    assert_int_equal(duration_of(CI_REPORT_SUBUNIT, "time: 2026-01-02 03:04:05.5Z\ntest: a\n"
                                                    "time: 2026-01-02 03:04:06Z\nsuccess: a\n"),
                     500000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(junit__reads_what_pytest_writes),
        cmocka_unit_test(junit__reads_what_googletest_and_ctest_write),
        cmocka_unit_test(junit__keeps_to_the_suite_without_classes),
        cmocka_unit_test(junit__refuses_what_is_no_report),
        cmocka_unit_test(junit__cuts_long_messages),
        cmocka_unit_test(tap__reads_what_perl_writes),
        cmocka_unit_test(tap__reads_diagnostics),
        cmocka_unit_test(tap__judges_the_plan),
        cmocka_unit_test(tap__tells_subtests_once),
        cmocka_unit_test(subunit__reads_text),
        cmocka_unit_test(subunit__reads_packets),
        cmocka_unit_test(pytest__reads_the_summary),
        cmocka_unit_test(googletest__reads_its_output),
        cmocka_unit_test(ctest__reads_its_output),
        cmocka_unit_test(report__knows_durations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
