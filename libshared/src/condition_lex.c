/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a condition into tokens. */
#include "condition_internal.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const op_names[] = {
    [OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",          [OP_LE] = "<=",    [OP_GT] = ">",
    [OP_GE] = ">=", [OP_IN] = "in", [OP_NOT_IN] = "not in", [OP_MATCH] = "=~",
};

/* What other languages write. */
static const struct {
    const char *text, *ours;
} foreign[] = {
    {"&&", "and"},
    {"||", "or" },
    {"!",  "not"},
    {"=",  "==" },
};

static const char word_first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char word_rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-";
static const char digits[] = "0123456789";

bool lex_fail(struct lexer *lexer, const char *at, const char *fmt, ...)
{
    char message[sizeof(lexer->err->msg)];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    *lexer->offset = (int)(at - lexer->start);
    return ci_fail(lexer->err, CI_EINVALID, "%s", message);
}

const char *lex_attribute(struct lexer *lexer)
{
    const char *at = lexer->p;
    size_t len = strspn(at, word_rest);

    while (len > 0 && at[len] == '.' && strspn(at + len + 1, word_rest) > 0)
        len += 1 + strspn(at + len + 1, word_rest);
    lexer->p += len;
    return len > 0 ? ci_mem_strndup(lexer->mem, at, len) : NULL;
}

static void put_utf8(struct ci_buf *out, unsigned code)
{
    char bytes[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(len == 1 ? code : ((0xf00U >> len) & 0xff) | code);
    ci_buf_add(out, bytes, len);
}

/* Four hexadecimal digits at `p`, or -1. */
static int hex4(const char *p)
{
    char text[5] = {0};

    memcpy(text, p, strnlen(p, 4));
    return strspn(text, "0123456789abcdefABCDEF") == 4 ? (int)strtol(text, NULL, 16) : -1;
}

/* \uXXXX at *p (its u), a pair of surrogates as one character. */
static bool read_unicode(struct lexer *lexer, const char **p, struct ci_buf *out)
{
    const char *at = *p;
    int code = hex4(at + 1), low = -1;

    if (code >= 0xd800 && code < 0xdc00 && at[5] == '\\' && at[6] == 'u')
        low = hex4(at + 7);
    if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        *p += 6;
    }
    if (code <= 0 || (code >= 0xd800 && code < 0xe000))
        return lex_fail(lexer, at - 1, "expected \\uXXXX with the code of a character");
    put_utf8(out, (unsigned)code);
    *p += 5;
    return true;
}

/* One escape at *p, behind its backslash. What means nothing here stays, for the sake of patterns.
 */
static bool read_escape(struct lexer *lexer, const char **p, struct ci_buf *out)
{
    static const char names[] = "ntr\\'\"", meant[] = "\n\t\r\\'\"";
    const char *found = strchr(names, **p);

    if (**p == 'u')
        return read_unicode(lexer, p, out);
    if (found && *found) {
        ci_buf_add(out, &meant[found - names], 1);
        ++*p;
        return true;
    }
    ci_buf_puts(out, "\\");
    return true;
}

static bool read_string(struct lexer *lexer, struct token *out)
{
    const char *p = out->at + 1;
    struct ci_buf text;

    ci_buf_init(&text, lexer->mem);
    while (*p != *out->at) {
        if (!*p)
            return lex_fail(lexer, out->at, "the string is not closed");
        if (*p != '\\') {
            ci_buf_add(&text, p++, 1);
            continue;
        }
        p++;
        if (!read_escape(lexer, &p, &text))
            return false;
    }
    out->kind = TOKEN_STRING;
    out->text = text.text;
    lexer->p = p + 1;
    return true;
}

/* The bytes of a JSON number at `p`; *is_real when it has a fraction or exponent. */
static size_t number_length(const char *p, bool *is_real)
{
    size_t len = *p == '-', more;

    len += strspn(p + len, digits);
    *is_real = false;
    if (p[len] == '.' && (more = strspn(p + len + 1, digits)) > 0) {
        len += 1 + more;
        *is_real = true;
    }
    if (p[len] == 'e' || p[len] == 'E') {
        size_t sign = p[len + 1] == '+' || p[len + 1] == '-';

        if ((more = strspn(p + len + 1 + sign, digits)) > 0) {
            len += 1 + sign + more;
            *is_real = true;
        }
    }
    return len;
}

static bool read_number(struct lexer *lexer, struct token *out)
{
    bool is_real;
    size_t len = number_length(out->at, &is_real);
    const char *text = ci_mem_strndup(lexer->mem, out->at, len);
    double real = strtod(text, NULL);
    long long whole;

    errno = 0;
    whole = strtoll(text, NULL, 10);
    if (strspn(out->at + len, word_rest) > 0 || out->at[len] == '.')
        return lex_fail(lexer, out->at, "malformed number");
    if (is_real ? !isfinite(real) : errno == ERANGE)
        return lex_fail(lexer, out->at, "the number is too large");
    out->kind = TOKEN_NUMBER;
    out->value = ci_mem_json(lexer->mem, is_real ? json_real(real) : json_integer(whole));
    lexer->p = out->at + len;
    return true;
}

/* An operator of signs; the longest counts. */
static bool read_op(struct lexer *lexer, struct token *out)
{
    size_t len = 0;

    for (size_t i = OP_EQ; i <= OP_MATCH; i++) {
        size_t name_len = strlen(op_names[i]);

        if (i == OP_IN || i == OP_NOT_IN || name_len <= len ||
            strncmp(out->at, op_names[i], name_len) != 0)
            continue;
        len = name_len;
        out->op = (enum op)i;
    }
    if (len > 0) {
        out->kind = TOKEN_OP;
        lexer->p = out->at + len;
        return true;
    }
    for (size_t i = 0; i < CI_COUNT(foreign); i++) {
        if (strncmp(out->at, foreign[i].text, strlen(foreign[i].text)) == 0)
            return lex_fail(lexer, out->at, "\"%s\" is written \"%s\" here", foreign[i].text,
                            foreign[i].ours);
    }
    return lex_fail(lexer, out->at, "unexpected character");
}

bool lex_next(struct lexer *lexer, struct token *out)
{
    const char *at = lexer->p + strspn(lexer->p, " \t\r\n");

    *out = (struct token){.kind = TOKEN_END, .at = at, .c = *at};
    lexer->p = at;
    if (!*at)
        return true;
    if (*at == '\'' || *at == '"')
        return read_string(lexer, out);
    if (strchr(digits, *at) || (*at == '-' && at[1] && strchr(digits, at[1])))
        return read_number(lexer, out);
    if (strchr("()[],.", *at)) {
        out->kind = TOKEN_PUNCTUATION;
        lexer->p++;
        return true;
    }
    if (!strchr(word_first, *at))
        return read_op(lexer, out);
    out->kind = TOKEN_WORD;
    lexer->p += strspn(at, word_rest);
    out->text = ci_mem_strndup(lexer->mem, at, (size_t)(lexer->p - at));
    return true;
}
