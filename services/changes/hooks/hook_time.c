/* SPDX-License-Identifier: Apache-2.0 */
/* Times as forges write them. */
#include "hooks/hook.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

/* Two digits, or -1. */
static int two_digits(const char *text)
{
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]))
        return -1;
    return 10 * (text[0] - '0') + text[1] - '0';
}

/* "+02:00" or "-0230" as minutes; false when it is neither. */
static bool parse_offset(const char *text, int *minutes)
{
    int hours, rest;

    if (*text != '+' && *text != '-')
        return false;
    hours = two_digits(text + 1);
    if (hours < 0 || hours > 23)
        return false;
    rest = two_digits(text + 3 + (text[3] == ':'));
    if (rest < 0 || rest > 59 || text[5 + (text[3] == ':')])
        return false;
    *minutes = (*text == '+' ? 1 : -1) * (60 * hours + rest);
    return true;
}

bool hook_parse_time(const char *text, struct ci_time *out)
{
    struct tm tm = {0};
    const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    int minutes = 0;

    /* Bitbucket's former service and older GitLabs: "2012-05-30 03:58:56+00:00", "... UTC". */
    if (text && !rest)
        rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
    if (!rest)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    rest += *rest == ' ';
    if (strcmp(rest, "Z") != 0 && strcmp(rest, "UTC") != 0 && !parse_offset(rest, &minutes))
        return false;
    *out = change_time(timegm(&tm) - 60 * (int64_t)minutes);
    return true;
}
