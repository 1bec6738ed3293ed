/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as an observer sees them, wherever the output is torn. */
#include "ci_test.h"
#include "observe.h"
#include "output.h"

#include <string.h>

static void note(void *user, char kind, const char *text, size_t len)
{
    ci_buf_printf(user, "%c[%.*s]", kind, (int)len, text);
}

static void observe__gives_whole_lines_however_they_come(void **state)
{
    (void)state;
    static const char text[] = "one\ntwo\r\n\nthree";
    CI_AUTO_MEM mem = ci_mem_new();

    for (size_t piece = 1; piece <= sizeof(text) - 1; piece++) {
        struct ci_buf seen;
        struct observer observer = {note, &seen};
        struct observing observing = {.observer = &observer};

        ci_buf_init(&seen, mem);
        for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
            size_t left = sizeof(text) - 1 - at;

            observe_feed(&observing, false, text + at, left < piece ? left : piece);
        }
        observe_end(&observing);
        assert_string_equal(seen.text, "o[one]o[two]o[]o[three]");
    }
}

static void observe__keeps_the_streams_apart(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf seen;
    struct observer observer = {note, &seen};
    struct observing observing = {.observer = &observer};

    ci_buf_init(&seen, mem);
    observe_feed(&observing, false, "a", 1);
    observe_feed(&observing, true, "b\n", 2);
    observe_feed(&observing, false, "c\n", 2);
    observe_end(&observing);
    assert_string_equal(seen.text, "e[b]o[ac]");
}

static void count(void *user, char kind, const char *text, size_t len)
{
    size_t *counts = user;

    (void)kind;
    (void)text;
    counts[0]++;
    counts[1] += len;
    assert_true(len <= OUTPUT_LINE);
}

static void observe__cuts_endless_lines(void **state)
{
    (void)state;
    CI_AUTO_MEM mem = ci_mem_new();
    size_t counts[2] = {0}, len = 3 * OUTPUT_LINE + 7;
    struct observer observer = {count, counts};
    struct observing observing = {.observer = &observer};
    char *text = ci_mem_array(mem, char, len);

    memset(text, 'x', len);
    observe_feed(&observing, false, text, len);
    observe_end(&observing);
    assert_int_equal(counts[0], 4);
    assert_int_equal(counts[1], len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(observe__gives_whole_lines_however_they_come),
        cmocka_unit_test(observe__keeps_the_streams_apart),
        cmocka_unit_test(observe__cuts_endless_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
