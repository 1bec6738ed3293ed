/* SPDX-License-Identifier: Apache-2.0 */
/* Cron lines: what they mean, and the next time by walking minute for minute. */
#include "ci_test.h"
#include "shared/cron.h"
#include "shared/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000000, MINUTE = 60 };

static const struct ci_zone *load(void *mem, const char *name)
{
    const struct ci_zone *zone;
    struct ci_err err;

    assert_ok(ci_zone_load(name, mem, &zone, &err), err);
    return zone;
}

static struct ci_cron parse(const char *text)
{
    struct ci_cron cron;
    struct ci_err err;

    assert_ok(ci_cron_parse(text, &cron, &err), err);
    return cron;
}

static int64_t at(int64_t year, int month, int day, int hour, int minute)
{
    return ci_civil_days(year, month, day) * 86400 + hour * 3600 + minute * MINUTE;
}

static int64_t next(const char *text, const char *zone, int64_t after)
{
    CI_AUTO_MEM mem = ci_mem_new();
    struct ci_cron cron = parse(text);
    struct ci_time out;

    assert_true(ci_cron_next(&cron, load(mem, zone), (struct ci_time){after * SECOND}, &out));
    assert_int_equal(0, out.us % SECOND);
    return out.us / SECOND;
}

static void cron__reads_fields(void **state)
{
    struct ci_cron cron = parse("0,15-20/2,59 */6 1-3 jan,Mar-may 5-7");

    (void)state;
    assert_true(cron.minutes == (1ULL << 0 | 1ULL << 15 | 1ULL << 17 | 1ULL << 19 | 1ULL << 59));
    assert_int_equal(1 << 0 | 1 << 6 | 1 << 12 | 1 << 18, cron.hours);
    assert_int_equal(1 << 1 | 1 << 2 | 1 << 3, cron.days);
    assert_int_equal(1 << 1 | 1 << 3 | 1 << 4 | 1 << 5, cron.months);
    assert_int_equal(1 << 5 | 1 << 6 | 1 << 0, cron.weekdays);
    assert_true(cron.either_day);
    cron = parse("\t5/20  * * * */2 ");
    assert_true(cron.minutes == (1ULL << 5 | 1ULL << 25 | 1ULL << 45));
    assert_int_equal(1 << 0 | 1 << 2 | 1 << 4 | 1 << 6, cron.weekdays);
    assert_false(cron.either_day);
    cron = parse("@weekly");
    assert_int_equal(1, cron.weekdays);
    assert_int_equal(1, cron.hours);
}

static void cron__refuses(void **state)
{
    static const char *const wrong[] = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "1,, * * * *",
        "1- * * * *",
        "-1 * * * *",
        "* * 31 2,4 *",
        "@never",
        "1/ * * * *",
        "0x1 * * * *",
        "* * * jann *",
        "99999999999 * * * *",
        "*5 * * * *",
    };
    struct ci_cron cron;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(wrong); i++) {
        err.code = 0;
        if (ci_cron_parse(wrong[i], &cron, &err))
            fail_msg("\"%s\" was taken", wrong[i]);
        assert_int_equal(CI_EINVALID, err.code);
    }
}

static void cron__finds_rare_days(void **state)
{
    (void)state;
    assert_int_equal(at(2028, 2, 29, 0, 0), next("0 0 29 2 *", "UTC", at(2024, 2, 29, 0, 0)));
    assert_int_equal(at(2104, 2, 29, 0, 0), next("0 0 29 2 *", "UTC", at(2096, 2, 29, 0, 0)));
    /* Either day: the 13th, or a Friday. */
    assert_int_equal(at(2026, 1, 2, 0, 0), next("0 0 13 * fri", "UTC", at(2026, 1, 1, 0, 0)));
    assert_int_equal(at(2026, 1, 13, 0, 0), next("0 0 13 * fri", "UTC", at(2026, 1, 9, 0, 0)));
    /* * with a step is still a star: both must hold. */
    assert_int_equal(at(2026, 1, 9, 0, 0), next("0 0 */2 * fri", "UTC", at(2026, 1, 2, 0, 0)));
}

