/* SPDX-License-Identifier: Apache-2.0 */
/* Forms in texts: each row of Buildbot's Interpolate, mistakes, limits, and random texts. */
#include "ci_test.h"
#include "shared/interpolate.h"

#include <stdlib.h>
#include <string.h>

/* Values as JSON, so that a row of a table says all. */
struct world {
    void *mem;
    struct ci_scope scope;
};

static json_t *read_json(void *mem, const char *text)
{
    return ci_mem_json(mem, json_loads(text, JSON_DECODE_ANY, NULL));
}

static int begin(void **state)
{
    struct world *w = talloc_zero(NULL, struct world);

    w->mem = w;
    w->scope = (struct ci_scope){
        .properties = read_json(w, "{\"branch\": [\"main\", \"Build\"], \"n\": [5, \"x\"],"
                                   " \"zero\": [0, \"x\"], \"empty\": [\"\", \"x\"],"
                                   " \"none\": [null, \"x\"], \"no\": [false, \"x\"],"
                                   " \"yes\": [true, \"x\"], \"half\": [0.5, \"x\"],"
                                   " \"tenth\": [0.1, \"x\"], \"five\": [5.0, \"x\"],"
                                   " \"list\": [[1, \"\\\"\", 0.1, {\"a\": null}], \"x\"],"
                                   " \"nil\": [[], \"x\"], \"object\": [{}, \"x\"],"
                                   " \"form\": [\"%(prop:n)s\", \"x\"],"
                                   " \"event.change.id\": [\"I1\", \"x\"]}"),
        .sources = read_json(w, "[{\"codebase\": \"\", \"branch\": \"main\", \"revision\": null},"
                                " {\"codebase\": \"lib\", \"branch\": \"dev\","
                                "  \"repository\": \"r\", \"project\": \"p\"}]"),
        .kw = read_json(w, "{\"text\": \"on %(prop:branch)s\", \"number\": 7, \"empty\": \"\","
                           " \"blank\": \"%(prop:none)s\", \"many\": [\"%(prop:n)s\", 2],"
                           " \"a\": \"%(kw:b)s\", \"b\": \"x%(kw:a)s\"}"),
        .worker = read_json(w, "{\"name\": \"w1\", \"labels\": {\"os\": \"linux\", \"name\": 1},"
                               " \"cpus\": 4}"),
        .secrets = read_json(w, "{\"token\": \"hunter2\"}"),
    };
    *state = w;
    return 0;
}

static int end(void **state)
{
    talloc_free(*state);
    return 0;
}

struct row {
    const char *text, *expected;
};

static void expect_rows(struct world *w, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ci_err err;
        const char *out;
        int offset;

        if (!ci_interpolate_check(rows[i].text, w->scope.kw, w->mem, NULL, &offset, &err))
            fail_msg("%s: at %d: %s", rows[i].text, offset, err.msg);
        if (!ci_interpolate(rows[i].text, &w->scope, w->mem, &out, &err))
            fail_msg("%s: %s", rows[i].text, err.msg);
        if (strcmp(out, rows[i].expected) != 0)
            fail_msg("%s: \"%s\", should be \"%s\"", rows[i].text, out, rows[i].expected);
    }
}

