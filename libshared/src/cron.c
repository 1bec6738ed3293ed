/* SPDX-License-Identifier: Apache-2.0 */
/* Cron lines as bit sets, and the next time one matches. */
#include "shared/cron.h"

#include "zone.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, FIELDS = 5, YEARS_MAX = 30, TEXT_MAX = 1000 };

struct field {
    const char *name;
    int min, max;
    const char *const *names; /* of the values from min, NULL-terminated, or NULL */
};

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                          "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

enum { F_MINUTE, F_HOUR, F_DAY, F_MONTH, F_WEEKDAY };

static const struct field fields[FIELDS] = {
    [F_MINUTE] = {"minute",       0, 59, NULL       },
      [F_HOUR] = {"hour",         0, 23, NULL       },
    [F_DAY] = {"day of month", 1, 31, NULL       },
      [F_MONTH] = {"month",        1, 12, month_names},
    [F_WEEKDAY] = {"day of week",  0, 7,  day_names  },
};

static const struct {
    const char *name, *fields;
} shorthands[] = {
    {"@hourly",   "0 * * * *"},
    {"@daily",    "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@weekly",   "0 0 * * 0"},
    {"@monthly",  "0 0 1 * *"},
    {"@yearly",   "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
};

/* A number or a name at *p; moves *p behind it. */
static bool read_value(const struct field *field, const char **p, int *out)
{
    size_t digits = strspn(*p, "0123456789");

    if (digits > 0 && digits <= 3) {
        *out = (int)strtol(*p, NULL, 10);
        *p += digits;
        return *out >= field->min && *out <= field->max;
    }
    for (int i = 0; field->names && field->names[i]; i++) {
        if (strncasecmp(*p, field->names[i], 3) == 0) {
            *out = field->min + i;
            *p += 3;
            return true;
        }
    }
    return false;
}

static bool read_step(const char **p, int *out)
{
    size_t digits;

    *out = 1;
    if (**p != '/')
        return true;
    digits = strspn(++*p, "0123456789");
    if (digits == 0 || digits > 3)
        return false;
    *out = (int)strtol(*p, NULL, 10);
    *p += digits;
    return *out > 0;
}

/* "*", "a", "a-b", each with "/step"; "a/step" runs to the end. */
static bool read_part(const struct field *field, const char **p, uint64_t *bits)
{
    int first = field->min, last = field->max, step;
    bool single = false;

    /* 7 is Sunday again; a * must not count it twice, and steps of it must not reach it. */
    if (field == &fields[F_WEEKDAY])
        last = 6;
    if (**p == '*') {
        ++*p;
    } else {
        if (!read_value(field, p, &first))
            return false;
        single = **p != '-' && **p != '/';
        if (single)
            last = first;
        if (**p == '-' && (++*p, !read_value(field, p, &last)))
            return false;
    }
    if (first > last || !read_step(p, &step))
        return false;
    for (int i = first; i <= last; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(const struct field *field, const char *text, uint64_t *out,
                       struct ci_err *err)
{
    const char *p = text;
    uint64_t bits = 0;

    for (;;) {
        if (!read_part(field, &p, &bits))
            return ci_fail(err, CI_EINVALID, "%s \"%s\" is not %d to %d, a list, range or step",
                           field->name, text, field->min, field->max);
        if (!*p)
            break;
        if (*p++ != ',')
            return ci_fail(err, CI_EINVALID, "%s \"%s\" does not end where it should", field->name,
                           text);
    }
    *out = bits;
    return true;
}

/* The most days each month may have. */
static const int month_days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool ever_comes(const struct ci_cron *cron)
{
    if (cron->either_day)
        return true;
    for (int month = 1; month <= 12; month++) {
        uint32_t days = (uint32_t)((UINT64_C(2) << month_days[month]) - 2);

        if ((cron->months >> month & 1) && (cron->days & days))
            return true;
    }
    return false;
}

static const char *expand(const char *text)
{
    for (size_t i = 0; i < CI_COUNT(shorthands); i++) {
        if (strcasecmp(text, shorthands[i].name) == 0)
            return shorthands[i].fields;
    }
    return text;
}

/* Cuts `line` into its words; the number of them, at most FIELDS + 1. */
static size_t split(char *line, char *words[FIELDS + 1])
{
    size_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(line, " \t", &rest); word && count <= FIELDS;
         word = strtok_r(NULL, " \t", &rest))
        words[count++] = word;
    return count;
}

bool ci_cron_parse(const char *text, struct ci_cron *out, struct ci_err *err)
{
    const char *line = expand(text);
    char copy[TEXT_MAX], *words[FIELDS + 1];
    uint64_t bits[FIELDS];
    struct ci_cron cron;
    size_t len = strlen(line);

    if (len >= sizeof(copy))
        return ci_fail(err, CI_EINVALID, "longer than %d bytes", TEXT_MAX - 1);
    memcpy(copy, line, len + 1);
    if (*copy == '@')
        return ci_fail(err, CI_EINVALID,
                       "\"%s\" is none of @hourly, @daily, @weekly, @monthly, @yearly", copy);
    if (split(copy, words) != FIELDS)
        return ci_fail(err, CI_EINVALID,
                       "expected five fields: minute, hour, day of month, month, day of week");
    for (size_t i = 0; i < FIELDS; i++) {
        if (!read_field(&fields[i], words[i], &bits[i], err))
            return false;
    }
    cron = (struct ci_cron){
        .minutes = bits[F_MINUTE],
        .hours = (uint32_t)bits[F_HOUR],
        .days = (uint32_t)bits[F_DAY],
        .months = (uint32_t)bits[F_MONTH],
        .weekdays = (uint32_t)(bits[F_WEEKDAY] | bits[F_WEEKDAY] >> 7) & 0x7f,
        .either_day = words[F_DAY][0] != '*' && words[F_WEEKDAY][0] != '*',
    };
    if (!ever_comes(&cron))
        return ci_fail(err, CI_EINVALID, "no month has that day");
    *out = cron;
    return true;
}

static bool day_matches(const struct ci_cron *cron, const struct ci_civil *day)
{
    bool by_day = cron->days >> day->day & 1, by_weekday = cron->weekdays >> day->weekday & 1;

    if (!(cron->months >> day->month & 1))
        return false;
    return cron->either_day ? by_day || by_weekday : by_day && by_weekday;
}

/*
 * When a wall clock first shows `wall` or, where it jumps over it, the instant
 * of that jump. Never goes back as `wall` grows, which ci_cron_next() rests on.
 */
static int64_t first_shown(const struct ci_zone *zone, int64_t wall)
{
    /* No offset is larger than a day, so this is before any time that shows `wall`. */
    struct zone_stretch s = zone_stretch_at(zone, wall - 2 * (int64_t)DAY);

    while (wall - s.offset >= s.end)
        s = zone_stretch_at(zone, s.end);
    return wall - s.offset > s.start ? wall - s.offset : s.start;
}

/* The first matching minute of the day that is shown after `after`, or INT64_MAX. */
static int64_t next_in_day(const struct ci_cron *cron, const struct ci_zone *zone, int64_t midnight,
                           int64_t first_wall, int64_t after)
{
    for (int hour = 0; hour < 24; hour++) {
        if (!(cron->hours >> hour & 1) || midnight + (hour + 1) * (int64_t)HOUR <= first_wall)
            continue;
        for (int minute = 0; minute < 60; minute++) {
            int64_t wall = midnight + hour * (int64_t)HOUR + minute * (int64_t)MINUTE, at;

            if (!(cron->minutes >> minute & 1) || wall < first_wall)
                continue;
            at = first_shown(zone, wall);
            if (at > after)
                return at;
        }
    }
    return INT64_MAX;
}

bool ci_cron_next(const struct ci_cron *cron, const struct ci_zone *zone, struct ci_time after,
                  struct ci_time *out)
{
    const int64_t second = 1000000;
    int64_t since = after.us / second - (after.us % second < 0);
    int64_t wall = since + ci_zone_offset(zone, after);
    int64_t midnight = wall - ((wall % DAY) + DAY) % DAY;

    /* What the clock shows now was first shown now or earlier: only later minutes count. */
    for (int64_t day = midnight; day < midnight + YEARS_MAX * 366LL * DAY; day += DAY) {
        struct ci_civil civil = ci_civil_from_seconds(day);
        int64_t at;

        if (!day_matches(cron, &civil))
            continue;
        at = next_in_day(cron, zone, day, wall + 1, since);
        if (at != INT64_MAX) {
            *out = (struct ci_time){at * second};
            return true;
        }
    }
    return false;
}
