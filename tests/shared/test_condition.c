/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions: what they are worth, what is refused and where, and random trees. */
#include "ci_test.h"
#include "shared/condition.h"
#include "shared/result.h"

#include <stdlib.h>
#include <string.h>

struct world {
    struct ci_scope scope;
    struct ci_condition_input input;
};

static json_t *read_json(void *mem, const char *text)
{
    return ci_mem_json(mem, json_loads(text, JSON_DECODE_ANY, NULL));
}

static int begin(void **state)
{
    static const char *const files[] = {"src/deep/main.c", "docs/a.md"};
    struct world *w = talloc_zero(NULL, struct world);

    w->scope = (struct ci_scope){
        .properties = read_json(w, "{\"branch\": [\"main\", \"B\"], \"n\": [5, \"\"], "
                                   "\"half\": [0.5, \"\"], \"none\": [null, \"\"], "
                                   "\"yes\": [true, \"\"], \"list\": [[1, [2], \"x\"], \"\"], "
                                   "\"map\": [{\"a\": {\"b\": 7}}, \"\"], "
                                   "\"warnings-count\": [3, \"\"], \"event.id\": [\"I\", \"\"], "
                                   "\"any name\": [\"ok\", \"\"], \"failed\": [2, \"\"]}"),
        .sources =
            read_json(w, "[{\"codebase\": \"lib\", \"branch\": \"dev\", \"project\": \"p\"}]"),
        .kw = read_json(w, "{\"os\": \"%(prop:branch)s!\", \"key\": \"%(secret:k)s\"}"),
        .worker =
            read_json(w, "{\"name\": \"w1\", \"labels\": {\"os\": \"linux\", \"k8s.io/a\": 1}}"),
        .secrets = read_json(w, "{\"k\": \"hunter2\"}"),
    };
    w->input = (struct ci_condition_input){
        .scope = &w->scope,
        .build_result = ci_some(CI_WARNINGS),
        .result = ci_some(CI_FAILURE),
        .steps = read_json(w, "{\"compile\": 0, \"unit tests\": 3, \"odd\": null}"),
        .files = {files, CI_COUNT(files)},
    };
    *state = w;
    return 0;
}

static int end(void **state)
{
    talloc_free(*state);
    return 0;
}

static struct ci_condition *parse(const char *text, void *mem)
{
    struct ci_condition *condition;
    struct ci_err err;
    int offset = -1;

    if (!ci_condition_parse(text, mem, &condition, &offset, &err))
        fail_msg("%s: at %d: %s", text, offset, err.msg);
    return condition;
}

struct row {
    const char *text, *expected;
};

static void expect_rows(struct world *w, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ci_condition *condition = parse(rows[i].text, w);
        struct ci_err err;
        json_t *out;
        bool holds;

        if (!ci_condition_value(condition, &w->input, w, &out, &err))
            fail_msg("%s: %s", rows[i].text, err.msg);
        if (!json_equal(out, read_json(w, rows[i].expected)))
            fail_msg("%s is %s", rows[i].text, ci_json_text(out, w));
        assert_ok(ci_condition_eval(condition, &w->input, w, &holds, &err), err);
        assert_int_equal(ci_json_is_true(out), holds);
    }
}

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

