/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and times of web hooks. */
#include "hook.h"

#include <ctype.h>
#include <sodium.h>
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
    if (sodium_hex2bin(given, sizeof(given), equals + 1, strlen(equals + 1), NULL, &len, NULL) !=
            0 ||
        len != sizeof(given) || sodium_memcmp(given, expected, sizeof(given)) != 0)
        return ci_fail(err, CI_EINVALID, "Hash mismatch");
    return true;
}

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

    if (!rest)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (strcmp(rest, "Z") != 0 && !parse_offset(rest, &minutes))
        return false;
    *out = change_time(timegm(&tm) - 60 * (int64_t)minutes);
    return true;
}
