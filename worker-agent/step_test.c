/* SPDX-License-Identifier: Apache-2.0 */
/* The `test` step: runs a command, then reads what it or its files say of each test. */
#include "below.h"
#include "glob.h"
#include "report.h"
#include "step_kit.h"
#include "step_types.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    CAPTURE_BYTES = 64 << 20, /* of a binary report that is the output itself */
    PIECE_BYTES = 64 << 10,
    SKEW_SECONDS = 2, /* a file server's clock may be behind by so much */
};

static const char *const names[] = {
    [CI_REPORT_JUNIT] = "junit",           [CI_REPORT_TAP] = "tap",
    [CI_REPORT_SUBUNIT] = "subunit",       [CI_REPORT_PYTEST] = "pytest",
    [CI_REPORT_GOOGLETEST] = "googletest", [CI_REPORT_CTEST] = "ctest",
};

/* One of the step's reports. */
struct test_source {
    const struct ci_report *report;
    struct test_run *run;
    struct report *output;    /* reads the command's lines; NULL: it does not */
    struct step_tests *tests; /* NULL until there is one */
};

struct test_run {
    struct step *step;
    struct test_source *sources;
    size_t count;
    int64_t total, failed, skipped;
    bool broken; /* a report can't be read */
    struct timespec begin;
};

/* ---- what comes out ---- */

static const char *title(const struct test_source *source)
{
    return source->report->description ? source->report->description
                                       : names[source->report->format];
}

/* A value that is no number counts neither as passed nor as failed. */
static json_t *describe(const struct test_case *test)
{
    static const char *const values[] = {
        [TEST_PASSED] = "1", [TEST_FAILED] = "0", [TEST_SKIPPED] = "skipped"};
    json_t *result = json_pack("{s:s, s:s}", "name", test->name, "value", values[test->verdict]);

    if (*test->path)
        json_object_set_new(result, "path", json_string(test->path));
    if (test->line > 0)
        json_object_set_new(result, "line", json_integer(test->line));
    if (test->duration_ns >= 0)
        json_object_set_new(result, "duration_ns", json_integer(test->duration_ns));
    return result;
}

static void note_problem(struct test_run *run, const struct test_case *test)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *place = "";
    char *text;

    if (*test->path && test->line > 0)
        place = ci_mem_printf(mem, " (%s:%d)", test->path, test->line);
    else if (*test->path && !strstr(test->name, test->path))
        place = ci_mem_printf(mem, " (%s)", test->path);
    text = ci_mem_printf(mem, "%s%s%s%s\n\n", test->name, place, *test->message ? "\n" : "",
                         test->message);
    kit_write(run->step, "problems", text, strlen(text));
}

static void take_case(void *user, const struct test_case *test)
{
    struct test_source *source = user;
    struct test_run *run = source->run;

    if (!source->tests)
        source->tests = step_tests_new(run->step, title(source), "pass_fail", "boolean");
    step_tests_add(source->tests, describe(test));
    run->total++;
    run->skipped += test->verdict == TEST_SKIPPED;
    if (test->verdict == TEST_FAILED) {
        run->failed++;
        note_problem(run, test);
    }
}

static struct report *begin_report(struct test_source *source, void *mem)
{
    return report_new(source->report->format, mem, (struct report_sink){take_case, source});
}

static void complain(struct test_run *run, const char *where, const struct ci_err *err)
{
    run->broken = true;
    steplog_say(&run->step->log, "could not read %s: %s", where, err->msg);
}

/* ---- the command's output ---- */

static bool is_lines(const struct ci_report *report)
{
    return report->format != CI_REPORT_JUNIT && report->format != CI_REPORT_SUBUNIT;
}

static void see_line(void *user, char kind, const char *text, size_t len)
{
    struct test_run *run = user;
    struct ci_err err;

    (void)kind;
    for (size_t i = 0; i < run->count; i++)
        /* Formats of lines take anything. */
        if (run->sources[i].output &&
            (!report_feed(run->sources[i].output, (struct ci_bytes){text, len}, &err) ||
             !report_feed(run->sources[i].output, (struct ci_bytes){"\n", 1}, &err)))
            complain(run, "the output", &err);
}

static void read_output(struct test_run *run, const struct ci_buf *output)
{
    struct ci_err err;

    for (size_t i = 0; i < run->count; i++) {
        struct test_source *source = &run->sources[i];

        if (source->report->files.count > 0)
            continue;
        if (!source->output) {
            source->output = begin_report(source, run->step->mem);
            if (!report_feed(source->output, (struct ci_bytes){output->text, output->len}, &err)) {
                complain(run, "the output", &err);
                continue;
            }
        }
        if (!report_end(source->output, &err))
            complain(run, "the output", &err);
    }
}

/* ---- files ---- */

static bool feed_file(struct report *report, int fd, const char *path, struct ci_err *err)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *piece = ci_mem_array(mem, char, PIECE_BYTES);
    ssize_t n;

    while ((n = read(fd, piece, PIECE_BYTES)) > 0)
        if (!report_feed(report, (struct ci_bytes){piece, (size_t)n}, err))
            return false;
    if (n < 0)
        return below_fail(err, "read", path);
    return report_end(report, err);
}

