/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML as its many writers have it: testcase elements anywhere, with
 * failure, error and skipped elements inside. Declarations of entities are
 * refused, so that nothing in a report can grow.
 */
#include "report_internal.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 100 };

struct junit {
    struct report *report;
    XML_Parser parser;
    const char *why; /* the parser was stopped by us */
    int depth;
    char *suite;     /* name of the innermost testsuite that has begun last */
    int case_depth;  /* of the open testcase; 0: none */
    bool in_message; /* inside its failure, error or skipped */
    struct test_case test;
    void *case_mem;
    struct ci_buf message;
};

static const char *attribute(const XML_Char **pairs, const char *name)
{
    for (; *pairs; pairs += 2)
        if (strcmp(pairs[0], name) == 0)
            return pairs[1];
    return NULL;
}

/* "testcase" of "ns:testcase". */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; text && *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static void begin_case(struct junit *junit, const XML_Char **pairs)
{
    static const char *const off[] = {"notrun", "disabled", "suppressed", "skipped", NULL};
    const char *class = attribute(pairs, "classname"), *name = attribute(pairs, "name");
    const char *time = attribute(pairs, "time"), *line = attribute(pairs, "line");
    void *mem = junit->case_mem = talloc_new(junit->report->mem);

    if (!class || !*class)
        class = junit->suite;
    if (!name)
        name = "";
    /* ctest writes the same into both. */
    if (class && *class && *name && strcmp(class, name) != 0)
        name = ci_mem_printf(mem, "%s.%s", class, name);
    junit->test = (struct test_case){
        .name = ci_mem_strdup(mem, name),
        .path = ci_mem_strdup(mem, attribute(pairs, "file")),
        .line = line ? report_number(&line) : 0,
        .duration_ns = time ? report_seconds(time) : -1,
    };
    if (junit->test.line < 0)
        junit->test.line = 0;
    if (is_one_of(attribute(pairs, "status"), off) || is_one_of(attribute(pairs, "result"), off))
        junit->test.verdict = TEST_SKIPPED;
    report_clear(&junit->message);
    junit->case_depth = junit->depth;
}

/* Surefire's rerunFailure stands beside the failure, and flakyFailure in a test that has passed. */
static void begin_inside(struct junit *junit, const char *name, const XML_Char **pairs)
{
    bool failed = strcmp(name, "failure") == 0 || strcmp(name, "error") == 0;
    const char *message = attribute(pairs, "message");

    if (!failed && strcmp(name, "skipped") != 0)
        return;
    if (failed)
        junit->test.verdict = TEST_FAILED;
    else if (junit->test.verdict == TEST_PASSED)
        junit->test.verdict = TEST_SKIPPED;
    if (message && *message)
        report_add_line(&junit->message, message);
    if (junit->message.len > 0)
        report_add(&junit->message, "\n", 1);
    junit->in_message = true;
}

static void stop(struct junit *junit, const char *why)
{
    junit->why = why;
    XML_StopParser(junit->parser, XML_FALSE);
}

static void XMLCALL on_begin(void *user, const XML_Char *full, const XML_Char **pairs)
{
    struct junit *junit = user;
    const char *name = local_name(full);

    if (++junit->depth > MAX_DEPTH) {
        stop(junit, "elements nest too deep");
    } else if (junit->case_depth > 0) {
        if (junit->depth == junit->case_depth + 1)
            begin_inside(junit, name, pairs);
    } else if (strcmp(name, "testcase") == 0) {
        begin_case(junit, pairs);
    } else if (strcmp(name, "testsuite") == 0) {
        talloc_free(junit->suite);
        junit->suite = ci_mem_strdup(junit->report->mem, attribute(pairs, "name"));
    }
}

static void end_case(struct junit *junit)
{
    struct ci_buf *message = &junit->message;

    while (message->len > 0 && strchr("\n\t ", message->text[message->len - 1]))
        message->text[--message->len] = '\0';
    junit->test.message = message->text;
    report_tell(junit->report, &junit->test);
    junit->case_depth = 0;
    ci_mem_free(CI_STEAL(junit->case_mem));
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    struct junit *junit = user;

    (void)name;
    if (junit->case_depth > 0 && junit->depth == junit->case_depth)
        end_case(junit);
    else if (junit->depth == junit->case_depth + 1)
        junit->in_message = false;
    junit->depth--;
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len)
{
    struct junit *junit = user;

    if (junit->in_message)
        report_add(&junit->message, text, (size_t)len);
}

/* NOLINTNEXTLINE(readability-function-size): as expat calls it */
static void XMLCALL on_entity(void *user, const XML_Char *name, int is_parameter,
                              const XML_Char *value, int value_len, const XML_Char *base,
                              const XML_Char *system, const XML_Char *public,
                              const XML_Char *notation)
{
    (void)name, (void)is_parameter, (void)value, (void)value_len, (void)base;
    (void)system, (void)public, (void)notation;
    stop(user, "it declares entities");
}

static int release(struct junit *junit)
{
    XML_ParserFree(junit->parser);
    return 0;
}

static void *begin(struct report *report)
{
    struct junit *junit = ci_mem_zero(report->mem, struct junit);

    junit->report = report;
    ci_buf_init(&junit->message, report->mem);
    junit->parser = XML_ParserCreate(NULL);
    if (!junit->parser)
        abort(); /* no memory */
    talloc_set_destructor(junit, release);
    XML_SetUserData(junit->parser, junit);
    XML_SetElementHandler(junit->parser, on_begin, on_end);
    XML_SetCharacterDataHandler(junit->parser, on_text);
    XML_SetEntityDeclHandler(junit->parser, on_entity);
    return junit;
}

static bool parse(struct junit *junit, const char *data, int len, bool final, struct ci_err *err)
{
    XML_Parser parser = junit->parser;

    if (XML_Parse(parser, data, len, final) != XML_STATUS_ERROR)
        return true;
    return ci_fail(err, CI_EINVALID, "line %lu: %s", XML_GetCurrentLineNumber(parser),
                   junit->why ? junit->why : XML_ErrorString(XML_GetErrorCode(parser)));
}

static bool feed(struct report *report, struct ci_bytes bytes, struct ci_err *err)
{
    const char *at = bytes.data;

    /* expat's lengths are ints. */
    while (bytes.len > 0) {
        size_t part = bytes.len < 1 << 20 ? bytes.len : 1 << 20;

        if (!parse(report->state, at, (int)part, false, err))
            return false;
        at += part;
        bytes.len -= part;
    }
    return true;
}

static bool end(struct report *report, struct ci_err *err)
{
    return parse(report->state, "", 0, true, err);
}

const struct report_kind report_junit = {.begin = begin, .feed = feed, .end = end};
