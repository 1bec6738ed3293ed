/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of conditions: what compiles, and cannot eat the memory of who evaluates it. */
#include "condition_internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * regcomp() writes x{n} out n times, and x{n}{m} n*m times; it recurses over
 * what may be empty, in a*a*a*..., and takes 700 bytes of stack for each group
 * in a group. Conditions also come from repositories whose authors are not the
 * ones who run the service. COST_MAX: the characters of a pattern that is written
 * out, a bracket expression being one.
 */
enum { COST_MAX = 320, GROUPS_MAX = 20 };

static int drop_pattern(regex_t *pattern)
{
    regfree(pattern);
    return 0;
}

/* The larger number of "{2,3}" at `p`, at least 1. */
static long repeats_at(const char *p)
{
    char *end;
    long low = strtol(p + 1, &end, 10), high = *end == ',' ? strtol(end + 1, NULL, 10) : low;

    low = high > low ? high : low;
    return low < 1 ? 1 : low;
}

/* Skips "[...]", in which braces and backslashes mean themselves; `p` is at its [. */
static const char *behind_brackets(const char *p)
{
    const char *q = p + 1 + (p[1] == '^');

    for (q += *q == ']'; *q && *q != ']'; q++) {
        if (*q == '[' && q[1] && strchr(".:=", q[1])) {
            const char ends[] = {q[1], ']', '\0'}, *close = strstr(q + 2, ends);

            if (close)
                q = close + 1;
        }
    }
    return *q ? q : q - 1;
}

/* Counts "{2,3}" at `p`; returns its end. */
static const char *count_repeats(const char *p, long *repeats)
{
    long more = repeats_at(p);

    *repeats = more > COST_MAX || *repeats > COST_MAX ? COST_MAX + 1 : *repeats * more;
    p += strcspn(p, "}");
    return *p ? p : p - 1;
}

static bool is_affordable(const char *text, struct ci_err *err)
{
    long repeats = 1, characters = 0;
    int depth = 0;

    for (const char *p = text; *p; p++) {
        characters += *p != '{';
        depth += (*p == '(') - (*p == ')');
        if (depth > GROUPS_MAX)
            return ci_fail(err, CI_EINVALID, "the pattern has groups more than %d levels deep",
                           GROUPS_MAX);
        if (*p == '\\' && p[1]) {
            if (p[1] >= '1' && p[1] <= '9')
                return ci_fail(err, CI_EINVALID, "the pattern refers back to a group");
            p++;
        } else if (*p == '[') {
            p = behind_brackets(p);
        } else if (*p == '{') {
            p = count_repeats(p, &repeats);
        }
    }
    return characters * repeats <= COST_MAX ||
           ci_fail(err, CI_EINVALID, "the pattern, with what it repeats, is too long");
}

bool condition_pattern(const char *text, void *mem, const regex_t **out, struct ci_err *err)
{
    regex_t *pattern = ci_mem_zero(mem, regex_t);
    int status;

    if (strlen(text) > CI_CONDITION_PATTERN)
        return ci_fail(err, CI_EINVALID, "the pattern is longer than %d bytes",
                       CI_CONDITION_PATTERN);
    if (!is_affordable(text, err))
        return false;
    status = regcomp(pattern, text, REG_EXTENDED | REG_NOSUB);
    if (status != 0) {
        char why[100];

        (void)regerror(status, pattern, why, sizeof(why));
        return ci_fail(err, CI_EINVALID, "the pattern does not compile: %s", why);
    }
    talloc_set_destructor(pattern, drop_pattern);
    *out = pattern;
    return true;
}
