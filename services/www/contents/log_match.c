/* SPDX-License-Identifier: Apache-2.0 */
/* PCRE2, compiled to machine code where the processor has it, and held back. */
#include "contents/log_match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

enum {
    STEPS_MAX = 50000,      /* of one match; a line of usual length takes a few hundred */
    HEAP_MAX = 1 << 10,     /* KiB of one match */
    STACK_MAX = 256 << 10,  /* bytes of one match of compiled code */
    COMPILED_MAX = 1 << 20, /* bytes */
    GROUPS_MAX = 50,        /* in one another */
};

/* What compilers, test runners, shells and languages write; case tells "0 errors" from "Error:". */
#define ERRORS                                                                                     \
    "(?i:error|fatal|exception)(?:\\[\\w+\\])?:|\\berror [A-Z]+\\d+:|"                             \
    "\\b(?:ERROR|FAILED|FAILURE|FAIL|FATAL|PANIC|ERR!)(?!\\w)|Error \\d+\\b|"                      \
    "Traceback \\(most recent call last\\)|\\bpanic: |panicked at |"                               \
    "Segmentation fault|AddressSanitizer|\\bnot ok \\d"
#define WARNINGS ERRORS "|(?i:warning)(?:\\[\\w+\\])?:|\\b(?:WARNING|WARN)\\b"
#define MARKS "::(?:end)?group::|##\\[(?:end)?group\\]|section_(?:start|end):\\d"

struct log_matcher {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    bool local;
};

static int drop(struct log_matcher *matcher)
{
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
    pcre2_code_free(matcher->code);
    return 0;
}

static const char *pattern_of(const struct log_query *query)
{
    switch (query->find) {
    case LOG_FIND_TEXT:
        return query->text ? query->text : "";
    case LOG_FIND_ERRORS:
        return ERRORS;
    case LOG_FIND_WARNINGS:
        return WARNINGS;
    case LOG_FIND_MARKS:
        return MARKS;
    }
    return "";
}

static uint32_t options_of(const struct log_query *query)
{
    const uint32_t fold = query->exact_case ? 0 : PCRE2_CASELESS;

    if (query->find != LOG_FIND_TEXT)
        return PCRE2_UTF;
    /* \C could cut a character. */
    return PCRE2_UTF | fold | (query->regex ? PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C : PCRE2_LITERAL);
}

static bool complain(const char *pattern, int code, size_t at, struct ci_err *err)
{
    PCRE2_UCHAR text[120];

    (void)pcre2_get_error_message(code, text, sizeof(text));
    return ci_fail(err, CI_EINVALID, "invalid regular expression at character %zu of \"%s\": %s",
                   at + 1, pattern, (const char *)text);
}

/* Characters of UTF-8 before a byte. */
static size_t characters(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static bool compile(struct log_matcher *matcher, const struct log_query *query, struct ci_err *err)
{
    const char *pattern = pattern_of(query);
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    PCRE2_SIZE at = 0, size = 0;
    int code = 0;

    (void)pcre2_set_parens_nest_limit(context, GROUPS_MAX);
    (void)pcre2_set_max_pattern_length(context, 4 * LOG_QUERY_MAX); /* bytes */
    matcher->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options_of(query),
                                  &code, &at, context);
    pcre2_compile_context_free(context);
    if (!matcher->code)
        return complain(pattern, code, characters(pattern, at), err);
    (void)pcre2_pattern_info(matcher->code, PCRE2_INFO_SIZE, &size);
    if (size > COMPILED_MAX)
        return ci_fail(err, CI_EINVALID, "the regular expression \"%s\" is too large", pattern);
    /* Without machine code it is interpreted, by the same limits. */
    (void)pcre2_jit_compile(matcher->code, PCRE2_JIT_COMPLETE);
    return true;
}

bool log_matcher_new(void *mem, const struct log_query *query, struct log_matcher **out,
                     struct ci_err *err)
{
    struct log_matcher *matcher = ci_mem_zero(mem, struct log_matcher);

    talloc_set_destructor(matcher, drop);
    if (!compile(matcher, query, err))
        return false;
    matcher->data = pcre2_match_data_create(1, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    (void)pcre2_set_match_limit(matcher->context, STEPS_MAX);
    (void)pcre2_set_heap_limit(matcher->context, HEAP_MAX);
    matcher->stack = pcre2_jit_stack_create(32 << 10, STACK_MAX, NULL);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    /* Nothing at all is found at the end of a line as well: one by one, then. */
    matcher->local = query->find != LOG_FIND_TEXT || (!query->regex && *pattern_of(query));
    *out = matcher;
    return true;
}

bool log_matcher_is_local(const struct log_matcher *matcher)
{
    return matcher->local;
}

enum log_found log_matcher_find(struct log_matcher *matcher, struct ci_bytes text, size_t from,
                                size_t *start, size_t *end)
{
    const PCRE2_SIZE *places;
    int count = pcre2_match(matcher->code, text.data, text.len, from, PCRE2_NO_UTF_CHECK,
                            matcher->data, matcher->context);

    if (count == PCRE2_ERROR_NOMATCH)
        return LOG_NOTHING;
    if (count < 0)
        return LOG_TOO_COSTLY;
    places = pcre2_get_ovector_pointer(matcher->data);
    *start = places[0];
    /* \K in a look-ahead can put the begin behind the end. */
    *end = places[1] > places[0] ? places[1] : places[0];
    return LOG_MATCH;
}
