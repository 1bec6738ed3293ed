/* SPDX-License-Identifier: Apache-2.0 */
/* What a new configuration makes of builders and schedulers, told as events. */
#pragma once

#include "www.h"

/* How they stand, in mem; asked before and after, in the transaction that changes them. */
CI_MUST_USE bool plant_look(struct ci_tx *tx, void *mem, struct ci_list *out, struct ci_err *err);

/* After the commit: Buildbot's events for what is different. */
void plant_tell(struct www *www, struct ci_list before, struct ci_list after, void *mem);
