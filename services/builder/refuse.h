/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that end without a worker: those that have waited too long, and
 * those that wait for a lock of a build that waits for them. Each ends in a
 * build of its own, so that people see the reason and are told like of any.
 */
#pragma once

#include "builder.h"

/* Ends requests that have waited longer than their builder's queue_timeout; *more: there may be
 * others. */
CI_MUST_USE bool refuse_late(struct builder *builder, const struct ci_config *config,
                             struct ci_time now, void *mem, bool *more, struct ci_err *err);

/* Ends requests that were triggered by a build which holds a lock they need, and waits for them. */
CI_MUST_USE bool refuse_stuck(struct builder *builder, const struct ci_config *config,
                              struct ci_time now, void *mem, struct ci_err *err);
