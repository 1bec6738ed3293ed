/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of conditions: what compiles, and cannot eat the memory of who evaluates it. */
#include "condition_internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * regcomp() writes x{n} out n times and x+ twice, groups in groups over and
 * over; it recurses over what may be empty, in a*a*a*..., and takes 700 bytes
 * of stack for each group in a group. Conditions also come from repositories
 * whose authors are not the ones who run the service. COST_MAX: the characters
 * of a pattern that is written out, a bracket expression being one.
 */
enum { COST_MAX = 320, GROUPS_MAX = 20, FACTOR_MAX = 1000 };

/* Of one group: all of it, and its last part, which a repetition repeats. */
struct cost {
    long all, last;
};

static void add_cost(struct cost *cost, long more)
{
    cost->all += more;
    cost->last = more;
}

static void repeat(struct cost *cost, long times)
{
    cost->all += cost->last * (times - 1);
    cost->last *= times;
}

static int drop_pattern(regex_t *pattern)
{
    regfree(pattern);
    return 0;
}

/* "{2,3}" at *p, the larger number; "{2,}" is three. Moves *p to its end. */
static long read_times(const char **p)
{
    size_t len = strspn(*p + 1, "0123456789,");
    char *end;
    long low = strtol(*p + 1, &end, 10), high = *end == ',' ? strtol(end + 1, NULL, 10) : low;

    if ((*p)[len + 1] != '}')
        return 1;
    if (*end == ',' && end[1] == '}')
        high = low + 1;
    *p += len + 1;
    low = high > low ? high : low;
    return low < 1 ? 1 : low > FACTOR_MAX ? FACTOR_MAX : low;
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

/* What one character, or what begins with it, adds to its group; moves *p to its end. */
static void count(const char **p, struct cost *cost)
{
    switch (**p) {
    case '+':
        repeat(cost, 2);
        break;
    case '{':
        repeat(cost, read_times(p));
        break;
    case '*':
    case '?':
        cost->all++;
        break;
    case '[':
        *p = behind_brackets(*p);
        add_cost(cost, 1);
        break;
    case '\\':
        *p += (*p)[1] != '\0';
        add_cost(cost, 1);
        break;
    default:
        add_cost(cost, 1);
        break;
    }
}

static bool is_affordable(const char *text, struct ci_err *err)
{
    struct cost groups[GROUPS_MAX + 1] = {{0}}, *group = groups;

    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
            return ci_fail(err, CI_EINVALID, "the pattern refers back to a group");
        if (*p == '(') {
            if (group == &groups[GROUPS_MAX])
                return ci_fail(err, CI_EINVALID, "the pattern has groups more than %d levels deep",
                               GROUPS_MAX);
            *++group = (struct cost){1, 0};
        } else if (*p == ')' && group > groups) {
            group--;
            add_cost(group, group[1].all);
        } else {
            count(&p, group);
        }
        if (group->all > COST_MAX)
            return ci_fail(err, CI_EINVALID, "the pattern, with what it repeats, is too long");
    }
    return true;
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
