/* SPDX-License-Identifier: Apache-2.0 */
/* The words of conditions that stand for values. */
#include "condition_internal.h"
#include "shared/result.h"
#include "shared/settings.h"

#include <string.h>

/* ".NAME" or "['NAME']" behind a word such as prop. */
static bool take_member(struct parser *p, const char *word, const char **out)
{
    if (parser_is_sign(p, '.')) {
        *out = lex_attribute(&p->lexer);
        return *out ? parser_advance(p)
                    : lex_fail(&p->lexer, p->lexer.p, "expected a name behind the dot");
    }
    if (!parser_is_sign(p, '['))
        return lex_fail(&p->lexer, p->token.at, "expected %s.NAME or %s['NAME']", word, word);
    return parser_advance(p) && parser_take_string(p, "a name", out) && parser_expect(p, ']');
}

/* ".NAME" that must be one of the words; `expected` lists them. */
static bool take_attribute(struct parser *p, struct ci_strs words, const char *expected,
                           const char **out)
{
    const char *at = p->token.at;

    if (parser_is_sign(p, '.') && (*out = lex_attribute(&p->lexer))) {
        for (size_t i = 0; i < words.count; i++) {
            if (strcmp(words.items[i], *out) == 0)
                return parser_advance(p);
        }
    }
    return lex_fail(&p->lexer, at, "expected %s", expected);
}

static bool take_result(struct parser *p)
{
    static const char *const words[] = {"result"};
    const char *ignored;

    return take_attribute(p, (struct ci_strs){words, CI_COUNT(words)}, "\".result\"", &ignored);
}

static bool parse_member(struct parser *p, struct node *node)
{
    const char *word = node->kind == NODE_PROP ? "prop" : node->kind == NODE_KW ? "kw" : "worker";

    return take_member(p, word, &node->name);
}

static bool parse_source(struct parser *p, struct node *node)
{
    static const char *const attributes[] = {"codebase", "repository", "project", "branch",
                                             "revision"};

    node->codebase = "";
    if (parser_is_sign(p, '[') && !take_member(p, "src", &node->codebase))
        return false;
    return take_attribute(p, (struct ci_strs){attributes, CI_COUNT(attributes)},
                          "a dot and codebase, repository, project, branch or revision",
                          &node->name);
}

static bool parse_build_result(struct parser *p, struct node *node)
{
    (void)node;
    return take_result(p);
}

static bool parse_step_result(struct parser *p, struct node *node)
{
    if (!parser_is_sign(p, '['))
        return lex_fail(&p->lexer, p->token.at, "expected steps['NAME'].result");
    return take_member(p, "steps", &node->name) && take_result(p);
}

static bool parse_result(struct parser *p, struct node *node)
{
    (void)p;
    (void)node;
    return true;
}

static void add_name(struct parser *p, struct node *node, const char *name)
{
    size_t count = node->names.count;
    const char **names = ci_mem_array(p->lexer.mem, const char *, count + 1);

    for (size_t i = 0; i < count; i++)
        names[i] = node->names.items[i];
    names[count] = name;
    node->names = (struct ci_strs){names, count + 1};
}

/* changed('glob', 'glob') */
static bool parse_changed(struct parser *p, struct node *node)
{
    const char *glob;

    if (!parser_expect(p, '(') || !parser_take_string(p, "a file or glob", &glob))
        return false;
    add_name(p, node, glob);
    while (parser_is_sign(p, ',')) {
        if (!parser_advance(p) || !parser_take_string(p, "a file or glob", &glob))
            return false;
        add_name(p, node, glob);
    }
    return parser_expect(p, ')');
}

static const struct name {
    const char *word;
    bool (*parse)(struct parser *p, struct node *node);
    enum node_kind kind;
} names[] = {
    {"prop",    parse_member,       NODE_PROP        },
    {"kw",      parse_member,       NODE_KW          },
    {"worker",  parse_member,       NODE_WORKER      },
    {"src",     parse_source,       NODE_SRC         },
    {"result",  parse_result,       NODE_RESULT      },
    {"build",   parse_build_result, NODE_BUILD_RESULT},
    {"steps",   parse_step_result,  NODE_STEP_RESULT },
    {"changed", parse_changed,      NODE_CHANGED     },
};

static const char *const result_words[CI_RESULT_COUNT] = {
    [CI_SUCCESS] = "SUCCESS",     [CI_WARNINGS] = "WARNINGS",   [CI_FAILURE] = "FAILURE",
    [CI_SKIPPED] = "SKIPPED",     [CI_EXCEPTION] = "EXCEPTION", [CI_RETRY] = "RETRY",
    [CI_CANCELLED] = "CANCELLED",
};

static bool fail_word(struct parser *p)
{
    static const char *const known[] = {
        "prop",     "kw",      "worker",  "src",       "result", "build",    "steps", "changed",
        "true",     "false",   "null",    "and",       "or",     "not",      "in",    "SUCCESS",
        "WARNINGS", "FAILURE", "SKIPPED", "EXCEPTION", "RETRY",  "CANCELLED"};
    const char *word = p->token.text, *near = ci_nearest(word, known, CI_COUNT(known));

    if (strcmp(word, "secret") == 0 || strcmp(word, "secrets") == 0)
        return lex_fail(&p->lexer, p->token.at, "secrets cannot be read in conditions");
    for (size_t i = 0; i < CI_COUNT(known); i++) {
        if (strcmp(word, known[i]) == 0)
            return lex_fail(&p->lexer, p->token.at, "expected a value before \"%s\"", word);
    }
    if (near)
        return lex_fail(&p->lexer, p->token.at,
                        "unrecognized name \"%.40s\" (did you mean \"%s\"?)", word, near);
    return lex_fail(&p->lexer, p->token.at,
                    "unrecognized name \"%.40s\"; a property is prop.NAME, a text 'in quotes'",
                    word);
}

struct node *parse_literal(struct parser *p, json_t *value, bool is_result)
{
    struct node *node = node_new(p, NODE_LITERAL);

    node->value = ci_mem_json(p->lexer.mem, value);
    node->is_result = is_result;
    return parser_advance(p) ? node : NULL;
}

struct node *parse_word(struct parser *p)
{
    if (parser_is(p, "true") || parser_is(p, "false"))
        return parse_literal(p, json_boolean(parser_is(p, "true")), false);
    if (parser_is(p, "null"))
        return parse_literal(p, json_null(), false);
    for (int i = 0; i < CI_RESULT_COUNT; i++) {
        if (parser_is(p, result_words[i]))
            return parse_literal(p, json_integer(i), true);
    }
    for (size_t i = 0; i < CI_COUNT(names); i++) {
        struct node *node;

        if (!parser_is(p, names[i].word))
            continue;
        node = node_new(p, names[i].kind);
        return parser_advance(p) && names[i].parse(p, node) ? node : NULL;
    }
    (void)fail_word(p);
    return NULL;
}
