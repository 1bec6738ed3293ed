/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text protocol of subunit:
 *
 *     time: 2026-01-02 03:04:05.678901Z
 *     test: NAME
 *     failure: NAME [
 *     why
 *     ]
 */
#include "report_subunit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *word;
    enum test_verdict verdict;
} outcomes[] = {
    {"success",    TEST_PASSED },
    {"successful", TEST_PASSED },
    {"failure",    TEST_FAILED },
    {"error",      TEST_FAILED },
    {"skip",       TEST_SKIPPED},
    {"xfail",      TEST_PASSED },
    {"uxsuccess",  TEST_FAILED },
};

/* Behind "word" or "word:" and a blank; NULL when the line is another. */
static const char *argument(const char *line, const char *word)
{
    const char *rest = report_after(line, word);

    if (!rest)
        return NULL;
    if (*rest == ':')
        rest++;
    return *rest == ' ' || *rest == '\t' ? rest + strspn(rest, " \t") : NULL;
}

static int64_t read_time(const char *text)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
    int64_t seconds, part = 0, unit = 1000000000;

    if (!rest)
        return -1;
    seconds = timegm(&tm);
    if (*rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9'; rest++) {
            unit /= 10;
            part += unit * (*rest - '0');
        }
    return seconds < 0 || seconds > INT32_MAX * (int64_t)4 ? -1 : seconds * 1000000000 + part;
}

static void end_open(struct subunit *subunit)
{
    subunit_end(subunit, CI_STEAL(subunit->open), subunit->verdict, subunit->now_ns);
}

/* Of an attachment with parts only the texts count, not their types, names and lengths. */
static bool is_framing(const char *line)
{
    size_t digits = strspn(line, "0123456789ABCDEFabcdef");

    return report_after(line, "Content-Type: ") ||
           (digits > 0 && (line[digits] == '\0' || line[digits] == '\r'));
}

static void take_detail(struct subunit *subunit, const char *line)
{
    if (strcmp(line, "]") == 0) {
        end_open(subunit);
    } else if (subunit->multipart) {
        if (!is_framing(line) && *line)
            /* A chunk of length zero stands behind the last line. */
            report_add_line(&subunit->open->message, line);
    } else {
        /* A line that is a bracket itself comes with a blank before it. */
        report_add_line(&subunit->open->message, strcmp(line, " ]") == 0 ? "]" : line);
    }
}

static void take_outcome(struct subunit *subunit, const char *rest, enum test_verdict verdict)
{
    CI_AUTO_MEM mem = ci_mem_new();
    char *name = ci_mem_strdup(mem, rest);
    size_t len = strlen(name);
    bool multipart = false;
    const char *tail = NULL;
    struct subunit_test *test;

    if (len > 12 && strcmp(name + len - 12, " [ multipart") == 0) {
        multipart = true;
        tail = name + len - 12;
    } else if (len > 2 && strcmp(name + len - 2, " [") == 0) {
        tail = name + len - 2;
    }
    if (tail)
        name[tail - name] = '\0';
    if (!*name)
        return;
    test = subunit_get(subunit, name);
    if (tail) {
        subunit->open = test;
        subunit->verdict = verdict;
        subunit->multipart = multipart;
        return;
    }
    subunit_end(subunit, test, verdict, subunit->now_ns);
}

void subunit_line(struct subunit *subunit, const char *line)
{
    const char *rest;

    if (subunit->open) {
        take_detail(subunit, line);
        return;
    }
    if ((rest = argument(line, "time"))) {
        subunit->now_ns = read_time(rest);
        return;
    }
    if ((rest = argument(line, "test")) || (rest = argument(line, "testing"))) {
        struct subunit_test *test = subunit_get(subunit, rest);

        test->begun_ns = subunit->now_ns >= 0 ? subunit->now_ns : 0;
        return;
    }
    for (size_t i = 0; i < CI_COUNT(outcomes); i++)
        if ((rest = argument(line, outcomes[i].word))) {
            take_outcome(subunit, rest, outcomes[i].verdict);
            return;
        }
}
