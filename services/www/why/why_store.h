/* SPDX-License-Identifier: Apache-2.0 */
/* What why_judge() and why_change_judge() need, from the database. */
#pragma once

#include "why/why.h"
#include "why/why_change.h"

/* Everything about a request and what it waits for; CI_ENOTFOUND. `facts->config` and `now` are set
 * by the caller. No statement reads more of the queue than WHY_AHEAD requests. */
CI_MUST_USE bool why_read(struct ci_tx *tx, int64_t buildrequestid, void *mem,
                          struct why_facts *facts, struct ci_err *err);

/* Everything about a change; as above. */
CI_MUST_USE bool why_change_read(struct ci_tx *tx, int64_t changeid, void *mem,
                                 struct why_change_facts *facts, struct ci_err *err);

/* For tests: each statement answers with its record's columns. */
CI_MUST_USE bool why_check(struct ci_db *db, struct ci_err *err);
