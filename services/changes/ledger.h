/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger (table deliveries): what came of every delivery of a web hook and
 * of every poll. Written in the transaction that adds the changes, or alone
 * when there are none.
 *
 * Nothing secret gets in: of the headers and the query only those are kept
 * that say what a delivery is, and the body's copies of the hook's own secret
 * are blotted out.
 */
#pragma once

#include "shared/bus.h"
#include "shared/db.h"
#include "shared/delivery.h"
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

/*
 * Bodies longer than this, in bytes, are not kept; such a delivery can't be
 * replayed. The small bound is for what anybody may send: no changes, and
 * nothing that proves where it comes from.
 */
enum { LEDGER_BODY = 4 << 20, LEDGER_BODY_SMALL = 16 << 10 };

struct ledger_entry {
    const char *kind;                                      /* "hook", "poll" */
    const char *source;                                    /* dialect or poller's name */
    const char *event, *external_id, *repository, *client; /* or NULL */
    enum ledger_verdict verdict;
    const char *reason; /* or NULL */
    const char *sender; /* user whose token it came with, or NULL */
    int status;         /* of the HTTP answer; 0: a poll */
    int found;
    struct ci_i64s changeids, known_changeids;
    bool recovered;
    int64_t replay_of;                /* 0: none */
    const struct ci_request *request; /* kept for a replay; NULL: a poll */
    bool proven;                      /* by a signature, a token or a password */
    const char *secret;               /* blotted out of the body; NULL or "": none */
};

/*
 * Adds the entry; texts are cleaned and cut to what the ledger takes. *out, in
 * mem, is the REST resource.
 */
CI_MUST_USE bool ledger_add(struct ci_tx *tx, const struct ledger_entry *entry, void *mem,
                            struct ci_delivery **out, struct ci_err *err);

/*
 * A poll's result: one like the poller's last (idle, or the same failure) only
 * counts on that row, so that an hour of idle polls is one line.
 */
CI_MUST_USE bool ledger_add_poll(struct ci_tx *tx, const struct ledger_entry *entry,
                                 struct ci_err *err);

/* After the commit: publishes deliveries/<id>/new. */
void ledger_announce(struct ci_bus *bus, const struct ci_delivery *delivery);

/* A row's request and body as they came, without what is never kept; all in mem. */
CI_MUST_USE bool ledger_request(json_t *kept, struct ci_bytes packed, void *mem,
                                struct ci_request *out, struct ci_err *err);