static void cron__is_strictly_later(void **state)
{
    (void)state;
    assert_int_equal(at(2026, 1, 2, 3, 30), next("30 3 * * *", "UTC", at(2026, 1, 1, 3, 30)));
    assert_int_equal(at(2026, 1, 1, 3, 30), next("30 3 * * *", "UTC", at(2026, 1, 1, 3, 30) - 1));
    assert_int_equal(at(1969, 12, 31, 23, 59), next("* * * * *", "UTC", at(1969, 12, 31, 23, 58)));
}

/* Berlin: 2026-03-29 02:00 becomes 03:00 (01:00 UTC); 2026-10-25 03:00 becomes 02:00. */
static void cron__fires_once_around_summer_time(void **state)
{
    int64_t gap = at(2026, 3, 29, 1, 0);

    (void)state;
    assert_int_equal(gap, next("30 2 * * *", "Europe/Berlin", at(2026, 3, 28, 12, 0)));
    assert_int_equal(at(2026, 3, 30, 0, 30), next("30 2 * * *", "Europe/Berlin", gap));
    assert_int_equal(gap, next("*/5 2,3 * * *", "Europe/Berlin", gap - 1));
    assert_int_equal(gap + 5 * MINUTE, next("*/5 2,3 * * *", "Europe/Berlin", gap));
    assert_int_equal(at(2026, 10, 25, 0, 30),
                     next("30 2 * * *", "Europe/Berlin", at(2026, 10, 24, 12, 0)));
    assert_int_equal(at(2026, 10, 26, 1, 30),
                     next("30 2 * * *", "Europe/Berlin", at(2026, 10, 25, 0, 30)));
    assert_int_equal(at(2026, 10, 26, 1, 30),
                     next("30 2 * * *", "Europe/Berlin", at(2026, 10, 25, 1, 0)));
}

static bool matches(const struct ci_cron *cron, struct ci_civil c)
{
    bool day = cron->days >> c.day & 1, weekday = cron->weekdays >> c.weekday & 1;

    return (cron->minutes >> c.minute & 1) && (cron->hours >> c.hour & 1) &&
           (cron->months >> c.month & 1) && (cron->either_day ? day || weekday : day && weekday);
}

