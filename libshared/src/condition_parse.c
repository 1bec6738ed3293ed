/* SPDX-License-Identifier: Apache-2.0 */
/* Reads conditions into trees, by recursive descent. */
#include "condition_internal.h"
#include "shared/result.h"
#include "shared/settings.h"
#include "shared/utf8.h"

#include <string.h>

static struct node *parse_or(struct parser *p);

struct node *node_new(struct parser *p, enum node_kind kind)
{
    struct node *node = ci_mem_zero(p->lexer.mem, struct node);

    node->kind = kind;
    return node;
}

static void add_item(struct parser *p, struct node *node, struct node *item)
{
    struct node **items = ci_mem_array(p->lexer.mem, struct node *, node->count + 1);

    if (node->count > 0)
        memcpy(items, node->items, node->count * sizeof(struct node *));
    items[node->count] = item;
    talloc_free(node->items);
    node->items = items;
    node->count++;
}

bool parser_advance(struct parser *p)
{
    return lex_next(&p->lexer, &p->token);
}

bool parser_is(const struct parser *p, const char *word)
{
    return p->token.kind == TOKEN_WORD && strcmp(p->token.text, word) == 0;
}

bool parser_is_sign(const struct parser *p, char c)
{
    return p->token.kind == TOKEN_PUNCTUATION && p->token.c == c;
}

bool parser_expect(struct parser *p, char c)
{
    if (parser_is_sign(p, c))
        return parser_advance(p);
    return lex_fail(&p->lexer, p->token.at, "expected \"%c\"", c);
}

static bool go_deeper(struct parser *p)
{
    return ++p->depth <= CI_CONDITION_DEPTH ||
           lex_fail(&p->lexer, p->token.at, "more than %d levels deep", CI_CONDITION_DEPTH);
}

/* A string and nothing else: ['NAME'] and changed('glob'). */
bool parser_take_string(struct parser *p, const char *what, const char **out)
{
    if (p->token.kind != TOKEN_STRING)
        return lex_fail(&p->lexer, p->token.at, "expected %s in quotes", what);
    *out = p->token.text;
    return parser_advance(p);
}

/* Items up to the closing bracket; the opening one is the token. */
static struct node *parse_list(struct parser *p)
{
    struct node *list = node_new(p, NODE_LIST);

    if (!parser_advance(p))
        return NULL;
    while (!parser_is_sign(p, ']')) {
        struct node *item;

        if (list->count > 0 && !parser_expect(p, ','))
            return NULL;
        item = parse_or(p);
        if (!item)
            return NULL;
        add_item(p, list, item);
    }
    return parser_advance(p) ? list : NULL;
}

static struct node *parse_nested(struct parser *p)
{
    struct node *node;

    if (!go_deeper(p))
        return NULL;
    if (parser_is_sign(p, '['))
        node = parse_list(p);
    else
        node = parser_advance(p) && (node = parse_or(p)) && parser_expect(p, ')') ? node : NULL;
    p->depth--;
    return node;
}

static struct node *parse_primary(struct parser *p)
{
    switch (p->token.kind) {
    case TOKEN_WORD:
        return parse_word(p);
    case TOKEN_STRING:
        return parse_literal(p, json_string_nocheck(p->token.text), false);
    case TOKEN_NUMBER:
        return parse_literal(p, json_incref(p->token.value), false);
    default:
        if (parser_is_sign(p, '(') || parser_is_sign(p, '['))
            return parse_nested(p);
        (void)lex_fail(&p->lexer, p->token.at, "expected a value%s",
                       p->token.kind == TOKEN_END ? " at the end" : "");
        return NULL;
    }
}

/* value[key][key] */
static struct node *parse_indexed(struct parser *p)
{
    struct node *value = parse_primary(p);
    int before = p->depth;

    while (value && parser_is_sign(p, '[')) {
        struct node *member = node_new(p, NODE_INDEX), *key;

        if (!go_deeper(p) || !parser_advance(p) || !(key = parse_or(p)) || !parser_expect(p, ']'))
            return NULL;
        add_item(p, member, value);
        add_item(p, member, key);
        value = member;
    }
    p->depth = before;
    return value;
}

