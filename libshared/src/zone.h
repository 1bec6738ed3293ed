/* SPDX-License-Identifier: Apache-2.0 */
/* A zone as stretches of time with one offset each. */
#pragma once

#include "shared/cron.h"

/* [start, end) in epoch seconds; INT64_MIN and INT64_MAX where there is no bound. */
struct zone_stretch {
    int64_t start, end;
    int offset; /* seconds east of UTC */
};

/* When one of the two yearly changes comes. */
struct zone_change {
    enum { CHANGE_JULIAN, CHANGE_DAY, CHANGE_WEEKDAY } kind; /* Jn, n, Mm.w.d */
    int month, week, day;
    int time; /* seconds after local midnight, -167 h to 167 h */
};

/* The rule after the last change of the table. */
struct zone_rule {
    bool summer; /* false: winter_offset always */
    int winter_offset, summer_offset;
    struct zone_change to_summer, to_winter;
};

struct ci_zone {
    const struct zone_stretch *table; /* whole time line up to rule_from */
    size_t count;
    int64_t rule_from;
    struct zone_rule rule;
};

struct zone_stretch zone_stretch_at(const struct ci_zone *zone, int64_t seconds);
/* A POSIX TZ string, of `len` bytes. */
bool zone_rule_parse(const char *text, struct zone_rule *out);
struct zone_stretch zone_rule_at(const struct zone_rule *rule, int64_t seconds);
