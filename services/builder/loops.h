/* SPDX-License-Identifier: Apache-2.0 */
/* The builder's background work; each tick gets the struct ci_app. */
#pragma once

#include "builder.h"

extern const struct ci_loop builder_loops[];
extern const size_t builder_loop_count;

/* For tests, which call ticks themselves. */
ci_tick_fn loop_artifacts, loop_claim, loop_lease, loop_control, loop_janitor, loop_locks,
    loop_workers, loop_figures, loop_seal;
