/* SPDX-License-Identifier: Apache-2.0 */
/* What `pytest -rA` and programs of GoogleTest print. */
#include "report_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- pytest: the "short test summary info" ---- */

struct pytest {
    bool in_summary;
};

static void *begin_pytest(struct report *report)
{
    return ci_mem_zero(report->mem, struct pytest);
}

/* "path::Class::test[a - b] - why": pytest ends the name at the first " - " outside brackets. */
static const char *find_reason(const char *text)
{
    int depth = 0;

    for (; *text; text++) {
        if (*text == '[')
            depth++;
        else if (*text == ']')
            depth--;
        else if (depth <= 0 && strncmp(text, " - ", 3) == 0)
            return text;
    }
    return NULL;
}

static void tell_node(struct report *report, const char *text, enum test_verdict verdict)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *reason = find_reason(text);
    char *name = ci_mem_strndup(mem, text, reason ? (size_t)(reason - text) : strlen(text));
    const char *colons = strstr(name, "::");
    size_t len = strlen(name);

    while (len > 0 && name[len - 1] == ' ')
        name[--len] = '\0';
    report_tell(report, &(struct test_case){
                            .name = name,
                            .path = colons ? ci_mem_strndup(mem, name, (size_t)(colons - name))
                                           : name, /* a file that could not be collected */
                            .duration_ns = -1,
                            .verdict = verdict,
                            .message = reason ? reason + 3 : "",
                        });
}

/* "[2] path:6: why": so many tests there, whose names it does not say. */
static void tell_skipped(struct report *report, const char *text)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const char *at = text + (*text == '['), *colon, *number, *reason;
    int count = report_number(&at), line;

    at = report_after(at, "] ");
    if (count < 1 || !at)
        return;
    reason = strstr(at, ": ");
    if (!reason)
        reason = at + strlen(at);
    colon = memrchr(at, ':', (size_t)(reason - at));
    number = colon ? colon + 1 : reason;
    line = report_number(&number);
    for (int i = 0; i < count && i < 100000; i++)
        report_tell(report, &(struct test_case){
                                .name = ci_mem_strndup(mem, at, (size_t)(reason - at)),
                                .path = ci_mem_strndup(mem, at,
                                                       (size_t)((line >= 0 ? colon : reason) - at)),
                                .line = line >= 0 ? line : 0,
                                .duration_ns = -1,
                                .verdict = TEST_SKIPPED,
                                .message = *reason ? reason + 2 : "",
                            });
}

static void pytest_line(struct report *report, const char *line)
{
    static const struct {
        const char *word;
        enum test_verdict verdict;
    } words[] = {
        {"PASSED ", TEST_PASSED},
        {"FAILED ", TEST_FAILED},
        {"ERROR ",  TEST_FAILED},
        {"XFAIL ",  TEST_PASSED},
        {"XPASS ",  TEST_PASSED}
    };
    struct pytest *pytest = report->state;
    const char *rest;

    if (strncmp(line, "====", 4) == 0) {
        pytest->in_summary = strstr(line, " short test summary info ") != NULL;
        return;
    }
    if (!pytest->in_summary)
        return;
    if ((rest = report_after(line, "SKIPPED ")))
        tell_skipped(report, rest);
    for (size_t i = 0; i < CI_COUNT(words); i++)
        if ((rest = report_after(line, words[i].word)))
            tell_node(report, rest, words[i].verdict);
}

const struct report_kind report_pytest = {.begin = begin_pytest, .line = pytest_line};

/* ---- GoogleTest ---- */

struct googletest {
    char *running; /* NULL: no test runs */
    char *path;    /* of its first failure */
    int line;
    struct ci_buf message;
};

static void *begin_googletest(struct report *report)
{
    struct googletest *state = ci_mem_zero(report->mem, struct googletest);

    ci_buf_init(&state->message, state);
    return state;
}

static void end_test(struct report *report, enum test_verdict verdict, int64_t duration_ns)
{
    struct googletest *state = report->state;

    report_tell(report, &(struct test_case){
                            .name = state->running,
                            .path = state->path,
                            .line = state->line,
                            .duration_ns = duration_ns,
                            .verdict = verdict,
                            .message = verdict == TEST_PASSED ? "" : state->message.text,
                        });
    talloc_free(CI_STEAL(state->running));
    talloc_free(CI_STEAL(state->path));
    state->line = 0;
    report_clear(&state->message);
}

/* A crash: the program ends, or goes on with another test. */
static void end_unfinished(struct report *report)
{
    struct googletest *state = report->state;

    if (!state->running)
        return;
    report_add_line(&state->message, "the test did not end");
    end_test(report, TEST_FAILED, -1);
}

static void begin_test(struct report *report, const char *name)
{
    struct googletest *state = report->state;

    end_unfinished(report);
    state->running = ci_mem_strdup(state, name);
}

/* "(12 ms)" at the end; -1 without one. */
static int64_t read_ms(const char *text)
{
    const char *open = strrchr(text, '(');
    int ms;

    if (!open)
        return -1;
    open++;
    ms = report_number(&open);
    return ms >= 0 && strcmp(open, " ms)") == 0 ? (int64_t)ms * 1000000 : -1;
}

/* "foo.cc:12: Failure", "foo.cc(12): error: ..." */
static void note_place(struct googletest *state, const char *line)
{
    const char *end = strstr(line, ": Failure"), *number;

    if (!end)
        end = strstr(line, "): error: ");
    if (!end || state->path)
        return;
    for (number = end; number > line && number[-1] >= '0' && number[-1] <= '9';)
        number--;
    if (number == end || number < line + 2)
        return;
    state->path = ci_mem_strndup(state, line, (size_t)(number - 1 - line));
    state->line = report_number(&number);
}

/* Whether the text names the running test: alone, or with its parameter and time. */
static bool is_running(const struct googletest *state, const char *text)
{
    size_t len = state->running ? strlen(state->running) : 0;

    return len > 0 && strncmp(text, state->running, len) == 0 &&
           (text[len] == '\0' || text[len] == ' ' || text[len] == ',');
}

static void googletest_line(struct report *report, const char *line)
{
    static const struct {
        const char *word;
        enum test_verdict verdict;
    } words[] = {
        {"[       OK ] ", TEST_PASSED },
        {"[  FAILED  ] ", TEST_FAILED },
        {"[  SKIPPED ] ", TEST_SKIPPED}
    };
    struct googletest *state = report->state;
    /* What a test prints without an end of line stands before it. */
    const char *mark = strstr(line, "[ RUN      ] "), *rest;

    if (mark) {
        begin_test(report, mark + strlen("[ RUN      ] "));
        return;
    }
    if ((rest = report_after(line, "[ DISABLED ] "))) {
        report_tell(report, &(struct test_case){.name = rest,
                                                .duration_ns = -1,
                                                .verdict = TEST_SKIPPED,
                                                .message = "disabled"});
        return;
    }
    for (size_t i = 0; i < CI_COUNT(words); i++) {
        rest = strstr(line, words[i].word);
        if (rest && is_running(state, rest + strlen(words[i].word))) {
            end_test(report, words[i].verdict, read_ms(rest));
            return;
        }
    }
    if (state->running) {
        note_place(state, line);
        report_add_line(&state->message, line);
    }
}

static bool end_googletest(struct report *report, struct ci_err *err)
{
    (void)err;
    end_unfinished(report);
    return true;
}

const struct report_kind report_googletest = {
    .begin = begin_googletest, .line = googletest_line, .end = end_googletest};
