/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of conditions: what compiles, and cannot eat the memory of who evaluates it. */
#include "condition_internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * regcomp() writes x{n} out n times and x+ twice, groups in groups over and
 * over; it recurses over neighbours that may be empty, takes 700 bytes of stack
 * for each group in a group, and for ever over repetitions of what may be empty
 * already. Conditions also come from repositories whose authors are not the
 * ones who run the service. COST_MAX: the characters of a pattern that is
 * written out, a bracket expression being one.
 */
enum { COST_MAX = 320, GROUPS_MAX = 20, FACTOR_MAX = 1000 };

/* Of one group: all of it, and its last part, which a repetition repeats. */
struct cost {
    long all, last;
    bool last_empty; /* the last part may match nothing; so does none */
    bool rest_empty; /* all before it in this alternative may */
    bool empty;      /* an earlier alternative may */
};

static const struct cost no_cost = {.last_empty = true, .rest_empty = true};

static void add_part(struct cost *cost, long more, bool empty)
{
    cost->all += more;
    cost->last = more;
    cost->rest_empty = cost->rest_empty && cost->last_empty;
    cost->last_empty = empty;
}

/* False when the last part may be empty; `empty`: whether it may be now. */
static bool repeat(struct cost *cost, long times, bool empty)
{
    if (cost->last_empty)
        return false;
    cost->all += cost->last * (times - 1) + 1;
    cost->last *= times;
    cost->last_empty = empty;
    return true;
}

static bool may_be_empty(const struct cost *cost)
{
    return cost->empty || (cost->rest_empty && cost->last_empty);
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

static void count_alternative(struct cost *cost)
{
    const struct cost next = {
        .all = cost->all + 1, .last_empty = true, .rest_empty = true, .empty = may_be_empty(cost)};

    *cost = next;
}

/* What one character, or what begins with it, adds to its group; moves *p to its end. */
static bool count(const char **p, struct cost *cost)
{
    bool none;

    switch (**p) {
    case '+':
        return repeat(cost, 2, false);
    case '*':
    case '?':
        return repeat(cost, 1, true);
    case '{':
        none = strtol(*p + 1, NULL, 10) == 0;
        return repeat(cost, read_times(p), none);
    case '|':
        count_alternative(cost);
        return true;
    case '[':
        *p = behind_brackets(*p);
        add_part(cost, 1, false);
        return true;
    case '\\':
        *p += (*p)[1] != '\0';
        add_part(cost, 1, strchr("bB<>`'", **p));
        return true;
    default:
        add_part(cost, 1, strchr("^$", **p));
        return true;
    }
}

/* "(" and ")": the group that follows, or NULL when it is one too many. */
static struct cost *count_group(char c, struct cost *groups, struct cost *group)
{
    if (c == '(') {
        if (group == &groups[GROUPS_MAX])
            return NULL;
        *++group = no_cost;
    } else if (group > groups) {
        group--;
        add_part(group, group[1].all + 1, may_be_empty(&group[1]));
    }
    return group;
}

static bool is_affordable(const char *text, struct ci_err *err)
{
    struct cost groups[GROUPS_MAX + 1] = {no_cost}, *group = groups;

    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
            return ci_fail(err, CI_EINVALID, "the pattern refers back to a group");
        if (*p == '(' || *p == ')') {
            group = count_group(*p, groups, group);
            if (!group)
                return ci_fail(err, CI_EINVALID, "the pattern has groups more than %d levels deep",
                               GROUPS_MAX);
        } else if (!count(&p, group)) {
            return ci_fail(err, CI_EINVALID, "the pattern repeats what may be empty");
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
