/* SPDX-License-Identifier: Apache-2.0 */
/* Why changes built nothing: written down for those that no scheduler found important. */
#pragma once

#include "store.h"

/* One statement for the batch, none when every change was taken. `taken`: for each change. */
CI_MUST_USE bool verdicts_write(struct ci_tx *tx, const struct ci_config *config,
                                const struct inbox_batch *batch, const bool *taken, void *mem,
                                struct ci_err *err);
