/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal shows of a line; services/www/ui/tests/ansi.test.ts has the same lines. */
#include "ci_test.h"
#include "contents/log_plain.h"

#include <string.h>

static void plain__is_what_a_terminal_shows_at_last(void **state)
{
    static const struct {
        const char *line, *shown;
    } cases[] = {
        {"make -j4",                              "make -j4"                },
        {"",                                      ""                        },
        {"\x1b[31;1merror:\x1b[0m no",            "error: no"               },
        {"\x1b[38:2::1:2:3mx\x1b[m",              "x"                       },
        {"a\x1b[2K\x1b[1;1Hb\x1b]0;title\x07"
         "c\x1b]8;;http://x\x1b\\d\x1b", "abcd"                    },
        {"\x1b(Bx\x1b=y\x1b"
         "7z",                           "xyz"                     },
        {"\x1b]never ended",                      ""                        },
        {"\x1b]broken\x1b[1mx",                   "brokenx"                 },
        {"\x1b[",                                 "["                       },
        {"\x1b[12",                               "[12"                     },
        {"a\x07\tb\x01\x7f",                      "a\tb"                    },
        {"10%\r50%\r100%",                        "100%"                    },
        {"done\r",                                "done"                    },
        {"\r\r",                                  ""                        },
        {"section_start:1:x\r\x1b[0KHeader",      "Header"                  },
        {"caf\xc3\xa9 \xe2\x82\xac",              "caf\xc3\xa9 \xe2\x82\xac"},
    };
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_buf scratch;

    (void)state;
    ci_buf_init(&scratch, mem);
    for (size_t i = 0; i < CI_COUNT(cases); i++) {
        struct ci_bytes shown =
            log_plain(&scratch, (struct ci_bytes){cases[i].line, strlen(cases[i].line)});

        assert_string_equal(cases[i].shown, ci_mem_strndup(mem, shown.data, shown.len));
    }
}

static void simple__is_printable_ascii(void **state)
{
    static const char *const strange[] = {"a\x1b", "\r", "\xc3\xa9", "\x7f", "a\x01z"};

    (void)state;
    assert_true(log_is_simple((struct ci_bytes){"a ~\t\n", 5}));
    assert_true(log_is_simple((struct ci_bytes){"", 0}));
    for (size_t i = 0; i < CI_COUNT(strange); i++)
        assert_false(log_is_simple((struct ci_bytes){strange[i], strlen(strange[i])}));
    assert_false(log_is_simple((struct ci_bytes){"a\0b", 3}));
}

static void units__count_as_javascript_does(void **state)
{
    (void)state;
    assert_int_equal(3, log_units("abc", 3));
    assert_int_equal(2, log_units("\xc3\xa9\xe2\x82\xac", 5));
    assert_int_equal(2, log_units("\xf0\x9f\x9a\xa2", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain__is_what_a_terminal_shows_at_last),
        cmocka_unit_test(simple__is_printable_ascii),
        cmocka_unit_test(units__count_as_javascript_does),
    };

    return cmocka_run_group_tests_name("www.log_plain", tests, NULL, NULL);
}
