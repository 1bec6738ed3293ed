/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax of forms in texts: what checking and rendering share. Spans point into the text. */
#pragma once

#include "shared/interpolate.h"

struct span {
    const char *at;
    size_t len;
};

enum form_source { FORM_PROP, FORM_SRC, FORM_KW, FORM_SECRET, FORM_WORKER };

enum form_modifier {
    FORM_PLAIN,
    FORM_ELSE,        /* :-  */
    FORM_TRUE_ELSE,   /* :~  */
    FORM_THEN,        /* :+  */
    FORM_CHOOSE,      /* :?  */
    FORM_TRUE_CHOOSE, /* :#? */
};

struct form {
    enum form_source source;
    struct span codebase, name; /* codebase: of FORM_SRC */
    enum form_modifier modifier;
    struct span yes, no; /* texts: the value stands for `yes` in FORM_ELSE and FORM_TRUE_ELSE */
    const char *end;     /* behind the whole form */
};

/* One step through a text: a literal, then a form or nothing. */
struct piece {
    struct span literal;
    const char *form; /* its %, or NULL */
    const char *next; /* without a form: where to go on */
};
struct piece form_next(const char *at, const char *end);

/* Reads the form whose % is at `at`. False: *where is the mistake's place. */
CI_MUST_USE bool form_parse(const char *at, const char *end, struct form *out, const char **where,
                            struct ci_err *err);

/* "prop", "src" ... */
const char *form_source_name(enum form_source source);
