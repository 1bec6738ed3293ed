/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: which texts are refused and where, and how long and deep they may be. */
#include "condition_world.h"

#include <string.h>

static const struct {
    const char *text;
    int offset;
    const char *part;
} wrong[] = {
    {"",                                                          0,  "is empty"                       },
    {" \n",                                                       0,  "is empty"                       },
    {"1 +",                                                       2,  "unexpected character"           },
    {"1 == ",                                                     5,  "expected a value at the end"    },
    {"(1",                                                        2,  "expected \")\""                 },
    {"1)",                                                        1,  "expected an operator or the end"},
    {"[1 2]",                                                     3,  "expected \",\""                 },
    {"'abc",                                                      0,  "not closed"                     },
    {"'\\u12'",                                                   1,  "code of a character"            },
    {"'\\ud800x'",                                                1,  "code of a character"            },
    {"'\\u0000'",                                                 1,  "code of a character"            },
    {"12abc",                                                     0,  "malformed number"               },
    {"1.",                                                        0,  "malformed number"               },
    {"9223372036854775808",                                       0,  "too large"                      },
    {"1e999",                                                     0,  "too large"                      },
    {"1 < 2 < 3",                                                 6,  "do not chain"                   },
    {"1 && 2",                                                    2,  "\"&&\" is written \"and\""      },
    {"prop.x = 1",                                                7,  "\"=\" is written \"==\""        },
    {"!prop.x",                                                   0,  "\"!\" is written \"not\""       },
    {"branch == 'main'",                                          0,  "a property is prop.NAME"        },
    {"Prop.x",                                                    0,  "did you mean \"prop\"?"         },
    {"result == FALIURE",                                         10, "did you mean"                   },
    {"1 or or 2",                                                 5,  "expected a value before \"or\"" },
    {"1 not 2",                                                   6,  "expected \"in\""                },
    {"prop",                                                      4,  "prop.NAME or prop['NAME']"      },
    {"prop.",                                                     5,  "expected a name"                },
    {"prop[0]",                                                   5,  "expected a name in quotes"      },
    {"src.bransh",                                                3,  "branch or revision"             },
    {"src['x']",                                                  8,  "branch or revision"             },
    {"build.results",                                             5,  "\".result\""                    },
    {"steps.x.result",                                            5,  "steps['NAME'].result"           },
    {"steps['x']",                                                10, "\".result\""                    },
    {"changed()",                                                 8,  "a file or glob in quotes"       },
    {"changed('a',)",                                             12, "a file or glob in quotes"       },
    {"secret.x",                                                  0,  "secrets cannot be read"         },
    {"prop.x =~ prop.y",                                          10, "expected a pattern in quotes"   },
    {"prop.x =~ '('",                                             10, "does not compile"               },
    {"prop.x =~ 'a{200}{20}'",                                    10, "what it repeats"                },
    {"prop.x =~ '(a{,3000})'",                                    10, "what it repeats"                },
    {"prop.x =~ '((((((((((((((((((((((x))))))))))))))))))))))'", 10, "levels deep"                    },
    {"prop.x =~ 'a++++++++++++'",                                 10, "what it repeats"                },
    {"prop.x =~ '(((((((((a+)+)+)+)+)+)+)+)+)+'",                 10, "what it repeats"                },
    {"prop.x =~ '((((((a{2}){2}){2}){2,}){2}){4})'",              10, "what it repeats"                },
    {"prop.x =~ 'm?+++'",                                         10, "may be empty"                   },
    {"prop.x =~ '(a*)*'",                                         10, "may be empty"                   },
    {"prop.x =~ '(a|)+'",                                         10, "may be empty"                   },
    {"prop.x =~ '(a?|b)?'",                                       10, "may be empty"                   },
    {"prop.x =~ '(^|\\\\b)*'",                                    10, "may be empty"                   },
    {"prop.x =~ 'a{0,2}{2}'",                                     10, "may be empty"                   },
    {"prop.x =~ '((b*)(a{0}))?'",                                 10, "may be empty"                   },
    {"prop.x =~ '(|a)+'",                                         10, "may be empty"                   },
    {"prop.x =~ '(a)\\1'",                                        10, "refers back"                    },
    {"'\xff'",                                                    0,  "not UTF-8"                      },
};

static void parse__says_what_is_wrong_and_where(void **state)
{
    for (size_t i = 0; i < CI_COUNT(wrong); i++) {
        struct ci_condition *condition;
        struct ci_err err = {0};
        int offset = -1;

        if (ci_condition_parse(wrong[i].text, *state, &condition, &offset, &err))
            fail_msg("%s was taken", wrong[i].text);
        assert_int_equal(CI_EINVALID, err.code);
        if (offset != wrong[i].offset || !strstr(err.msg, wrong[i].part))
            fail_msg("%s: at %d: %s", wrong[i].text, offset, err.msg);
    }
}

/* `head` n times, "1", `tail` n times. */
static bool parses(void *mem, const char *head, const char *tail, int n)
{
    struct ci_condition *condition;
    struct ci_err err;
    struct ci_buf text;
    int offset;

    ci_buf_init(&text, mem);
    for (int i = 0; i < n; i++)
        ci_buf_puts(&text, head);
    ci_buf_puts(&text, "1");
    for (int i = 0; i < n; i++)
        ci_buf_puts(&text, tail);
    return ci_condition_parse(text.text, mem, &condition, &offset, &err);
}

static void parse__has_limits(void **state)
{
    static const struct row nests[] = {
        {"(",    ")"  },
        {"[",    "]"  },
        {"not ", ""   },
        {"",     "[0]"},
        {"[0][", "]"  },
    };

    for (size_t i = 0; i < CI_COUNT(nests); i++) {
        bool twice = nests[i].text[0] == '[' && nests[i].text[1];

        assert_true(parses(*state, nests[i].text, nests[i].expected, CI_CONDITION_DEPTH));
        assert_false(parses(*state, nests[i].text, nests[i].expected, CI_CONDITION_DEPTH + 1));
        assert_false(twice && parses(*state, nests[i].text, nests[i].expected, 1000));
    }
    /* Long is not deep. */
    assert_true(parses(*state, "1 or ", "", CI_CONDITION_BYTES / 5));
    assert_false(parses(*state, "1 or ", "", CI_CONDITION_BYTES / 5 + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parse__says_what_is_wrong_and_where),
        TEST(parse__has_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
