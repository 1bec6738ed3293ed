/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX TZ strings, the rule for the years after a zone file's table
 * ("CET-1CEST,M3.5.0,M10.5.0/3"). */
#include "zone.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, MINUTE = 60, DAY = 86400, HOURS_MAX = 167, DEFAULT_TIME = 2 * HOUR };

static bool read_number(const char **p, int min, int max, int *out)
{
    size_t digits = strspn(*p, "0123456789");

    if (digits == 0 || digits > 3)
        return false;
    *out = (int)strtol(*p, NULL, 10);
    *p += digits;
    return *out >= min && *out <= max;
}

/* [+-]hh[:mm[:ss]] as seconds. */
static bool read_time(const char **p, int *out)
{
    int sign = **p == '-' ? -1 : 1, hours, minutes = 0, seconds = 0;

    if (**p == '-' || **p == '+')
        ++*p;
    if (!read_number(p, 0, HOURS_MAX, &hours))
        return false;
    if (**p == ':' && (++*p, !read_number(p, 0, 59, &minutes)))
        return false;
    if (**p == ':' && (++*p, !read_number(p, 0, 59, &seconds)))
        return false;
    *out = sign * (hours * HOUR + minutes * MINUTE + seconds);
    return true;
}

/* A name of letters, or <anything>. */
static bool skip_name(const char **p)
{
    const char *start = *p;

    if (**p == '<') {
        *p = strchr(*p, '>');
        return *p && ++*p - start > 2;
    }
    while (isalpha((unsigned char)**p))
        ++*p;
    return *p - start >= 3;
}

static bool read_date(const char **p, struct zone_change *out)
{
    if (**p == 'M') {
        ++*p;
        out->kind = CHANGE_WEEKDAY;
        return read_number(p, 1, 12, &out->month) && *(*p)++ == '.' &&
               read_number(p, 1, 5, &out->week) && *(*p)++ == '.' &&
               read_number(p, 0, 6, &out->day);
    }
    out->kind = **p == 'J' ? CHANGE_JULIAN : CHANGE_DAY;
    if (**p == 'J')
        ++*p;
    return read_number(p, out->kind == CHANGE_JULIAN, 365, &out->day);
}

static bool read_change(const char **p, struct zone_change *out)
{
    *out = (struct zone_change){.time = DEFAULT_TIME};
    if (*(*p) != ',')
        return false;
    ++*p;
    if (!read_date(p, out))
        return false;
    return **p != '/' || (++*p, read_time(p, &out->time));
}

/* Offsets in the text count west of Greenwich, ours east. */
bool zone_rule_parse(const char *text, struct zone_rule *out)
{
    struct zone_rule rule = {0};
    const char *p = text;
    int west;

    if (!skip_name(&p) || !read_time(&p, &west))
        return false;
    rule.winter_offset = -west;
    if (*p) {
        rule.summer = true;
        if (!skip_name(&p))
            return false;
        west -= HOUR;
        if (*p != ',' && !read_time(&p, &west))
            return false;
        rule.summer_offset = -west;
        if (!read_change(&p, &rule.to_summer) || !read_change(&p, &rule.to_winter) || *p)
            return false;
    }
    *out = rule;
    return true;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The day of the change in `year`, since 1970. */
static int64_t change_day(const struct zone_change *change, int64_t year)
{
    int64_t first, next_month;
    int weekday;

    if (change->kind == CHANGE_DAY)
        return ci_civil_days(year, 1, 1) + change->day;
    if (change->kind == CHANGE_JULIAN)
        return ci_civil_days(year, 1, 1) + change->day - 1 + (is_leap(year) && change->day >= 60);
    first = ci_civil_days(year, change->month, 1);
    next_month = change->month == 12 ? ci_civil_days(year + 1, 1, 1)
                                     : ci_civil_days(year, change->month + 1, 1);
    weekday = ci_civil_from_seconds(first * DAY).weekday;
    first += (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
    return first < next_month ? first : first - 7;
}

struct change_at {
    int64_t at;
    bool summer;
};

/* Summer later at a tie: a summer that ends as the next begins never ends. */
static int by_time(const void *a, const void *b)
{
    const struct change_at *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (int)x->summer - (int)y->summer;
}

enum { YEARS_AROUND = 2, CHANGES = 2 * (2 * YEARS_AROUND + 1) };

struct zone_stretch zone_rule_at(const struct zone_rule *rule, int64_t seconds)
{
    int64_t year = ci_civil_from_seconds(seconds).year;
    struct change_at changes[CHANGES];
    size_t i = 0;

    if (!rule->summer)
        return (struct zone_stretch){INT64_MIN, INT64_MAX, rule->winter_offset};
    for (int64_t y = year - YEARS_AROUND; y <= year + YEARS_AROUND; y++) {
        changes[i++] = (struct change_at){change_day(&rule->to_summer, y) * DAY +
                                              rule->to_summer.time - rule->winter_offset,
                                          true};
        changes[i++] = (struct change_at){change_day(&rule->to_winter, y) * DAY +
                                              rule->to_winter.time - rule->summer_offset,
                                          false};
    }
    qsort(changes, CHANGES, sizeof(changes[0]), by_time);
    for (i = CHANGES - 2; i > 0 && changes[i].at > seconds; i--)
        ;
    return (struct zone_stretch){
        .start = changes[i].at,
        .end = changes[i + 1].at,
        .offset = changes[i].summer ? rule->summer_offset : rule->winter_offset,
    };
}
