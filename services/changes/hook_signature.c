/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and times of web hooks. */
#include "hook.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

bool hook_check_signature(const char *signature, struct ci_bytes body, const char *secret,
                          struct ci_err *err)
{
    unsigned char expected[crypto_auth_hmacsha256_BYTES], given[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    const char *equals = strchr(signature, '=');
    size_t len = 0;

    if (!equals)
        return ci_fail(err, CI_EINVALID, "Wrong signature format: %s", signature);
    if (equals - signature != 6 || memcmp(signature, "sha256", 6) != 0)
        return ci_fail(err, CI_EINVALID, "Unknown hash type: %.*s", (int)(equals - signature),
                       signature);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, body.data ? body.data : "", body.len);
    crypto_auth_hmacsha256_final(&state, expected);
    if (sodium_hex2bin(given, sizeof(given), equals + 1, strlen(equals + 1), NULL, &len, NULL) != 0 ||
        len != sizeof(given) || sodium_memcmp(given, expected, sizeof(given)) != 0)
        return ci_fail(err, CI_EINVALID, "Hash mismatch");
    return true;
}

bool hook_parse_time(const char *text, struct ci_time *out)
{
    int year, month, day, hour, minute, second, n = 0, off_hours = 0, off_minutes = 0;
    struct tm tm;
    char sign;

    if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute,
                        &second, &n) != 6)
        return false;
    text += n;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (strcmp(text, "Z") != 0 &&
        (sscanf(text, "%c%2d:%2d", &sign, &off_hours, &off_minutes) != 3 || !strchr("+-", sign)))
        return false;
    tm = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour,
                     .tm_min = minute, .tm_sec = second};
    out->us = timegm(&tm) * INT64_C(1000000);
    if (*text == '+' || *text == '-')
        out->us -= (*text == '+' ? 1 : -1) * (off_hours * 60 + off_minutes) * INT64_C(60000000);
    return true;
}
