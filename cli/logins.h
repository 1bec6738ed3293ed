/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The servers that somebody has signed in to: $XDG_CONFIG_HOME/slipway/logins.json, else
 * ~/.config/slipway/logins.json, mode 600:
 *
 *     {"current": URL, "servers": {URL: {"token", "username", "tokenid"}}}
 *
 * One thread.
 */
#pragma once

#include "shared/err.h"
#include "shared/json.h"
#include "shared/mem.h"

struct login {
    const char *token, *username;
    int64_t tokenid; /* of one that login made, and logout ends; else 0 */
};

/* Where they are kept, in mem. */
const char *logins_path(void *mem);

/* The server that was signed in to last and not signed out of, or NULL. URLs end with "/". */
const char *logins_current(void *mem);

/* What is known of that very server; false: nothing. */
bool logins_find(void *mem, const char *url, struct login *out);

/* Keeps it, and makes the server the current one. */
CI_MUST_USE bool logins_keep(void *mem, const char *url, const struct login *login,
                             struct ci_err *err);

/* Forgets it; fine when there is none. */
CI_MUST_USE bool logins_forget(void *mem, const char *url, struct ci_err *err);
