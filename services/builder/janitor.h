/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retention: what the configuration does not want to keep is removed, in small
 * batches, by one replica at a time. Pinned builds and all that is theirs stay.
 */
#pragma once

#include "builder.h"

/* What one run removed. */
struct janitor_done {
    int64_t partitions, logs, builds, requests, changes, artifacts, deliveries, audit;
    bool more; /* a batch was full: run again soon */
    bool idle; /* another replica is at it */
};

/*
 * One run, by the configuration in force. A builder that left the
 * configuration is kept by the file's own `retention`.
 */
CI_MUST_USE bool janitor_run(struct builder *builder, struct ci_time now, void *mem,
                             struct janitor_done *out, struct ci_err *err);

/* The oldest day that logs are kept for by any builder; 0: one keeps them for ever. */
struct ci_time janitor_logs_since(const struct ci_config *config, struct ci_time now);
