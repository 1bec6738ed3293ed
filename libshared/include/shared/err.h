/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One error value for the whole system.
 *
 * A function that can fail returns bool and takes `struct ci_err *err` last.
 * On false, *err says why; on true, *err is untouched. The caller owns the
 * struct, usually on its stack; nothing is allocated. Any thread.
 */
#pragma once

#include "shared/base.h"

/* What the caller can do about it; the HTTP adapter's table gives each its status. */
enum ci_errc {
    CI_EINVALID = 1,     /* the caller's input is wrong; retrying cannot help (400) */
    CI_EUNAUTHENTICATED, /* nobody known is asking (401) */
    CI_EDENIED,          /* known, but not allowed (403) */
    CI_ENOTFOUND,        /* (404) */
    CI_ECONFLICT,        /* lost a race or broke an invariant; reread and retry (409) */
    CI_EGONE,            /* it was there and is over: a stale attempt (410) */
    CI_ETOOLARGE,        /* more bytes than allowed (413) */
    CI_EUNAVAILABLE,     /* a dependency is down; the same call may work later (503) */
    CI_EINTERNAL,        /* our bug (500) */
};

struct ci_err {
    enum ci_errc code;
    char msg[400];
};

/* Fills *err and returns false, so that failing reads `return ci_fail(...)`. */
bool ci_fail(struct ci_err *err, enum ci_errc code, const char *fmt, ...) CI_PRINTF(3, 4);

/* Puts "fmt: " before the message already in *err, keeps its code, returns false. */
bool ci_fail_in(struct ci_err *err, const char *fmt, ...) CI_PRINTF(2, 3);
