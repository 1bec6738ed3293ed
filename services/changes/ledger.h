/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger (table deliveries): what came of every delivery of a web hook and
 * of every poll. Written in the transaction that adds the changes, or alone
 * when there are none.
 */
#pragma once

#include "shared/db.h"
#include "shared/http.h"

enum ledger_verdict {
    LEDGER_CHANGES,  /* new changes were made */
    LEDGER_KNOWN,    /* all were known already */
    LEDGER_FILTERED, /* the dialect's or source's filter left nothing: reason says which */
    LEDGER_IGNORED,  /* an event that makes no change */
    LEDGER_REFUSED,  /* wrong signature, not on, not understood: the sender's fault */
    LEDGER_FAILED,   /* our fault, or the remote's: may be tried again */
    LEDGER_IDLE,     /* a poll that found nothing new */
};
extern const char *const ledger_verdict_names[];

struct ledger_entry {
    const char *kind;                                      /* "hook", "poll" */
    const char *source;                                    /* dialect or poller's name */
    const char *event, *external_id, *repository, *client; /* or NULL */
    enum ledger_verdict verdict;
    const char *reason; /* or NULL */
    int status;         /* of the HTTP answer; 0: a poll */
    int found;
    struct ci_i64s changeids, known_changeids;
    bool recovered;
    int64_t replay_of;                /* 0: none */
    const struct ci_request *request; /* kept for a replay; NULL: a poll */
};

/* Adds the entry; *deliveryid may be NULL. */
CI_MUST_USE bool ledger_add(struct ci_tx *tx, const struct ledger_entry *entry, int64_t *deliveryid,
                            struct ci_err *err);

/*
 * A poll's result: one like the poller's last (idle, or the same failure) only
 * counts on that row, so that an hour of idle polls is one line.
 */
CI_MUST_USE bool ledger_add_poll(struct ci_tx *tx, const struct ledger_entry *entry,
                                 struct ci_err *err);
