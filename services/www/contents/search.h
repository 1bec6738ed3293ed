/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /api/v2/search: builders, builds, changes, branches and tests by what
 * somebody remembers of them. What is looked for follows from the query; each
 * look is one statement that an index serves, and all of them together end
 * after a few seconds at the latest.
 */
#pragma once

#include "shared/record.h"

/* Of one kind. */
struct search_group {
    const char *type;       /* builders, builds, changes, branches, tests */
    struct ci_list results; /* struct search_hit, the best first */
};

struct search_hit {
    const char *title;
    const char *path; /* of the resource, below /api/v2 */
    const char *text; /* a line about it, or NULL */
    struct ci_time at;
};
extern const struct ci_record search_group_record;

/* What a query says, in mem; a NULL or 0 was not said. */
struct search_terms {
    const char *text;     /* q, without blanks around it */
    const char *builder;  /* "linux/17": linux */
    int64_t number;       /* "linux/17", "#17", "17": 17 */
    const char *revision; /* pattern of LIKE: its beginning */
    const char *branch, *branch_pattern;
    const char *words; /* for to_tsquery: all of them, as beginnings of words */
};

/*
 * Reads what was asked for. `revision`, `branch` and `author` narrow the
 * changes; they may be NULL, as may `q`. Pure.
 */
struct search_terms search_terms_of(const char *q, const char *revision, const char *branch,
                                    const char *author, void *mem);
