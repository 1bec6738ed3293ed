/* SPDX-License-Identifier: Apache-2.0 */
/* One poll under way, from the claim to the row that tells what came of it. */
#pragma once

#include "polls/poll.h"
#include "shared/loop.h"
#include "shared/service.h"

struct look {
    struct ci_app *app;
    const struct ci_config *config;
    const struct ci_change_source *source;
    struct poller_claim claim;
    struct ci_list refs; /* struct poller_ref, as of the claim */
    struct ci_tick *tick;
};

/*
 * Changes, what was seen, the ledger's row and the end of the claim in one
 * transaction: a poll counts whole or not at all. `recovered` in the ledger
 * and slipway_changes_recovered_total say that a poller found new changes of a
 * repository whose web hook has told of such before, and did not tell of these
 * (or not yet).
 */
CI_MUST_USE bool look_write(const struct look *look, const struct poll *poll, struct ci_err *err);

/* The remote's fault is kept with the poller and tried again at the next interval. */
CI_MUST_USE bool look_write_failure(const struct look *look, const struct poll *poll,
                                    const struct ci_err *why, struct ci_err *err);

/* We are asked to stop: that is no fault of the remote's, and another replica may go on. */
CI_MUST_USE bool look_give_back(const struct look *look, struct ci_err *err);

/* The longest time that may lie between two polls, without a fault. */
struct ci_dur look_longest(const struct ci_change_source *source);
