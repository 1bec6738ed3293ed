/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the journal as it stands, between journal.c, which reads it, and journal_check.c. */
#pragma once

#include "journal.h"

struct line {
    int frame; /* enum frame_kind */
    struct ci_maybe step, size, results, lines, raw, warnings;
    const char *name, *log, *kind, *state, *source, *url;
    const char *group, *key, *description, *category, *unit;
    struct ci_time at;
    bool hidden, truncated, waiting;
    double seconds;
    struct ci_strs flags;
    json_t *value;
};

/* Whether the keys that its kind needs are there and in their bounds; CI_EINVALID. */
CI_MUST_USE bool journal_check_line(const struct line *line, struct ci_err *err);
