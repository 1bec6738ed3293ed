/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a condition, and the tokens it is read from. */
#pragma once

#include "shared/condition.h"

#include <regex.h>

enum node_kind {
    NODE_LITERAL,
    NODE_LIST,    /* items */
    NODE_OR,      /* items, at least two */
    NODE_AND,     /* items, at least two */
    NODE_NOT,     /* items[0] */
    NODE_COMPARE, /* items[0] op items[1]; OP_MATCH has a pattern instead of items[1] */
    NODE_INDEX,   /* items[0][items[1]] */
    NODE_PROP,
    NODE_KW,
    NODE_WORKER,
    NODE_SRC, /* codebase, name */
    NODE_RESULT,
    NODE_BUILD_RESULT,
    NODE_STEP_RESULT, /* name */
    NODE_CHANGED,     /* names: globs */
};

enum op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_NOT_IN, OP_MATCH };

struct node {
    enum node_kind kind;
    enum op op;
    bool is_result; /* of a literal */
    json_t *value;  /* of a literal */
    const char *name, *codebase;
    struct ci_strs names;
    const regex_t *pattern;
    struct node **items;
    size_t count;
};

struct ci_condition {
    const struct node *root;
};

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,       /* text */
    TOKEN_STRING,     /* text, unescaped */
    TOKEN_NUMBER,     /* value */
    TOKEN_OP,         /* op: == != < <= > >= =~ */
    TOKEN_PUNCTUATION /* c: ( ) [ ] , . */
};

struct token {
    enum token_kind kind;
    const char *at; /* in the condition */
    const char *text;
    json_t *value;
    enum op op;
    char c;
};

struct lexer {
    const char *start, *p; /* p: behind the token that was read last */
    void *mem;
    int *offset; /* where the mistake is */
    struct ci_err *err;
};

/* "==" ... "=~", by enum op */
extern const char *const op_names[];

/* False with *err and *offset filled. */
bool lex_fail(struct lexer *lexer, const char *at, const char *fmt, ...) CI_PRINTF(3, 4);
CI_MUST_USE bool lex_next(struct lexer *lexer, struct token *out);
/* A name behind a dot, which may hold dots and hyphens itself; NULL when there is none. */
const char *lex_attribute(struct lexer *lexer);

struct parser {
    struct lexer lexer;
    struct token token; /* the next one, not yet consumed */
    int depth;
};

struct node *node_new(struct parser *p, enum node_kind kind);
bool parser_advance(struct parser *p);
bool parser_is(const struct parser *p, const char *word);
bool parser_is_sign(const struct parser *p, char c);
CI_MUST_USE bool parser_expect(struct parser *p, char c);
/* A string and nothing else: ['NAME'] and changed('glob'). */
CI_MUST_USE bool parser_take_string(struct parser *p, const char *what, const char **out);
/* Consumes the token and makes a literal; the reference is stolen. */
struct node *parse_literal(struct parser *p, json_t *value, bool is_result);
/* A word that stands for a value: a name, true, SUCCESS ... */
struct node *parse_word(struct parser *p);

/* Compiles a pattern into mem; false when it is none or would cost too much to match. */
CI_MUST_USE bool condition_pattern(const char *text, void *mem, const regex_t **out,
                                   struct ci_err *err);
