/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a log's line as a terminal shows it at last: what the web UI
 * draws (services/www/ui/src/lib/ansi.ts says the same), and what searches
 * look at. Pure.
 */
#pragma once

#include "shared/mem.h"

/* Printable ASCII, tabs and newlines only: it is its own plain text. */
bool log_is_simple(struct ci_bytes text);

/*
 * One line of UTF-8 without its newline: escape sequences and control
 * characters are left out, and what a carriage return led to writing over.
 * Borrowed from `line` where nothing had to go, else in `scratch`, which is
 * emptied first.
 */
struct ci_bytes log_plain(struct ci_buf *scratch, struct ci_bytes line);

/* How many UTF-16 code units, as JavaScript counts, the first `len` bytes of UTF-8 are. */
int64_t log_units(const char *text, size_t len);
