/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The YAML file as a tree in which every node knows its place, so that each
 * finding can name line and column.
 */
#pragma once

#include "shared/config.h"

enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_STRING, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    int line, column;    /* from 1 */
    int lead;            /* characters before the text, which stands on one line; -1: not so */
    bool is_block;       /* a literal block (|) */
    const char *text;    /* a scalar as written, never NULL then */
    bool truth;          /* NODE_BOOL */
    int64_t number;      /* NODE_INT */
    double real;         /* NODE_FLOAT */
    struct node **items; /* NODE_LIST: its items; NODE_MAP: its values */
    struct node **keys;  /* NODE_MAP: strings, each once */
    size_t count, cap;
};

/* What is wrong, in the order of finding; ci_config_parse() sorts it by place. */
struct problems {
    void *mem;
    struct ci_problem *items;
    size_t count, cap;
};

/* More than this many findings help nobody; the rest is dropped. */
enum { PROBLEMS_MAX = 1000 };

void problem_add(struct problems *problems, int line, int column, const char *message);

/* The tree of one document in mem, or NULL after adding to `problems`. */
struct node *node_parse(const char *text, size_t len, void *mem, struct problems *problems);

/* How many characters of UTF-8 these bytes are. */
int node_characters(const char *text, size_t len);
/* Where byte `offset` of the node's text stands in the file, as far as that can be told. */
void node_place(const struct node *node, size_t offset, struct ci_bytes file, int *line,
                int *column);

/* The value of a mapping's key, or NULL: absent, or `map` is NULL or no mapping. */
const struct node *node_get(const struct node *map, const char *key);

/* New reference. */
json_t *node_to_json(const struct node *node);

/* The same tree as if it had been read from YAML, without places; in mem. */
struct node *node_from_json(json_t *json, void *mem);

/* "a string", "a list", ... for messages. */
const char *node_kind_name(enum node_kind kind);
