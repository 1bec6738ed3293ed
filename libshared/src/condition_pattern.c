/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of conditions: what compiles, and cannot eat the memory of who evaluates it. */
#include "condition_internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * regcomp() writes x{n} out n times, and x{n}{m} n*m times; conditions also
 * come from repositories whose authors are not the ones who run the service.
 */
enum { REPEATS_MAX = 256 };

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

static bool is_affordable(const char *text, struct ci_err *err)
{
    long repeats = 1;

    if (strlen(text) > CI_CONDITION_PATTERN)
        return ci_fail(err, CI_EINVALID, "the pattern is longer than %d bytes",
                       CI_CONDITION_PATTERN);
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1]) {
            if (p[1] >= '1' && p[1] <= '9')
                return ci_fail(err, CI_EINVALID, "the pattern refers back to a group");
            p++;
        } else if (*p == '[') {
            p = behind_brackets(p);
        } else if (*p == '{') {
            long more = repeats_at(p);

            if (more > REPEATS_MAX || repeats * more > REPEATS_MAX)
                return ci_fail(err, CI_EINVALID, "the pattern repeats more than %d times",
                               REPEATS_MAX);
            repeats *= more;
        }
    }
    return true;
}

bool condition_pattern(const char *text, void *mem, const regex_t **out, struct ci_err *err)
{
    regex_t *pattern = ci_mem_zero(mem, regex_t);
    int status;

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