static void condition__says_what_it_uses(void **state)
{
    static const struct {
        const char *text;
        unsigned uses;
    } rows[] = {
        {"prop.a or src.branch",               0                                   },
        {"result == FAILURE",                  CI_USES_RESULT                      },
        {"build.result and steps['x'].result", CI_USES_BUILD_RESULT | CI_USES_STEPS},
        {"not (1 and [changed('x')])",         CI_USES_FILES                       },
        {"worker.os == kw.os",                 CI_USES_WORKER | CI_USES_KW         },
    };

    for (size_t i = 0; i < CI_COUNT(rows); i++)
        assert_int_equal(rows[i].uses, ci_condition_uses(parse(rows[i].text, *state)));
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

static void parse__says_what_is_wrong_and_where(void **state)
{
    static const struct {
        const char *text;
        int offset;
        const char *part;
    } rows[] = {
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

    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_condition *condition;
        struct ci_err err = {0};
        int offset = -1;

        if (ci_condition_parse(rows[i].text, *state, &condition, &offset, &err))
            fail_msg("%s was taken", rows[i].text);
        assert_int_equal(CI_EINVALID, err.code);
        if (offset != rows[i].offset || !strstr(err.msg, rows[i].part))
            fail_msg("%s: at %d: %s", rows[i].text, offset, err.msg);
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

/* ---- random trees ---- */

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

/* The model's values: small numbers, strings of one letter or none, booleans, null. */
struct plain {
    enum { NONE, BOOLEAN, NUMBER, STRING } kind;
    int n;
};

static bool is_true(struct plain v)
{
    return v.kind != NONE && v.n != 0;
}

static struct plain boolean(bool b)
{
    return (struct plain){BOOLEAN, b};
}

static bool same(struct plain a, struct plain b)
{
    return a.kind == b.kind && a.n == b.n;
}

static struct plain make(struct ci_buf *out, int depth);

static struct plain make_leaf(struct ci_buf *out, unsigned kind)
{
    struct plain v = {(int)kind % 4, 0};

    switch (v.kind) {
    case NONE:
        ci_buf_puts(out, pick(2) ? "null" : "prop.missing");
        break;
    case BOOLEAN:
        v.n = (int)pick(2);
        ci_buf_puts(out, v.n ? "true" : "false");
        break;
    case NUMBER:
        v.n = (int)pick(6);
        ci_buf_puts(out, v.n == 5 ? "prop.n" : ci_mem_printf(out->mem, "%d", v.n));
        break;
    case STRING:
        v.n = (int)pick(3);
        ci_buf_puts(out, v.n == 0 ? "''" : v.n == 1 ? "'a'" : "\"b\"");
        break;
    }
    return v;
}

static struct plain make_order(struct ci_buf *out)
{
    static const char *const ops[] = {" < ", " <= ", " > ", ">="};
    unsigned kind = pick(2) ? NUMBER : STRING, op = pick(4);
    struct plain a = make_leaf(out, kind), b;

    ci_buf_puts(out, ops[op]);
    b = make_leaf(out, kind);
    return boolean(op == 0 ? a.n < b.n : op == 1 ? a.n <= b.n : op == 2 ? a.n > b.n : a.n >= b.n);
}

static struct plain make_member(struct ci_buf *out)
{
    struct plain item = make_leaf(out, pick(4));
    bool inverted = pick(2), found = false;

    ci_buf_puts(out, inverted ? " not in [" : " in [");
    for (unsigned i = 0, n = pick(4); i < n; i++) {
        ci_buf_puts(out, i > 0 ? ", " : "");
        found |= same(item, make_leaf(out, pick(4)));
    }
    ci_buf_puts(out, "]");
    return boolean(found != inverted);
}

static struct plain make_chain(struct ci_buf *out, int depth, bool is_or)
{
    struct plain v = {0};
    bool decided = false;

    for (unsigned i = 0, n = 2 + pick(2); i < n; i++) {
        struct plain item;

        ci_buf_puts(out, i == 0 ? "(" : is_or ? " or " : " and ");
        item = make(out, depth - 1);
        if (!decided)
            v = item;
        decided |= is_true(item) == is_or;
    }
    ci_buf_puts(out, ")");
    return v;
}

/* A random expression and what it is worth; each makes the parentheses that it needs. */
static struct plain make(struct ci_buf *out, int depth)
{
    struct plain a, b;
    unsigned what = depth > 0 ? pick(7) : 0;
    bool inverted;

    if (what <= 1)
        return make_leaf(out, pick(4));
    if (what <= 3)
        return make_chain(out, depth, what == 2);
    ci_buf_puts(out, what == 4 ? "(not " : "(");
    if (what == 4) {
        a = boolean(!is_true(make(out, depth - 1)));
    } else if (what == 5) {
        a = pick(2) ? make_order(out) : make_member(out);
    } else {
        ci_buf_puts(out, "(");
        a = make(out, depth - 1);
        inverted = pick(2);
        ci_buf_puts(out, inverted ? ") != (" : ")==(");
        b = make(out, depth - 1);
        ci_buf_puts(out, ")");
        a = boolean(same(a, b) != inverted);
    }
    ci_buf_puts(out, ")");
    return a;
}

static json_t *model_json(void *mem, struct plain v)
{
    static const char *const strings[] = {"", "a", "b"};

    switch (v.kind) {
    case BOOLEAN:
        return json_boolean(v.n);
    case NUMBER:
        return ci_mem_json(mem, json_integer(v.n));
    case STRING:
        return ci_mem_json(mem, json_string(strings[v.n]));
    default:
        return json_null();
    }
}

static void condition__agrees_with_a_model(void **state)
{
    struct world *w = *state;

    seed = 1;
    for (int round = 0; round < 20000; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf text;
        struct ci_err err;
        struct plain expected;
        json_t *out;

        ci_buf_init(&text, mem);
        expected = make(&text, 4);
        if (text.len > CI_CONDITION_BYTES)
            continue;
        assert_ok(ci_condition_value(parse(text.text, mem), &w->input, mem, &out, &err), err);
        if (!json_equal(out, model_json(mem, expected)))
            fail_msg("%s is \"%s\"", text.text, ci_json_text(out, mem));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

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
        TEST(condition__says_what_it_uses),
        TEST(condition__names_kinds_that_have_no_order),
        TEST(condition__needs_no_input),
        TEST(parse__says_what_is_wrong_and_where),
        TEST(parse__has_limits),
        TEST(condition__agrees_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
