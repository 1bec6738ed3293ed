/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching a log, chunk by chunk, in bounded memory and time: an answer has
 * what was found within its time, and the line to go on from. And when the
 * lines of a log came.
 */
#pragma once

#include "contents/logs.h"

/* Answers logs/N/search; what its options say wrongly is a 400. */
CI_MUST_USE bool log_search(struct www *www, const struct ci_request *request,
                            const struct ci_log_row *log, struct ci_response *response,
                            struct ci_err *err);

/* *found is false (and nothing answered) when the window is not within the log. */
CI_MUST_USE bool log_times(struct www *www, const struct ci_request *request,
                           const struct ci_log_row *log, struct log_window window,
                           struct ci_response *response, bool *found, struct ci_err *err);

/* A line that was found, and when a line came. */
extern const struct ci_record log_match_record, log_time_record;

/* The names that the option `find` takes, NULL-terminated. */
extern const char *const log_find_names[];
