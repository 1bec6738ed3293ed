/* SPDX-License-Identifier: Apache-2.0 */
/* What is read out of a build's facts, the end of a log above all. */
#include "ci_test.h"
#include "facts.h"

#include <stdlib.h>
#include <string.h>

static const char *tail(void *mem, const char *text, int lines)
{
    return facts_tail((struct ci_bytes){text, strlen(text)}, lines, mem);
}

static void tail__is_the_last_lines_without_stream_letters(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("two\nthree\n", tail(mem, "oone\netwo\nhthree\n", 2));
    assert_string_equal("one\ntwo\n", tail(mem, "oone\netwo\n", 50));
    assert_string_equal("cut off\n", tail(mem, "oone\nocut off", 1));
    assert_string_equal("\n\nx\n", tail(mem, "o\n\nox\n", 3));
    assert_string_equal("", tail(mem, "", 5));
    assert_string_equal("", tail(mem, "oone\n", 0));
    assert_string_equal("\n", tail(mem, "\n", 1));
}

static void tail__shows_text_and_nothing_else(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();

    (void)state;
    assert_string_equal("red\n", tail(mem, "o\x1b[1;31mred\x1b[0m\n", 1));
    assert_string_equal("100%\n", tail(mem, "o 10%\r 50%\r100%\r\n", 1));
    assert_string_equal("title\n", tail(mem, "o\x1b]0;window\atitle\n", 1));
    assert_string_equal("a\tb\n", tail(mem, "oa\tb\a\b\x01\n", 1));
    assert_string_equal("\n", tail(mem, "o\x1b\n", 1));
    assert_string_equal("\n", tail(mem, "o\x1b[31\n", 1));
    assert_string_equal("\xef\xbf\xbdok \xe2\x98\xba\n", tail(mem, "o\xffok \xe2\x98\xba\n", 1));
}

static void tail__of_a_huge_log_is_whole_lines_that_fit(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf log;
    const char *text;

    (void)state;
    ci_buf_init(&log, mem);
    for (int i = 0; i < 5000; i++)
        ci_buf_printf(&log, "oline %059d\n", i);
    text = tail(mem, log.text, 100000);
    assert_true(strlen(text) <= FACTS_TAIL_BYTES);
    assert_true(strlen(text) > FACTS_TAIL_BYTES * 9 / 10);
    assert_memory_equal("[...]\nline 00", text, 13);
    assert_string_equal("4999\n", text + strlen(text) - 5);
}

static void tail__of_a_huge_line_is_its_end(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    size_t size = 3 << 20;
    char *line = ci_mem_array(mem, char, size + 1);
    const char *text;

    (void)state;
    memset(line, 'x', size);
    memcpy(line + size - 5, "end.\n", 5);
    text = tail(mem, line, 10);
    assert_true(strlen(text) <= FACTS_TAIL_BYTES + strlen("[...]"));
    assert_memory_equal("[...]xxx", text, 8);
    assert_string_equal("xend.\n", text + strlen(text) - 6);
}

static int64_t failing(struct step_facts *steps, size_t count)
{
    const struct build_facts build = {
        .steps = {steps, count}
    };
    const struct step_facts *step = facts_failing_step(&build);

    return step ? step->number : -1;
}

static void failing_step__is_the_first_of_the_worst_kind(void **state)
{
    struct step_facts steps[] = {
        {.number = 0, .results = CI_SUCCESS  },
        {.number = 1, .results = CI_WARNINGS },
        {.number = 2, .results = CI_FAILURE  },
        {.number = 3, .results = CI_EXCEPTION},
        {.number = 4, .results = CI_CANCELLED},
    };

    (void)state;
    assert_int_equal(-1, failing(steps, 0));
    assert_int_equal(-1, failing(steps, 1));
    assert_int_equal(1, failing(steps, 2));
    assert_int_equal(2, failing(steps, 5));
    assert_int_equal(3, failing(steps + 3, 2));
}

static void property__is_a_text_or_nothing(void **state)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct build_facts build = {
        .properties =
            ci_mem_json(mem, json_pack("{s:[s,s],s:[i,s],s:s,s:[]}", "branch", "main", "Change",
                                       "number", 3, "Build", "odd", "text", "empty")),
    };

    (void)state;
    assert_string_equal("main", facts_property(&build, "branch"));
    assert_null(facts_property(&build, "number"));
    assert_null(facts_property(&build, "odd"));
    assert_null(facts_property(&build, "empty"));
    assert_null(facts_property(&build, "none"));
    build.properties = NULL;
    assert_null(facts_property(&build, "branch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tail__is_the_last_lines_without_stream_letters),
        cmocka_unit_test(tail__shows_text_and_nothing_else),
        cmocka_unit_test(tail__of_a_huge_log_is_whole_lines_that_fit),
        cmocka_unit_test(tail__of_a_huge_line_is_its_end),
        cmocka_unit_test(failing_step__is_the_first_of_the_worst_kind),
        cmocka_unit_test(property__is_a_text_or_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
