/* SPDX-License-Identifier: Apache-2.0 */
/* The weekly partitions of log_chunks: made ahead, dropped when nobody wants what is in them. */
#pragma once

#include "shared/db.h"

/* Makes those of the weeks to come that are missing. */
CI_MUST_USE bool janitor_partitions_add(struct ci_db *db, void *mem, struct ci_err *err);

/*
 * Drops those that ended before `since` (0: none by age) after moving out what
 * pinned and unfinished builds have there, and those that are over and empty.
 * Each is detached concurrently, so that neither readers nor writers wait for
 * it. *count: how many went.
 */
CI_MUST_USE bool janitor_partitions_drop(struct ci_db *db, struct ci_time since, void *mem,
                                         int64_t *count, struct ci_err *err);
