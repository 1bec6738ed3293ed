/* SPDX-License-Identifier: Apache-2.0 */
/* Builds that their agent has lost: leases that ran out, and what a restarted agent no longer has.
 */
#pragma once

#include "builder.h"

/* Ends builds whose lease ran out before `now`; *count: how many. CI_EUNAVAILABLE, CI_ECONFLICT. */
CI_MUST_USE bool lost_expire(struct builder *builder, struct ci_time now, void *mem, size_t *count,
                             struct ci_err *err);
/* Whether a loss counts against the worker. */
enum lost_blame { LOST_BLAMELESS, LOST_BLAMED };
/* Ends those builds of the list that are not over. */
CI_MUST_USE bool lost_end(struct builder *builder, struct ci_i64s builds, enum lost_blame blame,
                          struct ci_time now, void *mem, struct ci_err *err);

/* Ends a build that can't start, as EXCEPTION with this state string. */
CI_MUST_USE bool lost_refuse(struct builder *builder, int64_t buildid, const char *state,
                             struct ci_time now, void *mem, struct ci_err *err);

enum { LOST_BATCH = 50 }; /* builds ended by one transaction of lost_expire() */
