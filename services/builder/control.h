/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask for while builds run: cancels, stops, pauses. */
#pragma once

#include "builder.h"

/* Completes cancelled requests that have no build; *more: there may be others. */
CI_MUST_USE bool control_cancel_requests(struct builder *builder, struct ci_time now, void *mem,
                                         bool *more, struct ci_err *err);
/* Tells agents to stop the builds that somebody asked to stop. */
CI_MUST_USE bool control_stop_builds(struct builder *builder, struct ci_time now, void *mem,
                                     struct ci_err *err);
/* Takes up paused and leaving workers. */
CI_MUST_USE bool control_hold_workers(struct builder *builder, struct ci_time now, void *mem,
                                      struct ci_err *err);
/* Finds builds that no agent took up since `before`, so that their worker is offered them again. */
CI_MUST_USE bool control_check_unseen(struct builder *builder, struct ci_time before, void *mem,
                                      struct ci_err *err);
