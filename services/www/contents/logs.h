/* SPDX-License-Identifier: Apache-2.0 */
/* Contents of logs: a window of lines as JSON, or the whole as a stream of bytes. */
#pragma once

#include "shared/model.h"
#include "www.h"

struct log_window {
    struct ci_maybe offset, limit; /* lines */
};

/* *found is false (and nothing answered) when the window is not within the log. */
CI_MUST_USE bool logs_contents(struct www *www, const struct ci_request *request,
                               const struct ci_log_row *log, struct log_window window,
                               struct ci_response *response, bool *found, struct ci_err *err);

CI_MUST_USE bool logs_raw(struct www *www, const struct ci_request *request,
                          const struct ci_log_row *log, bool download, struct ci_response *response,
                          struct ci_err *err);

/*
 * The first and last line (from 0) that a window means by Buildbot's rules; false: not found.
 * With a limit the window may reach beyond the end, as it does while a log grows and its reader
 * runs ahead: *last is the log's, before *first when nothing of it is there yet.
 */
bool logs_window(struct log_window window, int64_t num_lines, int64_t *first, int64_t *last);
