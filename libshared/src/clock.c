/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that asks the system what time it is. */
#include "shared/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t micros_of(clockid_t clock)
{
    struct timespec ts;

    /* Can't fail: both clocks exist on every Linux. */
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

struct ci_time ci_time_now(void)
{
    return (struct ci_time){micros_of(CLOCK_REALTIME)};
}

struct ci_mono ci_mono_now(void)
{
    return (struct ci_mono){micros_of(CLOCK_MONOTONIC)};
}

void ci_time_format(struct ci_time t, bool micros, char out[CI_TIME_TEXT])
{
    int64_t fraction = t.us % 1000000;
    time_t seconds = (time_t)(t.us / 1000000);
    struct tm tm;
    size_t len;

    /* Before 1970 the fraction still counts upwards. */
    if (fraction < 0) {
        fraction += 1000000;
        seconds--;
    }
    if (!gmtime_r(&seconds, &tm) ||
        (len = strftime(out, CI_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm)) == 0) {
        snprintf(out, CI_TIME_TEXT, "out of range");
        return;
    }
    if (micros)
        snprintf(out + len, CI_TIME_TEXT - len, ".%06dZ", (int)fraction);
    else
        snprintf(out + len, CI_TIME_TEXT - len, "Z");
}
