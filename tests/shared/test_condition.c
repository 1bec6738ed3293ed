/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: what they are worth. */
#include "condition_world.h"

#include <string.h>

static void condition__reads_literals(void **state)
{
    static const struct row rows[] = {
        {"true",                            "true"                                },
        {" null\n",                         "null"                                },
        {"-12",                             "-12"                                 },
        {"1.5e1",                           "15.0"                                },
        {"9223372036854775807",             "9223372036854775807"                 },
        {"'a\"b'",                          "\"a\\\"b\""                          },
        {"\"a'b\"",                         "\"a'b\""                             },
        {"'\\'\\\\\\n\\t\\d\\.'",           "\"'\\\\\\n\\t\\\\d\\\\.\""           },
        {"'\\u00e9\\ud83d\\ude00\xc3\xa9'", "\"\xc3\xa9\xf0\x9f\x98\x80\xc3\xa9\""},
        {"[1, 'x', [], [true]]",            "[1, \"x\", [], [true]]"              },
        {"[SUCCESS, CANCELLED]",            "[0, 6]"                              },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void condition__reads_names(void **state)
{
    static const struct row rows[] = {
        {"prop.branch",                "\"main\"" },
        {"prop['any name']",           "\"ok\""   },
        {"prop.event.id",              "\"I\""    },
        {"prop.warnings-count",        "3"        },
        {"prop.missing",               "null"     },
        {"prop.list[0]",               "1"        },
        {"prop.list[-1]",              "\"x\""    },
        {"prop.list[7]",               "null"     },
        {"prop.list[-7]",              "null"     },
        {"prop.list[1][0]",            "2"        },
        {"prop['map']['a']['b']",      "7"        },
        {"prop.map['x']['y']",         "null"     },
        {"src.branch",                 "\"dev\""  },
        {"src['lib'].project",         "\"p\""    },
        {"src['other'].branch",        "null"     },
        {"src.revision",               "null"     },
        {"worker.name",                "\"w1\""   },
        {"worker.os",                  "\"linux\""},
        {"worker['k8s.io/a']",         "1"        },
        {"kw.os",                      "\"main!\""},
        {"kw['none']",                 "null"     },
        {"build.result",               "1"        },
        {"result",                     "2"        },
        {"steps['compile'].result",    "0"        },
        {"steps['unit tests'].result", "3"        },
        {"steps['later'].result",      "null"     },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void condition__joins_as_python_does(void **state)
{
    static const struct row rows[] = {
        {"1 and 2",                       "2"          },
        {"0 and 2",                       "0"          },
        {"0 or ''",                       "\"\""       },
        {"0 or 'x' or 1",                 "\"x\""      },
        {"not 0",                         "true"       },
        {"not not 'x'",                   "true"       },
        {"not 1 == 2",                    "true"       },
        {"1 or 1 and 0",                  "1"          },
        {"(1 or 1) and 0",                "0"          },
        {"prop.missing or 'default'",     "\"default\""},
        {"false or prop.n == 5 and true", "true"       },
 /* The second side is not even asked. */
        {"true or 1 < 'x'",               "true"       },
        {"false and 1 < 'x'",             "false"      },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void condition__knows_what_is_true(void **state)
{
    static const struct row rows[] = {
        {"not null",     "true" },
        {"not false",    "true" },
        {"not 0",        "true" },
        {"not 0.0",      "true" },
        {"not ''",       "true" },
        {"not []",       "true" },
        {"not prop.x",   "true" },
        {"not '0'",      "false"},
        {"not [0]",      "false"},
        {"not -1",       "false"},
        {"not prop.map", "false"},
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void condition__compares(void **state)
{
    static const struct row rows[] = {
        {"1 == 1.0",                                      "true" },
        {"[1.0] == [1]",                                  "true" },
        {"[1] == [1, 1]",                                 "false"},
        {"prop.map == prop.map",                          "true" },
        {"1 == true",                                     "false"},
        {"'1' == 1",                                      "false"},
        {"null == false",                                 "false"},
        {"'a' != 'b'",                                    "true" },
        {"prop.n > 4.5",                                  "true" },
        {"prop.n <= 5",                                   "true" },
        {"9007199254740993 > 9007199254740992",           "true" },
        {"'abc' < 'abd'",                                 "true" },
        {"'b' >= 'abc'",                                  "true" },
        {"2 in [1, 2]",                                   "true" },
        {"2.0 in [1, 2]",                                 "true" },
        {"'2' in [1, 2]",                                 "false"},
        {"3 not in [1, 2]",                               "true" },
        {"'ai' in prop.branch",                           "true" },
        {"'a' in prop.map",                               "true" },
        {"'a' in prop.missing",                           "false"},
        {"prop.missing in ['a', null]",                   "true" },
        {"prop.missing in prop.branch",                   "false"},
        {"'a' not in prop.missing",                       "true" },
        {"prop.branch =~ '^ma.n$'",                       "true" },
        {"prop.branch =~ 'a'",                            "true" },
        {"prop.branch =~ '^release-[0-9]{1,3}'",          "false"},
        {"prop.missing =~ '.'",                           "false"},
        {"'main.c' =~ '\\.c$'",                           "true" },
        {"'a-1.b' =~ '^[a-z]+-[0-9]+(\\.[a-z]+)+$'",      "true" },
        {"'ab' =~ '^(a?b)+(c|d*)(x|)$'",                  "true" },
        {"'9f' =~ '^[0-9a-f]{64}$'",                      "false"},
        {"'1.2.3.4' =~ '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$'", "true" },
        {"'a{300}' =~ '[{300}]'",                         "true" },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

/* Buildbot's severity, not the codes: SKIPPED is 3 and weaker than SUCCESS. */
static void condition__orders_results_by_severity(void **state)
{
    static const char *const order[] = {"SKIPPED",   "SUCCESS", "WARNINGS", "FAILURE",
                                        "EXCEPTION", "RETRY",   "CANCELLED"};
    static const struct row rows[] = {
        {"result == FAILURE",                                    "true" },
        {"result == 2",                                          "true" },
        {"result in [FAILURE, EXCEPTION]",                       "true" },
        {"build.result >= WARNINGS",                             "true" },
        {"build.result < result",                                "true" },
        {"steps['unit tests'].result < SUCCESS",                 "true" },
        {"prop.failed >= WARNINGS",                              "true" },
        {"(prop.missing or FAILURE) > SKIPPED",                  "true" },
        {"steps['unit tests'].result < steps['compile'].result", "true" },
        {"3 < 0",                                                "false"},
    };
    struct world *w = *state;

    expect_rows(w, rows, CI_COUNT(rows));
    for (size_t i = 0; i < CI_COUNT(order); i++) {
        for (size_t j = 0; j < CI_COUNT(order); j++) {
            struct row row = {ci_mem_printf(w, "%s < %s", order[i], order[j]),
                              i < j ? "true" : "false"};

            expect_rows(w, &row, 1);
        }
    }
}

static void condition__looks_at_changed_files(void **state)
{
    static const struct row rows[] = {
        {"changed('docs/a.md')",      "true" },
        {"changed('src/*.c')",        "true" },
        {"changed('*.py')",           "false"},
        {"changed('*.py', 'docs/*')", "true" },
        {"not changed('[a-c]*')",     "true" },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void condition__names_kinds_that_have_no_order(void **state)
{
    static const struct row rows[] = {
        {"prop.n < 'x'",                "cannot compare a number with a string by \"<\""  },
        {"prop.missing >= 1",           "cannot compare null with a number by \">=\""     },
        {"steps['x'].result > FAILURE", "cannot compare null with a result by \">\""      },
        {"result > 7",                  "cannot compare a result with a number by \">\""  },
        {"true < false",                "cannot compare a boolean with a boolean by \"<\""},
        {"[1] < [2]",                   "cannot compare a list with a list by \"<\""      },
        {"1 in 2",                      "cannot look for a number in a number"            },
        {"1 in 'x'",                    "cannot look for a number in a string"            },
        {"prop.n =~ '5'",               "cannot match a number with a pattern"            },
        {"prop.map[0]",                 "an object has no member for a number"            },
        {"prop.n['x']",                 "a number has no member for a string"             },
        {"kw.key",                      "secret \"k\" cannot be read here"                },
    };
    struct world *w = *state;

    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_err err = {0};
        bool out;

        if (ci_condition_eval(parse(rows[i].text, w), &w->input, w, &out, &err))
            fail_msg("%s has a value", rows[i].text);
        if (!strstr(err.msg, rows[i].expected))
            fail_msg("%s: %s", rows[i].text, err.msg);
    }
}

static void condition__needs_no_input(void **state)
{
    struct ci_condition_input nothing = {0};
    struct ci_err err;
    bool out = true;

    assert_ok(ci_condition_eval(parse("prop.a or kw.b or worker.c or src.branch or result or "
                                      "build.result or steps['x'].result or changed('*')",
                                      *state),
                                &nothing, *state, &out, &err),
              err);
    assert_false(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(condition__reads_literals),
        TEST(condition__reads_names),
        TEST(condition__joins_as_python_does),
        TEST(condition__knows_what_is_true),
        TEST(condition__compares),
        TEST(condition__orders_results_by_severity),
        TEST(condition__looks_at_changed_files),
        TEST(condition__names_kinds_that_have_no_order),
        TEST(condition__needs_no_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
