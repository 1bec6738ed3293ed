/* SPDX-License-Identifier: Apache-2.0 */
/* Workers that are missing or were killed, and what they have prepared. */
#pragma once

#include "builder.h"

/* Leaves word for the notifier of workers that are missing for longer than they may. */
CI_MUST_USE bool workers_missing(struct builder *builder, const struct ci_config *config,
                                 struct ci_time now, void *mem, struct ci_err *err);
/* Ends the builds of workers that people killed; their agents are told when they ask. */
CI_MUST_USE bool workers_killed(struct builder *builder, struct ci_time now, void *mem,
                                struct ci_err *err);

/* A prepared environment, as its agent tells it. */
struct workers_environment {
    int64_t builderid;
    const char *key;
};
/* Takes over all that a worker has (struct workers_environment). */
CI_MUST_USE bool workers_environments(struct builder *builder, int64_t workerid,
                                      struct ci_list environments, struct ci_time now, void *mem,
                                      struct ci_err *err);
