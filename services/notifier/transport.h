/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handing one mail to one recipient's relay or maildir. Blocking; any thread.
 */
#pragma once

#include "shared/config.h"

enum outcome {
    OUTCOME_SENT,
    OUTCOME_RETRY,       /* refused for now, or not reached: nothing was delivered */
    OUTCOME_REFUSED,     /* refused for good (5xx): nothing was delivered */
    OUTCOME_UNCONFIRMED, /* the last byte went out and no answer came */
};

struct envelope {
    const char *from, *recipient; /* bare addresses */
    struct ci_bytes message;
    const char
        *file_name; /* maildir: of this message alone, so that a second try finds the first */
    /* Called once, before the last byte goes out; false breaks the session off. */
    bool (*committing)(void *user, struct ci_err *err);
    void *user;
    const _Atomic bool *abort; /* looked at until `committing` was called */
};

/* *why tells what went wrong, for every outcome but OUTCOME_SENT. */
enum outcome smtp_send(const struct ci_relay *relay, const char *password,
                       const struct envelope *envelope, struct ci_err *why);
enum outcome maildir_deliver(const char *dir, const struct envelope *envelope, struct ci_err *why);