static void interpolate__reads_each_selector(void **state)
{
    static const struct row rows[] = {
        {"%(prop:branch)s",                               "main"      },
        {"<%(prop:event.change.id)s>",                    "<I1>"      },
        {"%(src::branch)s %(src:lib:branch)s",            "main dev"  },
        {"%(src:lib:repository)s%(src:lib:project)s",     "rp"        },
        {"%(src:other:branch)s.",                         "."         },
        {"%(kw:text)s, %(kw:number)s",                    "on main, 7"},
        {"%(kw:many)s",                                   "[5,2]"     },
        {"%(secret:token)s",                              "hunter2"   },
        {"%(worker:name)s %(worker:os)s %(worker:cpus)s", "w1 linux 4"},
        {"a%(prop:branch)sb%(prop:n)sc",                  "amainb5c"  },
        {"%(prop:form)s",                                 "%(prop:n)s"},
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__renders_values(void **state)
{
    static const struct row rows[] = {
        {"%(prop:yes)s %(prop:no)s",           "true false"                   },
        {"%(prop:n)s %(prop:half)s",           "5 0.5"                        },
        {"%(prop:tenth)s %(prop:five)s",       "0.1 5"                        },
        {"%(prop:list)s",                      "[1,\"\\\"\",0.1,{\"a\":null}]"},
        {"%(prop:nil)s%(prop:object)s",        "[]{}"                         },
        {"<%(prop:none)s%(prop:missing)s>",    "<>"                           },
        {"<%(src::revision)s%(worker:nope)s>", "<>"                           },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__dash_is_for_missing_values(void **state)
{
    static const struct row rows[] = {
        {"%(prop:missing:-text)s",  "text"},
        {"%(prop:branch:-text)s",   "main"},
        {"<%(prop:none:-text)s>",   "<>"  },
        {"<%(prop:empty:-text)s>",  "<>"  },
        {"%(prop:zero:-text)s",     "0"   },
        {"<%(prop:missing:-)s>",    "<>"  },
        {"%(src:other:branch:-x)s", "x"   },
        {"%(secret:nope:-x)s",      "x"   },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__tilde_is_for_false_values(void **state)
{
    static const struct row rows[] = {
        {"%(prop:missing:~text)s",  "text"   },
        {"%(prop:none:~text)s",     "text"   },
        {"%(prop:empty:~text)s",    "text"   },
        {"%(prop:zero:~text)s",     "text"   },
        {"%(prop:no:~text)s",       "text"   },
        {"%(prop:nil:~text)s",      "text"   },
        {"%(prop:object:~text)s",   "text"   },
        {"%(prop:branch:~text)s",   "main"   },
        {"%(src::revision:~HEAD)s", "HEAD"   },
        {"%(kw:blank:~text)s",      "text"   },
        {"%(kw:text:~text)s",       "on main"},
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__plus_is_for_present_values(void **state)
{
    static const struct row rows[] = {
        {"%(prop:branch:+text)s",     "text"   },
        {"%(prop:none:+text)s",       "text"   },
        {"%(prop:zero:+text)s",       "text"   },
        {"<%(prop:missing:+text)s>",  "<>"     },
        {"<%(secret:token:+known)s>", "<known>"},
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__question_mark_chooses(void **state)
{
    static const struct row rows[] = {
        {"%(prop:branch:?|yes|no)s",            "yes"    },
        {"%(prop:missing:?|yes|no)s",           "no"     },
        {"%(prop:zero:?|yes|no)s",              "yes"    },
        {"%(prop:none:?|yes|no)s",              "yes"    },
        {"%(prop:zero:#?|yes|no)s",             "no"     },
        {"%(prop:none:#?|yes|no)s",             "no"     },
        {"%(prop:missing:#?|yes|no)s",          "no"     },
        {"%(prop:branch:#?|yes|no)s",           "yes"    },
        {"%(prop:branch:?:a:b)s",               "a"      },
        {"%(prop:branch:?\xc3\xa9x\xc3\xa9y)s", "x"      },
        {"%(prop:missing:?|yes|no|more)s",      "no|more"},
        {"<%(prop:missing:?|yes|)s>",           "<>"     },
        {"%(prop:branch:?|(a|b)|c)s",           "(a|b)"  },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__nests(void **state)
{
    static const struct row rows[] = {
        {"%(prop:missing:-%(prop:branch)s)s",                    "main"       },
        {"%(prop:missing:-%(prop:also:-%(src:lib:branch)s)s!)s", "dev!"       },
        {"%(prop:yes:#?|%(prop:no:#?|a|b)s|c)s",                 "b"          },
        {"%(prop:missing:~%(kw:text)s (%(prop:n)s))s",           "on main (5)"},
        {"%(prop:branch:?|%(secret:token)s|%(secret:nope)s)s",   "hunter2"    },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
}

static void interpolate__leaves_other_texts(void **state)
{
    static const struct row rows[] = {
        {"date +%s",                      "date +%s"                     },
        {"%(refname) 50%",                "%(refname) 50%"               },
        {"%%(refname)s %% %",             "%%(refname)s %% %"            },
        {"%(propx)s %(Prop:x)s %(prop x", "%(propx)s %(Prop:x)s %(prop x"},
        {"%%(prop:n)s",                   "%(prop:n)s"                   },
        {"%%%(prop:n)s",                  "%5"                           },
        {"%%%%(prop:n)s",                 "%%(prop:n)s"                  },
        {"%%(prop:x:-%(prop:n)s)s",       "%(prop:x:-5)s"                },
        {"100%%%(prop:n)s%",              "100%5%"                       },
        {"",                              ""                             },
    };

    expect_rows(*state, rows, CI_COUNT(rows));
    assert_true(ci_interpolate_plain("date +%s %(refname)s %%"));
    assert_false(ci_interpolate_plain("%%(prop:n)s"));
    assert_false(ci_interpolate_plain("a%(kw:n)s"));
}

static void interpolate__keeps_single_values(void **state)
{
    struct world *w = *state;
    static const struct row rows[] = {
        {"%(prop:n)s",           "5"             },
        {"%(prop:yes)s",         "true"          },
        {"%(prop:none)s",        "null"          },
        {"%(prop:missing)s",     "null"          },
        {"%(kw:many)s",          "[5, 2]"        },
        {"%(prop:branch)s",      "\"main\""      },
        {"%(prop:n)s%(prop:n)s", "\"55\""        },
        {"%(prop:n:-1)s",        "\"5\""         },
        {" %(prop:n)s",          "\" 5\""        },
        {"%%(prop:n)s",          "\"%(prop:n)s\""},
        {"plain",                "\"plain\""     },
    };

    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_err err;
        json_t *out;

        assert_ok(ci_interpolate_value(rows[i].text, &w->scope, w->mem, &out, &err), err);
        if (!json_equal(out, read_json(w->mem, rows[i].expected)))
            fail_msg("%s: %s", rows[i].text, json_dumps(out, JSON_ENCODE_ANY));
    }
}

static void interpolate__renders_json(void **state)
{
    struct world *w = *state;
    json_t *in = read_json(w->mem, "{\"%(prop:n)s\": [1, null, {\"a\": \"b%(prop:n)s\"}],"
                                   " \"v\": \"%(prop:n)s\"}");
    struct ci_err err;
    json_t *out;

    assert_ok(ci_interpolate_json(in, &w->scope, w->mem, &out, &err), err);
    assert_true(json_equal(out, read_json(w->mem, "{\"%(prop:n)s\": [1, null, {\"a\": \"b5\"}],"
                                                  " \"v\": 5}")));
    in = read_json(w->mem, "{\"env\": {\"PATH\": [\"x\", \"%(secret:nope)s\"]}}");
    assert_false(ci_interpolate_json(in, &w->scope, w->mem, &out, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
    assert_string_equal("env.PATH[1]: no secret \"nope\"", err.msg);
}

static void interpolate__guards_secrets(void **state)
{
    struct world *w = *state;
    struct ci_err err;
    const char *out;

    assert_false(ci_interpolate("%(secret:nope)s", &w->scope, w->mem, &out, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
    w->scope.secrets = NULL;
    assert_false(ci_interpolate("%(secret:token:-x)s", &w->scope, w->mem, &out, &err));
    assert_int_equal(CI_EDENIED, err.code);
    assert_true(ci_interpolate("%(prop:n:?|a|%(secret:token)s)s", &w->scope, w->mem, &out, &err));
    assert_string_equal("a", out);
}

static void check__lists_secrets_once(void **state)
{
    struct world *w = *state;
    struct ci_strs names = {0};
    struct ci_err err;
    int offset;

    assert_ok(ci_interpolate_check("%(secret:b)s %(prop:x:-%(secret:a)s)s", NULL, w->mem, &names,
                                   &offset, &err),
              err);
    assert_ok(
        ci_interpolate_check("%(secret:a)s%%(secret:c)s", NULL, w->mem, &names, &offset, &err),
        err);
    assert_int_equal(2, names.count);
    assert_string_equal("b", names.items[0]);
    assert_string_equal("a", names.items[1]);
}

static void check__says_what_is_wrong_and_where(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *text;
        int offset;
        const char *part;
    } rows[] = {
        {"ab%(prop:x",                     2,  "not closed by \")s\""      },
        {"%(prop:x:-(a)s",                 0,  "not closed"                },
        {"%(prop:x)",                      9,  "lacks the s"               },
        {"%(prop:x)d",                     9,  "lacks the s"               },
        {"%(prop:)s",                      7,  "lacks a name"              },
        {"%(prop::-x)s",                   7,  "lacks a name"              },
        {"%(prop:a(b))s",                  8,  "holds no parentheses"      },
        {"%(prop:%(prop:x)s)s",            7,  "holds no parentheses"      },
        {"%(src:branch)s",                 12, "%(src:CODEBASE:ATTRIBUTE)s"},
        {"%(src::bransh)s",                7,  "a source has codebase"     },
        {"%(prop:x:)s",                    9,  "expected one of"           },
        {"%(prop:x:=a)s",                  9,  "expected one of"           },
        {"%(prop:x:#a)s",                  9,  "expected one of"           },
        {"%(prop:x:?)s",                   10, "expected a delimiter"      },
        {"%(prop:x:?(a(b))s",              0,  "not closed"                },
        {"%(prop:x:?(a(b)))s",             10, "expected a delimiter"      },
        {"%(prop:x:?|a)s",                 10, "two texts with \"|\""      },
        {"%(prop:x:?|(a|b))s",             10, "two texts with \"|\""      },
        {"%(prop:x:-%(prop:y:=)s)s",       19, "expected one of"           },
        {"%(prop:x:?|a|b%(kw:nothing)s)s", 19, "no keyword \"nothing\""    },
        {"%(kw:txt)s",                     5,  "did you mean \"text\""     },
    };

    for (size_t i = 0; i < CI_COUNT(rows); i++) {
        struct ci_err err = {0};
        int offset = -1;
        const char *out;

        if (ci_interpolate_check(rows[i].text, w->scope.kw, w->mem, NULL, &offset, &err))
            fail_msg("%s was taken", rows[i].text);
        assert_int_equal(CI_EINVALID, err.code);
        if (offset != rows[i].offset || !strstr(err.msg, rows[i].part))
            fail_msg("%s: at %d: %s", rows[i].text, offset, err.msg);
        if (!strstr(rows[i].text, "%(kw:"))
            assert_false(ci_interpolate(rows[i].text, &w->scope, w->mem, &out, &err));
    }
}

/* Keywords that ask 100 times for the next: nothing comes out, after endless work. */
static const char *explosion(struct world *w)
{
    for (int level = 0; level < 5; level++) {
        struct ci_buf text;

        ci_buf_init(&text, w->mem);
        for (int i = 0; i < 100; i++)
            ci_buf_printf(&text, "%%(kw:level%d)s", level + 1);
        json_object_set_new(w->scope.kw, ci_mem_printf(w->mem, "level%d", level),
                            json_string(text.text));
    }
    return "%(kw:level0)s";
}

static void interpolate__has_limits(void **state)
{
    struct world *w = *state;
    struct ci_buf deep;
    struct ci_err err;
    const char *out;
    int offset;

    /* A circle of keywords. */
    assert_false(ci_interpolate("%(kw:a)s", &w->scope, w->mem, &out, &err));
    assert_non_null(strstr(err.msg, "levels deep"));
    /* As deep as allowed, and one more. */
    for (int levels = CI_INTERPOLATE_DEPTH; levels <= CI_INTERPOLATE_DEPTH + 1; levels++) {
        bool fits = levels == CI_INTERPOLATE_DEPTH;

        ci_buf_init(&deep, w->mem);
        for (int i = 1; i < levels; i++)
            ci_buf_puts(&deep, "%(prop:x:-");
        ci_buf_puts(&deep, "%(prop:n)s");
        for (int i = 1; i < levels; i++)
            ci_buf_puts(&deep, ")s");
        assert_int_equal(fits, ci_interpolate_check(deep.text, NULL, w->mem, NULL, &offset, &err));
        assert_int_equal(fits, ci_interpolate(deep.text, &w->scope, w->mem, &out, &err));
    }
    assert_string_equal("5", out);
    assert_false(ci_interpolate(explosion(w), &w->scope, w->mem, &out, &err));
    assert_int_equal(CI_EINVALID, err.code);
    assert_non_null(strstr(err.msg, "values to render"));
}

/* ---- random texts ---- */

static uint64_t seed;

static unsigned pick(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

static bool begins_form(const char *p)
{
    static const char *const words[] = {"(prop:", "(src:", "(kw:", "(secret:", "(worker:"};

    for (size_t i = 0; i < CI_COUNT(words); i++) {
        if (strncmp(p, words[i], strlen(words[i])) == 0)
            return true;
    }
    return false;
}

/* Every text can be written as a literal: the % before what looks like a form twice. */
static void escape(const char *text, struct ci_buf *out)
{
    for (const char *p = text; *p; p++) {
        const char *q = p + strspn(p, "%");

        ci_buf_add(out, p, 1);
        if (*p == '%' && begins_form(q))
            ci_buf_puts(out, "%");
    }
}

static void interpolate__gives_literals_back(void **state)
{
    struct world *w = *state;
    static const char *const parts[] = {"%", "%%", "(", "prop:", "(prop:", "(src:", "(kw:x)s", ")s",
                                        ")", "s",  ":", "?|",    "a",      "\n",    "secret:"};

    seed = 1;
    for (int round = 0; round < 20000; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf text, escaped;
        const char *out;
        struct ci_err err;

        ci_buf_init(&text, mem);
        ci_buf_init(&escaped, mem);
        for (unsigned n = pick(12); n > 0; n--)
            ci_buf_puts(&text, parts[pick(CI_COUNT(parts))]);
        escape(text.text, &escaped);
        if (!ci_interpolate(escaped.text, &w->scope, mem, &out, &err))
            fail_msg("%s: %s", escaped.text, err.msg);
        assert_string_equal(text.text, out);
        /* And unescaped, whatever it is: the check and the rendering agree on what is wrong. */
        if (!strstr(text.text, "(kw:") && !strstr(text.text, "(secret:")) {
            int offset;

            assert_int_equal(ci_interpolate_check(text.text, NULL, mem, NULL, &offset, &err),
                             ci_interpolate(text.text, &w->scope, mem, &out, &err));
        }
    }
}

static const struct {
    const char *form, *shown; /* shown NULL: there is no value */
    bool is_true;
} known[] = {
    {"prop:branch",  "main",    true },
    {"prop:n",       "5",       true },
    {"prop:zero",    "0",       false},
    {"prop:none",    "",        false},
    {"prop:missing", NULL,      false},
    {"src::branch",  "main",    true },
    {"src:x:branch", NULL,      false},
    {"kw:text",      "on main", true },
    {"worker:os",    "linux",   true },
};

/* A random text and, beside it, what it must become. */
static void make(struct ci_buf *text, struct ci_buf *expected, int depth)
{
    static const struct row literals[] = {
        {"date +%s ",   "date +%s "  },
        {"50% ",        "50% "       },
        {"%%(prop:n)s", "%(prop:n)s" },
        {"(a(b))",      "(a(b))"     },
        {"x",           "x"          },
        {"%(refname)s", "%(refname)s"},
    };
    static const char *const delimiters[] = {"|", "#", ":", "\xc3\xa9", "/"};

    for (unsigned n = pick(4); n > 0; n--) {
        unsigned which = pick(CI_COUNT(known)), modifier = depth > 0 ? pick(6) : 0;
        bool set = known[which].shown, is_true = known[which].is_true, condition;
        struct ci_buf yes, no, yes_out, no_out;
        const char *delimiter = delimiters[pick(CI_COUNT(delimiters))];

        if (pick(2)) {
            const struct row *literal = &literals[pick(CI_COUNT(literals))];

            ci_buf_puts(text, literal->text);
            ci_buf_puts(expected, literal->expected);
            continue;
        }
        ci_buf_printf(text, "%%(%s", known[which].form);
        if (modifier == 0) {
            ci_buf_puts(text, ")s");
            ci_buf_puts(expected, set ? known[which].shown : "");
            continue;
        }
        ci_buf_init(&yes, text->mem);
        ci_buf_init(&yes_out, text->mem);
        ci_buf_init(&no, text->mem);
        ci_buf_init(&no_out, text->mem);
        make(&yes, &yes_out, depth - 1);
        make(&no, &no_out, depth - 1);
        switch (modifier) {
        case 1:
        case 2:
            ci_buf_printf(text, ":%c%s)s", modifier == 1 ? '-' : '~', no.text);
            condition = modifier == 1 ? set : is_true;
            ci_buf_puts(expected, condition ? known[which].shown : no_out.text);
            break;
        case 3:
            ci_buf_printf(text, ":+%s)s", yes.text);
            ci_buf_puts(expected, set ? yes_out.text : "");
            break;
        default:
            ci_buf_printf(text, ":%s?%s%s%s%s)s", modifier == 4 ? "" : "#", delimiter, yes.text,
                          delimiter, no.text);
            condition = modifier == 4 ? set : is_true;
            ci_buf_puts(expected, condition ? yes_out.text : no_out.text);
            break;
        }
    }
}

static void interpolate__agrees_with_a_model(void **state)
{
    struct world *w = *state;

    seed = 2;
    for (int round = 0; round < 20000; round++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct ci_buf text, expected;
        struct ci_err err;
        const char *out;

        ci_buf_init(&text, mem);
        ci_buf_init(&expected, mem);
        make(&text, &expected, 3);
        if (!ci_interpolate(text.text, &w->scope, mem, &out, &err))
            fail_msg("%s: %s", text.text, err.msg);
        if (strcmp(out, expected.text) != 0)
            fail_msg("%s: \"%s\", should be \"%s\"", text.text, out, expected.text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(interpolate__reads_each_selector),
        TEST(interpolate__renders_values),
        TEST(interpolate__dash_is_for_missing_values),
        TEST(interpolate__tilde_is_for_false_values),
        TEST(interpolate__plus_is_for_present_values),
        TEST(interpolate__question_mark_chooses),
        TEST(interpolate__nests),
        TEST(interpolate__leaves_other_texts),
        TEST(interpolate__keeps_single_values),
        TEST(interpolate__renders_json),
        TEST(interpolate__guards_secrets),
        TEST(check__lists_secrets_once),
        TEST(check__says_what_is_wrong_and_where),
        TEST(interpolate__has_limits),
        TEST(interpolate__gives_literals_back),
        TEST(interpolate__agrees_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
