/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which builds a notifier wants, and whom it tells. The rules are Buildbot's
 * (buildbot/reporters/generators/utils.py and reporters/mail.py). Plain
 * functions.
 */
#pragma once

#include "facts.h"

/* The build before it of the same builder whose result is not RETRY. */
struct previous {
    bool exists;
    int results; /* CI_RESULT_NONE while it runs */
};

/*
 * True when one of the modes (CI_MODE_* bits) wants the result. `change`: the
 * previous build's result differs; `problem`: FAILURE after one that is none.
 * RETRY and SKIPPED are never reported.
 */
bool mode_wants(unsigned mode, int results, struct previous previous);

/* The notifier's filters by builder, tag, branch and scheduler. */
bool notifier_covers(const struct ci_notifier *notifier, const struct build_facts *build);

/* Addresses of the people whose changes are in the build, and of those they go with. In mem. */
struct recipients {
    struct ci_strs to, cc; /* bare addresses, sorted, no repeats, cc without those of to */
};

/*
 * Interested users (authors and owners, mapped by `lookup`), when the notifier
 * sends to them, are To and extra_recipients Cc; without any the latter are To.
 * Authors without a usable address are left out.
 */
struct recipients notifier_recipients(const struct ci_notifier *notifier,
                                      const struct build_facts *build, void *mem);

/*
 * "Ada <ada@example.org>", "ada@example.org" and "ada@example.org@host" to
 * "ada@example.org"; "ada" by lookup; else NULL. What is returned can end
 * neither a header nor an SMTP command.
 */
const char *mail_address(const char *text, const char *lookup, void *mem);
