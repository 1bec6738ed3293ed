/* SPDX-License-Identifier: Apache-2.0 */
/* Finds forms in texts and takes them apart. */
#include "interpolate_form.h"

#include "shared/settings.h"

#include <string.h>

static const struct selector {
    const char *name;
    size_t len;
} selectors[] = {
    [FORM_PROP] = {"prop",   4},
      [FORM_SRC] = {"src",    3},
      [FORM_KW] = {"kw",     2},
    [FORM_SECRET] = {"secret", 6},
      [FORM_WORKER] = {"worker", 6},
};

static const char *const attributes[] = {"codebase", "repository", "project", "branch", "revision"};

const char *form_source_name(enum form_source source)
{
    return selectors[source].name;
}

/* The selector of "(prop:" at `at`, or NULL. */
static const struct selector *selector_at(const char *at, const char *end)
{
    size_t left = (size_t)(end - at);

    for (size_t i = 0; i < CI_COUNT(selectors); i++) {
        const struct selector *s = &selectors[i];

        if (left >= s->len + 2 && at[0] == '(' && memcmp(at + 1, s->name, s->len) == 0 &&
            at[s->len + 1] == ':')
            return s;
    }
    return NULL;
}

struct piece form_next(const char *at, const char *end)
{
    const char *p = at;

    while ((p = memchr(p, '%', (size_t)(end - p)))) {
        const char *run = p;
        size_t count;

        while (p < end && *p == '%')
            p++;
        if (!selector_at(p, end))
            continue;
        /* Two stand for one; the odd one begins the form. */
        count = (size_t)(p - run);
        return (struct piece){
            .literal = {at, (size_t)(run - at) + count / 2},
            .form = count % 2 ? p - 1 : NULL,
            .next = p,
        };
    }
    return (struct piece){
        .literal = {at, (size_t)(end - at)},
          .next = end
    };
}

static bool fail_at(const char **where, const char *at)
{
    *where = at;
    return false;
}

/* The parenthesis that closes the one at `open`, or NULL. */
static const char *closing(const char *open, const char *end)
{
    int depth = 0;

    for (const char *p = open; p < end; p++) {
        if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p;
    }
    return NULL;
}

/* The name at *p, up to a colon or `end`; moves *p to that. */
static bool read_name(const char **p, const char *end, const char *what, struct span *out,
                      const char **where, struct ci_err *err)
{
    const char *at = *p;

    while (*p < end && **p != ':') {
        unsigned char c = (unsigned char)**p;

        if (c < ' ' || c == 0x7f || strchr("()%", c)) {
            (void)ci_fail(err, CI_EINVALID, "%s holds no parentheses, %% or control characters",
                          what);
            return fail_at(where, *p);
        }
        ++*p;
    }
    *out = (struct span){at, (size_t)(*p - at)};
    return true;
}

static bool is_attribute(struct span name)
{
    for (size_t i = 0; i < CI_COUNT(attributes); i++) {
        if (strlen(attributes[i]) == name.len && memcmp(attributes[i], name.at, name.len) == 0)
            return true;
    }
    return false;
}

/* CODEBASE: of a source form; the name that follows must be an attribute. */
static bool read_codebase(const char **p, const char *end, struct form *form, const char **where,
                          struct ci_err *err)
{
    if (!read_name(p, end, "a codebase", &form->codebase, where, err))
        return false;
    if (*p == end) {
        (void)ci_fail(err, CI_EINVALID,
                      "expected %%(src:CODEBASE:ATTRIBUTE)s; the codebase may be empty");
        return fail_at(where, *p);
    }
    ++*p;
    return true;
}

static bool check_name(const struct form *form, const char **where, struct ci_err *err)
{
    if (form->name.len == 0) {
        (void)ci_fail(err, CI_EINVALID, "\"%%(%s:\" lacks a name", form_source_name(form->source));
        return fail_at(where, form->name.at);
    }
    if (form->source == FORM_SRC && !is_attribute(form->name)) {
        (void)ci_fail(err, CI_EINVALID,
                      "a source has codebase, repository, project, branch and revision");
        return fail_at(where, form->name.at);
    }
    return true;
}

/* The bytes of the character at `at`, so that a delimiter may be any. */
static size_t character(const char *at, const char *end)
{
    size_t len = 1;

    while (at + len < end && ((unsigned char)at[len] & 0xc0) == 0x80)
        len++;
    return len;
}

/* "|yes|no": the delimiter counts outside of parentheses only. */
static bool read_choice(const char *p, const char *end, struct form *form, const char **where,
                        struct ci_err *err)
{
    size_t len = p < end ? character(p, end) : 0;
    const char *yes = p + len;
    int depth = 0;

    if (len == 0 || *p == '(') {
        (void)ci_fail(err, CI_EINVALID,
                      "expected a delimiter that is no parenthesis, as in :?|yes|no");
        return fail_at(where, p);
    }
    for (const char *q = yes; q < end; q++) {
        if (depth == 0 && (size_t)(end - q) >= len && memcmp(p, q, len) == 0) {
            form->yes = (struct span){yes, (size_t)(q - yes)};
            form->no = (struct span){q + len, (size_t)(end - q) - len};
            return true;
        }
        depth += (*q == '(') - (*q == ')');
    }
    (void)ci_fail(err, CI_EINVALID, "expected two texts with \"%.*s\" before and between them",
                  (int)len, p);
    return fail_at(where, p);
}

/* What follows the colon behind the name. */
static bool read_modifier(const char *p, const char *end, struct form *form, const char **where,
                          struct ci_err *err)
{
    const char *at = p;
    char c = (char)(p < end ? *p++ : '\0');
    struct span rest = {p, (size_t)(end - p)};

    if (c == '-' || c == '~') {
        form->modifier = c == '-' ? FORM_ELSE : FORM_TRUE_ELSE;
        form->no = rest;
        return true;
    }
    if (c == '+') {
        form->modifier = FORM_THEN;
        form->yes = rest;
        return true;
    }
    if (c == '#' && p < end && *p == '?') {
        form->modifier = FORM_TRUE_CHOOSE;
        return read_choice(p + 1, end, form, where, err);
    }
    if (c == '?') {
        form->modifier = FORM_CHOOSE;
        return read_choice(p, end, form, where, err);
    }
    (void)ci_fail(err, CI_EINVALID, "expected one of :- :~ :+ :? :#? behind the name");
    return fail_at(where, at);
}

bool form_parse(const char *at, const char *end, struct form *out, const char **where,
                struct ci_err *err)
{
    const struct selector *selector = selector_at(at + 1, end);
    const char *close = closing(at + 1, end), *p = at + selector->len + 3;
    struct form form = {.source = (enum form_source)(selector - selectors)};

    if (!close) {
        (void)ci_fail(err, CI_EINVALID, "\"%%(%s:\" is not closed by \")s\"", selector->name);
        return fail_at(where, at);
    }
    if (close + 1 == end || close[1] != 's') {
        (void)ci_fail(err, CI_EINVALID,
                      "\"%%(%s:...)\" lacks the s behind it; write %%%%(%s: for the text itself",
                      selector->name, selector->name);
        return fail_at(where, close + 1);
    }
    if ((form.source == FORM_SRC && !read_codebase(&p, close, &form, where, err)) ||
        !read_name(&p, close, "a name", &form.name, where, err) || !check_name(&form, where, err) ||
        (p < close && !read_modifier(p + 1, close, &form, where, err)))
        return false;
    form.end = close + 2;
    *out = form;
    return true;
}
