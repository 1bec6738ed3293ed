/* SPDX-License-Identifier: Apache-2.0 */
/* What every codec of records needs: looking up fields and enum names, and reading durations. */
#include "record_internal.h"

#include <string.h>

const struct ci_field *ci_field_named(const struct ci_record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    return NULL;
}

bool ci_field_enum(const struct ci_field *field, const char *name, int *out)
{
    for (int i = 0; field->names[i]; i++) {
        if (strcmp(field->names[i], name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* Reads digits; false when there are none or too many for 64 bits. */
static bool read_number(const char **at, int64_t *out)
{
    const char *start = *at;
    int64_t n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++)
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, **at - '0', &n))
            return false;
    *out = n;
    return *at > start;
}

/* Microseconds of the unit at *at, which is stepped over; 0 when it is none. */
static int64_t read_unit(const char **at)
{
    static const struct {
        const char *name;
        int64_t us;
    } units[] = {
        {"ms", 1000       },
        {"s",  1000000    },
        {"m",  60000000   },
        {"h",  3600000000 },
        {"d",  86400000000},
    };

    for (size_t i = 0; i < CI_COUNT(units); i++) {
        size_t len = strlen(units[i].name);

        if (strncmp(*at, units[i].name, len) == 0) {
            *at += len;
            return units[i].us;
        }
    }
    return 0;
}

bool ci_dur_parse(const char *text, struct ci_dur *out)
{
    const char *at = text;
    int64_t total = 0, n, unit;

    do {
        if (!read_number(&at, &n))
            return false;
        /* Only a number that stands alone may lack its unit: "1h30" is more likely a slip. */
        unit = *at == '\0' && total == 0 ? 1000000 : read_unit(&at);
        if (unit == 0 || __builtin_mul_overflow(n, unit, &n) ||
            __builtin_add_overflow(total, n, &total))
            return false;
    } while (*at != '\0');
    out->us = total;
    return true;
}
