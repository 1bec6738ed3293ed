/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of commands: what they read, and what a terminal is. */
#include "ci_test.h"
#include "exec_ends.h"

#include <string.h>
#include <unistd.h>

static void ends__input_lies_ready_and_ends(void **state)
{
    (void)state;
    struct command command = {.input = "some words"};
    struct ends ends;
    struct ci_err err = {0};
    char text[32];

    assert_ok(ends_make(&command, &ends, &err), err);
    assert_int_equal(read(ends.given[2], text, sizeof(text)), 10);
    assert_memory_equal(text, "some words", 10);
    assert_int_equal(read(ends.given[2], text, sizeof(text)), 0);
    ends_close_given(&ends);
    assert_int_equal(read(ends.out, text, sizeof(text)), 0);
    assert_int_equal(read(ends.err, text, sizeof(text)), 0);
    ends_close(&ends);
    assert_int_equal(ends.out, -1);
}

static void ends__without_input_there_is_no_stdin(void **state)
{
    (void)state;
    struct command command = {0};
    struct ends ends;
    struct ci_err err = {0};

    assert_ok(ends_make(&command, &ends, &err), err);
    assert_int_equal(ends.given[2], -1);
    assert_false(isatty(ends.given[0]));
    ends_close_given(&ends);
    ends_close(&ends);
}

static void ends__a_terminal_is_all_three(void **state)
{
    (void)state;
    struct command command = {.use_pty = true};
    struct ends ends;
    struct ci_err err = {0};
    char text[32];

    assert_ok(ends_make(&command, &ends, &err), err);
    assert_int_equal(ends.err, -1);
    for (size_t i = 0; i < WIRE_FDS; i++)
        assert_true(isatty(ends.given[i]));
    assert_int_equal(write(ends.given[1], "a\n", 2), 2);
    assert_int_equal(read(ends.out, text, sizeof(text)), 2); /* lines end as they were ended */
    assert_memory_equal(text, "a\n", 2);
    ends_close_given(&ends);
    ends_close(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends__input_lies_ready_and_ends),
        cmocka_unit_test(ends__without_input_there_is_no_stdin),
        cmocka_unit_test(ends__a_terminal_is_all_three),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
