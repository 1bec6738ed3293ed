/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notifiers of slipway.yaml: who gets mail about which builds.
 * A part of shared/config.h: once parsed never changed, read by any thread.
 */
#pragma once

#include "shared/config_secret.h"
#include "shared/record.h"

enum ci_notifier_type { CI_NOTIFIER_MAIL };
enum ci_tls { CI_TLS_NONE, CI_TLS_STARTTLS, CI_TLS_IMPLICIT };
/* Modes as bits; "all" and the text "warnings" are expanded as the reference says. */
enum {
    CI_MODE_CHANGE = 1 << 0,
    CI_MODE_FAILING = 1 << 1,
    CI_MODE_PASSING = 1 << 2,
    CI_MODE_PROBLEM = 1 << 3,
    CI_MODE_WARNINGS = 1 << 4,
    CI_MODE_EXCEPTION = 1 << 5,
    CI_MODE_CANCELLED = 1 << 6,
};

struct ci_relay {
    const char *host; /* NULL with a maildir */
    int port;         /* default 25; 587 with starttls, 465 with implicit */
    const char *user; /* NULL: no authentication */
    struct ci_secret password;
    enum ci_tls tls;
    bool verify;         /* of the certificate; default true */
    const char *ca_file; /* NULL: the system's */
    const char *maildir; /* or this folder */
};

struct ci_notifier {
    enum ci_notifier_type type;
    const char *name; /* unique; default "mail", "mail_1" ... */
    const char *from;
    unsigned mode; /* bits; default failing, passing, warnings */
    struct ci_relay relay;
    struct ci_strs extra_recipients;
    bool send_to_interested_users; /* default true */
    const char *lookup;            /* mail domain for authors without an address, or NULL */
    struct ci_strs builders, tags, branches, schedulers; /* filters; empty: all */
    const char *subject;                                 /* NULL: the default */
    int log_lines;                                       /* of the failing log's end; default 50 */
};