/* An operator, if there is one; "not in" is two words. */
static bool take_op(struct parser *p, bool *found, enum op *out)
{
    *found = true;
    if (p->token.kind == TOKEN_OP) {
        *out = p->token.op;
        return parser_advance(p);
    }
    if (parser_is(p, "in")) {
        *out = OP_IN;
        return parser_advance(p);
    }
    if (parser_is(p, "not")) {
        *out = OP_NOT_IN;
        if (!parser_advance(p))
            return false;
        return parser_is(p, "in")
                   ? parser_advance(p)
                   : lex_fail(&p->lexer, p->token.at, "expected \"in\" behind \"not\"");
    }
    *found = false;
    return true;
}

static bool parse_pattern(struct parser *p, struct node *node)
{
    const char *at = p->token.at, *text = NULL;

    if (!parser_take_string(p, "a pattern", &text))
        return false;
    return condition_pattern(text, p->lexer.mem, &node->pattern, p->lexer.err) ||
           lex_fail(&p->lexer, at, "%s", p->lexer.err->msg);
}

static struct node *parse_comparison(struct parser *p)
{
    struct node *left = parse_indexed(p), *node, *right = NULL;
    const char *at;
    bool found = false;
    enum op op = OP_EQ;

    if (!left || !take_op(p, &found, &op))
        return NULL;
    if (!found)
        return left;
    node = node_new(p, NODE_COMPARE);
    node->op = op;
    add_item(p, node, left);
    if (op == OP_MATCH ? !parse_pattern(p, node) : !(right = parse_indexed(p)))
        return NULL;
    if (right)
        add_item(p, node, right);
    at = p->token.at;
    if (!take_op(p, &found, &op))
        return NULL;
    if (found) {
        (void)lex_fail(&p->lexer, at, "comparisons do not chain; join two with \"and\"");
        return NULL;
    }
    return node;
}

static struct node *parse_not(struct parser *p)
{
    struct node *node, *item;

    if (!parser_is(p, "not"))
        return parse_comparison(p);
    node = node_new(p, NODE_NOT);
    if (!go_deeper(p) || !parser_advance(p) || !(item = parse_not(p)))
        return NULL;
    p->depth--;
    add_item(p, node, item);
    return node;
}

/* One item, or several with `word` between them. */
static struct node *parse_chain(struct parser *p, const char *word, enum node_kind kind,
                                struct node *(*parse_item)(struct parser *))
{
    struct node *item = parse_item(p), *chain;

    if (!item || !parser_is(p, word))
        return item;
    chain = node_new(p, kind);
    add_item(p, chain, item);
    while (parser_is(p, word)) {
        if (!parser_advance(p) || !(item = parse_item(p)))
            return NULL;
        add_item(p, chain, item);
    }
    return chain;
}

static struct node *parse_and(struct parser *p)
{
    return parse_chain(p, "and", NODE_AND, parse_not);
}

static struct node *parse_or(struct parser *p)
{
    return parse_chain(p, "or", NODE_OR, parse_and);
}

bool ci_condition_parse(const char *text, void *mem, struct ci_condition **out, int *offset,
                        struct ci_err *err)
{
    struct parser p = {
        .lexer = {.start = text, .p = text, .mem = mem, .err = err}
    };
    struct ci_condition *condition = ci_mem_zero(mem, struct ci_condition);
    size_t len = strnlen(text, CI_CONDITION_BYTES + 1);

    p.lexer.offset = offset;
    if (len > CI_CONDITION_BYTES)
        return lex_fail(&p.lexer, text, "longer than %d bytes", CI_CONDITION_BYTES);
    if (!ci_utf8_is_valid(text, len))
        return lex_fail(&p.lexer, text, "the condition is not UTF-8");
    if (!parser_advance(&p))
        return false;
    if (p.token.kind == TOKEN_END)
        return lex_fail(&p.lexer, text, "the condition is empty");
    condition->root = parse_or(&p);
    if (!condition->root)
        return false;
    if (p.token.kind != TOKEN_END)
        return lex_fail(&p.lexer, p.token.at, "expected an operator or the end");
    *out = condition;
    return true;
}
