/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets of time zones, against libc's own reading of the same files. */
#include "ci_test.h"
#include "shared/cron.h"
#include "shared/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const zones[] = {
    "UTC",          "Europe/Berlin",     "America/New_York",    "Asia/Shanghai",
    "Asia/Kolkata", "Europe/Dublin",     "Australia/Lord_Howe", "America/Sao_Paulo",
    "Pacific/Apia", "Africa/Casablanca", "America/Nuuk",        "Etc/GMT+5",
    "Asia/Gaza",    "Antarctica/Troll",  "America/Caracas",
};

static const struct ci_zone *load(void *mem, const char *name)
{
    const struct ci_zone *zone;
    struct ci_err err;

    assert_ok(ci_zone_load(name, mem, &zone, &err), err);
    return zone;
}

/* Every five hours and some from 1950 to 2090: the table, its end, and the rule after it. */
static void zone__agrees_with_libc(void **state)
{
    enum { STEP = 5 * 3600 + 1799 };
    const int64_t from = -20LL * 365 * 86400, to = 120LL * 365 * 86400;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(zones); i++) {
        CI_AUTO_MEM mem = ci_mem_new();
        const struct ci_zone *zone = load(mem, zones[i]);

        (void)setenv("TZ", zones[i], 1);
        tzset();
        for (int64_t t = from; t < to; t += STEP) {
            time_t libc_time = (time_t)t;
            struct tm tm;

            assert_non_null(localtime_r(&libc_time, &tm));
            if (tm.tm_gmtoff != ci_zone_offset(zone, (struct ci_time){t * 1000000}))
                fail_msg("%s at %lld: %d, libc says %ld", zones[i], (long long)t,
                         ci_zone_offset(zone, (struct ci_time){t * 1000000}), tm.tm_gmtoff);
        }
    }
}

static void zone__refuses_what_is_none(void **state)
{
    static const char *const names[] = {"",         "/etc/passwd",    "../zoneinfo/UTC",
                                        "Europe",   "Europe//Berlin", "Mars/Olympus",
                                        "zone.tab", "Europe/"};
    CI_AUTO_MEM mem = ci_mem_new();
    const struct ci_zone *zone;
    struct ci_err err;

    (void)state;
    for (size_t i = 0; i < CI_COUNT(names); i++)
        assert_false(ci_zone_load(names[i], mem, &zone, &err));
    assert_false(ci_zone_load("Mars/Olympus", mem, &zone, &err));
    assert_int_equal(CI_ENOTFOUND, err.code);
    assert_string_equal("no time zone \"Mars/Olympus\"", err.msg);
}

/* No cut and no flipped byte of a real file may lead the reader astray. */
static void zone__survives_damaged_files(void **state)
{
    enum { MAX = 65536 };
    CI_AUTO_MEM mem = ci_mem_new();
    unsigned char *data = ci_mem_alloc(mem, MAX);
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rbe");
    const struct ci_zone *zone;
    struct ci_err err;
    size_t len;

    (void)state;
    assert_non_null(file);
    len = fread(data, 1, MAX, file);
    (void)fclose(file);
    for (size_t cut = 0; cut < len; cut++) {
        CI_AUTO_MEM each = ci_mem_new();
        /* A copy of its own size, so that a read behind it shows. */
        void *copy = talloc_memdup(each, data, cut);

        assert_false(ci_zone_parse((struct ci_bytes){copy, cut}, each, &zone, &err));
    }
    for (size_t i = 0; i < len; i++) {
        CI_AUTO_MEM each = ci_mem_new();
        unsigned char *copy = talloc_memdup(each, data, len);

        copy[i] ^= 0x55;
        if (ci_zone_parse((struct ci_bytes){copy, len}, each, &zone, &err))
            (void)ci_zone_offset(zone, (struct ci_time){INT64_C(2000000000) * 1000000});
    }
}

static void civil__counts_days_both_ways(void **state)
{
    int64_t day = ci_civil_days(1899, 12, 31);

    (void)state;
    assert_int_equal(0, ci_civil_days(1970, 1, 1));
    for (int64_t end = ci_civil_days(2101, 1, 1); day < end; day++) {
        struct ci_civil civil = ci_civil_from_seconds(day * 86400 + 86399);
        time_t libc_time = (time_t)day * 86400;
        struct tm tm;

        assert_int_equal(day, ci_civil_days(civil.year, civil.month, civil.day));
        assert_non_null(gmtime_r(&libc_time, &tm));
        assert_int_equal(tm.tm_mday, civil.day);
        assert_int_equal(tm.tm_wday, civil.weekday);
        assert_int_equal(23, civil.hour);
        assert_int_equal(59, civil.second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zone__agrees_with_libc),
        cmocka_unit_test(zone__refuses_what_is_none),
        cmocka_unit_test(zone__survives_damaged_files),
        cmocka_unit_test(civil__counts_days_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
