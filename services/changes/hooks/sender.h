/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who sent a delivery by a token of theirs. www knows tokens: it keeps a row of
 * `senders` under a random handle and hands the delivery on with that alone, so
 * that nobody who reaches this service can claim to be somebody.
 */
#pragma once

#include "ledger.h"

struct sender {
    const char *username; /* NULL: nobody said */
    const char *provider, *client;
    struct ci_maybe tokenid;
};

extern const struct ci_record sender_record;

/* Takes the sender of the request; without one *out is zeroed. Texts in mem. */
CI_MUST_USE bool sender_take(struct ci_tx *tx, const struct ci_request *request, struct sender *out,
                             struct ci_err *err);

/* A line of the audit log for a sender that there is, in the transaction of the deed. */
CI_MUST_USE bool sender_audit(struct ci_tx *tx, const struct ci_request *request,
                              const struct sender *sender, const struct ci_delivery *delivery,
                              struct ci_err *err);
