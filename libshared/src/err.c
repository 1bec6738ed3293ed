/* SPDX-License-Identifier: Apache-2.0 */
/* Errors as values on the caller's stack; nothing here allocates. */
#include "shared/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool ci_fail(struct ci_err *err, enum ci_errc code, const char *fmt, ...)
{
    char text[sizeof(err->msg)];
    va_list args;

    /* By way of a copy, as an argument may be the old err->msg. */
    va_start(args, fmt);
    if (vsnprintf(text, sizeof(text), fmt, args) < 0)
        text[0] = '\0';
    va_end(args);
    memcpy(err->msg, text, sizeof(text));
    err->code = code;
    return false;
}

bool ci_fail_in(struct ci_err *err, const char *fmt, ...)
{
    char cause[sizeof(err->msg)];
    va_list args;
    int n;

    memcpy(cause, err->msg, sizeof(cause));
    va_start(args, fmt);
    n = vsnprintf(err->msg, sizeof(err->msg), fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof(err->msg))
        return false;
    /* A cut-off cause is better than none. */
    if (snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s", cause) < 0)
        err->msg[n] = '\0';
    return false;
}
