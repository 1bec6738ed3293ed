/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a search looks for in lines: a text, a regular expression, or the marks
 * of errors. PCRE2 with a limit on the steps of one line, so that no pattern
 * takes longer than a few milliseconds there. One thread at a time.
 */
#pragma once

#include "shared/err.h"
#include "shared/mem.h"

enum log_find {
    LOG_FIND_TEXT,
    LOG_FIND_ERRORS,
    LOG_FIND_WARNINGS, /* errors among them */
    LOG_FIND_MARKS, /* where groups of lines begin and end, as GitHub, Azure and GitLab write it */
};

enum { LOG_QUERY_MAX = 500 }; /* characters of a text or pattern */

struct log_query {
    enum log_find find;
    const char *text; /* of LOG_FIND_TEXT: UTF-8; NULL or empty: every line */
    bool regex, exact_case;
};

struct log_matcher;

/* In mem. CI_EINVALID: the pattern has an error, told with its place. */
CI_MUST_USE bool log_matcher_new(void *mem, const struct log_query *query, struct log_matcher **out,
                                 struct ci_err *err);

/*
 * Whether a match can't reach over a newline, so that many lines may be
 * searched at once; a control character between lines is no part of a word.
 */
bool log_matcher_is_local(const struct log_matcher *matcher);

enum log_found { LOG_NOTHING, LOG_MATCH, LOG_TOO_COSTLY };

/* The first match in UTF-8 at or after `from`; its bytes from *start to before *end. */
enum log_found log_matcher_find(struct log_matcher *matcher, struct ci_bytes text, size_t from,
                                size_t *start, size_t *end);
