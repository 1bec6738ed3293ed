/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of builders, schedulers and masters, told as events. */
#pragma once

#include "www.h"

/* How they stand, in mem; asked before and after, in the transaction that changes them. */
CI_MUST_USE bool plant_look(struct ci_tx *tx, void *mem, struct ci_list *out, struct ci_err *err);

/* Marks and tells masters as stopped that were silent for a minute. */
CI_MUST_USE bool plant_stopped(struct www *www, struct ci_time now, void *mem, struct ci_err *err);

/* After the commit: Buildbot's events for what is different. */
void plant_tell(struct www *www, struct ci_list before, struct ci_list after, void *mem);