static const char *const lines[] = {
    "30 2 * * *", "*/17 * * * *", "0 0 1,15 * mon", "59 23 31 * *", "15 1-3 * 3,4,10,11 sun",
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

/* What a line must have found at `t`, a minute at which it fires. */
static void fires_at(const struct ci_cron *cron, const char *line, const char *name,
                     const struct ci_zone *zone, int64_t t, struct ci_time *found)
{
    assert_true(ci_cron_next(cron, zone, *found, found));
    if (found->us != t * SECOND)
        fail_msg("%s in %s: %lld, should be %lld", line, name, (long long)(found->us / SECOND),
                 (long long)t);
}

/* The walk: a wall minute fires when it is shown for the first time, or jumped over. */
static void compare(const char *name, int64_t from, int64_t to)
{
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_zone *zone = load(mem, name);
    int64_t shown = from + ci_zone_offset(zone, (struct ci_time){from * SECOND});
    struct ci_time found[LINES];
    struct ci_cron crons[LINES];

    for (size_t i = 0; i < LINES; i++) {
        crons[i] = parse(lines[i]);
        found[i] = (struct ci_time){from * SECOND};
    }
    for (int64_t t = from + MINUTE; t < to; t += MINUTE) {
        int64_t wall = t + ci_zone_offset(zone, (struct ci_time){t * SECOND});
        bool fires[LINES] = {false};

        for (; shown < wall; shown += MINUTE) {
            struct ci_civil civil = ci_civil_from_seconds(shown + MINUTE);

            for (size_t i = 0; i < LINES; i++)
                fires[i] |= matches(&crons[i], civil);
        }
        for (size_t i = 0; i < LINES; i++) {
            if (fires[i])
                fires_at(&crons[i], lines[i], name, zone, t, &found[i]);
        }
    }
}

static void cron__agrees_with_a_walk(void **state)
{
    static const char *const zones[] = {"UTC", "Europe/Berlin", "America/New_York",
                                        "Australia/Lord_Howe", "America/Sao_Paulo"};

    (void)state;
    for (size_t i = 0; i < CI_COUNT(zones); i++) {
        compare(zones[i], at(2016, 1, 1, 0, 0), at(2017, 6, 1, 0, 0));
        /* Over the end of the table, into the rule. */
        compare(zones[i], at(2037, 6, 1, 0, 0), at(2038, 6, 1, 0, 0));
    }
    /* A whole day that never was: 2011-12-30. */
    compare("Pacific/Apia", at(2011, 11, 1, 0, 0), at(2012, 3, 1, 0, 0));
}

/* ---- 20 years of random lines ---- */

enum { QUARTER = 15 * MINUTE, RANDOM_LINES = 8, LINE_SIZE = 100 };

static uint64_t seed;

static int pick(int below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((seed >> 33) % (uint64_t)below);
}

/* A line that fires a few times a day at most, as each time costs a look over the calendar. */
static void make_line(char line[LINE_SIZE])
{
    static const char *const hours[] = {"*/6", "2", "1-3", "0,2,23", "3"};
    static const char *const days[] = {"*", "*", "*/5", "1-7", "31", "28,29,30", "13"};
    static const char *const months[] = {"*", "*", "mar,apr,oct,nov", "2", "*/3"};
    static const char *const weekdays[] = {"*", "*", "sun", "mon-fri", "5,6", "7"};

    (void)snprintf(line, LINE_SIZE, "%d,%d %s %s %s %s", pick(60), pick(60),
                   hours[pick(CI_COUNT(hours))], days[pick(CI_COUNT(days))],
                   months[pick(CI_COUNT(months))], weekdays[pick(CI_COUNT(weekdays))]);
}

struct walker {
    const char *zone_name;
    const struct ci_zone *zone;
    struct {
        char line[LINE_SIZE];
        struct ci_cron cron;
        struct ci_time found;
    } lines[RANDOM_LINES];
};

static void walker_init(struct walker *w, void *mem, const char *zone, int64_t from)
{
    struct ci_err err;

    w->zone_name = zone;
    w->zone = load(mem, zone);
    for (size_t i = 0; i < RANDOM_LINES; i++) {
        do {
            make_line(w->lines[i].line);
        } while (!ci_cron_parse(w->lines[i].line, &w->lines[i].cron, &err));
        w->lines[i].found = (struct ci_time){from * SECOND};
    }
}

/* A quarter of an hour that wall clocks show from `t` on, or jump over at `t`. */
static void show_quarter(struct walker *w, int64_t wall, int64_t t, bool jumped)
{
    struct ci_civil civil = ci_civil_from_seconds(wall);

    for (size_t i = 0; i < RANDOM_LINES; i++) {
        const struct ci_cron *cron = &w->lines[i].cron;
        struct ci_time *found = &w->lines[i].found;

        for (int minute = 0; minute < QUARTER / MINUTE && cron->hours >> civil.hour & 1; minute++) {
            struct ci_civil shown = civil;
            int64_t at = jumped ? t : t + minute * (int64_t)MINUTE;

            shown.minute += minute;
            if (!(cron->minutes >> shown.minute & 1) || !matches(cron, shown) ||
                found->us == at * SECOND)
                continue;
            fires_at(cron, w->lines[i].line, w->zone_name, w->zone, at, found);
        }
    }
}

/* Offsets are whole quarters in these years, so a quarter lies in one hour of the wall clock. */
static void cron__agrees_with_a_calendar_of_20_years(void **state)
{
    static const char *const zones[] = {"UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai",
                                        "Australia/Lord_Howe"};
    int64_t from = at(2020, 1, 1, 0, 0), to = at(2040, 1, 1, 0, 0);

    (void)state;
    seed = 1;
    for (size_t i = 0; i < CI_COUNT(zones); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        struct walker w;
        int64_t next_wall;

        walker_init(&w, mem, zones[i], from - 1);
        next_wall = from + ci_zone_offset(w.zone, (struct ci_time){from * SECOND});
        for (int64_t t = from; t < to; t += QUARTER) {
            int64_t wall = t + ci_zone_offset(w.zone, (struct ci_time){t * SECOND});

            for (; next_wall <= wall; next_wall += QUARTER)
                show_quarter(&w, next_wall, t, next_wall < wall);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cron__reads_fields),
        cmocka_unit_test(cron__refuses),
        cmocka_unit_test(cron__finds_rare_days),
        cmocka_unit_test(cron__is_strictly_later),
        cmocka_unit_test(cron__fires_once_around_summer_time),
        cmocka_unit_test(cron__agrees_with_a_walk),
        cmocka_unit_test(cron__agrees_with_a_calendar_of_20_years),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