/* What an earlier build left behind says nothing of this one. */
static bool is_old(const struct test_run *run, const struct stat *info)
{
    return info->st_mtim.tv_sec + SKEW_SECONDS < run->begin.tv_sec;
}

static void read_file(struct test_source *source, int root, const char *path)
{
    struct test_run *run = source->run;
    CI_AUTO_MEM mem = ci_mem_new();
    CI_CLEANUP(below_close) int fd = below_open(root, path, O_RDONLY | O_NONBLOCK, 0);
    struct stat info;
    struct ci_err err;

    if (fd < 0 || fstat(fd, &info) != 0) {
        below_fail(&err, "open", path);
        complain(run, path, &err);
    } else if (is_old(run, &info)) {
        steplog_say(&run->step->log, "%s is older than this step: passed over", path);
    } else if (!feed_file(begin_report(source, mem), fd, path, &err)) {
        complain(run, path, &err);
    }
}

static void read_files(struct test_run *run)
{
    struct step *step = run->step;

    for (size_t i = 0; i < run->count; i++) {
        struct test_source *source = &run->sources[i];
        CI_CLEANUP(below_close) int root = -1;
        struct ci_strs found = {0};
        struct ci_err err;

        if (source->report->files.count == 0)
            continue;
        root = below_root(step->dir, &err);
        if (root < 0 || !glob_find(root, source->report->files, step->mem, &found, &err)) {
            complain(run, title(source), &err);
            continue;
        }
        if (found.count == 0)
            steplog_say(&step->log, "no file matches for the %s report", title(source));
        for (size_t j = 0; j < found.count && !step_stopped(step); j++)
            read_file(source, root, found.items[j]);
    }
}

/* ---- the end ---- */

static const char *summary(struct test_run *run)
{
    struct ci_buf words;

    ci_buf_init(&words, run->step->mem);
    ci_buf_puts(&words, kit_count(run->step, (size_t)run->total, "test", "tests"));
    if (run->failed > 0)
        ci_buf_printf(&words, " %lld failed", (long long)run->failed);
    if (run->skipped > 0)
        ci_buf_printf(&words, " %lld skipped", (long long)run->skipped);
    if (run->failed == 0 && run->skipped == 0 && run->total > 0)
        ci_buf_puts(&words, " passed");
    return words.text;
}

static void tell_counts(struct test_run *run)
{
    if (run->total == 0 && run->count == 0)
        return;
    kit_add_property(run->step, "tests-total", run->total);
    kit_add_property(run->step, "tests-passed", run->total - run->failed - run->skipped);
    kit_add_property(run->step, "tests-failed", run->failed);
    kit_add_property(run->step, "tests-skipped", run->skipped);
}

static void judge(struct test_run *run, struct step_end *end)
{
    const struct ci_test_args *args = run->step->def->args;
    const char *words = summary(run), *own = ci_mem_strdup(run->step->mem, end->state);

    if (run->failed > 0)
        step_ends(end, ci_result_worst(end->result, CI_FAILURE), "%s", words);
    else if (end->result != CI_SUCCESS && run->total > 0)
        step_ends(end, end->result, "%.120s, %s", own, words);
    else if (end->result == CI_SUCCESS && run->broken)
        step_ends(end, CI_FAILURE, "broken report, %s", words);
    else if (end->result == CI_SUCCESS && run->total == 0 && args->fail_on_no_tests)
        step_ends(end, CI_FAILURE, "no tests were run");
    else if (end->result == CI_SUCCESS && run->count > 0)
        step_ends(end, CI_SUCCESS, "%s", words);
}

static void begin(struct test_run *run)
{
    const struct ci_test_args *args = run->step->def->args;

    run->sources = ci_mem_array(run->step->mem, struct test_source, args->reports.count + 1);
    CI_FOREACH(const struct ci_report, report, args->reports) {
        struct test_source *source = &run->sources[run->count++];

        *source = (struct test_source){.report = report, .run = run};
        if (report->files.count == 0 && is_lines(report))
            source->output = begin_report(source, run->step->mem);
    }
    clock_gettime(CLOCK_REALTIME, &run->begin);
}

static bool wants_capture(const struct test_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->sources[i].report->files.count == 0 && !run->sources[i].output)
            return true;
    return false;
}

void step_do_test(struct step *step, struct step_end *end)
{
    const struct ci_test_args *args = step->def->args;
    struct test_run run = {.step = step};
    const struct observer observer = {see_line, &run};
    struct ci_buf output;
    struct step_command what = {.command = &args->command, .observer = &observer};

    begin(&run);
    ci_buf_init(&output, step->mem);
    if (wants_capture(&run)) {
        what.capture = &output;
        what.capture_max = CAPTURE_BYTES;
    }
    step_run_command(step, &what, NULL, end);
    read_output(&run, &output);
    read_files(&run);
    for (size_t i = 0; i < run.count; i++)
        if (run.sources[i].tests)
            step_tests_end(run.sources[i].tests);
    tell_counts(&run);
    judge(&run, end);
}
