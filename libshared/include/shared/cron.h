/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cron times and time zones, pure: parsing and the next time on a calendar,
 * without the clock, TZ or mktime(). Any thread.
 */
#pragma once

#include "shared/err.h"

/* Five fields as bit sets: bit n stands for the value n. */
struct ci_cron {
    uint64_t minutes;  /* 0..59 */
    uint32_t hours;    /* 0..23 */
    uint32_t days;     /* of the month, 1..31 */
    uint32_t months;   /* 1..12 */
    uint32_t weekdays; /* 0..6, 0 = Sunday */
    /* Both fields begin with something else than *: either one's day will do, as in cron(8). */
    bool either_day;
};

/*
 * "minute hour day-of-month month day-of-week": lists, ranges, steps, names
 * of months and days (jan, mon; any case), 7 = Sunday, or @hourly, @daily
 * (@midnight), @weekly, @monthly, @yearly (@annually). CI_EINVALID names the
 * field; also for a date that never comes (30 February).
 */
CI_MUST_USE bool ci_cron_parse(const char *text, struct ci_cron *out, struct ci_err *err);

/* A time zone: the offsets of all times, past and to come. */
struct ci_zone;

/*
 * Reads a zone of /usr/share/zoneinfo (TZif version 2 and later, with the rule
 * for the years to come) into mem. "UTC" needs no file. CI_ENOTFOUND when
 * there is none of that name, CI_EINVALID for a name or file that is none.
 */
CI_MUST_USE bool ci_zone_load(const char *iana_name, void *mem, const struct ci_zone **out,
                              struct ci_err *err);

/* The same from the bytes of a TZif file. */
CI_MUST_USE bool ci_zone_parse(struct ci_bytes tzif, void *mem, const struct ci_zone **out,
                               struct ci_err *err);

/* Seconds east of UTC at a time. */
int ci_zone_offset(const struct ci_zone *zone, struct ci_time at);

/*
 * The first time strictly after `after` at which a wall clock of the zone
 * shows a minute that matches. A wall time that summer time skips fires at
 * the first instant after the gap (once, however many fell into it); one that
 * comes twice fires the first time. False when there is none in 30 years.
 */
bool ci_cron_next(const struct ci_cron *cron, const struct ci_zone *zone, struct ci_time after,
                  struct ci_time *out);

/* A wall-clock time as the seconds that UTC would have at it. */
struct ci_civil {
    int64_t year;
    int month, day, weekday, hour, minute, second; /* from 1, 1, 0 = Sunday, 0, 0, 0 */
};
struct ci_civil ci_civil_from_seconds(int64_t seconds);
int64_t ci_civil_days(int64_t year, int month, int day); /* since 1970-01-01 */
